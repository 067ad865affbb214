-- Whom the service was asked to forget: an older backup that comes back is told by this list.

create table erasures (
  person_id blob primary key,                 -- of a row that is empty now, or gone
  at integer not null
) strict;

-- What people ask of us about their data, with the clocks the law sets.

create table rights_requests (
  id blob primary key,
  person_id blob references people(id) on delete set null,
  kind text not null,                         -- access | correction | erasure | objection | other
  words text not null,
  asked_at integer not null,
  answer_due integer not null,                -- two working days
  fulfil_due integer not null,                -- fifteen days
  answered_at integer,
  closed_at integer,
  outcome text,                               -- done | refused
  answer text,                                -- the last thing the person was told
  by_person blob references people(id) on delete set null
) strict;
create index rights_requests_open on rights_requests(closed_at, fulfil_due);
create index rights_requests_person on rights_requests(person_id);

-- Looked through by the minute, or by person.

create index outbox_person on outbox(person_id);
create index outbox_unsubscribe on outbox(unsubscribe);
