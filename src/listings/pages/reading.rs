//! One listing, as its readers see it; with a bar of acts on top for the people it belongs to.

use actix_web::web;
use askama::Template;
use serde_json::{Value, json};

use crate::accounts::{Coordinator, Reader};
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::search::{Filter, Like};
use crate::kit::web::text::rich;
use crate::kit::web::{Answer, Form, Id, Params, Shell, page, see_other_saying};
use crate::listings::card::{Behind, Card, Orgs, labels};
use crate::listings::facts::{self, Fact};
use crate::listings::index::whole;
use crate::listings::review::{self, Note};
use crate::listings::writer::{self, Writer};
use crate::listings::{
    self, Content, Evidence, Kind, Listing, Sight, State, Visibility, fields, letters, saved,
};
use crate::vocab::{self, Scheme, Term};

const SIMILAR: usize = 4;

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/{noun:needs|offers}/{id}", web::get().to(show))
        .route(
            "/{noun:needs|offers}/{id}/evidence",
            web::post().to(check_evidence),
        );
}

#[derive(Template)]
#[template(path = "listings/show.html")]
struct ShowPage {
    shell: Shell,
    listing: Listing,
    content: Content,
    facts: Vec<Fact>,
    sections: Vec<Section>,
    by: Behind,
    saved: bool,
    owned: bool,
    tended: bool,
    /// A coordinator to whom it does not belong may say that evidence was checked.
    checks_evidence: bool,
    /// The working copy is shown, not what readers see.
    preview: bool,
    signed_in: bool,
    notes: Vec<Note>,
    similar: Vec<Card>,
    json_ld: Option<String>,
}

struct Section {
    heading: &'static str,
    html: String,
    lang: Lang,
}

async fn show(
    cx: Cx,
    shell: Shell,
    reader: Reader,
    writer: Writer,
    kind: Kind,
    Id(id): Id<ListingId>,
    params: Params,
) -> Answer {
    let listing = listings::get(&cx.db, id).await?;
    let sight = Sight::of(&cx, &reader).await?;
    let begun_here = writer::is_visitors(&cx, &writer, &listing).await?;
    if listing.kind != kind || !(begun_here || listings::may_read(&cx, &reader, &listing).await?) {
        return Err(Fault::Missing);
    }
    let owned = sight.owns(&listing) || begun_here;
    let tended = owned || sight.coordinates();
    let preview = tended && (params.value("version") == "draft" || listing.live.is_none());
    let content = if preview {
        listing.draft().clone()
    } else {
        listing.best().clone()
    };
    let near = similar(&cx, &sight, &listing, (&content, preview), shell.lang).await?;
    let orgs = Orgs::of(&cx, near.iter().chain([&listing])).await?;
    let by = orgs.behind(&sight, &listing, shell.lang);
    let public = listing.shown().is_some() && listing.visibility == Visibility::Public;
    let json_ld = public.then(|| json_ld(&shell, &listing, &content, &by));
    page(&ShowPage {
        facts: facts::of(kind, &content, shell.lang),
        sections: sections(kind, &content, shell.lang),
        saved: saved::is_saved(&cx, &reader, id).await?,
        signed_in: reader.actor().is_some(),
        notes: if tended {
            review::open_notes(&cx.db, id).await?
        } else {
            Vec::new()
        },
        similar: near
            .iter()
            .map(|near| orgs.card(&sight, near, shell.lang))
            .collect(),
        by,
        checks_evidence: sight.coordinates() && !owned,
        owned,
        tended,
        preview,
        json_ld,
        shell,
        listing,
        content,
    })
}

async fn check_evidence(
    cx: Cx,
    shell: Shell,
    who: Coordinator,
    kind: Kind,
    Id(id): Id<ListingId>,
    form: Form,
) -> Answer {
    let checked = form.ticked("checked");
    listings::set_checked(&cx, &who.0, id, form.value("mark"), checked).await?;
    let said = if checked {
        shell.t("Đã ghi là bạn đã kiểm tra.", "Noted: you checked it.")
    } else {
        shell.t("Đã bỏ dấu kiểm tra.", "The mark was taken away.")
    };
    see_other_saying(shell.url(format!("{}/{id}", kind.path())), said)
}

impl ShowPage {
    fn is_need(&self) -> bool {
        self.listing.kind == Kind::Need
    }

