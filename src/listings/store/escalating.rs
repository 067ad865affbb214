//! Questions from one coordinator to another.

use crate::ids::{ListingId, PersonId};
use crate::kit::clock::{At, new_id};
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::listings::Listing;
use crate::listings::escalation::Escalation;

/// A listing that was taken back and edited is another version: what was asked about the old one is past.
pub(in crate::listings) async fn escalations(on: impl Reads) -> Result<Vec<Escalation>, Fault> {
    on.all(sql(
        "select e.listing_id, e.note, b.name as by_name, e.to_person, t.name as to_name, e.created_at \
         from escalations e join listings l on l.id = e.listing_id join people t on t.id = e.to_person \
         left join people b on b.id = e.by_person \
         where e.resolved_at is null and l.state = 'review' and l.version = e.version \
         order by e.created_at, e.id limit 500",
    ))
    .await
}

pub(in crate::listings) async fn add_escalation(
    tx: &mut Tx,
    listing: &Listing,
    by: PersonId,
    to: PersonId,
    note: &str,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into escalations (id, listing_id, version, note, by_person, to_person, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new_id())
        .bind(listing.id)
        .bind(listing.version)
        .bind(note)
        .bind(by)
        .bind(to)
        .bind(now),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn resolve_escalations(
    tx: &mut Tx,
    listing: ListingId,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql("update escalations set resolved_at = $1 where listing_id = $2 and resolved_at is null")
            .bind(now)
            .bind(listing),
    )
    .await?;
    Ok(())
}
