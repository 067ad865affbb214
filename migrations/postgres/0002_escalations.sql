-- A coordinator who cannot decide alone asks another one to.

create table escalations (
  id uuid primary key,
  listing_id uuid not null references listings(id) on delete cascade,
  version bigint not null,                      -- a later version is another question
  note text not null,
  by_person uuid references people(id) on delete set null,
  to_person uuid not null references people(id) on delete cascade,
  created_at bigint not null,
  resolved_at bigint
);
create index escalations_listing on escalations(listing_id);