    fn title(&self) -> &str {
        self.content.title(self.shell.lang)
    }

    fn shown_lang(&self) -> Lang {
        self.content.shown_lang(self.shell.lang)
    }

    /// Whoever is not on this side of it may say that they are interested.
    fn takes_interest(&self) -> bool {
        !self.owned && self.listing.open_for_interest && self.listing.state == State::Published
    }

    fn sector(&self) -> Option<&'static Term> {
        self.content
            .codes(Scheme::Sector)
            .next()
            .and_then(|code| vocab::term(Scheme::Sector, code))
    }

    fn evidence_kind(&self, piece: &Evidence) -> String {
        vocab::label(Scheme::Evidence, &piece.kind, self.shell.lang)
    }

    fn close_reasons(&self) -> &'static [Term] {
        vocab::terms(Scheme::Close)
    }

    fn note_field(&self, note: &Note) -> &'static str {
        letters::field_name(self.listing.kind, &note.field, self.shell.lang)
    }

    fn is(&self, state: &str) -> bool {
        self.listing.state.code() == state
    }
}

fn sections(kind: Kind, content: &Content, lang: Lang) -> Vec<Section> {
    let told = fields::all(kind).filter(|field| !matches!(field.name, "title" | "summary"));
    told.filter_map(|field| {
        let words = field.shown(content, lang);
        let own = content
            .in_lang(lang)
            .is_some_and(|text| !field.of(text).is_empty());
        (!words.is_empty()).then(|| Section {
            heading: field.heading(&lang),
            html: rich(words),
            lang: if own { lang } else { lang.other() },
        })
    })
    .collect()
}

/// Listings of the other kind that are near, as far as the reader may see them.
async fn similar(
    cx: &Cx,
    sight: &Sight,
    listing: &Listing,
    (content, preview): (&Content, bool),
    lang: Lang,
) -> Result<Vec<Listing>, Fault> {
    let Some(text) = content.text(lang) else {
        return Ok(Vec::new());
    };
    let like = Like {
        title: text.title.clone(),
        text: whole(text),
        filters: vec![Filter::Is("kind", listing.kind.other().code().to_owned())],
        limit: SIMILAR * 2,
        // A working copy says something else than what stands in the index.
        of: (!preview).then_some(listing.id.0),
        ..Like::default()
    };
    let search = if sight.is_member() || sight.coordinates() {
        &cx.search_all
    } else {
        &cx.search
    };
    // A page without its neighbours is better than no page.
    let ids: Vec<ListingId> = match search.near(like).await {
        Ok(ids) => ids.iter().copied().map(ListingId).collect(),
        Err(why) => {
            tracing::warn!(why = %why, "similar listings");
            Vec::new()
        }
    };
    // Nearly always the first few may be shown, and who reads no more has the page sooner.
    let mut similar = Vec::new();
    for few in ids.chunks(SIMILAR) {
        let near = listings::many(&cx.db, few).await?;
        let near = near
            .into_iter()
            .filter(|near| near.shown().is_some() && near.org_id != listing.org_id)
            .collect();
        similar.extend(sight.readable(cx, near).await?);
        if similar.len() >= SIMILAR {
            break;
        }
    }
    similar.truncate(SIMILAR);
    Ok(similar)
}

/// For machines that read the web: only what every visitor sees.
fn json_ld(shell: &Shell, listing: &Listing, content: &Content, by: &Behind) -> String {
    let lang = shell.lang;
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": if listing.kind == Kind::Need { "Demand" } else { "Offer" },
        "identifier": listing.reference(),
        "url": format!("{}/{lang}/{}", shell.public_url, listing.path()),
        "name": content.title(lang),
        "description": content.summary(lang),
        "category": labels(content, Scheme::Sector, lang),
        "availabilityStarts": listing.published_at.map(crate::kit::clock::At::iso),
        "validThrough": content.deadline.or(listing.expires_at).map(crate::kit::clock::At::iso),
    });
    if let Some(place) = &content.place {
        data["areaServed"] = Value::String(vocab::label(Scheme::Place, place, lang));
    }
    if let Some(name) = &by.name {
        data["offeredBy"] = json!({ "@type": "Organization", "name": name });
    }
    // "</script>" inside a text must not end the block.
    data.to_string().replace('<', "\\u003c")
}
