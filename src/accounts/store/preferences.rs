//! All SQL about which letters a person wants.

use crate::accounts::{Frequency, Kind};
use crate::ids::PersonId;
use crate::kit::clock::At;
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;

#[derive(sqlx::FromRow)]
pub(in crate::accounts) struct Wish {
    pub frequency: Option<Frequency>,
    pub paused_until: Option<At>,
    pub disabled_at: Option<At>,
    pub consented: bool,
}

pub(in crate::accounts) async fn wish(on: impl Reads, person: PersonId, kind: Kind) -> Result<Wish, Fault> {
    let found = on
        .maybe(
            sql(
                "select f.frequency, p.paused_until, p.disabled_at, exists (select 1 from consents c \
                 where c.person_id = p.id and c.purpose = 'letters' and c.withdrawn_at is null) as consented \
                 from people p left join preferences f on f.person_id = p.id and f.kind = $1 where p.id = $2",
            )
            .bind(kind)
            .bind(person),
        )
        .await?;
    found.ok_or(Fault::Missing)
}
