//! A statement and the values on their way into it.

use std::borrow::Cow;

use uuid::Uuid;

use crate::kit::clock::At;

/// A statement with its values: `sql("select … where id = $1").bind(id)`.
#[derive(Debug, Clone)]
pub struct Sql {
    pub(super) text: String,
    pub(super) args: Vec<Arg>,
}

pub fn sql(text: impl Into<Cow<'static, str>>) -> Sql {
    Sql {
        text: text.into().into_owned(),
        args: Vec::new(),
    }
}

impl Sql {
    #[must_use]
    pub fn bind(mut self, value: impl Into<Arg>) -> Sql {
        self.args.push(value.into());
        self
    }

    /// Binds many values at the place of `{}` in the text, as `$3, $4, …` (or `null` for none).
    #[must_use]
    pub fn bind_list<T: Into<Arg>>(mut self, values: impl IntoIterator<Item = T>) -> Sql {
        let first = self.args.len();
        self.args.extend(values.into_iter().map(Into::into));
        let marks: Vec<String> = (first..self.args.len())
            .map(|at| format!("${}", at + 1))
            .collect();
        let list = if marks.is_empty() {
            "null".to_owned()
        } else {
            marks.join(", ")
        };
        self.text = self.text.replacen("{}", &list, 1);
        self
    }
}

/// A value on its way into a statement; `None` is a typed null, as PostgreSQL wants it.
#[derive(Debug, Clone)]
pub enum Arg {
    Bool(Option<bool>),
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Id(Option<Uuid>),
    Json(Option<serde_json::Value>),
}

macro_rules! arg_from {
    ($($kind:ident($type:ty): $from:ty => |$value:ident| $into:expr;)*) => {$(
        impl From<$from> for Arg {
            fn from($value: $from) -> Arg { Arg::$kind(Some($into)) }
        }
        impl From<Option<$from>> for Arg {
            fn from(value: Option<$from>) -> Arg { Arg::$kind(value.map(|$value| -> $type { $into })) }
        }
    )*};
}

arg_from! {
    Bool(bool): bool => |value| value;
    Int(i64): i64 => |value| value;
    Int(i64): At => |value| value.0;
    Real(f64): f64 => |value| value;
    Text(String): String => |value| without_nul(value);
    Text(String): &String => |value| without_nul(value.clone());
    Text(String): &str => |value| without_nul(value.to_owned());
    Bytes(Vec<u8>): Vec<u8> => |value| value;
    Id(Uuid): Uuid => |value| value;
    Json(serde_json::Value): serde_json::Value => |value| value;
}

/// PostgreSQL takes no NUL in a text, and nobody types one: what came by an address or a file loses it here, so that
/// both databases see the same.
fn without_nul(mut text: String) -> String {
    if text.contains('\0') {
        text.retain(|letter| letter != '\0');
    }
    text
}

/// A statement as a query of sqlx (`query` or `query_as`), for whichever driver runs it.
macro_rules! bound {
    ($query:ident, $statement:expr) => {{
        let mut query = sqlx::$query(sqlx::AssertSqlSafe($statement.text));
        for arg in $statement.args {
            query = match arg {
                $crate::kit::db::Arg::Bool(value) => query.bind(value),
                $crate::kit::db::Arg::Int(value) => query.bind(value),
                $crate::kit::db::Arg::Real(value) => query.bind(value),
                $crate::kit::db::Arg::Text(value) => query.bind(value),
                $crate::kit::db::Arg::Bytes(value) => query.bind(value),
                $crate::kit::db::Arg::Id(value) => query.bind(value),
                $crate::kit::db::Arg::Json(value) => query.bind(value.map(sqlx::types::Json)),
            };
        }
        query
    }};
}
pub(super) use bound;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_bound_without_nul() {
        for arg in [
            Arg::from("\0a\0b"),
            Arg::from("ab".to_owned()),
            Arg::from(Some("ab\0")),
        ] {
            assert!(matches!(&arg, Arg::Text(Some(text)) if text == "ab"), "{arg:?}");
        }
    }
}
