-- What the last search for a need's matches found: the best by fit alone, and those that were suggested in the end.

create table placings (
  need_id blob not null references listings(id) on delete cascade,
  offer_id blob not null references listings(id) on delete cascade,
  fit real not null,                          -- before anybody gave way
  load integer not null,                      -- what the provider had open at that moment
  by_fit integer not null,                    -- its place by fit alone, from 1
  given integer,                              -- its place among those suggested; null: it gave way
  sought_at integer not null,
  primary key (need_id, offer_id)
) strict;
create index placings_offer on placings(offer_id);
create index placings_sought on placings(sought_at);
