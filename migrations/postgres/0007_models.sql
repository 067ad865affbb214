-- Which models vectors are asked of, and when a node last did: vectors of one that nobody uses any more go.

create table models (
  name text primary key,
  used_at bigint not null
);

insert into models (name, used_at) select distinct model, 0 from vectors;
