-- Cầu Nối: the first schema. Its twin stands in the other folder of migrations/ and a test compares the two.
-- Times are milliseconds since 1970 in UTC; ids are UUIDs of version 7; codes are text and belong to src/vocab or a room's enum.

-- People and how they come in ------------------------------------------------------------------------------------

create table people (
  id uuid primary key,
  email text not null unique,                 -- lower case
  name text not null,
  phone text,                                 -- or Zalo; told to the other side only at an introduction
  lang text not null,
  role text not null,                         -- member | coordinator | admin
  password text,                              -- argon2id, null where only mailed links are used
  confirmed_at bigint,                         -- the address answered
  created_at bigint not null,
  seen_at bigint,
  letter_token text not null unique,         -- in the one-click unsubscription address of their letters
  paused_until bigint,                         -- no letters but those that answer an act of theirs
  disabled_at bigint
);

create table sessions (
  token_hash bytea primary key,              -- SHA-256 of 256 random bits
  id uuid not null unique,                     -- how a person names the session when ending it
  person_id uuid not null references people(id) on delete cascade,
  created_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null,
  agent text not null                         -- a short name of browser and system
);
create index sessions_person on sessions(person_id);

create table tickets (                        -- what a mailed link or code entitles its reader to
  token_hash bytea primary key,
  code_hash bytea,
  purpose text not null,                      -- confirm | sign_in | reset | invite | answer | confirm_listing | outcome
  person_id uuid references people(id) on delete cascade,
  email text,
  subject uuid,                                -- an organisation, a listing or a pairing, as the purpose says
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  tries bigint not null
);
create index tickets_person on tickets(person_id, purpose);
create index tickets_email on tickets(email, purpose);

create table preferences (                    -- how often which kind of letter; no row: the kind's default
  person_id uuid not null references people(id) on delete cascade,
  kind text not null,
  frequency text not null,                    -- at_once | daily | weekly | never
  primary key (person_id, kind)
);

create table consents (
  id uuid primary key,
  person_id uuid not null references people(id) on delete cascade,
  purpose text not null,
  version text not null,
  given_at bigint not null,
  withdrawn_at bigint
);
create index consents_person on consents(person_id);

-- Organisations --------------------------------------------------------------------------------------------------

create table organisations (
  id uuid primary key,
  slug text not null unique,
  kind text not null,                         -- business | institute
  name_vi text not null,
  name_en text not null,
  name_key text not null,                     -- folded names, to find and to sort by
  place text not null,
  size text not null,
  website text,
  tax_code text,
  about_vi text not null,
  about_en text not null,
  capacity bigint not null,                     -- introductions it can take at a time
  verified_at bigint,
  verified_by uuid references people(id) on delete set null,
  foreign_sample boolean not null,              -- imported from abroad to show and to load, never asked
  created_at bigint not null
);
create index organisations_name on organisations(name_key);

create table memberships (
  org_id uuid not null references organisations(id) on delete cascade,
  person_id uuid not null references people(id) on delete cascade,
  role text not null,                         -- owner | member
  state text not null,                        -- active | asked
  created_at bigint not null,
  primary key (org_id, person_id)
);
create index memberships_person on memberships(person_id);

create table blocks (                         -- two organisations that shall not be suggested to each other
  org_a uuid not null references organisations(id) on delete cascade,
  org_b uuid not null references organisations(id) on delete cascade,
  created_at bigint not null,
  primary key (org_a, org_b)
);

-- Listings: needs and offers -------------------------------------------------------------------------------------

create table listings (
  id uuid primary key,
  reference text unique,                      -- NC-2026-0042 | NL-2026-0007, given at the first submission
  kind text not null,                         -- need | offer
  org_id uuid references organisations(id) on delete cascade,   -- null: a visitor's draft
  owner_id uuid references people(id) on delete set null,
  coordinator_id uuid references people(id) on delete set null,
  visitor_hash bytea,                        -- the cookie of the visitor who is still writing
  state text not null,                        -- draft | review | changes | published | paused | expired | closed | archived
  origin text not null,                       -- owner | coordinator | import | interest
  visibility text not null,                   -- public | members | invited
  anonymous boolean not null,
  open_for_interest boolean not null,
  version bigint not null,                      -- grows with every saved change of the working copy
  draft jsonb not null,                       -- the working copy
  live jsonb,                                 -- what readers see; null until first published
  live_version bigint,
  confirmed_version bigint,                     -- the version the firm confirmed, where a coordinator wrote
  submitted_at bigint,
  published_at bigint,                         -- first publication
  refreshed_at bigint,                         -- last publication, renewal or confirmation by its owner
  expires_at bigint,
  warned_at bigint,
  closed_reason text,
  searched_at bigint,                          -- when matches were last sought
  created_at bigint not null,
  updated_at bigint not null
);
create index listings_state on listings(kind, state);
create index listings_org on listings(org_id);
create index listings_owner on listings(owner_id);
create index listings_visitor on listings(visitor_hash);

create table listing_guests (                 -- who may read an *invited* listing
  listing_id uuid not null references listings(id) on delete cascade,
  org_id uuid not null references organisations(id) on delete cascade,
  primary key (listing_id, org_id)
);

create table review_notes (
  id uuid primary key,
  listing_id uuid not null references listings(id) on delete cascade,
  version bigint not null,
  field text not null,
  severity text not null,                     -- blocker | major | minor
  body text not null,
  by_person uuid references people(id) on delete set null,
  created_at bigint not null,
  resolved_at bigint
);
create index review_notes_listing on review_notes(listing_id);

