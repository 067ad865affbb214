//! What can go wrong, as the reader will meet it. A verb returns a `Fault` with `?`; the edge
//! (`web::guard`) logs it once and shows a page in the reader's language.

use std::borrow::Cow;
use std::fmt;

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub vi: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

pub fn said(vi: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Said {
    Said {
        vi: vi.into(),
        en: en.into(),
    }
}

/// A fault of one field of a form or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub field: Cow<'static, str>,
    pub said: Said,
}

#[derive(Debug)]
pub enum Fault {
    /// No such thing, or none that this reader may know of.
    Missing,
    /// The reader is known and may not.
    Forbidden,
    /// The reader must sign in first.
    SignIn,
    /// The thing has moved on; the sentence says to where and by whom, if known.
    Stale(Option<Said>),
    /// What was sent cannot be taken; all faults at once.
    Invalid(Vec<Flaw>),
    TooMany,
    TooLarge,
    TooSlow,
    /// The disk is full, or cannot be written: reading goes on, writing does not.
    Full,
    /// This change and another stood in each other's way, the database undid this one, and it could not be made again.
    Clash,
    /// This change waited for another one for as long as anybody should.
    Busy,
    /// A fault of ours.
    Broken(anyhow::Error),
}

impl Fault {
    pub fn stale(vi: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Fault {
        Fault::Stale(Some(said(vi, en)))
    }

    pub fn flaw(
        field: &'static str,
        vi: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Fault {
        Fault::Invalid(vec![Flaw {
            field: Cow::Borrowed(field),
            said: said(vi, en),
        }])
    }

    pub fn broken(why: impl fmt::Display) -> Fault {
        Fault::Broken(anyhow::anyhow!("{why}"))
    }

    pub fn status(&self) -> u16 {
        match self {
            Fault::Missing => 404,
            Fault::Forbidden => 403,
            Fault::SignIn => 401,
            Fault::Stale(_) => 409,
            Fault::Invalid(_) => 422,
            Fault::TooMany => 429,
            Fault::TooLarge => 413,
            Fault::TooSlow => 408,
            Fault::Full => 507,
            Fault::Clash | Fault::Busy => 503,
            Fault::Broken(_) => 500,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Missing => f.write_str("missing"),
            Fault::Forbidden => f.write_str("forbidden"),
            Fault::SignIn => f.write_str("sign-in needed"),
            Fault::Stale(None) => f.write_str("stale"),
            Fault::Stale(Some(said)) => write!(f, "stale: {}", said.en),
            Fault::Invalid(flaws) => {
                f.write_str("invalid:")?;
                flaws
                    .iter()
                    .try_for_each(|flaw| write!(f, " {}: {};", flaw.field, flaw.said.en))
            }
            Fault::TooMany => f.write_str("too many requests"),
            Fault::TooLarge => f.write_str("too large"),
            Fault::TooSlow => f.write_str("too slow"),
            Fault::Full => f.write_str("disk full"),
            Fault::Clash => f.write_str("undone in favour of another change"),
            Fault::Busy => f.write_str("another change did not end in time"),
            Fault::Broken(why) => write!(f, "{why:#}"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<anyhow::Error> for Fault {
    fn from(why: anyhow::Error) -> Fault {
        Fault::Broken(why)
    }
}

impl From<askama::Error> for Fault {
    fn from(why: askama::Error) -> Fault {
        Fault::Broken(anyhow::Error::new(why).context("template"))
    }
}

impl From<serde_json::Error> for Fault {
    fn from(why: serde_json::Error) -> Fault {
        Fault::Broken(anyhow::Error::new(why).context("json"))
    }
}

impl From<tokio::task::JoinError> for Fault {
    fn from(why: tokio::task::JoinError) -> Fault {
        Fault::Broken(anyhow::Error::new(why).context("background task"))
    }
}

impl From<sqlx::Error> for Fault {
    fn from(why: sqlx::Error) -> Fault {
        if matches!(why, sqlx::Error::RowNotFound) {
            return Fault::Missing;
        }
        let code = why.as_database_error().and_then(sqlx::error::DatabaseError::code);
        match code {
            Some(code) if cannot_write(&code) => {
                tracing::warn!(%why, "the database cannot be written");
                Fault::Full
            }
            Some(code) if is_clash(&code) => Fault::Clash,
            Some(code) if is_busy(&code) => Fault::Busy,
            _ => Fault::Broken(anyhow::Error::new(why).context("database")),
        }
    }
}

/// PostgreSQL: a serialization failure, a deadlock.
fn is_clash(code: &str) -> bool {
    matches!(code, "40001" | "40P01")
}

/// PostgreSQL: a lock was not given in time. SQLite: locked by another program, such as an import.
fn is_busy(code: &str) -> bool {
    code == "55P03" || sqlite(code) == Some(5)
}

/// PostgreSQL: disk full, read-only. SQLite, by the first byte: read-only, full; by the whole code: a write, a sync or
/// the growth of a file that the disk refused.
fn cannot_write(code: &str) -> bool {
    const REFUSED: [&str; 5] = ["778", "1034", "1290", "1546", "4874"];
    match code {
        "53100" | "25006" => true,
        other => matches!(sqlite(other), Some(8 | 13)) || REFUSED.contains(&other),
    }
}

/// The first byte of a code of SQLite, which says the kind; PostgreSQL's are always of five characters.
fn sqlite(code: &str) -> Option<u32> {
    let number: u32 = code.parse().ok().filter(|_| code.len() < 5)?;
    Some(number & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_takes_nothing_is_told_from_a_fault_of_ours() {
        for code in ["13", "8", "1032", "778", "53100", "25006"] {
            assert!(cannot_write(code), "{code}");
        }
        for code in ["5", "261", "517", "55P03"] {
            assert!(is_busy(code) && !is_clash(code) && !cannot_write(code), "{code}");
        }
        // A constraint, a busy database, a serialisation failure of PostgreSQL, a missing table.
        for code in ["2067", "5", "40001", "42P01", "53200"] {
            assert!(!cannot_write(code), "{code}");
        }
        assert!(!["2067", "42P01", "53200", "00005"].into_iter().any(is_busy));
    }
}
