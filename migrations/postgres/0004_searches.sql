-- Questions a person keeps: what is published since they were last told goes into their next letter.

create table searches (
  id uuid primary key,
  person_id uuid not null references people(id) on delete cascade,
  query text not null,                        -- as the address of the search page writes it
  told_at bigint not null,                        -- what was published later is news
  created_at bigint not null,
  unique (person_id, query)
);
