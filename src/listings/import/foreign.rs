//! Records of the United States' federal inventory of AI use cases, known by their shape: real needs with
//! what was built for them, to show and to load the service with. Each gives a need and an offer.

use serde_json::{Map, Value};

use super::{Column, Entry, Field, Reading, cells, mark_of};
use crate::kit::fault::said;
use crate::kit::lang::Lang;
use crate::listings::{Content, Evidence, Kind, Tag, Text, Visibility, Weight, limits};
use crate::orgs::OrgKind;
use crate::orgs::import::Named;
use crate::vocab::{self, Scheme};

const KEYS: [&str; 4] = ["agency", "need", "technique", "solution_outputs"];
const SOURCE: &str = "US federal AI use case inventory 2025";

pub(super) fn is_record(record: &Map<String, Value>) -> bool {
    KEYS.iter()
        .all(|key| record.get(*key).is_some_and(Value::is_string))
}

pub(super) fn read(records: &[(usize, Map<String, Value>)]) -> Reading {
    let known = [
        ("name", Field::Title),
        ("agency", Field::Organisation),
        ("sector", Field::Sector),
    ];
    let column = |(name, field): (&str, Field)| Column {
        name: name.to_owned(),
        field: Some(field),
        lang: Some(Lang::En),
    };
    let mut reading = Reading {
        columns: known.map(column).to_vec(),
        rows: records.len(),
        ..Reading::default()
    };
    for (number, record) in records {
        let record = Record(record);
        if record.get("name").is_empty() || record.get("need").is_empty() || record.get("agency").is_empty() {
            reading.find(
                *number,
                "need",
                true,
                said(
                    "Thiếu tên, nhu cầu hoặc cơ quan.",
                    "A name, a need or an agency is missing.",
                ),
            );
            continue;
        }
        reading.entries.push(record.need(*number));
        if !record.get("solution_outputs").is_empty() {
            reading.entries.push(record.offer(*number));
        }
    }
    reading
}

struct Record<'a>(&'a Map<String, Value>);

