-- Questions a person keeps: what is published since they were last told goes into their next letter.

create table searches (
  id blob primary key,
  person_id blob not null references people(id) on delete cascade,
  query text not null,                        -- as the address of the search page writes it
  told_at integer not null,                        -- what was published later is news
  created_at integer not null,
  unique (person_id, query)
) strict;
