//! The steps of writing a listing: what each asks, how its form is filled from the working copy and read
//! back into it. What cannot be read becomes a flaw at its field; everything else is kept.

use super::fields::{self, Field};
use super::{Content, Kind, Text};
use crate::kit::db::codes;
use crate::kit::lang::{Lang, language_of};
use crate::kit::web::Form;

mod details;
mod fit;

codes! {
    pub enum Step { Story = "problem", Fit = "fit", Details = "details", Contact = "contact", Check = "check" }
}

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
        Step::Fit => fit::fill(&mut form, content),
        Step::Details => details::fill(&mut form, content),
        Step::Story | Step::Contact | Step::Check => {}
    }
    form
}

/// Takes what was sent into the working copy; flaws stay in the form.
pub fn read(step: Step, kind: Kind, form: &mut Form, content: &mut Content, reader: Lang) {
    read_texts(step, kind, form, content, reader);
    match step {
        Step::Fit => fit::read(form, content),
        Step::Details if kind == Kind::Need => details::read_need(form, content),
        Step::Details => details::read_offer(form, content),
        Step::Story | Step::Contact | Step::Check => {}
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listings::Weight;

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
