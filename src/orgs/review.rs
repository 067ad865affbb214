//! A coordinator's look at an organisation: what speaks for it and what against, verification, and pairs
//! of organisations that shall not be suggested to each other.

use super::{Org, names, store, tax};
use crate::accounts::{self, Coordinator};
use crate::events::{self, Event};
use crate::ids::OrgId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::{Fault, Said, said};

const MOST: i64 = 100;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Yes,
    No,
    Maybe,
}

impl Verdict {
    /// The class that shows it.
    pub fn class(self) -> &'static str {
        match self {
            Verdict::Yes => "yes",
            Verdict::No => "no",
            Verdict::Maybe => "maybe",
        }
    }
}

/// An organisation that waits, with what the service found out by itself.
#[derive(Debug)]
pub struct Candidate {
    pub org: Org,
    pub checks: Vec<(Verdict, Said)>,
}

/// Two organisations that shall not meet.
#[derive(Debug)]
pub struct Block {
    pub one: Org,
    pub other: Org,
    pub since: At,
}

pub async fn queue(cx: &Cx) -> Result<Vec<Candidate>, Fault> {
    let mut queue = Vec::new();
    for org in store::review::waiting(&cx.db, MOST).await? {
        let checks = checks(cx, &org).await?;
        queue.push(Candidate { org, checks });
    }
    Ok(queue)
}

/// How many organisations wait to be verified.
pub async fn count_waiting(cx: &Cx) -> Result<i64, Fault> {
    store::review::count_waiting(&cx.db).await
}

pub async fn verify(cx: &Cx, by: &Coordinator, id: OrgId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if !store::review::set_verified(&mut tx, id, Some(cx.now()), Some(by.0.id)).await? {
        return Err(Fault::Stale(None));
    }
    events::record(cx, &mut tx, by.0.by(), &Event::OrganisationVerified { org: id }).await?;
    tx.commit().await
}

pub async fn withdraw_verification(cx: &Cx, by: &Coordinator, id: OrgId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if !store::review::set_verified(&mut tx, id, None, None).await? {
        return Err(Fault::Stale(None));
    }
    events::record(cx, &mut tx, by.0.by(), &Event::OrganisationChanged { org: id }).await?;
    tx.commit().await
}

pub async fn blocks(cx: &Cx) -> Result<Vec<Block>, Fault> {
    let mut blocks = Vec::new();
    for (one, other, since) in store::review::blocks(&cx.db).await? {
        let one = store::get(&cx.db, one).await?;
        let other = store::get(&cx.db, other).await?;
        blocks.push(Block { one, other, since });
    }
    Ok(blocks)
}

pub async fn block(cx: &Cx, by: &Coordinator, one: OrgId, other: OrgId) -> Result<(), Fault> {
    if one == other {
        return Err(Fault::flaw(
            "other",
            "Hãy chọn hai tổ chức khác nhau.",
            "Choose two different organisations.",
        ));
    }
    let mut tx = cx.db.begin().await?;
    store::review::block(&mut tx, one, other, cx.now()).await?;
    accounts::audit(cx, &mut tx, "block:set", by.0.by(), Some(one.0)).await?;
    tx.commit().await
}

pub async fn unblock(cx: &Cx, by: &Coordinator, one: OrgId, other: OrgId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    store::review::unblock(&mut tx, one, other).await?;
    accounts::audit(cx, &mut tx, "block:lifted", by.0.by(), Some(one.0)).await?;
    tx.commit().await
}

async fn checks(cx: &Cx, org: &Org) -> Result<Vec<(Verdict, Said)>, Fault> {
    let members = store::members(&cx.db, org.id).await?;
    let emails: Vec<&str> = members.iter().map(|member| member.email.as_str()).collect();
    let mut checks = vec![address_check(org.website.as_deref(), &emails)];
    checks.push(match org.tax_code.as_deref() {
        None => (
            Verdict::Maybe,
            said("Chưa có mã số thuế.", "There is no tax code."),
        ),
        Some(code) if tax::parse(code).is_none() => (
            Verdict::No,
            said(
                format!("Mã số thuế {code} sai số kiểm tra."),
                format!("Tax code {code} fails its check digit."),
            ),
        ),
        Some(code) if store::review::same_tax_code(&cx.db, org.id, code).await? > 0 => (
            Verdict::No,
            said(
                format!("Mã số thuế {code} đã có ở tổ chức khác."),
                format!("Another organisation has tax code {code}."),
            ),
        ),
        Some(code) => (
            Verdict::Yes,
            said(
                format!("Mã số thuế {code} đúng số kiểm tra."),
                format!("Tax code {code} has the right check digit."),
            ),
        ),
    });
    let twins = twins(cx, org).await?;
    checks.push(if twins.is_empty() {
        (
            Verdict::Yes,
            said("Không tổ chức nào trùng tên.", "No other has the same name."),
        )
    } else {
        let list = twins.join(", ");
        (
            Verdict::Maybe,
            said(format!("Tên gần giống: {list}."), format!("Names alike: {list}.")),
        )
    });
    Ok(checks)
}

/// Whether those who registered it write from its own domain.
fn address_check(website: Option<&str>, emails: &[&str]) -> (Verdict, Said) {
    let Some(host) = website.and_then(host_of) else {
        return (
            Verdict::Maybe,
            said(
                "Chưa có trang web để đối chiếu.",
                "There is no website to compare with.",
            ),
        );
    };
    let belongs = |email: &&str| {
        let domain = email.rsplit('@').next().unwrap_or_default();
        domain == host || domain.ends_with(&format!(".{host}")) || host.ends_with(&format!(".{domain}"))
    };
    if emails.iter().any(belongs) {
        (
            Verdict::Yes,
            said(
                format!("Thành viên dùng địa chỉ thư của {host}."),
                format!("A member writes from {host}."),
            ),
        )
    } else {
        (
            Verdict::No,
            said(
                format!("Không thành viên nào dùng địa chỉ thư của {host}."),
                format!("No member writes from {host}."),
            ),
        )
    }
}

fn host_of(website: &str) -> Option<&str> {
    let rest = website.split_once("://").map_or(website, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    host.contains('.').then_some(host)
}

/// Names of other organisations that hold the same words.
async fn twins(cx: &Cx, org: &Org) -> Result<Vec<String>, Fault> {
    let mut twins = Vec::new();
    for name in [&org.name_vi, &org.name_en] {
        if names::key(name).is_empty() {
            continue;
        }
        for other in store::find_by_name(&cx.db, name, 5).await? {
            let name = other.name(crate::kit::lang::Lang::Vi).to_owned();
            if other.id != org.id && !twins.contains(&name) {
                twins.push(name);
            }
        }
    }
    Ok(twins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_the_domain_speaks_for_it() {
        let check = |website, email: &str| address_check(website, &[email]).0;
        assert_eq!(
            check(Some("https://www.cty.example/vi"), "lan@cty.example"),
            Verdict::Yes
        );
        assert_eq!(
            check(Some("https://cse.truong.example"), "lan@truong.example"),
            Verdict::Yes
        );
        assert_eq!(
            check(Some("https://cty.example"), "lan@gmail.example"),
            Verdict::No
        );
        assert_eq!(
            check(Some("https://cty.example"), "lan@notcty.example"),
            Verdict::No
        );
        assert_eq!(check(None, "lan@cty.example"), Verdict::Maybe);
    }
}
