//! Registering an organisation and changing what is said of it. Whoever registers one that may be known
//! already sees it first, and can ask to join instead.

use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use super::Slug;
use crate::accounts::Actor;
use crate::accounts::pages::next_of;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Form, Params, Shell};
use crate::orgs::import::Named;
use crate::orgs::{Membership, Org, OrgKind, joining, may_manage, names, store, tax};
use crate::vocab::{self, Scheme, Term};

const LONGEST_NAME: usize = 200;
const LONGEST_ABOUT: usize = 1_000;
const USUAL_CAPACITY: i64 = 3;

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/organisations/new", get().to(new))
        .route("/organisations", post().to(register))
        .route("/organisations/{slug}/edit", get().to(edit))
        .route("/organisations/{slug}/edit", post().to(change));
}

#[derive(Template)]
#[template(path = "orgs/form.html")]
struct FormPage {
    shell: Shell,
    form: Form,
    /// The organisation that is changed; none where a new one is registered.
    org: Option<Org>,
    /// Organisations the reader belongs to already.
    mine: Vec<Membership>,
    /// Organisations the reader asks to belong to.
    asked: Vec<Org>,
    /// Known organisations with a name like the one typed.
    similar: Vec<Org>,
    /// Where the reader may go on without an organisation.
    next: String,
}

impl FormPage {
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        let option = |kind: &OrgKind| (kind.code(), kind.label(self.shell.lang));
        OrgKind::ALL.iter().map(option).collect()
    }

    fn places(&self) -> &'static [Term] {
        vocab::terms(Scheme::Place)
    }

    fn sizes(&self) -> &'static [Term] {
        vocab::terms(Scheme::Size)
    }
}

async fn new(cx: Cx, shell: Shell, me: Actor, params: Params) -> Answer {
    let mine = store::of_person(&cx.db, me.id).await?;
    let next = next_of(params.value("next")).unwrap_or_default().to_owned();
    let form = Form::with([("capacity", USUAL_CAPACITY.to_string()), ("next", next.clone())]);
    web::page(&FormPage {
        shell,
        form,
        org: None,
        mine,
        asked: store::members::asked_by(&cx.db, me.id).await?,
        similar: Vec::new(),
        next,
    })
}

