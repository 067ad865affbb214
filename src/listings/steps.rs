//! The steps of writing a listing: what each asks, how its form is filled from the working copy and read
//! back into it. What cannot be read becomes a flaw at its field; everything else is kept.

use super::fields::{self, Field};
use super::{Content, Evidence, Kind, Tag, Text, Weight};
use crate::kit::clock::At;
use crate::kit::db::codes;
use crate::kit::lang::{Lang, language_of};
use crate::kit::web::Form;
use crate::vocab::{self, Scheme};

codes! {
    pub enum Step { Story = "problem", Fit = "fit", Details = "details", Contact = "contact", Check = "check" }
}

/// Room for this many pieces of evidence, each line of this many characters.
const MOST_EVIDENCE: usize = 12;
const EVIDENCE_LINE: usize = 300;
const MOST_CAPACITY: i64 = 100;

/// The code lists of the second step, each a field of its own name.
const FIT: [(Scheme, &str); 4] = [
    (Scheme::Sector, "sector"),
    (Scheme::Capability, "capability"),
    (Scheme::Cooperation, "cooperation"),
    (Scheme::Sdg, "sdg"),
];

impl Step {
    pub fn label(self, kind: Kind, lang: Lang) -> &'static str {
        match (self, kind) {
            (Step::Story, Kind::Need) => lang.t("Vấn đề", "The problem"),
            (Step::Story, Kind::Offer) => lang.t("Năng lực", "The offer"),
            (Step::Fit, _) => lang.t("Lĩnh vực", "Field"),
            (Step::Details, Kind::Need) => lang.t("Kết quả, dữ liệu", "Outcome, data"),
            (Step::Details, Kind::Offer) => lang.t("Chi tiết, minh chứng", "Details, evidence"),
            (Step::Contact, _) => lang.t("Ai được xem", "Who may see it"),
            (Step::Check, _) => lang.t("Kiểm lại", "Check"),
        }
    }

    pub fn next(self) -> Step {
        match self {
            Step::Story => Step::Fit,
            Step::Fit => Step::Details,
            Step::Details => Step::Contact,
            Step::Contact | Step::Check => Step::Check,
        }
    }

    pub fn texts(self, kind: Kind) -> &'static [Field] {
        match self {
            Step::Story => fields::story(kind),
            Step::Details => fields::details(kind),
            Step::Fit | Step::Contact | Step::Check => &[],
        }
    }
}

/// The form of a step with what the working copy holds.
pub fn fill(step: Step, kind: Kind, content: &Content, reader: Lang) -> Form {
    let mut form = Form::default();
    let first = content.first_lang(reader);
    form.set("first", first.code());
    for field in step.texts(kind) {
        form.set(field.name, text_of(content, first, field));
        form.set(field.twin, text_of(content, first.other(), field));
    }
    match step {
        Step::Fit => fill_fit(&mut form, content),
        Step::Details => fill_details(&mut form, content),
        Step::Story | Step::Contact | Step::Check => {}
    }
    form
}

/// Takes what was sent into the working copy; flaws stay in the form.
pub fn read(step: Step, kind: Kind, form: &mut Form, content: &mut Content, reader: Lang) {
    read_texts(step, kind, form, content, reader);
    match step {
        Step::Fit => read_fit(form, content),
        Step::Details if kind == Kind::Need => read_need(form, content),
        Step::Details => read_offer(form, content),
        Step::Story | Step::Contact | Step::Check => {}
    }
}

// Texts in one or two languages ------------------------------------------------------------------

fn text_of(content: &Content, lang: Lang, field: &Field) -> String {
    content
        .in_lang(lang)
        .map(|text| field.of(text).to_owned())
        .unwrap_or_default()
}

fn read_texts(step: Step, kind: Kind, form: &mut Form, content: &mut Content, reader: Lang) {
    let texts = step.texts(kind);
    if texts.is_empty() {
        return;
    }
    let kept = Lang::from_code(form.value("first")).unwrap_or_else(|| content.first_lang(reader));
    let first = if step == Step::Story {
        written_in(form, texts, kept)
    } else {
        kept
    };
    if first != kept {
        std::mem::swap(&mut content.vi, &mut content.en);
    }
    for field in texts {
        let own = take(form, field, field.name);
        let twin = take(form, field, field.twin);
        put(content.slot(first), field, own);
        put(content.slot(first.other()), field, twin);
    }
    for lang in [Lang::Vi, Lang::En] {
        let slot = content.slot(lang);
        if slot.as_ref().is_some_and(|text| *text == Text::default()) {
            *slot = None;
        }
    }
}