create table saved (                          -- listings a person keeps an eye on
  person_id uuid not null references people(id) on delete cascade,
  listing_id uuid not null references listings(id) on delete cascade,
  created_at bigint not null,
  primary key (person_id, listing_id)
);

create table reports (
  id uuid primary key,
  listing_id uuid not null references listings(id) on delete cascade,
  person_id uuid references people(id) on delete set null,
  reason text not null,
  body text not null,
  created_at bigint not null,
  resolved_at bigint
);

create table references_given (               -- the last number given per kind and year
  series text primary key,
  last bigint not null
);

create table imported (                       -- what came from a file, so that the same row again is skipped
  mark bytea primary key,                      -- SHA-256 of its reference, or of what it says
  listing_id uuid not null references listings(id) on delete cascade,
  created_at bigint not null
);
create index imported_listing on imported(listing_id);

create table uploads (                        -- a file between its dry run and its entry; gone after a day
  id uuid primary key,
  person_id uuid not null references people(id) on delete cascade,
  name text not null,
  kind text,                                  -- what rows are that do not say it: need | offer
  bytes bytea not null,
  created_at bigint not null
);

create table vectors (
  listing_id uuid not null references listings(id) on delete cascade,
  passage bigint not null,
  model text not null,
  hash bytea not null,
  vector bytea not null,                     -- little-endian float32
  primary key (listing_id, model, passage)
);

-- Pairings: from a suggestion to an outcome ----------------------------------------------------------------------

create table pairings (
  id uuid primary key,
  need_id uuid not null references listings(id) on delete cascade,
  offer_id uuid not null references listings(id) on delete cascade,
  origin text not null,                       -- system | interest | coordinator
  interested text,                            -- need | offer: the side that expressed interest
  stage text not null,
  score double precision not null,                       -- 0 to 1
  why jsonb not null,                         -- reasons for each side, unknowns, unmet musts, evidence
  model text not null,                        -- what made the score
  coordinator_id uuid references people(id) on delete set null,
  words text,                                 -- the coordinator's own, put on top of the letter
  reason text,                                -- why it ended
  note text,
  asked_at bigint,                             -- when the first letter was really sent: the reply clock starts
  due_at bigint,
  nudged_at bigint,
  introduced_at bigint,
  followed_up bigint not null,                  -- how many times an outcome was asked for
  created_at bigint not null,
  updated_at bigint not null,
  unique (need_id, offer_id)
);
create index pairings_stage on pairings(stage);
create index pairings_offer on pairings(offer_id);

create table moves (                          -- every step a pairing took
  id uuid primary key,
  pairing_id uuid not null references pairings(id) on delete cascade,
  step text not null,
  from_stage text not null,
  to_stage text not null,
  side text,                                  -- need | offer, where a side acted
  by_person uuid references people(id) on delete set null,
  reason text,
  note text,
  at bigint not null
);
create index moves_pairing on moves(pairing_id);
create index moves_at on moves(at);

create table messages (
  id uuid primary key,
  pairing_id uuid not null references pairings(id) on delete cascade,
  by_person uuid references people(id) on delete set null,
  side text not null,                         -- need | offer | coordinator
  body text not null,
  created_at bigint not null
);
create index messages_pairing on messages(pairing_id);

create table outcomes (
  id uuid primary key,
  pairing_id uuid not null references pairings(id) on delete cascade,
  kind text not null,                         -- pilot | contract | licence | publication | training | none | other
  amount bigint,                                -- VND
  body text not null,
  evidence text not null,
  by_person uuid references people(id) on delete set null,
  created_at bigint not null
);
create index outcomes_pairing on outcomes(pairing_id);

-- What the service does by itself --------------------------------------------------------------------------------

create table feed (                           -- one row; its lock puts events in the order they commit, on any engine
  one bigint primary key,
  last bigint not null
);
insert into feed (one, last) values (1, 0);

create table events (
  number bigint primary key,
  kind text not null,
  body jsonb not null,
  by_person uuid,
  at bigint not null
);

create table cursors (                        -- how far a follower of the feed has come
  name text primary key,
  number bigint not null
);

create table jobs (
  id uuid primary key,
  once text not null unique,                  -- the same work asked twice is done once
  kind text not null,
  body jsonb not null,
  state text not null,                        -- waiting | running | parked
  run_at bigint not null,
  lease_until bigint,
  attempts bigint not null,
  fault text,
  created_at bigint not null
);
create index jobs_due on jobs(state, run_at);

create table outbox (
  id uuid primary key,
  once text not null unique,                  -- person + pairing or window + kind
  message_id text not null unique,
  kind text not null,
  class text not null,                        -- resend | hold
  person_id uuid,
  recipient text not null,
  lang text not null,
  subject text not null,
  plain text not null,
  html text not null,
  unsubscribe text,                           -- the one-click address, where the letter is one of a kind that can be refused
  pairing_id uuid,
  state text not null,                        -- queued | sending | data | sent | failed | in_doubt | cancelled
  attempts bigint not null,
  next_at bigint not null,
  give_up_at bigint not null,
  lease_until bigint,
  answer text,                                -- what the mail server said last
  created_at bigint not null,
  sent_at bigint
);
create index outbox_due on outbox(state, next_at);
create index outbox_pairing on outbox(pairing_id);

create table audit (                          -- who saw a contact, who changed a role: for admins
  id uuid primary key,
  act text not null,
  by_person uuid,
  subject uuid,
  at bigint not null
);
create index audit_at on audit(at);
