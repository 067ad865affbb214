//! What needs a coordinator today, the most urgent first, each row leading to the page where it is done.

use crate::accounts::{Actor, requests};
use crate::kit::Cx;
use crate::kit::clock::{At, DAY};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::listings::escalation;
use crate::matching::{Pairing, room};
use crate::orgs;

use super::store::attention::{self as store, Couple};
use super::{outbox, store::outbox as letters};

mod titles;

use titles::Titles;

/// Rows shown of a group; the page it leads to has them all.
const SHOWN: i64 = 5;

/// A review that takes longer than this is what people complain of.
const REVIEW_DAYS: i64 = 3;
const DUE_SOON_DAYS: i64 = 3;
const UNASKED_DAYS: i64 = 2;
const EXPIRING_DAYS: i64 = 14;
const UNMATCHED_DAYS: i64 = 14;
const OUTCOME_DAYS: i64 = 45;
const REFUSED_LETTER_DAYS: i64 = 14;

/// How pressing a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Late,
    Due,
    Calm,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Late => "late",
            Tone::Due => "",
            Tone::Calm => "calm",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Row {
    pub tone: Tone,
    pub title: String,
    /// References, an answer of the mail server, a reason.
    pub detail: String,
    pub at: At,
    /// Below the language: `pairings/…`.
    pub path: String,
}

/// What waits in one way: how many in all, and the first few.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub count: i64,
    pub rows: Vec<Row>,
}

impl Group {
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many are not shown.
    pub fn rest(&self) -> i64 {
        self.count - i64::try_from(self.rows.len()).unwrap_or(self.count)
    }
}

#[derive(Debug, Clone)]
pub struct Attention {
    /// What people ask about their data: the law sets the clocks.
    pub rights: Group,
    pub escalated: Group,
    pub reviews: Group,
    pub suggestions: i64,
    pub oldest_suggestion: Option<At>,
    pub replies: Group,
    pub unasked: Group,
    /// Both want it, and the provider can take no more for now.
    pub crowded: Group,
    pub letters: Group,
    pub reports: Group,
    pub organisations: Group,
    pub outcomes: Group,
    pub expiring: Group,
    pub unmatched: Group,
    /// There is no model; why, an admin reads on the health page.
    pub words_only: bool,
}

impl Attention {
    pub fn is_empty(&self) -> bool {
        self.suggestions == 0 && self.groups().iter().all(|group| group.is_empty())
    }

    fn groups(&self) -> [&Group; 12] {
        [
            &self.rights,
            &self.escalated,
            &self.reviews,
            &self.replies,
            &self.unasked,
            &self.crowded,
            &self.letters,
            &self.reports,
            &self.organisations,
            &self.outcomes,
            &self.expiring,
            &self.unmatched,
        ]
    }
}

pub async fn gather(cx: &Cx, lang: Lang, reader: &Actor) -> Result<Attention, Fault> {
    let now = cx.now();
    let reviews = store::in_review(cx, SHOWN).await?;
    let expiring = store::expiring(cx, now.plus_days(EXPIRING_DAYS), SHOWN).await?;
    let unmatched = store::unmatched(cx, now.plus_days(-UNMATCHED_DAYS), SHOWN).await?;
    let replies = store::replies_due(cx, now.plus_days(DUE_SOON_DAYS), SHOWN).await?;
    let unasked = store::unasked(cx, now.plus_days(-UNASKED_DAYS), SHOWN).await?;
    let crowded = crowded(cx).await?;
    let outcomes = store::without_outcome(cx, now.plus_days(-OUTCOME_DAYS), SHOWN).await?;
    let (reported, reports) = store::reports(cx, SHOWN).await?;
    let asked = escalation::open(&cx.db).await?;
    let (suggestions, oldest_suggestion) = store::suggestions(cx).await?;

    let titles = Titles::of(
        cx,
        lang,
        [&reviews.1, &expiring.1, &unmatched.1]
            .into_iter()
            .flatten()
            .map(|(id, _)| *id)
            .chain(
                [&replies.1, &unasked.1, &crowded.1, &outcomes.1]
                    .into_iter()
                    .flatten()
                    .flat_map(|couple| [couple.need_id, couple.offer_id]),
            )
            .chain(reports.iter().map(|report| report.listing_id))
            .chain(asked.iter().map(|asked| asked.listing_id))
            .collect(),
    )
    .await?;
    let late_review = now.plus_days(-REVIEW_DAYS);
    Ok(Attention {
        rights: rights(cx, lang).await?,
        escalated: titles.escalated(asked, reader),
        reviews: titles.listings(
            reviews,
            |at| if at < late_review { Tone::Late } else { Tone::Due },
            "desk/reviews",
        ),
        suggestions,
        oldest_suggestion,
        replies: titles.couples(replies, |at| if at < now { Tone::Late } else { Tone::Due }),
        unasked: titles.couples(unasked, |_| Tone::Due),
        crowded: titles.couples(crowded, |_| Tone::Due),
        letters: troubled_letters(cx, lang).await?,
        reports: Group {
            count: reported,
            rows: reports
                .into_iter()
                .map(|report| Row {
                    tone: Tone::Late,
                    title: titles.title(report.listing_id),
                    detail: report.reason,
                    at: report.created_at,
                    path: "desk/reports".to_owned(),
                })
                .collect(),
        },
        organisations: unverified(cx, lang).await?,
        outcomes: titles.couples(outcomes, |_| Tone::Calm),
        expiring: titles.listings(
            expiring,
            |at| {
                if at < now.plus(3 * DAY) {
                    Tone::Due
                } else {
                    Tone::Calm
                }
            },
            "",
        ),
        unmatched: titles.listings(unmatched, |_| Tone::Calm, "desk/pairings/new?need="),
        words_only: cx.search_all.health().words_only_reason.is_some(),
    })
}

