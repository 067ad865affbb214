-- Cầu Nối: the first schema. Its twin stands in the other folder of migrations/ and a test compares the two.
-- Times are milliseconds since 1970 in UTC; ids are UUIDs of version 7; codes are text and belong to src/vocab or a room's enum.

-- People and how they come in ------------------------------------------------------------------------------------

create table people (
  id blob primary key,
  email text not null unique,                 -- lower case
  name text not null,
  phone text,                                 -- or Zalo; told to the other side only at an introduction
  lang text not null,
  role text not null,                         -- member | coordinator | admin
  password text,                              -- argon2id, null where only mailed links are used
  confirmed_at integer,                         -- the address answered
  created_at integer not null,
  seen_at integer,
  letter_token text not null unique,         -- in the one-click unsubscription address of their letters
  paused_until integer,                         -- no letters but those that answer an act of theirs
  disabled_at integer
) strict;

create table sessions (
  token_hash blob primary key,              -- SHA-256 of 256 random bits
  id blob not null unique,                     -- how a person names the session when ending it
  person_id blob not null references people(id) on delete cascade,
  created_at integer not null,
  seen_at integer not null,
  expires_at integer not null,
  agent text not null                         -- a short name of browser and system
) strict;
create index sessions_person on sessions(person_id);

create table tickets (                        -- what a mailed link or code entitles its reader to
  token_hash blob primary key,
  code_hash blob,
  purpose text not null,                      -- confirm | sign_in | reset | invite | answer | confirm_listing | outcome
  person_id blob references people(id) on delete cascade,
  email text,
  subject blob,                                -- an organisation, a listing or a pairing, as the purpose says
  created_at integer not null,
  expires_at integer not null,
  used_at integer,
  tries integer not null
) strict;
create index tickets_person on tickets(person_id, purpose);
create index tickets_email on tickets(email, purpose);

create table preferences (                    -- how often which kind of letter; no row: the kind's default
  person_id blob not null references people(id) on delete cascade,
  kind text not null,
  frequency text not null,                    -- at_once | daily | weekly | never
  primary key (person_id, kind)
) strict;

create table consents (
  id blob primary key,
  person_id blob not null references people(id) on delete cascade,
  purpose text not null,
  version text not null,
  given_at integer not null,
  withdrawn_at integer
) strict;
create index consents_person on consents(person_id);

-- Organisations --------------------------------------------------------------------------------------------------

create table organisations (
  id blob primary key,
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
  capacity integer not null,                     -- introductions it can take at a time
  verified_at integer,
  verified_by blob references people(id) on delete set null,
  foreign_sample integer not null,              -- imported from abroad to show and to load, never asked
  created_at integer not null
) strict;
create index organisations_name on organisations(name_key);

create table memberships (
  org_id blob not null references organisations(id) on delete cascade,
  person_id blob not null references people(id) on delete cascade,
  role text not null,                         -- owner | member
  state text not null,                        -- active | asked
  created_at integer not null,
  primary key (org_id, person_id)
) strict;
create index memberships_person on memberships(person_id);

create table blocks (                         -- two organisations that shall not be suggested to each other
  org_a blob not null references organisations(id) on delete cascade,
  org_b blob not null references organisations(id) on delete cascade,
  created_at integer not null,
  primary key (org_a, org_b)
) strict;

-- Listings: needs and offers -------------------------------------------------------------------------------------

create table listings (
  id blob primary key,
  reference text unique,                      -- NC-2026-0042 | NL-2026-0007, given at the first submission
  kind text not null,                         -- need | offer
  org_id blob references organisations(id) on delete cascade,   -- null: a visitor's draft
  owner_id blob references people(id) on delete set null,
  coordinator_id blob references people(id) on delete set null,
  visitor_hash blob,                        -- the cookie of the visitor who is still writing
  state text not null,                        -- draft | review | changes | published | paused | expired | closed | archived
  origin text not null,                       -- owner | coordinator | import | interest
  visibility text not null,                   -- public | members | invited
  anonymous integer not null,
  open_for_interest integer not null,
  version integer not null,                      -- grows with every saved change of the working copy
  draft text not null,                       -- the working copy
  live text,                                 -- what readers see; null until first published
  live_version integer,
  confirmed_version integer,                     -- the version the firm confirmed, where a coordinator wrote
  submitted_at integer,
  published_at integer,                         -- first publication
  refreshed_at integer,                         -- last publication, renewal or confirmation by its owner
  expires_at integer,
  warned_at integer,
  closed_reason text,
  searched_at integer,                          -- when matches were last sought
  created_at integer not null,
  updated_at integer not null
) strict;
create index listings_state on listings(kind, state);
create index listings_org on listings(org_id);
create index listings_owner on listings(owner_id);
create index listings_visitor on listings(visitor_hash);

create table listing_guests (                 -- who may read an *invited* listing
  listing_id blob not null references listings(id) on delete cascade,
  org_id blob not null references organisations(id) on delete cascade,
  primary key (listing_id, org_id)
) strict;

create table review_notes (
  id blob primary key,
  listing_id blob not null references listings(id) on delete cascade,
  version integer not null,
  field text not null,
  severity text not null,                     -- blocker | major | minor
  body text not null,
  by_person blob references people(id) on delete set null,
  created_at integer not null,
  resolved_at integer
) strict;
create index review_notes_listing on review_notes(listing_id);

