//! What one sets about oneself. One page of sections, each a form of its own.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use super::{bye, let_in, through_the_door};
use crate::accounts::limits::{self, Pace};
use crate::accounts::profile::{self, Letters};
use crate::accounts::session::{self, Entry, Session};
use crate::accounts::{self, Actor, Frequency, Kind, Person, address, consent, rights};
use crate::ids::SessionId;
use crate::kit::Cx;
use crate::kit::clock::{At, DAY, HOUR};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{self, Answer, Form, Id, Shell};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/settings", get().to(show))
        .route("/settings/profile", post().to(change_profile))
        .route("/settings/letters", post().to(change_letters))
        .route("/settings/pause", post().to(pause))
        .route("/settings/password", post().to(change_password))
        .route("/settings/sessions/others/end", post().to(end_others))
        .route("/settings/sessions/{id}/end", post().to(end_session))
        .route("/settings/deletion", get().to(ask_to_leave))
        .route("/settings/deletion", post().to(leave));
}

#[derive(Template)]
#[template(path = "accounts/settings.html")]
struct SettingsPage {
    shell: Shell,
    form: Form,
    me: Person,
    letters: Letters,
    has_password: bool,
    sessions: Vec<Session>,
    current: SessionId,
}

impl SettingsPage {
    fn paused_until(&self) -> Option<At> {
        self.me.paused_until.filter(|until| *until > self.shell.now)
    }

    /// What may be chosen for a kind of letters, as options of a field.
    fn choices(&self, kind: &Kind) -> Vec<(&'static str, &'static str)> {
        let option = |frequency: &Frequency| (frequency.code(), frequency.label(self.shell.lang));
        profile::choices(*kind).iter().map(option).collect()
    }

    /// When a session ends by itself.
    fn life_of_sessions(&self) -> String {
        let idle = session::longest_idle(self.me.role);
        let unused = if idle < DAY {
            self.shell.t1("{} giờ", "{} hours", idle / HOUR)
        } else {
            self.shell.t1("{} ngày", "{} days", idle / DAY)
        };
        self.shell.t2(
            "Thiết bị không dùng {} thì tự đăng xuất; dùng thường xuyên thì sau {} ngày.",
            "A device that is not used for {} is signed out; one in use, after {} days.",
            unused,
            session::DAYS,
        )
    }

    fn languages(&self) -> [(&'static str, &'static str); 2] {
        [("vi", "Tiếng Việt"), ("en", "English")]
    }
}

async fn show(cx: Cx, shell: Shell, me: Actor) -> Answer {
    web::page(&page_for(&cx, shell, &me, None).await?)
}

/// The page with its values as they are kept; or with a form that came back with faults.
async fn page_for(cx: &Cx, shell: Shell, actor: &Actor, sent: Option<Form>) -> Result<SettingsPage, Fault> {
    let me = accounts::person(&cx.db, actor.id).await?;
    let letters = profile::letters_of(cx, actor.id).await?;
    let mut form = sent.unwrap_or_default();
    let mut kept = vec![
        ("name", me.name.clone()),
        ("phone", me.phone.clone().unwrap_or_default()),
        ("lang", me.lang.to_string()),
    ];
    kept.extend(
        letters
            .frequencies
            .iter()
            .map(|(kind, often)| (kind.code(), often.to_string())),
    );
    if letters.consented {
        kept.push(("letters", "yes".to_owned()));
    }
    for (name, value) in kept {
        // What was typed stands; what was not sent shows as it is.
        if form.fields().iter().all(|(field, _)| field != name) {
            form.set(name, value);
        }
    }
    Ok(SettingsPage {
        has_password: profile::has_password(cx, actor).await?,
        sessions: session::list(cx, &me).await?,
        current: actor.session(),
        shell,
        form,
        me,
        letters,
    })
}

async fn again(cx: &Cx, shell: Shell, me: &Actor, form: Form) -> Answer {
    web::page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page_for(cx, shell, me, Some(form)).await?,
    )
}

