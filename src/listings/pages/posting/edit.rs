//! Where the author stands in the whole: what the page of every step shows around its own fields.

use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{Form, Shell};
use crate::listings::fields::Field;
use crate::listings::ready::{self, Quality};
use crate::listings::review::{self, Note};
use crate::listings::steps::Step;
use crate::listings::writer::Writer;
use crate::listings::{Kind, Listing, drafts, letters};
use crate::vocab::{self, Scheme, Term};

/// What every step's page shows around its own fields.
pub(super) struct Edit {
    pub(super) listing: Listing,
    pub(super) kind: Kind,
    pub(super) step: Step,
    pub(super) marks: Vec<Mark>,
    pub(super) quality: Quality,
    pub(super) notes: Vec<Note>,
    pub(super) first: Lang,
    pub(super) second_open: bool,
    pub(super) signed_in: bool,
    pub(super) from_check: bool,
}

/// A step in the row above the form.
pub(super) struct Mark {
    pub(super) step: Step,
    pub(super) label: &'static str,
    pub(super) done: bool,
}

impl Edit {
    pub(super) async fn of(
        cx: &Cx,
        shell: &Shell,
        writer: &Writer,
        listing: Listing,
        step: Step,
        form: &Form,
    ) -> Result<Edit, Fault> {
        let kind = listing.kind;
        let missing = drafts::unfinished(&listing);
        let marks = Step::ALL
            .iter()
            .map(|of| Mark {
                step: *of,
                label: of.label(kind, shell.lang),
                done: *of < step && missing.iter().all(|(lacks, _)| lacks != of),
            })
            .collect();
        let second_open = step
            .texts(kind)
            .iter()
            .any(|field| !form.value(field.twin).is_empty() || form.error(field.twin).is_some());
        Ok(Edit {
            kind,
            step,
            marks,
            quality: ready::quality(kind, listing.draft()),
            notes: review::open_notes(&cx.db, listing.id).await?,
            first: listing.draft().first_lang(shell.lang),
            second_open,
            signed_in: writer.actor.is_some(),
            from_check: form.value("then") == "check",
            listing,
        })
    }

    /// `needs/<id>/edit/fit`, without the language.
    pub(super) fn at(&self, step: impl std::fmt::Display) -> String {
        format!("{}/edit/{step}", self.listing.path())
    }

    pub(super) fn note_field(&self, note: &Note, lang: &Lang) -> &'static str {
        letters::field_name(self.kind, &note.field, *lang)
    }

    pub(super) fn is_need(&self) -> bool {
        self.kind == Kind::Need
    }

    pub(super) fn language(&self, of: Lang, reader: Lang) -> &'static str {
        match of {
            Lang::Vi => reader.t("tiếng Việt", "Vietnamese"),
            Lang::En => reader.t("tiếng Anh", "English"),
        }
    }

    /// The languages there is a text in, the author's first.
    pub(super) fn written(&self) -> Vec<Lang> {
        let both = [self.first, self.first.other()];
        both.into_iter()
            .filter(|lang| self.listing.draft().in_lang(*lang).is_some())
            .collect()
    }

    pub(super) fn words(&self, field: &Field, lang: &Lang) -> &str {
        self.listing
            .draft()
            .in_lang(*lang)
            .map_or("", |text| field.of(text))
    }

    pub(super) fn step_of(&self, field: &Field) -> Step {
        let in_story = Step::Story
            .texts(self.kind)
            .iter()
            .any(|one| one.name == field.name);
        if in_story { Step::Story } else { Step::Details }
    }

    /// The code list behind a field.
    pub(super) fn terms(&self, scheme: &str) -> &'static [Term] {
        Scheme::from_code(scheme).map_or(&[], vocab::terms)
    }
}
