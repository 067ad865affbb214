-- Numbers an admin tunes while the service runs; one that was never touched has no row.

create table settings (
  name text primary key,
  value integer not null,
  by_person blob references people(id) on delete set null,
  changed_at integer not null
) strict;