impl Record<'_> {
    fn get(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or("").trim()
    }

    fn need(&self, row: usize) -> Entry {
        let body = paragraphs(
            self.get("need"),
            "Expected benefits",
            self.get("expected_benefits"),
        );
        let text = Text {
            success: cells::clipped(self.get("expected_benefits"), limits::SHORT),
            ..self.text(self.get("need"), &body)
        };
        let content = Content {
            en: Some(text),
            tags: self.tags(),
            ..Content::default()
        };
        self.entry(row, Kind::Need, content)
    }

    fn offer(&self, row: usize) -> Entry {
        let technique = self.get("technique");
        let body = paragraphs(self.get("solution_outputs"), "Technique", technique);
        let text = Text {
            technical: technique.to_owned(),
            ..self.text(self.get("solution_outputs"), &body)
        };
        let content = Content {
            en: Some(text),
            offer_kind: Some("technology".to_owned()),
            trl: self.readiness(),
            evidence: self.evidence(),
            tags: self.tags(),
            ..Content::default()
        };
        self.entry(row, Kind::Offer, content)
    }

    fn text(&self, first: &str, body: &str) -> Text {
        Text {
            title: cells::clipped(self.get("name"), limits::TITLE),
            summary: cells::beginning(first, 300),
            body: cells::clipped(body, limits::BODY),
            ..Text::default()
        }
    }

    fn entry(&self, row: usize, kind: Kind, content: Content) -> Entry {
        Entry {
            row,
            kind,
            org: Named {
                name_en: self.get("agency").to_owned(),
                kind: OrgKind::Institute,
                place: vocab::OUTSIDE.to_owned(),
                foreign_sample: true,
                ..Named::default()
            },
            content: Content {
                place: Some(vocab::OUTSIDE.to_owned()),
                ..content
            },
            visibility: Visibility::Public,
            anonymous: false,
            reference: String::new(),
            mark: mark_of(&[SOURCE, self.get("id"), self.get("name"), kind.code()]),
        }
    }

    fn tags(&self) -> Vec<Tag> {
        let tag = |scheme, code: &str| Tag {
            scheme,
            code: code.to_owned(),
            weight: Weight::Nice,
        };
        let mut tags = vec![tag(Scheme::Sector, sector(self.get("sector")))];
        tags.extend(self.capability().map(|code| tag(Scheme::Capability, code)));
        tags
    }

    /// Only where technique and wording say it plainly; a wrong tag would mislead the matching.
    fn capability(&self) -> Option<&'static str> {
        const PLAIN: [(&[&str], &str, &str); 12] = [
            (&["NLP", "Generative AI"], "translat", "text.mt"),
            (&["NLP", "Generative AI"], "transcri", "speech.asr"),
            (&["NLP", "Generative AI"], "summar", "text.sum"),
            (&["NLP", "Generative AI"], "chatbot", "text.qa"),
            (&["NLP", "Computer Vision"], "ocr", "cv.ocr"),
            (&["NLP"], "classif", "text.class"),
            (&["NLP"], "extract", "text.extract"),
            (&["Computer Vision"], "detect", "cv.detect"),
            (&["Computer Vision"], "segment", "cv.segment"),
            (&["Computer Vision"], "classif", "cv.class"),
            (&["Classical ML"], "forecast", "ts.forecast"),
            (&["Classical ML"], "anomal", "ts.anomaly"),
        ];
        let words = format!("{} {}", self.get("name"), self.get("solution_outputs")).to_lowercase();
        let words: Vec<&str> = words.split(|letter: char| !letter.is_alphanumeric()).collect();
        PLAIN
            .iter()
            .find(|(techniques, stem, _)| {
                techniques.contains(&self.get("technique")) && words.iter().any(|word| word.starts_with(stem))
            })
            .map(|(_, _, code)| *code)
    }

    fn readiness(&self) -> Option<i64> {
        match self.get("stage") {
            "Deployed" => Some(9),
            "Pilot" => Some(7),
            _ => None,
        }
    }

    fn evidence(&self) -> Vec<Evidence> {
        let deployed = self.get("stage") == "Deployed";
        deployed
            .then(|| Evidence {
                kind: "deployment".to_owned(),
                what: format!("In operation at {}, {}", self.get("bureau"), self.get("agency")),
                reference: format!("{SOURCE}, {}", self.get("id")),
                checked: None,
            })
            .into_iter()
            .collect()
    }
}

fn sector(theirs: &str) -> &'static str {
    match theirs {
        "health" => "health",
        "agriculture" => "agriculture",
        "transport" => "transport",
        "security" | "law-enforcement" | "emergency" => "security",
        "public-administration" | "public-services" => "administration",
        _ => vocab::OTHER,
    }
}

fn paragraphs(first: &str, heading: &str, second: &str) -> String {
    if second.is_empty() {
        first.to_owned()
    } else {
        format!("{first}\n\n{heading}: {second}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_gives_a_need_and_an_offer() {
        let line = r#"{"id":"ai1","name":"Crop watch","agency":"Department of Farming","bureau":"Fields","sector":"agriculture",
            "technique":"Computer Vision","stage":"Deployed","need":"Count weeds. By hand it takes weeks.",
            "expected_benefits":"Less time","solution_outputs":"Detected weeds on a map","vendor":""}"#;
        let reading = Reading::of(line.replace('\n', " ").as_bytes(), None).unwrap();
        let [need, offer] = reading.entries.as_slice() else {
            panic!("{reading:?}")
        };
        assert_eq!((need.kind, offer.kind), (Kind::Need, Kind::Offer));
        assert!(need.org.foreign_sample);
        assert!(
            need.content
                .en
                .as_ref()
                .unwrap()
                .body
                .ends_with("Expected benefits: Less time")
        );
        assert_eq!(
            offer.content.codes(Scheme::Sector).collect::<Vec<_>>(),
            ["agriculture"]
        );
        assert_eq!(
            offer.content.codes(Scheme::Capability).collect::<Vec<_>>(),
            ["cv.detect"]
        );
        assert_eq!(offer.content.trl, Some(9));
        assert_ne!(need.mark, offer.mark);
    }
}
