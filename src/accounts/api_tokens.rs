//! Tokens a person makes for programs of their own. Who holds one reads and writes as its person would, as a member
//! and nothing more: no token opens the desk. Only hashes are kept.

use std::borrow::Borrow;

use actix_web::HttpRequest;
use actix_web::http::header;

use super::{Actor, Role, session, store, trail};
use crate::ids::{ApiTokenId, PersonId, SessionId};
use crate::kit::Cx;
use crate::kit::clock::{At, DAY, new_token};
use crate::kit::db::codes;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

const LIFE: i64 = 365 * DAY;
const MOST: usize = 20;
/// By it a token is known where it should not be: in a log, in a public repository.
const MARK: &str = "caunoi_";

codes! {
    /// What a token is good for: each more than the one before.
    pub enum Scope { Read = "read", Write = "write" }
}

impl Scope {
    pub fn label(self, lang: impl Borrow<Lang>) -> &'static str {
        let lang = *lang.borrow();
        match self {
            Scope::Read => lang.t("Đọc tin của tôi", "Read my listings"),
            Scope::Write => lang.t("Đọc và đăng tin", "Read and post listings"),
        }
    }
}

/// A token as its person sees it in the settings.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub name: String,
    pub scope: Scope,
    pub created_at: At,
    pub expires_at: At,
    pub used_at: Option<At>,
}

/// The only moment at which the token itself is known.
pub(super) async fn make(cx: &Cx, actor: &Actor, name: &str, scope: Scope) -> Result<String, Fault> {
    let mut tx = cx.db.begin().await?;
    if store::api_tokens::list(&mut tx, actor.id, cx.now()).await?.len() >= MOST {
        return Err(Fault::flaw(
            "name",
            format!("Đã có {MOST} mã. Hãy xóa mã không dùng nữa."),
            format!("There are {MOST} tokens. Please remove one that is out of use."),
        ));
    }
    let token = format!("{MARK}{}", new_token());
    let made = ApiToken {
        id: ApiTokenId::new(),
        name: name.to_owned(),
        scope,
        created_at: cx.now(),
        expires_at: cx.now().plus(LIFE),
        used_at: None,
    };
    store::api_tokens::add(&mut tx, actor.id, session::hash(&token), &made).await?;
    tx.commit().await?;
    Ok(token)
}

/// Those that still work, the newest in front.
pub(super) async fn list(cx: &Cx, person: PersonId) -> Result<Vec<ApiToken>, Fault> {
    store::api_tokens::list(&cx.db, person, cx.now()).await
}

/// Ends one of the actor's own; where it has ended already, that is as well.
pub(super) async fn remove(cx: &Cx, actor: &Actor, id: ApiTokenId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    store::api_tokens::remove(&mut tx, actor.id, id).await?;
    tx.commit().await
}

/// The person a program acts for, if its token is good for that much. Cookies count for nothing here, so that no
/// other site's page can borrow a reader's.
pub async fn bearer(cx: &Cx, request: &HttpRequest, wanted: Scope) -> Result<Actor, Fault> {
    let sent = request.headers().get(header::AUTHORIZATION);
    let token = sent
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or(Fault::SignIn)?;
    let found = store::api_tokens::owner(cx, session::hash(token.trim())).await?;
    let (person, scope) = found.ok_or_else(|| {
        trail::turned_away(None, trail::TOKEN, "unknown, ended or too old");
        Fault::SignIn
    })?;
    if wanted == Scope::Write && scope != Scope::Write {
        trail::turned_away(Some(person.id), trail::TOKEN, "good for reading alone");
        return Err(Fault::Forbidden);
    }
    Ok(Actor {
        id: person.id,
        name: person.name,
        email: person.email,
        lang: person.lang,
        role: Role::Member,
        lacks_second_step: false,
        session: SessionId::new(),
        came_in_at: cx.now(),
        _only_made_here: (),
    })
}
