-- Numbers an admin tunes while the service runs; one that was never touched has no row.

create table settings (
  name text primary key,
  value bigint not null,
  by_person uuid references people(id) on delete set null,
  changed_at bigint not null
);
