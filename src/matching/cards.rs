//! A pairing as pages and letters show it to one side (or to a coordinator): both things side by side, how strong,
//! why, until when. Only what that reader may know goes in.

use std::collections::HashMap;

use super::score::Strength;
use super::stage::{Side, Stage};
use super::{Couple, Origin, Pairing, Standing, shares, store};
use crate::ids::{ListingId, OrgId, PairingId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::listings::card::{Behind, labels};
use crate::listings::{self, Listing, Visibility};
use crate::orgs::{self, Org};
use crate::vocab::Scheme;

/// One listing of a pairing.
#[derive(Debug, Clone)]
pub struct Half {
    pub side: Side,
    pub reference: String,
    pub title: String,
    pub summary: String,
    pub lang: Lang,
    pub who: String,
    pub place: String,
    pub facts: Vec<String>,
    /// Where the listing can be read, if this reader may.
    pub path: Option<String>,
}

impl Half {
    pub fn is_need(&self) -> bool {
        self.side == Side::Need
    }
}

/// A pairing for one reader.
#[derive(Debug, Clone)]
pub struct Card {
    pub id: PairingId,
    pub stage: Stage,
    pub stage_label: &'static str,
    pub origin: Origin,
    pub dots: i64,
    pub strength: Strength,
    /// The reader's own side; `None` for a coordinator.
    pub side: Option<Side>,
    pub need: Half,
    pub offer: Half,
    pub for_need: Vec<String>,
    pub for_offer: Vec<String>,
    pub unknown: Vec<&'static str>,
    pub unmet: Vec<String>,
    /// For a coordinator who decides: that others gave way to it, or it to others.
    pub shares: Option<String>,
    pub words: Option<String>,
    pub interested: Option<Side>,
    pub due_at: Option<At>,
    pub days_left: Option<i64>,
    pub changed_at: At,
    pub introduced: bool,
}

impl Card {
    pub fn half(&self, side: Side) -> &Half {
        match side {
            Side::Need => &self.need,
            Side::Offer => &self.offer,
        }
    }

    pub fn reasons(&self, side: Side) -> &[String] {
        match side {
            Side::Need => &self.for_need,
            Side::Offer => &self.for_offer,
        }
    }

    /// The other side's thing; for a coordinator, the offer.
    pub fn theirs(&self) -> &Half {
        self.half(self.side.map_or(Side::Offer, Side::other))
    }

    pub fn reasons_for_reader(&self) -> &[String] {
        self.reasons(self.side.unwrap_or(Side::Need))
    }

    pub fn reasons_for_other(&self) -> &[String] {
        self.reasons(self.side.unwrap_or(Side::Need).other())
    }

    pub fn waits_for_reader(&self) -> bool {
        self.side.is_some_and(|side| self.stage.awaits(side))
    }

    pub fn is_machine(&self) -> bool {
        self.origin == Origin::System
    }

    pub fn need_is_ours(&self) -> bool {
        self.side == Some(Side::Need)
    }

    pub fn offer_is_ours(&self) -> bool {
        self.side == Some(Side::Offer)
    }

    pub fn is_suggested(&self) -> bool {
        self.stage == Stage::Suggested
    }

    pub fn can_reopen(&self) -> bool {
        matches!(self.stage, Stage::Dismissed | Stage::Lapsed)
    }

    pub fn path(&self) -> String {
        format!("pairings/{}", self.id)
    }

    /// A page or an act below the pairing's own.
    pub fn url(&self, act: &str) -> String {
        format!("pairings/{}/{act}", self.id)
    }

    pub fn is_due_soon(&self) -> bool {
        self.days_left.is_some_and(|days| days <= 3)
    }

    pub fn is_late(&self) -> bool {
        self.days_left.is_some_and(|days| days < 0)
    }
}

/// Cards of pairings that stand with the given standing of their reader, in order.
pub async fn cards(cx: &Cx, lang: Lang, pairings: Vec<(Pairing, Standing)>) -> Result<Vec<Card>, Fault> {
    let ids: Vec<ListingId> = pairings
        .iter()
        .flat_map(|(one, _)| [one.need_id, one.offer_id])
        .collect();
    let known: HashMap<ListingId, Listing> = listings::many(&cx.db, &ids)
        .await?
        .into_iter()
        .map(|one| (one.id, one))
        .collect();
    let orgs = orgs_behind(cx, known.values()).await?;
    let placed = Placed::of(cx, pairings.iter().map(|(one, standing)| (one, *standing))).await?;
    Ok(pairings
        .into_iter()
        .filter_map(|(pairing, standing)| {
            let need = known.get(&pairing.need_id)?;
            let offer = known.get(&pairing.offer_id)?;
            let card = build(cx, &pairing, (need, offer), &orgs, standing, lang);
            Some(placed.told(card, &pairing, lang))
        })
        .collect())
}

pub async fn card(cx: &Cx, lang: Lang, couple: &Couple, standing: Standing) -> Result<Card, Fault> {
    let orgs = orgs_behind(cx, [&couple.need, &couple.offer]).await?;
    let placed = Placed::of(cx, [(&couple.pairing, standing)]).await?;
    let both = (&couple.need, &couple.offer);
    let card = build(cx, &couple.pairing, both, &orgs, standing, lang);
    Ok(placed.told(card, &couple.pairing, lang))
}

/// Load, place by fit and place given of offers, by need and offer: only of suggestions a coordinator decides about.
struct Placed(HashMap<(ListingId, ListingId), (i64, i64, Option<i64>)>);

impl Placed {
    async fn of(cx: &Cx, pairings: impl IntoIterator<Item = (&Pairing, Standing)>) -> Result<Placed, Fault> {
        let decides = |(one, standing): &(&Pairing, Standing)| {
            one.stage == Stage::Suggested && *standing == Standing::Coordinator
        };
        let mut needs: Vec<ListingId> = pairings
            .into_iter()
            .filter(decides)
            .map(|(one, _)| one.need_id)
            .collect();
        needs.sort_unstable();
        needs.dedup();
        let placed = store::placed(&cx.db, &needs).await?.into_iter();
        Ok(Placed(
            placed
                .map(|(need, offer, load, by_fit, given)| ((need, offer), (load, by_fit, given)))
                .collect(),
        ))
    }

    fn told(&self, card: Card, pairing: &Pairing, lang: Lang) -> Card {
        let placed = self.0.get(&(pairing.need_id, pairing.offer_id));
        Card {
            shares: placed.and_then(|(load, by_fit, given)| shares::said(lang, *load, *by_fit, *given)),
            ..card
        }
    }
}

fn build(
    cx: &Cx,
    pairing: &Pairing,
    (need, offer): (&Listing, &Listing),
    orgs: &HashMap<OrgId, Org>,
    standing: Standing,
    lang: Lang,
) -> Card {
    let share = cx.search_all.weights().calibration.share(pairing.score);
    let introduced = pairing.introduced_at.is_some();
    let half = |listing: &Listing, side: Side| {
        let inside = standing == Standing::Coordinator || standing == Standing::Side(side);
        let named = inside || introduced || !listing.anonymous;
        let org = listing.org_id.and_then(|org| orgs.get(&org));
        let behind = Behind::new(org, named, lang);
        let content = listing.best();
        let mut facts = labels(content, Scheme::Sector, lang);
        facts.extend(labels(content, Scheme::Capability, lang));
        facts.extend(content.trl.map(|trl| format!("TRL {trl}")));
        let readable = inside || (listing.visibility == Visibility::Public && listing.shown().is_some());
        Half {
            side,
            reference: listing.reference().to_owned(),
            title: content.title(lang).to_owned(),
            summary: content.summary(lang).to_owned(),
            lang: content.shown_lang(lang),
            who: behind.words(&lang),
            place: behind.place,
            facts,
            path: readable.then(|| listing.path()),
        }
    };
    let why = &pairing.why.0;
    let told = |side| {
        why.reasons_for(side)
            .iter()
            .map(|reason| reason.told(lang))
            .collect()
    };
    Card {
        id: pairing.id,
        stage: pairing.stage,
        stage_label: pairing.stage.label(lang),
        origin: pairing.origin,
        dots: i64::from(Strength::dots(share)),
        strength: Strength::of(share),
        side: standing.side(),
        need: half(need, Side::Need),
        offer: half(offer, Side::Offer),
        for_need: told(Side::Need),
        for_offer: told(Side::Offer),
        unknown: why.unknown.iter().map(|one| one.told(lang)).collect(),
        unmet: why.unmet.iter().map(|one| one.told(lang)).collect(),
        shares: None,
        words: pairing.words.clone(),
        interested: pairing.interested,
        due_at: pairing.due_at.filter(|_| pairing.stage.awaits_answers()),
        days_left: super::clock::days_left(pairing, cx.now()),
        changed_at: pairing.updated_at,
        introduced,
    }
}

async fn orgs_behind<'a>(
    cx: &Cx,
    listings: impl IntoIterator<Item = &'a Listing>,
) -> Result<HashMap<OrgId, Org>, Fault> {
    let mut ids: Vec<OrgId> = listings.into_iter().filter_map(|one| one.org_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let orgs = orgs::many(&cx.db, &ids).await?;
    Ok(orgs.into_iter().map(|org| (org.id, org)).collect())
}
