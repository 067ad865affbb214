//! A sample city, so that a first look shows life: organisations, people to sign in as, needs and offers of
//! the past weeks. All of it is made up and its addresses end in `.example`, where no letter can arrive.

use std::collections::HashMap;

use crate::accounts::{self, Newcomer, Role};
use crate::ids::{By, OrgId, PersonId};
use crate::kit::clock::{At, Clock, DAY, HOUR};
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::{Cx, Inner};
use crate::listings::import::{Ready, enter};
use crate::listings::{Content, Kind, Origin};
use crate::orgs::{self, MemberRole};

mod life;
mod sample;

pub use life::live;
use sample::{Organisation, Post, Sample};

/// Everyone of the sample signs in with it; it stands in the documentation.
const PASSWORD: &str = "cau-noi-demo";
const COORDINATOR: (&str, &str) = ("dieu.phoi@caunoi.example", "Phạm Thu Hà");
/// The organisations were there this long before the first listing.
const HEAD_START_IN_DAYS: i64 = 14;

/// How many steps [`load`] tells of.
pub fn steps() -> usize {
    Sample::read().map_or(0, |sample| sample.organisations.len() + sample.posts().count())
}

/// What the needs and offers of the sample say, for whoever wants texts like ours.
pub fn contents() -> Result<Vec<(Kind, Content)>, Fault> {
    let checked = (PersonId::new(), At(0));
    let sample = Sample::read()?;
    Ok(sample
        .posts()
        .map(|(kind, post)| (kind, post.content(At(0), checked)))
        .collect())
}

/// Fills an empty service, in one change: cut short, it is empty still. `false`: something is here already.
pub async fn load(cx: &Cx, mut progress: impl FnMut()) -> Result<bool, Fault> {
    if !orgs::export::all(&cx.db).await?.is_empty() {
        return Ok(false);
    }
    let sample = Sample::read()?;
    let password = accounts::hash_password(PASSWORD).await?;
    let first_day = sample
        .posts()
        .map(|(_, post)| post.posted_days_ago)
        .max()
        .unwrap_or(0)
        + HEAD_START_IN_DAYS;
    let begin = back_then(cx, first_day, 0);
    let mut tx = cx.db.begin().await?;
    let coordinator = person(
        &begin,
        &mut tx,
        COORDINATOR,
        None,
        Lang::Vi,
        Role::Coordinator,
        &password,
    )
    .await?;
    let mut city = City::default();
    for organisation in &sample.organisations {
        settle_in(
            &begin,
            &mut tx,
            &sample,
            organisation,
            coordinator,
            &password,
            &mut city,
        )
        .await?;
        progress();
    }
    let mut posts: Vec<(Kind, &Post)> = sample.posts().collect();
    posts.sort_by_key(|(_, post)| std::cmp::Reverse(post.posted_days_ago));
    for (at, (kind, post)) in posts.into_iter().enumerate() {
        let hour = i64::try_from(at % 9).unwrap_or(0);
        publish(
            &back_then(cx, post.posted_days_ago, hour),
            &mut tx,
            cx.now(),
            kind,
            post,
            coordinator,
            &city,
        )
        .await?;
        progress();
    }
    tx.commit().await?;
    Ok(true)
}

/// Whom one can sign in as.
pub fn greeting(cx: &Cx) -> String {
    let door = cx.url(Lang::Vi, "session/new");
    let someone = |of: &str| {
        let sample = Sample::read().ok()?;
        let organisation = sample
            .organisations
            .iter()
            .find(|organisation| organisation.kind.code() == of)?;
        let person = organisation.people.first()?;
        Some(format!(
            "{}  ({}, {})",
            person.email, person.name, organisation.name.vi
        ))
    };
    format!(
        "The sample city is in place. Sign in at {door} with the password {PASSWORD} as\n  \
         coordinator  {}  ({})\n  business     {}\n  institute    {}\nNever offer a service with sample people to the public.",
        COORDINATOR.0,
        COORDINATOR.1,
        someone("business").unwrap_or_default(),
        someone("institute").unwrap_or_default(),
    )
}

/// Who lives where, by the keys of the sample.
#[derive(Default)]
struct City<'a> {
    organisations: HashMap<&'a str, OrgId>,
    people: HashMap<&'a str, PersonId>,
}

async fn settle_in<'a>(
    cx: &Cx,
    tx: &mut Tx,
    sample: &'a Sample,
    organisation: &'a Organisation,
    coordinator: PersonId,
    password: &str,
    city: &mut City<'a>,
) -> Result<(), Fault> {
    let (org, _) =
        orgs::import::find_or_enter(cx, tx, By::Person(coordinator), &organisation.named(), cx.now()).await?;
    city.organisations.insert(&organisation.key, org);
    for (at, one) in organisation.people.iter().enumerate() {
        let lang = sample.language_of(&one.key);
        let who = (one.email.as_str(), one.name.as_str());
        let id = person(cx, tx, who, Some(one.phone.clone()), lang, Role::Member, password).await?;
        let role = if at == 0 {
            MemberRole::Owner
        } else {
            MemberRole::Member
        };
        orgs::import::enrol(tx, org, id, role, cx.now()).await?;
        city.people.insert(&one.key, id);
    }
    Ok(())
}

async fn person(
    cx: &Cx,
    tx: &mut Tx,
    (email, name): (&str, &str),
    phone: Option<String>,
    lang: Lang,
    role: Role,
    password: &str,
) -> Result<PersonId, Fault> {
    let newcomer = Newcomer {
        email: email.to_owned(),
        name: name.to_owned(),
        phone,
        password: None,
        lang,
        letters: true,
    };
    accounts::demo_person(cx, tx, &newcomer, role, password).await
}

async fn publish(
    cx: &Cx,
    tx: &mut Tx,
    today: At,
    kind: Kind,
    post: &Post,
    coordinator: PersonId,
    city: &City<'_>,
) -> Result<(), Fault> {
    let unknown = |key: &str| Fault::broken(format!("sample: nobody is called {key}"));
    let org = *city
        .organisations
        .get(post.org.as_str())
        .ok_or_else(|| unknown(&post.org))?;
    let owner = *city
        .people
        .get(post.by.as_str())
        .ok_or_else(|| unknown(&post.by))?;
    let ready = Ready {
        kind,
        org,
        owner: Some(owner),
        origin: Origin::Owner,
        visibility: post.visibility,
        anonymous: post.anonymous,
        open_for_interest: post.open_for_interest,
        content: post.content(today, (coordinator, cx.now())),
        published_at: cx.now(),
    };
    enter(cx, tx, By::Person(coordinator), &ready).await?;
    Ok(())
}

/// The same service, some days ago in office hours: what is done with it carries that date.
fn back_then(cx: &Cx, days: i64, hour: i64) -> Cx {
    let day = cx.now().0.div_euclid(DAY) * DAY - days * DAY;
    // 09:00 in the city is 02:00 in UTC.
    let at = At(day + (2 + hour) * HOUR).min(cx.now());
    Cx::new(Inner {
        db: cx.db.clone(),
        search: cx.search.clone(),
        search_all: cx.search_all.clone(),
        mailer: cx.mailer.clone(),
        clock: Clock::set_to(at),
        config: cx.config.clone(),
    })
}
