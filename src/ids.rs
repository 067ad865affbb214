//! Typed ids, so a pairing's is never taken for a listing's; and who did a thing.

use crate::kit::clock::new_id;
use crate::kit::db::Arg;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),* $(,)?) => {$(
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, sqlx::Type,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            #[expect(clippy::new_without_default, reason = "a default id would be a new one each time")]
            pub fn new() -> $name {
                $name(new_id())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<$name, uuid::Error> {
                text.parse().map($name)
            }
        }

        impl From<$name> for Arg {
            fn from(id: $name) -> Arg {
                Arg::Id(Some(id.0))
            }
        }

        impl From<Option<$name>> for Arg {
            fn from(id: Option<$name>) -> Arg {
                Arg::Id(id.map(|id| id.0))
            }
        }
    )*};
}

ids! {
    PersonId,
    SessionId,
    OrgId,
    ListingId,
    NoteId,
    ReportId,
    SearchId,
    RequestId,
    PairingId,
    MessageId,
    OutcomeId,
    LetterId,
    JobId,
    UploadId,
    ApiTokenId,
}

/// Who did it: a person, or the service by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Person(PersonId),
    Service,
}

impl By {
    pub fn person(self) -> Option<PersonId> {
        match self {
            By::Person(id) => Some(id),
            By::Service => None,
        }
    }
}
