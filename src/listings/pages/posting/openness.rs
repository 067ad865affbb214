//! The step that says in whose name a listing stands, and who may read it.

use crate::ids::OrgId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::Form;
use crate::listings::drafts::Openness;
use crate::listings::writer::Writer;
use crate::listings::{Listing, Visibility, guests};
use crate::orgs;

pub(super) async fn fill(cx: &Cx, form: &mut Form, listing: &Listing, lang: Lang) -> Result<(), Fault> {
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

pub(super) async fn read(cx: &Cx, form: &mut Form, listing: &Listing, lang: Lang) -> Result<Openness, Fault> {
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

pub(super) async fn orgs_of(
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
