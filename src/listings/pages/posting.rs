//! Writing a need or an offer: one sentence first, then step by step, then the check of all answers.

use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use askama::Template;

use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::db::codes;
use crate::kit::fault::{Fault, Flaw};
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Form, Id, Params, Shell, page_with, see_other, see_other_saying};
use crate::listings::drafts::{self, Openness};
use crate::listings::facts::{self, Fact};
use crate::listings::fields::Field;
use crate::listings::hints::Hints;
use crate::listings::ready::{self, Quality};
use crate::listings::review::{self, Note};
use crate::listings::steps::{self, Step};
use crate::listings::writer::{self, Writer};
use crate::listings::{Kind, Listing, Origin, Visibility, guests, letters};
use crate::orgs;
use crate::vocab::{self, Scheme, Term};

/// Shorter than this says nothing yet.
const SHORTEST_SENTENCE: usize = 8;
const MOST_SENTENCE: usize = 4_000;
const BLANK_EVIDENCE: usize = 2;

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/{noun:needs|offers}/new", web::get().to(sentence))
        .route("/{noun:needs|offers}", web::post().to(begin))
        .route("/{noun:needs|offers}/{id}/edit", web::get().to(first_step))
        .route("/{noun:needs|offers}/{id}/edit/{step}", web::get().to(edit))
        .route("/{noun:needs|offers}/{id}/edit/{step}", web::post().to(keep))
        .route("/{noun:needs|offers}/{id}/draft/{step}", web::post().to(autosave))
        .route("/{noun:needs|offers}/{id}/submission", web::post().to(submit));
}

codes! {
    /// Where the author goes after a step.
    pub enum Then { On = "on", Check = "check", Leave = "leave" }
}

impl FromRequest for Step {
    type Error = Fault;
    type Future = std::future::Ready<Result<Step, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let step = Step::from_code(&super::piece(request, "step"));
        std::future::ready(step.ok_or(Fault::Missing))
    }
}

// The sentence -----------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "listings/new.html")]
struct SentencePage {
    shell: Shell,
    form: Form,
    kind: Kind,
}

/// A search that found nothing hands its words on as `text`.
async fn sentence(shell: Shell, kind: Kind, params: Params) -> Answer {
    let form = Form::with([("title", params.value("text").to_owned())]);
    page_with(StatusCode::OK, &SentencePage { shell, form, kind })
}

async fn begin(cx: Cx, shell: Shell, writer: Writer, kind: Kind, mut form: Form) -> Answer {
    // Only machines fill in the field nobody sees.
    if !form.value("website").is_empty() {
        return see_other(shell.url(""));
    }
    let sentence = form.prose("title", MOST_SENTENCE).unwrap_or_default();
    if form.is_sound() && sentence.chars().count() < SHORTEST_SENTENCE {
        form.flaw(
            "title",
            "Hãy viết ít nhất vài chữ về điều bạn muốn.",
            "Please write at least a few words about what you want.",
        );
    }
    if !form.is_sound() {
        return page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &SentencePage { shell, form, kind },
        );
    }
    let (id, token) = drafts::start(&cx, &writer, kind, &sentence).await?;
    let mut answer = see_other(shell.url(format!("{}/{id}/edit/{}", kind.path(), Step::Story)))?;
    if let Some(token) = token {
        let kept = answer.add_cookie(&writer::cookie(&cx, &token));
        kept.map_err(Fault::broken)?;
    }
    Ok(answer)
}

// The steps --------------------------------------------------------------------------------------

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
    /// `needs/<id>/edit/fit`, without the language.
    fn at(&self, step: impl std::fmt::Display) -> String {
        format!("{}/edit/{step}", self.listing.path())
    }

    fn note_field(&self, note: &Note, lang: &Lang) -> &'static str {
        letters::field_name(self.kind, &note.field, *lang)
    }

    fn is_need(&self) -> bool {
        self.kind == Kind::Need
    }

    fn language(&self, of: Lang, reader: Lang) -> &'static str {
        match of {
            Lang::Vi => reader.t("tiếng Việt", "Vietnamese"),
            Lang::En => reader.t("tiếng Anh", "English"),
        }
    }
}

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

async fn first_step(shell: Shell, kind: Kind, Id(id): Id<ListingId>) -> Answer {
    see_other(shell.url(format!("{}/{id}/edit/{}", kind.path(), Step::Story)))
}

async fn edit(
    cx: Cx,
    shell: Shell,
    writer: Writer,
    Id(id): Id<ListingId>,
    step: Step,
    params: Params,
) -> Answer {
    let listing = writer::open(&cx, &writer, id).await?;
    if !listing.is_editable() {
        return Err(drafts::moved_on(&listing));
    }
    let mut form = steps::fill(step, listing.kind, &listing.draft, shell.lang);
    if step == Step::Contact {
        fill_openness(&cx, &mut form, &listing, shell.lang).await?;
    }
    form.set(
        "then",
        if params.value("from") == "check" {
            "check"
        } else {
            "on"
        },
    );
    show(&cx, shell, &writer, listing, step, form).await
}

