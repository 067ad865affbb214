//! All SQL about requests concerning personal data.

use crate::accounts::requests::{Outcome, Request};
use crate::ids::{PersonId, RequestId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

const REQUEST: &str = "id, person_id, kind, words, asked_at, answer_due, fulfil_due, answered_at, closed_at, outcome, \
                       answer";

pub(in crate::accounts) async fn get(on: impl Reads, id: RequestId) -> Result<Request, Fault> {
    on.maybe(sql(format!("select {REQUEST} from rights_requests where id = $1")).bind(id))
        .await?
        .ok_or(Fault::Missing)
}

pub(in crate::accounts) async fn of_person(on: impl Reads, person: PersonId) -> Result<Vec<Request>, Fault> {
    on.all(
        sql(format!(
            "select {REQUEST} from rights_requests where person_id = $1 order by asked_at desc, id desc"
        ))
        .bind(person),
    )
    .await
}

pub(in crate::accounts) async fn open(on: impl Reads) -> Result<Vec<Request>, Fault> {
    on.all(sql(format!(
        "select {REQUEST} from rights_requests where closed_at is null and person_id is not null order by asked_at, id"
    )))
    .await
}

pub(in crate::accounts) async fn closed(on: impl Reads, limit: i64) -> Result<Vec<Request>, Fault> {
    on.all(
        sql(format!(
            "select {REQUEST} from rights_requests where closed_at is not null order by closed_at desc, id desc limit $1"
        ))
        .bind(limit),
    )
    .await
}

pub(in crate::accounts) async fn add(tx: &mut Tx, request: &Request) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into rights_requests (id, person_id, kind, words, asked_at, answer_due, fulfil_due) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(request.id)
        .bind(request.person_id)
        .bind(request.kind)
        .bind(&request.words)
        .bind(request.asked_at)
        .bind(request.answer_due)
        .bind(request.fulfil_due),
    )
    .await?;
    Ok(())
}

pub(in crate::accounts) async fn answer(
    tx: &mut Tx,
    id: RequestId,
    words: &str,
    by: PersonId,
    now: At,
) -> Result<(), Fault> {
    tx.exec_if_fresh(
        sql(
            "update rights_requests set answered_at = $1, answer = $2, by_person = $3 \
             where id = $4 and answered_at is null and closed_at is null",
        )
        .bind(now)
        .bind(words)
        .bind(by)
        .bind(id),
    )
    .await
}

pub(in crate::accounts) async fn close(
    tx: &mut Tx,
    id: RequestId,
    outcome: Outcome,
    words: &str,
    by: PersonId,
    now: At,
) -> Result<(), Fault> {
    tx.exec_if_fresh(
        sql("update rights_requests set answered_at = coalesce(answered_at, $1), closed_at = $1, outcome = $2, \
             answer = case when $3 = '' then answer else $3 end, by_person = $4 where id = $5 and closed_at is null")
        .bind(now)
        .bind(outcome)
        .bind(words)
        .bind(by)
        .bind(id),
    )
    .await
}
