//! Why a pairing was made, and how far it has come: for both sides and the coordinator.

use actix_web::web;
use askama::Template;

use super::decline_reasons;
use crate::accounts::Actor;
use crate::ids::PairingId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::lang::Lang;
use crate::kit::web::{self as pages, Answer, Id, Shell};
use crate::listings::Listing;
use crate::matching::cards::{self, Card};
use crate::matching::stage::{Side, Step};
use crate::matching::why::{Evidence, Sentence};
use crate::matching::{self, Move, Standing, couple, standing};
use crate::vocab::{self, Scheme, Term};

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/pairings/{id}", web::get().to(why));
}

#[derive(Template)]
#[template(path = "matching/why.html")]
struct WhyPage {
    shell: Shell,
    card: Card,
    evidence: Evidence,
    picture: Vec<Strand>,
    shared: Vec<String>,
    moves: Vec<Told>,
    coordinates: bool,
    reasons: Vec<&'static Term>,
}

/// A line of the picture: two sentences that answer each other.
struct Strand {
    need: String,
    offer: String,
    y: usize,
    width: u8,
    weak: bool,
}

impl Strand {
    fn text_y(&self) -> usize {
        self.y + 5
    }

    fn top(&self) -> usize {
        self.y - 20
    }

    fn bow(&self) -> usize {
        self.y - 24
    }
}

/// A move as a sentence of the timeline.
pub(super) struct Told {
    pub words: String,
    pub at: At,
}

impl WhyPage {
    fn height(&self) -> usize {
        50 + self.picture.len() * 60
    }

    /// The number of the link a sentence belongs to, from 1 on.
    fn link(&self, side: Side, at: usize) -> Option<usize> {
        self.evidence
            .links
            .iter()
            .position(|link| {
                if side == Side::Need {
                    link.need == at
                } else {
                    link.offer == at
                }
            })
            .map(|number| number + 1)
    }

    fn need_link(&self, at: &usize) -> Option<usize> {
        self.link(Side::Need, *at)
    }

    fn offer_link(&self, at: &usize) -> Option<usize> {
        self.link(Side::Offer, *at)
    }
}

async fn why(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<PairingId>) -> Answer {
    let couple = couple(&cx, id).await?;
    let standing = standing(&cx, &couple, &actor).await?;
    let card = cards::card(&cx, shell.lang, &couple, standing).await?;
    let evidence = couple.pairing.why.evidence.clone();
    let moves = matching::moves(&cx.db, id).await?;
    let shared = shared_tags(&couple.need, &couple.offer, shell.lang);
    pages::page(&WhyPage {
        picture: strands(&evidence),
        evidence,
        shared,
        moves: told(&moves, shell.lang),
        coordinates: standing == Standing::Coordinator,
        reasons: decline_reasons(),
        card,
        shell,
    })
}

fn strands(evidence: &Evidence) -> Vec<Strand> {
    let line = |sentences: &[Sentence], at: usize| {
        sentences
            .get(at)
            .map_or_else(String::new, |sentence| sentence.brief(34))
    };
    (0..)
        .zip(evidence.links.iter().take(5))
        .map(|(at, link): (usize, _)| Strand {
            need: line(&evidence.need, link.need),
            offer: line(&evidence.offer, link.offer),
            y: 60 + at * 60,
            width: match link.score {
                score if score >= 0.7 => 9,
                score if score >= 0.55 => 6,
                _ => 3,
            },
            weak: link.score < 0.5,
        })
        .collect()
}

fn shared_tags(need: &Listing, offer: &Listing, lang: Lang) -> Vec<String> {
    let mut tags = Vec::new();
    for scheme in [
        Scheme::Sector,
        Scheme::Capability,
        Scheme::Cooperation,
        Scheme::Industry,
        Scheme::Sdg,
    ] {
        for code in need.best().codes(scheme) {
            if offer.best().codes(scheme).any(|other| other == code) {
                tags.push(vocab::label(scheme, code, lang));
            }
        }
    }
    tags
}

pub(super) fn told(moves: &[Move], lang: Lang) -> Vec<Told> {
    let sentence = |one: &Move| {
        let side = match one.side {
            Some(Side::Need) => lang.t("Bên cần: ", "Need side: "),
            Some(Side::Offer) => lang.t("Bên cung: ", "Offer side: "),
            None => "",
        };
        let done = lang.say(&Step::told(&one.step)).to_owned();
        let because = one
            .reason
            .as_deref()
            .filter(|code| vocab::knows(Scheme::Decline, code))
            .map(|code| format!(" ({})", vocab::label(Scheme::Decline, code, lang)))
            .unwrap_or_default();
        Told {
            words: format!("{side}{done}{because}"),
            at: one.at,
        }
    };
    moves.iter().map(sentence).collect()
}