/// The author says in which language, or the words themselves do. With a second text beside it, nothing moves.
fn written_in(form: &Form, texts: &[Field], kept: Lang) -> Lang {
    if let Some(said) = Lang::from_code(form.value("written")) {
        return said;
    }
    if texts.iter().any(|field| form.text(field.twin).is_some()) {
        return kept;
    }
    let all: Vec<&str> = texts.iter().map(|field| form.value(field.name)).collect();
    let all = all.join(" ");
    if all.trim().is_empty() {
        kept
    } else {
        language_of(&all)
    }
}

/// What was typed; `None` where it is too long (the flaw stands in the form, the old text stays).
fn take(form: &mut Form, field: &Field, name: &'static str) -> Option<String> {
    let typed = if field.one_line {
        form.line(name, field.most)
    } else {
        form.prose(name, field.most)
    };
    if form.error(name).is_some() {
        None
    } else {
        Some(typed.unwrap_or_default())
    }
}

fn put(slot: &mut Option<Text>, field: &Field, value: Option<String>) {
    if let Some(value) = value {
        field.set(slot.get_or_insert_default(), value);
    }
}

// Sector, capability and the like ----------------------------------------------------------------

fn fill_fit(form: &mut Form, content: &Content) {
    for (scheme, name) in FIT {
        for code in content.codes(scheme) {
            form.add(name, code);
        }
    }
    for tag in &content.tags {
        match tag.weight {
            Weight::Must => form.add("must", format!("{}:{}", tag.scheme, tag.code)),
            Weight::Not => form.add("not", format!("{}:{}", tag.scheme, tag.code)),
            Weight::Nice => {}
        }
    }
}

fn read_fit(form: &mut Form, content: &mut Content) {
    let mut tags = Vec::new();
    for (scheme, name) in FIT {
        for code in form.values(name).filter(|code| vocab::knows(scheme, code)) {
            let named = format!("{scheme}:{code}");
            let weight = if form.has("must", &named) {
                Weight::Must
            } else {
                Weight::Nice
            };
            tags.push(Tag {
                scheme,
                code: code.to_owned(),
                weight,
            });
        }
    }
    for (weight, name) in [(Weight::Must, "must"), (Weight::Not, "not")] {
        let named: Vec<(Scheme, String)> = form.values(name).filter_map(known_code).collect();
        for (scheme, code) in &named {
            let scheme = *scheme;
            if !tags.iter().any(|tag| tag.scheme == scheme && tag.code == *code) {
                tags.push(Tag {
                    scheme,
                    code: code.clone(),
                    weight,
                });
            } else if weight == Weight::Not {
                form.flaw(
                    "not",
                    format!(
                        "“{}” vừa được chọn vừa bị loại.",
                        vocab::label(scheme, code, Lang::Vi)
                    ),
                    format!(
                        "“{}” is both wanted and excluded.",
                        vocab::label(scheme, code, Lang::En)
                    ),
                );
                return;
            }
        }
    }
    content.tags = tags;
}

/// `capability:cv.class`, where both are known.
fn known_code(named: &str) -> Option<(Scheme, String)> {
    let (scheme, code) = named.split_once(':')?;
    let scheme = Scheme::from_code(scheme).filter(|scheme| vocab::knows(*scheme, code))?;
    Some((scheme, code.to_owned()))
}

// What makes it concrete -------------------------------------------------------------------------

fn fill_details(form: &mut Form, content: &Content) {
    let day = |at: Option<At>| {
        at.map(|at| at.local().strftime("%Y-%m-%d").to_string())
            .unwrap_or_default()
    };
    form.set("data", content.data.clone().unwrap_or_default());
    form.set("personal_data", if content.personal_data { "yes" } else { "" });
    form.set("decision_at", day(content.decision_at));
    form.set("deadline", day(content.deadline));
    form.set("trl", content.trl.map(|trl| trl.to_string()).unwrap_or_default());
    form.set("budget", content.budget.clone().unwrap_or_default());
    form.set("place", content.place.clone().unwrap_or_default());
    form.set("offer_kind", content.offer_kind.clone().unwrap_or_default());
    form.set(
        "capacity",
        content
            .capacity
            .map(|capacity| capacity.to_string())
            .unwrap_or_default(),
    );
    for piece in &content.evidence {
        form.add("evidence_kind", piece.kind.as_str());
        form.add("evidence_what", piece.what.as_str());
        form.add("evidence_reference", piece.reference.as_str());
    }
}

fn read_need(form: &mut Form, content: &mut Content) {
    content.data = code(form, "data", Scheme::Data);
    content.personal_data = form.ticked("personal_data");
    content.decision_at = form.date("decision_at");
    content.budget = code(form, "budget", Scheme::Budget);
    read_common(form, content);
}

fn read_offer(form: &mut Form, content: &mut Content) {
    content.offer_kind = code(form, "offer_kind", Scheme::OfferKind);
    content.capacity = form.number("capacity", 1, MOST_CAPACITY);
    content.evidence = read_evidence(form, &content.evidence);
    read_common(form, content);
}