create table saved (                          -- listings a person keeps an eye on
  person_id blob not null references people(id) on delete cascade,
  listing_id blob not null references listings(id) on delete cascade,
  created_at integer not null,
  primary key (person_id, listing_id)
) strict;

create table reports (
  id blob primary key,
  listing_id blob not null references listings(id) on delete cascade,
  person_id blob references people(id) on delete set null,
  reason text not null,
  body text not null,
  created_at integer not null,
  resolved_at integer
) strict;

create table references_given (               -- the last number given per kind and year
  series text primary key,
  last integer not null
) strict;

create table imported (                       -- what came from a file, so that the same row again is skipped
  mark blob primary key,                      -- SHA-256 of its reference, or of what it says
  listing_id blob not null references listings(id) on delete cascade,
  created_at integer not null
) strict;
create index imported_listing on imported(listing_id);

create table uploads (                        -- a file between its dry run and its entry; gone after a day
  id blob primary key,
  person_id blob not null references people(id) on delete cascade,
  name text not null,
  kind text,                                  -- what rows are that do not say it: need | offer
  bytes blob not null,
  created_at integer not null
) strict;

create table vectors (
  listing_id blob not null references listings(id) on delete cascade,
  passage integer not null,
  model text not null,
  hash blob not null,
  vector blob not null,                     -- little-endian float32
  primary key (listing_id, model, passage)
) strict;

-- Pairings: from a suggestion to an outcome ----------------------------------------------------------------------

create table pairings (
  id blob primary key,
  need_id blob not null references listings(id) on delete cascade,
  offer_id blob not null references listings(id) on delete cascade,
  origin text not null,                       -- system | interest | coordinator
  interested text,                            -- need | offer: the side that expressed interest
  stage text not null,
  score real not null,                       -- 0 to 1
  why text not null,                         -- reasons for each side, unknowns, unmet musts, evidence
  model text not null,                        -- what made the score
  coordinator_id blob references people(id) on delete set null,
  words text,                                 -- the coordinator's own, put on top of the letter
  reason text,                                -- why it ended
  note text,
  asked_at integer,                             -- when the first letter was really sent: the reply clock starts
  due_at integer,
  nudged_at integer,
  introduced_at integer,
  followed_up integer not null,                  -- how many times an outcome was asked for
  created_at integer not null,
  updated_at integer not null,
  unique (need_id, offer_id)
) strict;
create index pairings_stage on pairings(stage);
create index pairings_offer on pairings(offer_id);

create table moves (                          -- every step a pairing took
  id blob primary key,
  pairing_id blob not null references pairings(id) on delete cascade,
  step text not null,
  from_stage text not null,
  to_stage text not null,
  side text,                                  -- need | offer, where a side acted
  by_person blob references people(id) on delete set null,
  reason text,
  note text,
  at integer not null
) strict;
create index moves_pairing on moves(pairing_id);
create index moves_at on moves(at);

create table messages (
  id blob primary key,
  pairing_id blob not null references pairings(id) on delete cascade,
  by_person blob references people(id) on delete set null,
  side text not null,                         -- need | offer | coordinator
  body text not null,
  created_at integer not null
) strict;
create index messages_pairing on messages(pairing_id);

create table outcomes (
  id blob primary key,
  pairing_id blob not null references pairings(id) on delete cascade,
  kind text not null,                         -- pilot | contract | licence | publication | training | none | other
  amount integer,                                -- VND
  body text not null,
  evidence text not null,
  by_person blob references people(id) on delete set null,
  created_at integer not null
) strict;
create index outcomes_pairing on outcomes(pairing_id);

-- What the service does by itself --------------------------------------------------------------------------------

create table feed (                           -- one row; its lock puts events in the order they commit, on any engine
  one integer primary key,
  last integer not null
) strict;
insert into feed (one, last) values (1, 0);

create table events (
  number integer primary key,
  kind text not null,
  body text not null,
  by_person blob,
  at integer not null
) strict;

create table cursors (                        -- how far a follower of the feed has come
  name text primary key,
  number integer not null
) strict;

create table jobs (
  id blob primary key,
  once text not null unique,                  -- the same work asked twice is done once
  kind text not null,
  body text not null,
  state text not null,                        -- waiting | running | parked
  run_at integer not null,
  lease_until integer,
  attempts integer not null,
  fault text,
  created_at integer not null
) strict;
create index jobs_due on jobs(state, run_at);

create table outbox (
  id blob primary key,
  once text not null unique,                  -- person + pairing or window + kind
  message_id text not null unique,
  kind text not null,
  class text not null,                        -- resend | hold
  person_id blob,
  recipient text not null,
  lang text not null,
  subject text not null,
  plain text not null,
  html text not null,
  unsubscribe text,                           -- the one-click address, where the letter is one of a kind that can be refused
  pairing_id blob,
  state text not null,                        -- queued | sending | data | sent | failed | in_doubt | cancelled
  attempts integer not null,
  next_at integer not null,
  give_up_at integer not null,
  lease_until integer,
  answer text,                                -- what the mail server said last
  created_at integer not null,
  sent_at integer
) strict;
create index outbox_due on outbox(state, next_at);
create index outbox_pairing on outbox(pairing_id);

create table audit (                          -- who saw a contact, who changed a role: for admins
  id blob primary key,
  act text not null,
  by_person blob,
  subject blob,
  at integer not null
) strict;
create index audit_at on audit(at);
