//! The purge's statements: each takes the moment before which rows have had their time.

use crate::kit::clock::At;
use crate::kit::db::{Tx, sql};
use crate::kit::fault::Fault;

/// What a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purge {
    Unconfirmed,
    Sessions,
    Tickets,
    Paces,
    Requests,
    Audit,
    VisitorsDrafts,
    Escalations,
    Reports,
    Uploads,
    Placings,
    Letters,
}

/// Says how many rows it touched.
pub(super) async fn purge(tx: &mut Tx, what: Purge, before: At) -> Result<u64, Fault> {
    match what {
        Purge::Unconfirmed => end(tx, "delete from people where confirmed_at is null and created_at < $1 and not exists \
             (select 1 from tickets t where t.person_id = people.id and t.used_at is null)", before).await,
        Purge::Sessions => end(tx, "delete from sessions where expires_at < $1", before).await,
        Purge::Tickets => end(tx, "delete from tickets where expires_at < $1", before).await,
        Purge::Paces => end(tx, "delete from paces where even_at < $1", before).await,
        Purge::Requests => end(tx, "delete from rights_requests where closed_at < $1", before).await,
        Purge::Audit => end(tx, "delete from audit where at < $1", before).await,
        Purge::VisitorsDrafts => end(tx, "delete from listings where state = 'draft' and owner_id is null and org_id is null \
             and visitor_hash is not null and updated_at < $1", before).await,
        Purge::Escalations => end(tx, "delete from escalations where resolved_at < $1", before).await,
        Purge::Reports => end(tx, "delete from reports where resolved_at < $1", before).await,
        Purge::Uploads => end(tx, "delete from uploads where created_at < $1", before).await,
        Purge::Placings => end(tx, "delete from placings where sought_at < $1", before).await,
        Purge::Letters => end(tx, "update outbox set recipient = '', subject = '', plain = '', html = '', unsubscribe = null, answer = null \
             where created_at < $1 and state in ('sent', 'failed', 'cancelled') and recipient <> ''", before).await,
    }
}

async fn end(tx: &mut Tx, statement: &'static str, before: At) -> Result<u64, Fault> {
    tx.exec(sql(statement).bind(before)).await
}
