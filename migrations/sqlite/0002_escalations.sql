-- A coordinator who cannot decide alone asks another one to.

create table escalations (
  id blob primary key,
  listing_id blob not null references listings(id) on delete cascade,
  version integer not null,                      -- a later version is another question
  note text not null,
  by_person blob references people(id) on delete set null,
  to_person blob not null references people(id) on delete cascade,
  created_at integer not null,
  resolved_at integer
) strict;
create index escalations_listing on escalations(listing_id);
