//! Letters about belonging to an organisation.

use super::{Org, store};
use crate::accounts::letters::{Envelope, answers_an_act, letter, post};
use crate::accounts::tickets::Given;
use crate::accounts::{self, Actor, Frequency, Kind, Person};
use crate::ids::{OrgId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::new_id;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::kit::mail::words::Words;
use crate::kit::mail::{self, PATIENCE};

/// A colleague is asked to join; in the language of whoever asks.
pub(super) async fn invitation(
    cx: &Cx,
    tx: &mut Tx,
    actor: &Actor,
    org: &Org,
    email: &str,
    given: &Given,
) -> Result<(), Fault> {
    let lang = actor.lang;
    let name = org.name(lang);
    let subject = lang.fill("{} mời bạn vào {}", "{} invites you to {}", &[&actor.name, &name]);
    let lead = lang.fill(
        "{} mời bạn cùng làm việc trong tổ chức {} trên {}.",
        "{} invites you to work together for {} on {}.",
        &[&actor.name, &name, &cx.config.programme],
    );
    let words = Words::new(lang)
        .para(&lead, &lead)
        .para(
            "Ở đó bạn đăng nhu cầu về trí tuệ nhân tạo, giới thiệu năng lực và trả lời các gợi ý ghép nối thay mặt tổ chức.",
            "There you can post needs, present what you can do in artificial intelligence, and answer suggested partners on its behalf.",
        )
        .button("Xem lời mời", "See the invitation", cx.url(lang, &format!("invitations/{}", given.token)))
        .small(
            "Liên kết dùng được trong 14 ngày. Nếu bạn không quen người gửi, xin bỏ qua thư này; chúng tôi không viết thêm.",
            "The link works for 14 days. If you do not know the sender, please ignore this letter; we shall not write again.",
        )
        .footer(lang.fill(
            "Bạn nhận thư này vì {} đã nhập địa chỉ của bạn để mời.",
            "You get this letter because {} entered your address to invite you.",
            &[&actor.name],
        ));
    let to = Envelope {
        once: format!("invitation:{}:{}", org.id, new_id()),
        kind: "invite",
        person: None,
        name: "",
        email,
        unsubscribe: None,
        patience: PATIENCE,
    };
    post(cx, tx, to, subject, &words).await
}

/// Tells those in charge, or the coordinators where nobody is, that someone asks to belong.
pub async fn tell_asked(cx: &Cx, org: OrgId, person: PersonId, event: i64) -> Result<(), Fault> {
    let org = store::get(&cx.db, org).await?;
    let asking = accounts::person(&cx.db, person).await?;
    let owners = store::members::owners(&cx.db, org.id).await?;
    let (readers, why) = if owners.is_empty() {
        let why = (
            "Bạn nhận thư này vì bạn là điều phối viên và tổ chức chưa có ai phụ trách.",
            "You get this because you are a coordinator and nobody is in charge of the organisation yet.",
        );
        (accounts::coordinators(&cx.db).await?, why)
    } else {
        let why = (
            "Bạn nhận thư này vì bạn phụ trách tổ chức.",
            "You get this because you are in charge of the organisation.",
        );
        (owners, why)
    };
    for reader in readers {
        let (name, lang) = (org.name(reader.lang), reader.lang);
        let subject = lang.fill("{} xin vào {}", "{} asks to join {}", &[&asking.name, &name]);
        let lead = lang.fill(
            "{} ({}) cho biết mình thuộc {} và xin được vào.",
            "{} ({}) says they belong to {} and asks to be let in.",
            &[&asking.name, &asking.email, &name],
        );
        let words = Words::new(lang).greet(&reader.name).para(&lead, &lead).button(
            "Xem và trả lời",
            "See and answer",
            cx.url(lang, &format!("organisations/{}/members", org.slug)),
        );
        let once = format!("asked:{}:{person}:{event}:{}", org.id, reader.id);
        refusable(cx, &reader, once, "asked", subject, words, why).await?;
    }
    Ok(())
}

/// Tells someone that they belong now.
pub async fn tell_granted(cx: &Cx, org: OrgId, person: PersonId, event: i64) -> Result<(), Fault> {
    let org = store::get(&cx.db, org).await?;
    let reader = accounts::person(&cx.db, person).await?;
    let (name, lang) = (org.name(reader.lang), reader.lang);
    let subject = lang.fill("Bạn đã vào {}", "You belong to {} now", &[&name]);
    let lead = lang.fill(
        "Từ nay bạn có thể đăng tin và trả lời ghép nối thay mặt {}.",
        "From now on you can post and answer suggestions on behalf of {}.",
        &[&name],
    );
    let words = Words::new(lang)
        .greet(&reader.name)
        .para(&lead, &lead)
        .button(
            "Mở trang của tổ chức",
            "Open its page",
            cx.url(lang, &format!("organisations/{}", org.slug)),
        )
        .footer(answers_an_act(cx, lang));
    answer(
        cx,
        &reader,
        format!("granted:{}:{person}:{event}", org.id),
        "granted",
        &subject,
        &words,
    )
    .await
}

/// Tells someone who asked that they were not let in.
pub async fn tell_refused(cx: &Cx, org: OrgId, person: PersonId, event: i64) -> Result<(), Fault> {
    let org = store::get(&cx.db, org).await?;
    let reader = accounts::person(&cx.db, person).await?;
    let (name, lang) = (org.name(reader.lang), reader.lang);
    let subject = lang.fill("Về yêu cầu vào {} của bạn", "Your request to join {}", &[&name]);
    let lead = lang.fill(
        "Lần này, người phụ trách {} chưa nhận bạn vào tổ chức. Nếu có nhầm lẫn, xin liên hệ trực tiếp với họ rồi gửi lại yêu cầu.",
        "Those in charge of {} have not let you in this time. If that is a mistake, please talk to them and ask once more.",
        &[&name],
    );
    let words = Words::new(lang)
        .greet(&reader.name)
        .para(&lead, &lead)
        .para(
            "Bạn cũng có thể đăng ký tổ chức của mình; điều phối viên sẽ xác minh.",
            "You can also register an organisation of your own; a coordinator will verify it.",
        )
        .button(
            "Tổ chức của bạn",
            "Your organisation",
            cx.url(lang, "organisations/new"),
        )
        .footer(answers_an_act(cx, lang));
    answer(
        cx,
        &reader,
        format!("refused:{}:{person}:{event}", org.id),
        "refused",
        &subject,
        &words,
    )
    .await
}

/// Tells those in charge that a coordinator has checked their organisation.
pub async fn tell_verified(cx: &Cx, org: OrgId) -> Result<(), Fault> {
    let org = store::get(&cx.db, org).await?;
    // One that came verified with a list was checked by nobody here, and has nobody to tell.
    let (Some(at), Some(_coordinator)) = (org.verified_at, org.verified_by) else {
        return Ok(());
    };
    for reader in store::members::owners(&cx.db, org.id).await? {
        let (name, lang) = (org.name(reader.lang), reader.lang);
        let subject = lang.fill("{} đã được xác minh", "{} has been verified", &[&name]);
        let words = Words::new(lang)
            .greet(&reader.name)
            .para(
                "Điều phối viên đã kiểm tra thông tin của tổ chức. Từ nay dấu “đã xác minh” hiện bên tên, và bạn xem được cả những tin chỉ dành cho thành viên.",
                "A coordinator has checked what is said of the organisation. Its name now carries the mark “verified”, and you can read listings meant for members only.",
            )
            .button("Xem trang của tổ chức", "See its page", cx.url(lang, &format!("organisations/{}", org.slug)));
        let why = (
            "Bạn nhận thư này vì bạn phụ trách tổ chức.",
            "You get this because you are in charge of the organisation.",
        );
        let once = format!("verified:{}:{}:{}", org.id, at.0, reader.id);
        refusable(cx, &reader, once, "verified", subject, words, why).await?;
    }
    Ok(())
}

/// Sends what answers an act of its reader, whatever letters they want.
async fn answer(
    cx: &Cx,
    reader: &Person,
    once: String,
    kind: &'static str,
    subject: &str,
    words: &Words,
) -> Result<(), Fault> {
    let letter = letter(cx, reader, kind, once, subject, words)?;
    mail::post_alone(cx, &letter).await
}

/// Sends news of one's own organisation to whoever wants such news.
async fn refusable(
    cx: &Cx,
    reader: &Person,
    once: String,
    kind: &'static str,
    subject: String,
    words: Words,
    (why_vi, why_en): (&str, &str),
) -> Result<(), Fault> {
    let often = accounts::frequency(cx, &cx.db, reader.id, Kind::Listing).await?;
    if often == Frequency::Never {
        return Ok(());
    }
    let words = accounts::footer(cx, words, reader, Kind::Listing, often, why_vi, why_en);
    let mut letter = letter(cx, reader, kind, once, &subject, &words)?;
    letter.unsubscribe = Some(accounts::unsubscribe_url(cx, reader, Kind::Listing));
    mail::post_alone(cx, &letter).await
}