fn read_common(form: &mut Form, content: &mut Content) {
    content.deadline = form.date("deadline");
    content.trl = form.number("trl", 1, 9);
    content.place = code(form, "place", Scheme::Place);
}

fn code(form: &Form, name: &str, scheme: Scheme) -> Option<String> {
    form.text(name).filter(|code| vocab::knows(scheme, code))
}

/// Rows of kind, what and where to find it; an untouched row keeps the mark of who checked it.
fn read_evidence(form: &mut Form, before: &[Evidence]) -> Vec<Evidence> {
    let column = |name: &str| -> Vec<String> {
        form.values(name)
            .take(MOST_EVIDENCE)
            .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    };
    let (kinds, whats, references) = (
        column("evidence_kind"),
        column("evidence_what"),
        column("evidence_reference"),
    );
    let rows: Vec<Evidence> = whats
        .into_iter()
        .enumerate()
        .map(|(at, what)| Evidence {
            kind: kinds
                .get(at)
                .filter(|kind| vocab::knows(Scheme::Evidence, kind))
                .cloned()
                .unwrap_or_default(),
            what,
            reference: references.get(at).cloned().unwrap_or_default(),
            checked: None,
        })
        .filter(|row| !row.what.is_empty() || !row.reference.is_empty())
        .collect();
    let too_long = |text: &String| text.chars().count() > EVIDENCE_LINE;
    if rows
        .iter()
        .any(|row| too_long(&row.what) || too_long(&row.reference))
    {
        form.flaw(
            "evidence_what",
            format!("Mỗi dòng minh chứng dài tối đa {EVIDENCE_LINE} ký tự."),
            format!("A line of evidence may have {EVIDENCE_LINE} characters."),
        );
        return before.to_vec();
    }
    if rows.iter().any(|row| row.kind.is_empty()) {
        form.flaw(
            "evidence_what",
            "Hãy chọn loại cho mỗi minh chứng.",
            "Choose a kind for each piece of evidence.",
        );
    }
    rows.into_iter()
        .map(|row| {
            before
                .iter()
                .find(|old| old.says_what(&row))
                .cloned()
                .unwrap_or(row)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&'static str, &str)]) -> Form {
        Form::with(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())))
    }

    #[test]
    fn the_language_of_what_was_typed_is_recognised() {
        let mut content = Content::default();
        let mut form = typed(&[
            ("title", "Find rice diseases from phone pictures"),
            ("first", "vi"),
        ]);
        read(Step::Story, Kind::Need, &mut form, &mut content, Lang::Vi);
        assert!(content.vi.is_none());
        assert_eq!(
            content.en.unwrap().title,
            "Find rice diseases from phone pictures"
        );
    }

    #[test]
    fn a_second_language_stands_beside_the_first() {
        let mut content = Content::default();
        let mut form = typed(&[
            ("title", "Tìm bệnh trên lá lúa"),
            ("title_2", "Find rice diseases"),
            ("first", "vi"),
        ]);
        read(Step::Story, Kind::Need, &mut form, &mut content, Lang::Vi);
        assert_eq!(content.vi.as_ref().unwrap().title, "Tìm bệnh trên lá lúa");
        assert_eq!(content.en.as_ref().unwrap().title, "Find rice diseases");
        let again = fill(Step::Story, Kind::Need, &content, Lang::En);
        assert_eq!(again.value("title_2"), "Find rice diseases");
    }

    #[test]
    fn a_text_that_is_too_long_does_not_replace_the_old_one() {
        let mut content = Content {
            vi: Some(Text {
                title: "Cũ".to_owned(),
                ..Text::default()
            }),
            ..Content::default()
        };
        let mut form = typed(&[("title", &"ă".repeat(300)), ("first", "vi")]);
        read(Step::Story, Kind::Need, &mut form, &mut content, Lang::Vi);
        assert!(form.error("title").is_some());
        assert_eq!(content.vi.unwrap().title, "Cũ");
    }

    #[test]
    fn a_code_is_wanted_required_or_excluded() {
        let mut content = Content::default();
        let mut form = typed(&[
            ("capability", "cv.class"),
            ("must", "capability:cv.class"),
            ("not", "capability:bio.id"),
            ("sector", "nonsense"),
        ]);
        read(Step::Fit, Kind::Need, &mut form, &mut content, Lang::Vi);
        let weights: Vec<(&str, Weight)> = content
            .tags
            .iter()
            .map(|tag| (tag.code.as_str(), tag.weight))
            .collect();
        assert_eq!(weights, [("cv.class", Weight::Must), ("bio.id", Weight::Not)]);
    }
}
