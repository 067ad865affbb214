-- Whom the service was asked to forget: an older backup that comes back is told by this list.

create table erasures (
  person_id uuid primary key,                 -- of a row that is empty now, or gone
  at bigint not null
);

-- What people ask of us about their data, with the clocks the law sets.

create table rights_requests (
  id uuid primary key,
  person_id uuid references people(id) on delete set null,
  kind text not null,                         -- access | correction | erasure | objection | other
  words text not null,
  asked_at bigint not null,
  answer_due bigint not null,                -- two working days
  fulfil_due bigint not null,                -- fifteen days
  answered_at bigint,
  closed_at bigint,
  outcome text,                               -- done | refused
  answer text,                                -- the last thing the person was told
  by_person uuid references people(id) on delete set null
);
create index rights_requests_open on rights_requests(closed_at, fulfil_due);
create index rights_requests_person on rights_requests(person_id);

-- Looked through by the minute, or by person.

create index outbox_person on outbox(person_id);
create index outbox_unsubscribe on outbox(unsubscribe);
