//! Closed lists of words, as the trade writes them down: an enum on this side, text everywhere else.

/// Codes stored as text: an enum with its words, readable from both databases, from forms and from JSON.
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            pub fn from_code(code: &str) -> Option<$name> {
                match code { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.serialize_str(self.code()) }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                $name::from_code(&code).ok_or_else(|| serde::de::Error::custom(format!("unknown code {code:?}")))
            }
        }

        impl From<$name> for $crate::kit::db::Arg {
            fn from(value: $name) -> Self { $crate::kit::db::Arg::Text(Some(value.code().to_owned())) }
        }

        impl From<Option<$name>> for $crate::kit::db::Arg {
            fn from(value: Option<$name>) -> Self {
                $crate::kit::db::Arg::Text(value.map(|value| value.code().to_owned()))
            }
        }

        impl<DB: sqlx::Database> sqlx::Type<DB> for $name where String: sqlx::Type<DB> {
            fn type_info() -> DB::TypeInfo { <String as sqlx::Type<DB>>::type_info() }
            fn compatible(info: &DB::TypeInfo) -> bool { <String as sqlx::Type<DB>>::compatible(info) }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $name where String: sqlx::Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                let code = <String as sqlx::Decode<'r, DB>>::decode(value)?;
                $name::from_code(&code).ok_or_else(|| format!("unknown {} {code:?}", stringify!($name)).into())
            }
        }
    };
}
pub use codes;