async fn keep(
    cx: Cx,
    shell: Shell,
    writer: Writer,
    Id(id): Id<ListingId>,
    step: Step,
    mut form: Form,
) -> Answer {
    let listing = writer::open(&cx, &writer, id).await?;
    let then = Then::from_code(form.value("then")).unwrap_or(Then::On);
    if step == Step::Contact {
        let openness = read_openness(&cx, &mut form, &listing, shell.lang).await?;
        if form.is_sound() {
            let kept = drafts::set_openness(&cx, &writer, id, &openness).await;
            form.tried(kept)?;
        }
    } else {
        let mut content = listing.draft.0.clone();
        steps::read(step, listing.kind, &mut form, &mut content, shell.lang);
        let version = form.value("version").parse().unwrap_or(0);
        drafts::save(&cx, &writer, id, version, &content).await?;
    }
    let listing = writer::open(&cx, &writer, id).await?;
    if then != Then::Leave {
        let missing = drafts::unfinished(&listing);
        let here = missing
            .into_iter()
            .filter(|(of, flaw)| *of == step && form.error(&flaw.field).is_none());
        form.take_flaws(here.map(|(_, flaw)| flaw).collect());
    }
    if !form.is_sound() {
        form.set("version", listing.version.to_string());
        return show(&cx, shell, &writer, listing, step, form).await;
    }
    match then {
        Then::Leave if writer.actor.is_some() => {
            see_other_saying(shell.url("mine"), shell.t("Đã lưu bản nháp.", "Draft saved."))
        }
        Then::Leave => see_other_saying(
            shell.url(""),
            shell.t(
                "Đã lưu bản nháp trong trình duyệt này; bạn có 30 ngày để quay lại.",
                "The draft is kept for this browser; you have 30 days to come back.",
            ),
        ),
        Then::Check => see_other(shell.url(format!("{}/edit/{}", listing.path(), Step::Check))),
        Then::On => see_other(shell.url(format!("{}/edit/{}", listing.path(), step.next()))),
    }
}

/// While the author types. Nothing is judged; what cannot be read is simply not kept.
async fn autosave(
    cx: Cx,
    lang: Lang,
    writer: Writer,
    Id(id): Id<ListingId>,
    step: Step,
    mut form: Form,
) -> Answer {
    let listing = writer::open(&cx, &writer, id).await?;
    let mut content = listing.draft.0.clone();
    steps::read(step, listing.kind, &mut form, &mut content, lang);
    let version = form.value("version").parse().unwrap_or(0);
    drafts::autosave(&cx, &writer, id, version, &content).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn submit(cx: Cx, shell: Shell, writer: Writer, Id(id): Id<ListingId>, mut form: Form) -> Answer {
    let actor = writer.actor.clone().ok_or(Fault::SignIn)?;
    let version = form.value("version").parse().unwrap_or(0);
    let submitted = drafts::submit(&cx, &actor, &writer, id, version).await;
    if form.tried(submitted)?.is_none() {
        let listing = writer::open(&cx, &writer, id).await?;
        return show(&cx, shell, &writer, listing, Step::Check, form).await;
    }
    // What was written for a firm does not stand among the coordinator's own listings.
    let goal = if writer::own(&cx, &actor, id).await.is_ok() {
        "mine"
    } else {
        "desk/reviews"
    };
    see_other_saying(
        shell.url(goal),
        shell.t(
            "Đã gửi duyệt. Điều phối viên sẽ đọc và trả lời qua thư.",
            "Handed in. A coordinator will read it and answer by mail.",
        ),
    )
}

// Showing a step ---------------------------------------------------------------------------------

async fn show(
    cx: &Cx,
    shell: Shell,
    writer: &Writer,
    listing: Listing,
    step: Step,
    mut form: Form,
) -> Answer {
    let status = if form.is_sound() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    if form.value("version").is_empty() {
        form.set("version", listing.version.to_string());
    }
    let edit = around(cx, &shell, writer, listing, step, &form).await?;
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
            let content = &edit.listing.draft;
            let facts = facts::of(edit.kind, content, shell.lang);
            let fields = crate::listings::fields::all(edit.kind).collect();
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

async fn around(
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
        quality: ready::quality(kind, &listing.draft),
        notes: review::open_notes(&cx.db, listing.id).await?,
        first: listing.draft.first_lang(shell.lang),
        second_open,
        signed_in: writer.actor.is_some(),
        from_check: form.value("then") == "check",
        listing,
    })
}