async fn change_profile(cx: Cx, shell: Shell, me: Actor, mut form: Form) -> Answer {
    let name = address::name_in(&mut form);
    let phone = address::phone_in(&mut form);
    let lang = Lang::from_code(form.value("lang")).unwrap_or(shell.lang);
    if !form.is_sound() {
        return again(&cx, shell, &me, form).await;
    }
    profile::change(&cx, &me, &name, phone.as_deref(), lang).await?;
    let settings = format!("/{lang}/settings");
    web::see_other_saying(settings, lang.t("Đã lưu.", "Saved."))
}

async fn change_letters(cx: Cx, shell: Shell, me: Actor, form: Form) -> Answer {
    let chosen = |kind: &Kind| {
        let often = Frequency::from_code(form.value(kind.code()))?;
        profile::choices(*kind).contains(&often).then_some((*kind, often))
    };
    let wanted = Letters {
        consented: form.ticked("letters"),
        frequencies: Kind::ALL.iter().filter_map(chosen).collect(),
    };
    profile::set_letters(&cx, &me, &wanted).await?;
    web::see_other_saying(shell.url("settings"), shell.t("Đã lưu.", "Saved."))
}

async fn pause(cx: Cx, shell: Shell, me: Actor, form: Form) -> Answer {
    let weeks = form.value("weeks").parse().unwrap_or(0).clamp(0, 4);
    profile::pause(&cx, &me, weeks).await?;
    let sentence = if weeks == 0 {
        shell.t("Thư lại được gửi như thường.", "Letters come again as usual.")
    } else {
        shell.t("Đã tạm ngừng thư.", "Letters are paused.")
    };
    web::see_other_saying(shell.url("settings"), sentence)
}

async fn change_password(cx: Cx, shell: Shell, request: HttpRequest, me: Actor, mut form: Form) -> Answer {
    let (old, new) = (
        form.value("old_password").to_owned(),
        form.value("password").to_owned(),
    );
    if !profile::has_password(&cx, &me).await? && !session::is_fresh(&cx, &me) {
        return through_the_door(&shell, "settings");
    }
    limits::admit(&cx, &request, Pace::Guess, &me.email).await?;
    let outcome = profile::change_password(&cx, &me, &old, &new, &request).await;
    match form.tried(outcome)? {
        Some(session) => let_in(&cx, &shell, &Entry::In(session), &shell.url("settings")),
        None => again(&cx, shell, &me, form).await,
    }
}

async fn end_session(cx: Cx, shell: Shell, me: Actor, Id(id): Id<SessionId>) -> Answer {
    if !session::is_fresh(&cx, &me) {
        return through_the_door(&shell, "settings");
    }
    session::end(&cx, &me, id).await?;
    web::see_other_saying(
        shell.url("settings"),
        shell.t("Thiết bị đó đã được đăng xuất.", "That device was signed out."),
    )
}

async fn end_others(cx: Cx, shell: Shell, me: Actor) -> Answer {
    if !session::is_fresh(&cx, &me) {
        return through_the_door(&shell, "settings");
    }
    session::end_others(&cx, &me).await?;
    web::see_other_saying(
        shell.url("settings"),
        shell.t(
            "Các thiết bị khác đã được đăng xuất.",
            "All other devices were signed out.",
        ),
    )
}

#[derive(Template)]
#[template(path = "accounts/deletion.html")]
struct DeletionPage {
    shell: Shell,
    form: Form,
    me: Actor,
}

async fn ask_to_leave(shell: Shell, me: Actor) -> Answer {
    web::page(&DeletionPage {
        shell,
        form: Form::default(),
        me,
    })
}

async fn leave(cx: Cx, shell: Shell, me: Actor, mut form: Form) -> Answer {
    if address::email(form.value("email")).as_deref() != Some(me.email.as_str()) {
        form.flaw(
            "email",
            "Hãy gõ đúng địa chỉ thư của tài khoản này.",
            "Type the address of this very account.",
        );
        return web::page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &DeletionPage { shell, form, me },
        );
    }
    let left = rights::leave(&cx, &me).await;
    if form.tried(left)?.is_none() {
        return web::page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &DeletionPage { shell, form, me },
        );
    }
    bye(
        &cx,
        &shell,
        shell.t(
            "Tài khoản đã được xóa. Cảm ơn bạn.",
            "The account was deleted. Thank you.",
        ),
    )
}
