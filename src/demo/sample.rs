//! The files of the sample, as they are written.

use serde::Deserialize;

use crate::ids::PersonId;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::listings::{Content, Evidence, Kind, Tag, Text, Visibility};
use crate::orgs::OrgKind;
use crate::orgs::import::Named;

pub(super) struct Sample {
    pub organisations: Vec<Organisation>,
    needs: Vec<Post>,
    offers: Vec<Post>,
}

#[derive(Deserialize)]
pub(super) struct Organisation {
    pub key: String,
    pub kind: OrgKind,
    pub name: Twins,
    place: String,
    size: String,
    website: Option<String>,
    capacity: i64,
    tax_code: Option<String>,
    about: Twins,
    verified: bool,
    pub people: Vec<SamplePerson>,
}

#[derive(Deserialize)]
pub(super) struct Twins {
    pub vi: String,
    pub en: String,
}

#[derive(Deserialize)]
pub(super) struct SamplePerson {
    pub key: String,
    pub name: String,
    pub email: String,
    pub phone: String,
}

/// A need or an offer.
#[derive(Deserialize)]
pub(super) struct Post {
    pub org: String,
    pub by: String,
    texts: Texts,
    data: Option<String>,
    #[serde(default)]
    personal_data: bool,
    decision_in_days: Option<i64>,
    trl: Option<i64>,
    budget: Option<String>,
    deadline_in_days: Option<i64>,
    place: Option<String>,
    offer_kind: Option<String>,
    capacity: Option<i64>,
    #[serde(default)]
    evidence: Vec<Evidence>,
    pub visibility: Visibility,
    pub anonymous: bool,
    pub open_for_interest: bool,
    tags: Vec<Tag>,
    pub posted_days_ago: i64,
}

#[derive(Deserialize)]
struct Texts {
    vi: Option<Text>,
    en: Option<Text>,
}

impl Sample {
    pub fn read() -> Result<Sample, Fault> {
        Ok(Sample {
            organisations: serde_json::from_str(include_str!("organisations.json"))?,
            needs: serde_json::from_str(include_str!("needs.json"))?,
            offers: serde_json::from_str(include_str!("offers.json"))?,
        })
    }

    pub fn posts(&self) -> impl Iterator<Item = (Kind, &Post)> {
        let needs = self.needs.iter().map(|post| (Kind::Need, post));
        needs.chain(self.offers.iter().map(|post| (Kind::Offer, post)))
    }

    /// Who writes in English alone is written to in English.
    pub fn language_of(&self, person: &str) -> Lang {
        let mut theirs = self.posts().filter(|(_, post)| post.by == person).peekable();
        if theirs.peek().is_some() && theirs.all(|(_, post)| post.texts.vi.is_none()) {
            Lang::En
        } else {
            Lang::Vi
        }
    }
}

impl Organisation {
    pub fn named(&self) -> Named {
        Named {
            name_vi: self.name.vi.clone(),
            name_en: self.name.en.clone(),
            kind: self.kind,
            place: self.place.clone(),
            size: self.size.clone(),
            website: self.website.clone(),
            tax_code: self.tax_code.clone(),
            about_vi: self.about.vi.clone(),
            about_en: self.about.en.clone(),
            capacity: self.capacity,
            verified: self.verified,
            foreign_sample: false,
        }
    }
}

impl Post {
    /// Its dates lie before today's reader, however long ago it was posted. `checked`: who looked at what was
    /// said to be running somewhere.
    pub fn content(&self, today: At, checked: (PersonId, At)) -> Content {
        let mut evidence = self.evidence.clone();
        for proof in evidence.iter_mut().filter(|proof| proof.kind == "deployment") {
            proof.checked = Some(checked);
        }
        Content {
            vi: self.texts.vi.clone(),
            en: self.texts.en.clone(),
            data: self.data.clone(),
            personal_data: self.personal_data,
            decision_at: self.decision_in_days.map(|days| today.plus_days(days)),
            trl: self.trl,
            budget: self.budget.clone(),
            deadline: self.deadline_in_days.map(|days| today.plus_days(days)),
            place: self.place.clone(),
            offer_kind: self.offer_kind.clone(),
            capacity: self.capacity,
            evidence,
            tags: self.tags.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab;

    #[test]
    fn the_sample_is_whole() {
        let sample = Sample::read().unwrap();
        assert!(sample.organisations.len() >= 50 && sample.posts().count() >= 160);
        for (kind, post) in sample.posts() {
            let organisation = sample
                .organisations
                .iter()
                .find(|one| one.key == post.org)
                .unwrap();
            assert!(
                organisation.people.iter().any(|person| person.key == post.by),
                "{}",
                post.by
            );
            assert!(
                post.tags.iter().all(|tag| vocab::knows(tag.scheme, &tag.code)),
                "{kind} of {}",
                post.by
            );
        }
        let addresses = sample
            .organisations
            .iter()
            .flat_map(|organisation| &organisation.people);
        assert!(
            addresses
                .into_iter()
                .all(|person| person.email.ends_with(".example"))
        );
    }
}