/// Nothing chosen yet: tick what the text seems to be about. The author changes or keeps it.
fn guess(form: &mut Form, listing: &Listing) -> bool {
    let untouched = listing.draft.tags.is_empty()
        && ["sector", "capability"]
            .iter()
            .all(|name| form.value(name).is_empty());
    if !untouched {
        return false;
    }
    let text = listing.draft.text(listing.draft.first_lang(Lang::Vi));
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

// In whose name, and for whom --------------------------------------------------------------------

async fn fill_openness(cx: &Cx, form: &mut Form, listing: &Listing, lang: Lang) -> Result<(), Fault> {
    let guests = guests(cx, listing).await?;
    let names: Vec<&str> = guests.iter().map(|org| org.name(lang)).collect();
    form.set(
        "org",
        listing.org_id.map(|org| org.to_string()).unwrap_or_default(),
    );
    form.set("visibility", listing.visibility.code());
    form.set("guests", names.join("\n"));
    form.set("anonymous", if listing.anonymous { "yes" } else { "" });
    form.set(
        "open_for_interest",
        if listing.open_for_interest { "yes" } else { "" },
    );
    Ok(())
}

async fn read_openness(cx: &Cx, form: &mut Form, listing: &Listing, lang: Lang) -> Result<Openness, Fault> {
    let visibility = Visibility::from_code(form.value("visibility")).unwrap_or(listing.visibility);
    let mut invited: Vec<OrgId> = Vec::new();
    if visibility == Visibility::Invited {
        for name in form
            .text("guests")
            .unwrap_or_default()
            .lines()
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            match named(cx, name, lang).await? {
                Ok(org) => invited.push(org),
                Err((vi, en)) => form.flaw("guests", vi, en),
            }
        }
        if invited.is_empty() && form.error("guests").is_none() {
            form.flaw(
                "guests",
                "Hãy ghi tên ít nhất một tổ chức được mời.",
                "Name at least one organisation to invite.",
            );
        }
    }
    Ok(Openness {
        org: form
            .text("org")
            .and_then(|org| org.parse().ok())
            .or(listing.org_id),
        visibility,
        guests: invited,
        anonymous: form.ticked("anonymous"),
        open_for_interest: form.ticked("open_for_interest"),
    })
}

/// The one organisation of that name, or why it cannot be told.
async fn named(cx: &Cx, name: &str, lang: Lang) -> Result<Result<OrgId, (String, String)>, Fault> {
    let found = orgs::find_by_name(&cx.db, name, 5).await?;
    let exact = found
        .iter()
        .find(|org| org.name_vi == name || org.name_en == name);
    Ok(match (exact, found.as_slice()) {
        (Some(org), _) => Ok(org.id),
        (None, [only]) => Ok(only.id),
        (None, []) => Err((
            format!("Không tìm thấy tổ chức “{name}”."),
            format!("No organisation is called “{name}”."),
        )),
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|org| org.name(lang)).collect();
            let names = names.join("; ");
            Err((
                format!("“{name}” chưa rõ là tổ chức nào: {names}."),
                format!("“{name}” could be any of: {names}."),
            ))
        }
    })
}

async fn orgs_of(
    cx: &Cx,
    writer: &Writer,
    listing: &Listing,
    lang: Lang,
) -> Result<Vec<(String, String)>, Fault> {
    let mut known = Vec::new();
    if let Some(actor) = &writer.actor {
        known.extend(
            orgs::of_person(&cx.db, actor.id)
                .await?
                .into_iter()
                .map(|membership| membership.org),
        );
    }
    if let Some(org) = listing
        .org_id
        .filter(|org| known.iter().all(|mine| mine.id != *org))
    {
        known.push(orgs::get(&cx.db, org).await?);
    }
    Ok(known
        .iter()
        .map(|org| (org.id.to_string(), org.name(lang).to_owned()))
        .collect())
}

/// What only the templates ask.
impl Edit {
    /// The languages there is a text in, the author's first.
    fn written(&self) -> Vec<Lang> {
        let both = [self.first, self.first.other()];
        both.into_iter()
            .filter(|lang| self.listing.draft.in_lang(*lang).is_some())
            .collect()
    }

    fn words(&self, field: &Field, lang: &Lang) -> &str {
        self.listing
            .draft
            .in_lang(*lang)
            .map_or("", |text| field.of(text))
    }

    fn step_of(&self, field: &Field) -> Step {
        let in_story = Step::Story
            .texts(self.kind)
            .iter()
            .any(|one| one.name == field.name);
        if in_story { Step::Story } else { Step::Details }
    }

    /// The code list behind a field.
    fn terms(&self, scheme: &str) -> &'static [Term] {
        Scheme::from_code(scheme).map_or(&[], vocab::terms)
    }
}
