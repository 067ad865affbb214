//! The version under review, beside what readers see now: texts word by word, facts and evidence piece by piece.

use crate::kit::lang::Lang;
use crate::listings::diff::{self, Piece};
use crate::listings::{Content, Evidence, Listing, facts, fields};

/// A text with what changed in it.
pub(super) struct ShownText {
    pub heading: &'static str,
    pub lang: Lang,
    pub pieces: Vec<Piece>,
}

/// A short fact; where readers see another value, that one too.
pub(super) struct ShownFact {
    pub label: &'static str,
    pub now: String,
    pub before: Option<String>,
}

/// A piece of evidence, and whether it came or went since readers last saw the listing.
pub(super) struct ShownEvidence {
    pub piece: Evidence,
    pub change: Change,
}

#[derive(PartialEq, Eq)]
pub(super) enum Change {
    Same,
    Added,
    Removed,
}

/// A first version has nothing to differ from.
pub(super) fn texts(listing: &Listing, reader: Lang) -> Vec<ShownText> {
    let mut shown = Vec::new();
    for lang in [reader, reader.other()] {
        for field in fields::all(listing.kind) {
            let text = |content: &Content| {
                content
                    .in_lang(lang)
                    .map(|text| field.of(text).to_owned())
                    .unwrap_or_default()
            };
            let new = text(listing.draft());
            let old = listing.live.as_deref().map_or_else(|| new.clone(), text);
            if !(new.is_empty() && old.is_empty()) {
                shown.push(ShownText {
                    heading: field.heading(&reader),
                    lang,
                    pieces: diff::words(&old, &new),
                });
            }
        }
    }
    shown
}

pub(super) fn facts(listing: &Listing, lang: Lang) -> Vec<ShownFact> {
    let now = facts::of(listing.kind, listing.draft(), lang);
    let Some(live) = listing.live.as_deref() else {
        return now
            .into_iter()
            .map(|fact| ShownFact {
                label: fact.label,
                now: fact.value,
                before: None,
            })
            .collect();
    };
    let before = facts::of(listing.kind, live, lang);
    let dropped = before
        .iter()
        .filter(|old| !now.iter().any(|fact| fact.label == old.label))
        .map(|old| ShownFact {
            label: old.label,
            now: String::new(),
            before: Some(old.value.clone()),
        });
    let kept = now.iter().map(|fact| {
        let old = before
            .iter()
            .find(|old| old.label == fact.label)
            .map_or("", |old| old.value.as_str());
        ShownFact {
            label: fact.label,
            now: fact.value.clone(),
            before: (old != fact.value).then(|| old.to_owned()),
        }
    });
    kept.chain(dropped).collect()
}

pub(super) fn evidence(listing: &Listing) -> Vec<ShownEvidence> {
    let draft = &listing.draft().evidence;
    let live = listing.live.as_deref().map(|live| &live.evidence);
    let among = |pieces: &[Evidence], piece: &Evidence| pieces.iter().any(|one| one.says_what(piece));
    let standing = draft.iter().map(|piece| ShownEvidence {
        piece: piece.clone(),
        change: match live {
            Some(live) if !among(live, piece) => Change::Added,
            _ => Change::Same,
        },
    });
    let gone = live
        .into_iter()
        .flatten()
        .filter(|piece| !among(draft, piece))
        .map(|piece| ShownEvidence {
            piece: piece.clone(),
            change: Change::Removed,
        });
    standing.chain(gone).collect()
}
