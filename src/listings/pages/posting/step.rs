//! The page of each step, with its own fields.

use askama::Template;

use super::edit::Edit;
use super::openness::orgs_of;
use crate::kit::Cx;
use crate::kit::fault::Flaw;
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Form, Shell, page_with};
use crate::listings::facts::{self, Fact};
use crate::listings::fields::{self, Field};
use crate::listings::hints::Hints;
use crate::listings::steps::Step;
use crate::listings::writer::Writer;
use crate::listings::{Listing, Origin, drafts, guests};
use crate::orgs;
use crate::vocab::{self, Scheme};

const BLANK_EVIDENCE: usize = 2;

#[derive(Template)]
#[template(path = "listings/story.html")]
struct StoryPage {
    shell: Shell,
    form: Form,
    edit: Edit,
    fields: &'static [Field],
}

#[derive(Template)]
#[template(path = "listings/fit.html")]
struct FitPage {
    shell: Shell,
    form: Form,
    edit: Edit,
    guessed: bool,
    /// What may be required or excluded: code with its scheme, and label.
    bounds: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "listings/details.html")]
struct DetailsPage {
    shell: Shell,
    form: Form,
    edit: Edit,
    fields: &'static [Field],
    evidence: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "listings/openness.html")]
struct OpennessPage {
    shell: Shell,
    form: Form,
    edit: Edit,
    orgs: Vec<(String, String)>,
    org_is_fixed: bool,
}

#[derive(Template)]
#[template(path = "listings/check.html")]
struct CheckPage {
    shell: Shell,
    form: Form,
    edit: Edit,
    fields: Vec<&'static Field>,
    facts: Vec<Fact>,
    missing: Vec<(Step, Flaw)>,
    org: Option<String>,
    guests: Vec<String>,
}

pub(super) async fn show(
    cx: &Cx,
    shell: Shell,
    writer: &Writer,
    listing: Listing,
    step: Step,
    mut form: Form,
) -> Answer {
    let status = form.status();
    if form.value("version").is_empty() {
        form.set("version", listing.version.to_string());
    }
    let edit = Edit::of(cx, &shell, writer, listing, step, &form).await?;
    let fields = step.texts(edit.kind);
    match step {
        Step::Story => page_with(
            status,
            &StoryPage {
                shell,
                form,
                edit,
                fields,
            },
        ),
        Step::Fit => {
            let guessed = guess(&mut form, &edit.listing);
            let bounds = bounds(shell.lang);
            page_with(
                status,
                &FitPage {
                    shell,
                    form,
                    edit,
                    guessed,
                    bounds,
                },
            )
        }
        Step::Details => {
            let evidence = evidence_rows(&form);
            page_with(
                status,
                &DetailsPage {
                    shell,
                    form,
                    edit,
                    fields,
                    evidence,
                },
            )
        }
        Step::Contact => {
            let orgs = orgs_of(cx, writer, &edit.listing, shell.lang).await?;
            // Where there is no choice, nobody is asked to make one.
            if let [(only, _)] = orgs.as_slice()
                && form.value("org").is_empty()
            {
                form.set("org", only.clone());
            }
            let org_is_fixed = edit.listing.live.is_some() || edit.listing.origin == Origin::Coordinator;
            page_with(
                status,
                &OpennessPage {
                    shell,
                    form,
                    edit,
                    orgs,
                    org_is_fixed,
                },
            )
        }
        Step::Check => {
            let content = edit.listing.draft();
            let facts = facts::of(edit.kind, content, shell.lang);
            let fields = fields::all(edit.kind).collect();
            let missing = drafts::unfinished(&edit.listing);
            let org = match edit.listing.org_id {
                Some(org) => Some(orgs::get(&cx.db, org).await?.name(shell.lang).to_owned()),
                None => None,
            };
            let guests = guests(cx, &edit.listing).await?;
            let guests = guests.iter().map(|org| org.name(shell.lang).to_owned()).collect();
            page_with(
                status,
                &CheckPage {
                    shell,
                    form,
                    edit,
                    fields,
                    facts,
                    missing,
                    org,
                    guests,
                },
            )
        }
    }
}

/// Nothing chosen yet: tick what the text seems to be about. The author changes or keeps it.
fn guess(form: &mut Form, listing: &Listing) -> bool {
    let untouched = listing.draft().tags.is_empty()
        && ["sector", "capability"]
            .iter()
            .all(|name| form.value(name).is_empty());
    if !untouched {
        return false;
    }
    let text = listing.draft().text(listing.draft().first_lang(Lang::Vi));
    let hints = text.map_or_else(Hints::default, |text| {
        Hints::of(&format!("{}\n{}\n{}", text.title, text.summary, text.body))
    });
    hints
        .sectors
        .iter()
        .for_each(|code| form.add("sector", code.as_str()));
    hints
        .capabilities
        .iter()
        .for_each(|code| form.add("capability", code.as_str()));
    !hints.is_empty()
}

fn bounds(lang: Lang) -> Vec<(String, String)> {
    [Scheme::Capability, Scheme::Cooperation]
        .into_iter()
        .flat_map(|scheme| {
            vocab::terms(scheme)
                .iter()
                .map(move |term| (format!("{scheme}:{}", term.code), term.label(&lang).to_owned()))
        })
        .collect()
}

/// What was typed, and room for more.
fn evidence_rows(form: &Form) -> Vec<(String, String, String)> {
    let column = |name: &str| -> Vec<String> { form.values(name).map(str::to_owned).collect() };
    let (kinds, whats, references) = (
        column("evidence_kind"),
        column("evidence_what"),
        column("evidence_reference"),
    );
    let at = |column: &[String], row: usize| column.get(row).cloned().unwrap_or_default();
    let typed = (0..whats.len()).map(|row| (at(&kinds, row), at(&whats, row), at(&references, row)));
    let filled = typed.filter(|(_, what, reference)| !what.is_empty() || !reference.is_empty());
    filled
        .chain(std::iter::repeat_n(
            (String::new(), String::new(), String::new()),
            BLANK_EVIDENCE,
        ))
        .collect()
}
