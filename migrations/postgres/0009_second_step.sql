-- The second step of a sign-in (an authenticator's codes), the codes for a lost phone, and people's own tokens for the API.

create table second_steps (
  person_id uuid primary key references people(id) on delete cascade,
  secret bytea not null,                       -- 160 bits, shared with the person's authenticator
  confirmed_at bigint,                       -- a first right code; null: begun, and not asked for yet
  last_step bigint not null,                 -- the youngest half-minute whose code was used: none counts twice
  misses bigint not null                     -- wrong codes since the last right one
);

create table recovery_codes (
  person_id uuid not null references people(id) on delete cascade,
  code_hash bytea not null,
  used_at bigint,
  primary key (person_id, code_hash)
);

create table api_tokens (
  id uuid primary key,
  token_hash bytea not null unique,            -- SHA-256 of 256 random bits
  person_id uuid not null references people(id) on delete cascade,
  name text not null,                         -- what its owner calls it
  scope text not null,                        -- read | write
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index api_tokens_person on api_tokens(person_id);