async fn register(cx: Cx, shell: Shell, me: Actor, mut form: Form) -> Answer {
    let named = named_in(&mut form);
    let next = next_of(form.value("next")).unwrap_or_default().to_owned();
    let similar = if form.ticked("anyway") {
        Vec::new()
    } else {
        similar(&cx, &named).await?
    };
    if !form.is_sound() || !similar.is_empty() {
        let mine = store::of_person(&cx.db, me.id).await?;
        let page = FormPage {
            shell,
            form,
            org: None,
            mine,
            asked: store::members::asked_by(&cx.db, me.id).await?,
            similar,
            next,
        };
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let org = joining::register(&cx, &me, &named).await?;
    let home = shell.url(format!("organisations/{}", org.slug));
    let on = next_of(&next).unwrap_or(&home);
    web::see_other_saying(
        on,
        shell.t(
            "Đã đăng ký. Điều phối viên sẽ xác minh tổ chức; bạn có thể đăng tin ngay.",
            "Registered. A coordinator will verify the organisation; you can post right away.",
        ),
    )
}

async fn edit(cx: Cx, shell: Shell, me: Actor, Slug(slug): Slug) -> Answer {
    let org = managed(&cx, &me, &slug).await?;
    let form = form_of(&org);
    let page = FormPage {
        shell,
        form,
        org: Some(org),
        mine: Vec::new(),
        asked: Vec::new(),
        similar: Vec::new(),
        next: String::new(),
    };
    web::page(&page)
}

async fn change(cx: Cx, shell: Shell, me: Actor, Slug(slug): Slug, mut form: Form) -> Answer {
    let org = managed(&cx, &me, &slug).await?;
    let named = named_in(&mut form);
    if !form.is_sound() {
        let page = FormPage {
            shell,
            form,
            org: Some(org),
            mine: Vec::new(),
            asked: Vec::new(),
            similar: Vec::new(),
            next: String::new(),
        };
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    joining::change(&cx, &me, &org, &named).await?;
    web::see_other_saying(
        shell.url(format!("organisations/{slug}")),
        shell.t("Đã lưu.", "Saved."),
    )
}

/// The organisation, for those who may change it.
pub(super) async fn managed(cx: &Cx, me: &Actor, slug: &str) -> Result<Org, Fault> {
    let org = store::by_slug(&cx.db, slug).await?;
    if may_manage(cx, me, org.id).await? {
        Ok(org)
    } else {
        Err(Fault::Forbidden)
    }
}

async fn similar(cx: &Cx, named: &Named) -> Result<Vec<Org>, Fault> {
    let mut found: Vec<Org> = Vec::new();
    for name in [&named.name_vi, &named.name_en] {
        for org in store::find_by_name(&cx.db, name, 5).await? {
            if found.iter().all(|known| known.id != org.id) {
                found.push(org);
            }
        }
    }
    Ok(found)
}

/// What the form says, with a flaw at each field that does not hold.
fn named_in(form: &mut Form) -> Named {
    let kind = OrgKind::from_code(form.value("kind"));
    let kind = if let Some(kind) = kind {
        kind
    } else {
        form.flaw("kind", "Chọn loại tổ chức.", "Choose the kind of organisation.");
        OrgKind::Business
    };
    let name_vi = form.line("name_vi", LONGEST_NAME).unwrap_or_default();
    let name_en = form.line("name_en", LONGEST_NAME).unwrap_or_default();
    let too_long = form.error("name_vi").is_some() || form.error("name_en").is_some();
    if name_vi.is_empty() && name_en.is_empty() && !too_long {
        form.flaw("name_vi", "Nhập tên tổ chức.", "Enter the organisation's name.");
    }
    for (field, name) in [("name_vi", &name_vi), ("name_en", &name_en)] {
        if names::is_disguised(name) {
            form.flaw(
                field,
                "Tên có chữ cái của bảng chữ khác trông như chữ Latinh. Hãy gõ lại bằng bàn phím thường.",
                "The name holds letters of another alphabet that look Latin. Please type it on a plain keyboard.",
            );
        }
    }
    let place = coded(
        form,
        Scheme::Place,
        "place",
        "Chọn phường, xã hoặc đặc khu.",
        "Choose the ward or commune.",
    );
    let size = coded(form, Scheme::Size, "size", "Chọn quy mô.", "Choose the size.");
    Named {
        kind,
        name_vi,
        name_en,
        place,
        size,
        website: website_in(form),
        tax_code: tax_code_in(form),
        about_vi: form.prose("about_vi", LONGEST_ABOUT).unwrap_or_default(),
        about_en: form.prose("about_en", LONGEST_ABOUT).unwrap_or_default(),
        capacity: form.number("capacity", 0, 50).unwrap_or(USUAL_CAPACITY),
        verified: false,
        foreign_sample: false,
    }
}

fn coded(form: &mut Form, scheme: Scheme, name: &'static str, vi: &'static str, en: &'static str) -> String {
    let code = form.text(name).filter(|code| vocab::knows(scheme, code));
    form.must(code, name, vi, en)
}

fn website_in(form: &mut Form) -> Option<String> {
    let text = form.line("website", 200)?;
    let url = if text.contains("://") {
        text
    } else {
        format!("https://{text}")
    };
    let sound = crate::kit::config::origin_of(&url)
        .is_some_and(|origin| origin.contains('.') && !url.contains(char::is_whitespace));
    if !sound {
        form.flaw(
            "website",
            "Nhập địa chỉ trang web, ví dụ https://congty.vn.",
            "Enter a web address, such as https://company.vn.",
        );
    }
    sound.then_some(url)
}

fn tax_code_in(form: &mut Form) -> Option<String> {
    let text = form.line("tax_code", 20)?;
    let code = tax::parse(&text);
    if code.is_none() {
        form.flaw(
            "tax_code",
            "Mã số thuế không đúng: cần 10 số (thêm 3 số cho chi nhánh), số thứ mười là số kiểm tra.",
            "The tax code is wrong: it has 10 digits (3 more for a branch), the tenth being a check digit.",
        );
    }
    code
}

fn form_of(org: &Org) -> Form {
    Form::with([
        ("kind", org.kind.to_string()),
        ("name_vi", org.name_vi.clone()),
        ("name_en", org.name_en.clone()),
        ("place", org.place.clone()),
        ("size", org.size.clone()),
        ("website", org.website.clone().unwrap_or_default()),
        ("tax_code", org.tax_code.clone().unwrap_or_default()),
        ("about_vi", org.about_vi.clone()),
        ("about_en", org.about_en.clone()),
        ("capacity", org.capacity.to_string()),
    ])
}
