-- How fast one may guess and have letters sent, kept where every node sees it.

create table paces (
  key bytea primary key,                       -- SHA-256 of what is limited and whom
  even_at bigint not null                         -- when what was taken so far would have been due at an even pace
);
create index paces_even on paces(even_at);
