//! Organisations: businesses and institutes, who belongs to them, and whether a coordinator has checked them.

use crate::ids::{OrgId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::codes;
use crate::kit::lang::Lang;

codes! {
    pub enum OrgKind { Business = "business", Institute = "institute" }
}

codes! {
    pub enum MemberRole { Owner = "owner", Member = "member" }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Org {
    pub id: OrgId,
    pub slug: String,
    pub kind: OrgKind,
    pub name_vi: String,
    pub name_en: String,
    pub place: String,
    pub size: String,
    pub website: Option<String>,
    pub tax_code: Option<String>,
    pub about_vi: String,
    pub about_en: String,
    pub capacity: i64,
    pub verified_at: Option<At>,
    pub verified_by: Option<PersonId>,
    pub foreign_sample: bool,
    pub created_at: At,
}

impl Org {
    /// The name in the reader's language, or the one there is.
    pub fn name(&self, lang: Lang) -> &str {
        either(lang, &self.name_vi, &self.name_en)
    }

    pub fn about(&self, lang: Lang) -> &str {
        either(lang, &self.about_vi, &self.about_en)
    }

    pub fn is_verified(&self) -> bool {
        self.verified_at.is_some()
    }
}

fn either<'a>(lang: Lang, vi: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Vi if !vi.is_empty() => vi,
        Lang::En if !en.is_empty() => en,
        _ if vi.is_empty() => en,
        _ => vi,
    }
}
