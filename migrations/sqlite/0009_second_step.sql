-- The second step of a sign-in (an authenticator's codes), the codes for a lost phone, and people's own tokens for the API.

create table second_steps (
  person_id blob primary key references people(id) on delete cascade,
  secret blob not null,                       -- 160 bits, shared with the person's authenticator
  confirmed_at integer,                       -- a first right code; null: begun, and not asked for yet
  last_step integer not null,                 -- the youngest half-minute whose code was used: none counts twice
  misses integer not null                     -- wrong codes since the last right one
) strict;

create table recovery_codes (
  person_id blob not null references people(id) on delete cascade,
  code_hash blob not null,
  used_at integer,
  primary key (person_id, code_hash)
) strict;

create table api_tokens (
  id blob primary key,
  token_hash blob not null unique,            -- SHA-256 of 256 random bits
  person_id blob not null references people(id) on delete cascade,
  name text not null,                         -- what its owner calls it
  scope text not null,                        -- read | write
  created_at integer not null,
  expires_at integer not null,
  used_at integer
) strict;
create index api_tokens_person on api_tokens(person_id);
