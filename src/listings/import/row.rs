//! One row of cells: everything wrong with it is said at once, and what can be mended without guessing
//! wrong is mended and said.

use super::columns::{Column, Field, key};
use super::{Entry, cells, mark_of, mark_of_reference};
use crate::kit::fault::Said;
use crate::kit::lang::{Lang, language_of};
use crate::kit::web::form::clean;
use crate::listings::hints::Hints;
use crate::listings::{Content, Kind, Tag, Text, Visibility, Weight, limits};
use crate::orgs::OrgKind;
use crate::orgs::import::Named;
use crate::vocab::{self, Scheme};

mod typed;

/// A text shorter than this tells nobody what is wanted.
const LEAST_BODY: usize = 30;
const SUMMARY: usize = 300;

pub(super) struct Row<'a> {
    pub columns: &'a [Column],
    pub cells: &'a [String],
    /// Column, whether it is grave, and what.
    pub found: Vec<(String, bool, Said)>,
}

impl Row<'_> {
    pub fn entry(&mut self, row: usize, otherwise: Option<Kind>) -> Entry {
        let kind = self.kind(otherwise);
        let org = self.org(kind);
        let content = self.content(kind);
        let visibility = self.visibility();
        let anonymous = self.yes(Field::Anonymous);
        let reference = self.get(Field::Reference).to_owned();
        let title = content.title(Lang::Vi).to_owned();
        let mark = if reference.is_empty() {
            let body = content.text(Lang::Vi).map_or("", |text| &text.body).to_owned();
            mark_of(&["content", kind.code(), org.name(), &title, &body])
        } else {
            mark_of_reference(kind, org.name(), &reference)
        };
        Entry {
            row,
            kind,
            org,
            content,
            visibility,
            anonymous,
            reference,
            mark,
        }
    }

    fn kind(&mut self, otherwise: Option<Kind>) -> Kind {
        const NEED: [&str; 6] = ["need", "needs", "nhu cau", "cau", "demand", "nc"];
        const OFFER: [&str; 6] = ["offer", "offers", "nang luc", "cung", "supply", "nl"];
        let cell = key(self.get(Field::Kind));
        if NEED.contains(&cell.as_str()) {
            return Kind::Need;
        }
        if OFFER.contains(&cell.as_str()) {
            return Kind::Offer;
        }
        if let Some(kind) = otherwise.filter(|_| cell.is_empty()) {
            return kind;
        }
        self.grave(
            Field::Kind,
            "Cần ghi rõ: nhu cầu hay năng lực.",
            "Say which it is: need or offer.",
        );
        otherwise.unwrap_or(Kind::Need)
    }

    fn org(&mut self, kind: Kind) -> Named {
        let name = one_line(self.get(Field::Organisation));
        if name.is_empty() {
            self.grave(
                Field::Organisation,
                "Thiếu tên tổ chức.",
                "The organisation's name is missing.",
            );
        }
        if name.chars().count() > 200 {
            self.grave(
                Field::Organisation,
                "Tên tổ chức dài quá 200 ký tự.",
                "The organisation's name is longer than 200 characters.",
            );
        }
        let org_kind = match key(self.get(Field::OrgKind)).as_str() {
            "institute" | "vien truong" | "vien" | "truong" | "lab" | "university" => OrgKind::Institute,
            "business" | "doanh nghiep" | "cong ty" | "company" => OrgKind::Business,
            _ if kind == Kind::Offer => OrgKind::Institute,
            _ => OrgKind::Business,
        };
        let website = Some(self.get(Field::Website).to_owned()).filter(|url| url.starts_with("http"));
        let (name_vi, name_en) = match language_of(&name) {
            Lang::Vi => (name, String::new()),
            Lang::En => (String::new(), name),
        };
        Named {
            name_vi,
            name_en,
            kind: org_kind,
            website,
            ..Named::default()
        }
    }

    fn content(&mut self, kind: Kind) -> Content {
        let (vi, en) = self.texts();
        let said_in = [&vi, &en].into_iter().flatten();
        let words: Vec<String> = said_in
            .map(|text| format!("{} {} {}", text.title, text.summary, text.body))
            .collect();
        if words.is_empty() {
            self.grave(
                Field::Title,
                "Thiếu tiêu đề và mô tả.",
                "Title and description are missing.",
            );
        }
        if words.iter().any(|text| cells::holds_contact(text)) {
            self.warn(
                Field::Body,
                "Có địa chỉ hoặc số điện thoại trong phần mọi người đọc được; hãy bỏ đi, Cầu Nối sẽ trao liên hệ khi hai bên đồng ý.",
                "A contact stands in the public text; leave it out, contacts are exchanged when both sides agree.",
            );
        }
        let tags = self.tags(&words.join("\n"));
        let is_need = kind == Kind::Need;
        Content {
            vi,
            en,
            data: self.code(Field::Data, Scheme::Data).filter(|_| is_need),
            personal_data: self.yes(Field::PersonalData),
            decision_at: None,
            trl: self.number(Field::Trl, 1, 9),
            budget: self.code(Field::Budget, Scheme::Budget),
            deadline: self.date(Field::Deadline),
            place: self.code(Field::Place, Scheme::Place),
            offer_kind: self
                .code(Field::OfferKind, Scheme::OfferKind)
                .filter(|_| !is_need),
            capacity: self.number(Field::Capacity, 1, 50).filter(|_| !is_need),
            evidence: Vec::new(),
            tags,
        }
    }

    /// The texts of columns that name their language, and the one of those that do not.
    fn texts(&mut self) -> (Option<Text>, Option<Text>) {
        let plain = self.text(None);
        let mut vi = self.text(Some(Lang::Vi));
        let mut en = self.text(Some(Lang::En));
        if let Some(text) = plain {
            let lang = language_of(&format!("{} {}", text.title, text.body));
            let place = if lang == Lang::Vi { &mut vi } else { &mut en };
            place.get_or_insert(text);
        }
        (vi, en)
    }

    fn text(&mut self, lang: Option<Lang>) -> Option<Text> {
        let title = one_line(self.cell(Field::Title, lang));
        let body = clean(self.cell(Field::Body, lang));
        let summary = one_line(self.cell(Field::Summary, lang));
        if title.is_empty() && body.is_empty() && summary.is_empty() {
            return None;
        }
        let body = if body.is_empty() { summary.clone() } else { body };
        if title.is_empty() {
            self.grave(Field::Title, "Thiếu tiêu đề.", "The title is missing.");
        }
        if body.chars().count() < LEAST_BODY {
            self.grave(
                Field::Body,
                "Mô tả quá ngắn (ít nhất 30 ký tự).",
                "The description is too short (30 characters at least).",
            );
        }
        if summary.is_empty() && !body.is_empty() {
            self.warn(
                Field::Summary,
                "Không có tóm tắt: lấy những câu đầu của mô tả.",
                "No summary: the first sentences of the description are taken.",
            );
        }
        let summary = if summary.is_empty() {
            cells::beginning(&body, SUMMARY)
        } else {
            summary
        };
        let get = |field| clean(self.cell(field, lang));
        let (partner, technical) = (get(Field::Partner), get(Field::Technical));
        let (today, success) = (get(Field::Today), get(Field::Success));
        let (advantage, economics) = (get(Field::Advantage), get(Field::Economics));
        Some(Text {
            title: self.bounded(Field::Title, &title, limits::TITLE),
            summary: self.bounded(Field::Summary, &summary, limits::SUMMARY),
            body: self.bounded(Field::Body, &body, limits::BODY),
            partner: self.bounded(Field::Partner, &partner, limits::PARTNER),
            technical: self.bounded(Field::Technical, &technical, limits::TECHNICAL),
            today: self.bounded(Field::Today, &today, limits::SHORT),
            success: self.bounded(Field::Success, &success, limits::SHORT),
            advantage: self.bounded(Field::Advantage, &advantage, limits::SHORT),
            economics: self.bounded(Field::Economics, &economics, limits::SHORT),
        })
    }

    /// The tags of the row; where it names no sector or capability, what its words say plainly.
    fn tags(&mut self, words: &str) -> Vec<Tag> {
        let hints = Hints::of(words);
        let mut tags = Vec::new();
        let lists = [
            (Field::Sector, Scheme::Sector, hints.sectors),
            (Field::Capability, Scheme::Capability, hints.capabilities),
            (Field::Cooperation, Scheme::Cooperation, Vec::new()),
            (Field::Industry, Scheme::Industry, Vec::new()),
            (Field::Sdg, Scheme::Sdg, Vec::new()),
        ];
        for (field, scheme, hinted) in lists {
            let (known, unknown) = cells::code_list(scheme, self.get(field));
            for word in unknown {
                self.unlisted(field, &word);
            }
            let mut codes: Vec<String> = known.into_iter().map(str::to_owned).collect();
            if codes.is_empty() && !hinted.is_empty() {
                let name = |lang| {
                    hinted
                        .iter()
                        .map(|code| vocab::label(scheme, code, lang))
                        .collect::<Vec<_>>()
                        .join(", ")
                };
                self.warn(
                    field,
                    format!("Suy từ nội dung: {}.", name(Lang::Vi)),
                    format!("Taken from the text: {}.", name(Lang::En)),
                );
                codes = hinted;
            }
            if codes.is_empty() && scheme == Scheme::Sector {
                self.warn(
                    field,
                    "Không rõ lĩnh vực: ghi là “khác”.",
                    "The sector is not clear: “other” is set.",
                );
                codes.push(vocab::OTHER.to_owned());
            }
            tags.extend(codes.into_iter().map(|code| Tag {
                scheme,
                code,
                weight: Weight::Nice,
            }));
        }
        tags
    }

    fn visibility(&mut self) -> Visibility {
        match key(self.get(Field::Visibility)).as_str() {
            "" | "public" | "cong khai" => Visibility::Public,
            "members" | "thanh vien" | "noi bo" => Visibility::Members,
            _ => {
                self.grave(
                    Field::Visibility,
                    "Chỉ nhận: công khai (public) hoặc thành viên (members).",
                    "Only public or members can be taken.",
                );
                Visibility::Members
            }
        }
    }
}

fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
