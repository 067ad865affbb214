-- What the search heard of a pair when its score was made, so that people's decisions can judge the score.

alter table pairings add column heard_words double precision; -- shared words, 0 to 1 within that answer
alter table pairings add column heard_meaning double precision; -- the cosine of the meanings
alter table pairings add column words_rank bigint;     -- the offer's place for the need by words alone, from 1
