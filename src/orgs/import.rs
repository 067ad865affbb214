//! Organisations that come with a list (an import, the sample data) instead of registering themselves.

use super::{OrgKind, names, store};
use crate::events::{self, Event};
use crate::ids::{By, OrgId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::orgs::MemberRole;

/// An organisation as a list describes it; what the list does not say stays empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name_vi: String,
    pub name_en: String,
    pub kind: OrgKind,
    pub place: String,
    pub size: String,
    pub website: Option<String>,
    pub tax_code: Option<String>,
    pub about_vi: String,
    pub about_en: String,
    pub capacity: i64,
    pub verified: bool,
    pub foreign_sample: bool,
}

impl Default for Named {
    fn default() -> Named {
        Named {
            name_vi: String::new(),
            name_en: String::new(),
            kind: OrgKind::Business,
            place: String::new(),
            size: String::new(),
            website: None,
            tax_code: None,
            about_vi: String::new(),
            about_en: String::new(),
            capacity: 3,
            verified: false,
            foreign_sample: false,
        }
    }
}

impl Named {
    pub fn name(&self) -> &str {
        if self.name_vi.is_empty() {
            &self.name_en
        } else {
            &self.name_vi
        }
    }

    pub(super) fn key(&self) -> String {
        names::key(&format!("{} {}", self.name_vi, self.name_en))
    }
}

/// The organisation of this name in either language, with or without marks; entered where there is none.
/// `true`: it is new.
pub async fn find_or_enter(
    cx: &Cx,
    tx: &mut Tx,
    by: By,
    named: &Named,
    at: At,
) -> Result<(OrgId, bool), Fault> {
    let wanted = names::key(named.name());
    let found = super::find_by_name(&mut *tx, named.name(), 50).await?;
    let same = found
        .iter()
        .find(|org| names::key(&org.name_vi) == wanted || names::key(&org.name_en) == wanted);
    if let Some(org) = same {
        return Ok((org.id, false));
    }
    let id = enter(tx, named, at).await?;
    events::record(cx, tx, by, &Event::OrganisationRegistered { org: id }).await?;
    if named.verified {
        events::record(cx, tx, by, &Event::OrganisationVerified { org: id }).await?;
    }
    Ok((id, true))
}

/// Writes an organisation's row under the first free address its name gives.
pub(super) async fn enter(tx: &mut Tx, named: &Named, at: At) -> Result<OrgId, Fault> {
    let id = OrgId::new();
    let base = names::slug(named.name());
    let mut slug = base.clone();
    let mut number = 2;
    while !store::import::enter(tx, id, &slug, named, at).await? {
        slug = format!("{base}-{number}");
        number += 1;
    }
    Ok(id)
}

/// Puts a person among an organisation's own, as a list says.
pub async fn enrol(tx: &mut Tx, org: OrgId, person: PersonId, role: MemberRole, at: At) -> Result<(), Fault> {
    store::import::enrol(tx, org, person, role, at).await
}