async fn rights(cx: &Cx, lang: Lang) -> Result<Group, Fault> {
    let open = requests::open(cx).await?;
    let rows = open
        .iter()
        .take(usize::try_from(SHOWN).unwrap_or(0))
        .map(|one| Row {
            tone: if one.is_late(cx.now()) {
                Tone::Late
            } else {
                Tone::Due
            },
            title: one.kind.label(lang).to_owned(),
            detail: if one.answered_at.is_none() {
                lang.t("chờ trả lời", "waits for an answer").to_owned()
            } else {
                lang.t("chờ thực hiện", "waits to be fulfilled").to_owned()
            },
            at: one.due().unwrap_or(one.asked_at),
            path: "desk/requests".to_owned(),
        });
    Ok(Group {
        count: i64::try_from(open.len()).unwrap_or(i64::MAX),
        rows: rows.collect(),
    })
}

async fn crowded(cx: &Cx) -> Result<(i64, Vec<Couple>), Fault> {
    let waiting = room::waiting(cx).await?;
    let count = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    let rows = waiting.into_iter().take(usize::try_from(SHOWN).unwrap_or(0));
    let couple = |pairing: Pairing| Couple {
        id: pairing.id,
        need_id: pairing.need_id,
        offer_id: pairing.offer_id,
        at: pairing.updated_at,
    };
    Ok((count, rows.map(couple).collect()))
}

async fn troubled_letters(cx: &Cx, lang: Lang) -> Result<Group, Fault> {
    let since = cx.now().plus_days(-REFUSED_LETTER_DAYS);
    let (count,) = store::troubled_letters(cx, since).await?;
    let lines = letters::troubled(cx, since, SHOWN).await?;
    let rows = lines.into_iter().map(|line| Row {
        tone: if line.standing == outbox::Standing::InDoubt {
            Tone::Late
        } else {
            Tone::Due
        },
        title: line.subject(),
        detail: format!("{} · {}", line.standing.label(&lang), line.recipient),
        at: line.created_at,
        path: format!("desk/outbox/{}", line.id),
    });
    Ok(Group {
        count,
        rows: rows.collect(),
    })
}

async fn unverified(cx: &Cx, lang: Lang) -> Result<Group, Fault> {
    let (count, since) = store::unverified(cx, SHOWN).await?;
    let ids: Vec<_> = since.iter().map(|(id, _)| *id).collect();
    let rows = orgs::many(&cx.db, &ids).await?.into_iter().map(|org| Row {
        tone: Tone::Due,
        title: org.name(lang).to_owned(),
        detail: crate::vocab::label(crate::vocab::Scheme::Place, &org.place, lang),
        at: org.created_at,
        path: "desk/organisations".to_owned(),
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by_key(|row| row.at);
    Ok(Group { count, rows })
}
