//! How long what is kept. One table says it of every table of the database: the purge runs from it, the page on
//! personal data shows it, `docs/retention.md` is written from it, and a test finds the table it forgot.

use std::borrow::Borrow;

use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

mod rules;
mod store;

pub use rules::rules;
pub use store::Purge;

/// A text in both languages.
type Twin = (&'static str, &'static str);

/// What holds for a table. One that keeps two sorts of rows has two rules.
pub struct Rule {
    pub table: &'static str,
    pub what: Twin,
    pub why: Twin,
    pub kept: Kept,
    pub theirs: Theirs,
}

/// How long rows stay.
pub enum Kept {
    /// Deleted after so many days.
    Days { days: i64, purge: Purge },
    /// After so many days the words go; the bare fact stays.
    Words { days: i64, purge: Purge },
    /// As long as the row of another table on which it hangs.
    With(&'static str),
    /// Until its person deletes the account, or takes it back.
    Account,
    /// Until something else than time ends it.
    Until(Twin),
    /// For good, without anybody's name.
    Stays,
}

/// Where a person finds what a table says of them, in the file they can take away.
pub enum Theirs {
    /// Below this path of the file.
    At(&'static str),
    /// Not in it, for this reason.
    Not(&'static str),
    /// It says nothing of people.
    Nobody,
}

impl Rule {
    pub fn what(&self, lang: impl Borrow<Lang>) -> &'static str {
        lang.borrow().t(self.what.0, self.what.1)
    }

    pub fn why(&self, lang: impl Borrow<Lang>) -> &'static str {
        lang.borrow().t(self.why.0, self.why.1)
    }

    pub fn how_long(&self, lang: impl Borrow<Lang>) -> String {
        let lang = *lang.borrow();
        match &self.kept {
            Kept::Days { days: 0, .. } => lang.t("đến khi hết hạn", "until it runs out").to_owned(),
            Kept::Days { days, .. } => lang.fill("{} ngày", "{} days", &[&lang.number(*days)]),
            Kept::Words { days, .. } => lang.fill(
                "nội dung {} ngày, sau đó chỉ còn lại rằng việc ấy đã diễn ra",
                "its words for {} days, then the bare fact",
                &[&lang.number(*days)],
            ),
            Kept::With(table) => {
                let rule = rules().find(|rule| rule.table == *table);
                let of = rule.map_or("", |rule| rule.what(lang));
                lang.fill("cùng với: {}", "as long as: {}", &[&of])
            }
            Kept::Account => lang
                .t(
                    "đến khi bạn đổi, bỏ hoặc xóa tài khoản",
                    "until you change it, take it back or delete your account",
                )
                .to_owned(),
            Kept::Until((vi, en)) => lang.t(vi, en).to_owned(),
            Kept::Stays => lang
                .t("giữ lại, không gắn với tên ai", "stays, without anybody's name")
                .to_owned(),
        }
    }
}

/// Deletes and empties what has had its time; says how many rows it touched. Twice is the same as once.
pub async fn purge(cx: &Cx) -> Result<u64, Fault> {
    let mut touched = 0;
    let mut tx = cx.db.begin().await?;
    for rule in rules() {
        if let Kept::Days { days, purge } | Kept::Words { days, purge } = rule.kept {
            touched += store::purge(&mut tx, purge, cx.now().plus_days(-days)).await?;
        }
    }
    tx.commit().await?;
    Ok(touched)
}

/// The whole table as the documentation shows it.
pub fn as_markdown() -> String {
    let mut text = String::from(
        "# How long what is kept\n\n\
         Written from `src/retention/rules`, from which the purge runs too (`RETENTION_DOC=write cargo test \
         retention` writes this page anew). *In my data* says where a person finds what a table holds about them in \
         the file of Settings › Download.\n\n\
         | table | what | how long | why | in my data |\n|---|---|---|---|---|\n",
    );
    for rule in rules() {
        let theirs = match &rule.theirs {
            Theirs::At(path) => format!("`{path}`"),
            Theirs::Not(reason) => format!("no: {reason}"),
            Theirs::Nobody => "says nothing of people".to_owned(),
        };
        let (what, how_long, why) = (rule.what(Lang::En), rule.how_long(Lang::En), rule.why(Lang::En));
        text += &format!("| {} | {what} | {how_long} | {why} | {theirs} |\n", rule.table);
    }
    text
}
