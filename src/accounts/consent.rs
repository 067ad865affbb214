//! Consent, purpose by purpose: the words people are shown, and the ledger of what they said to them.
//!
//! Nothing is ticked in advance, nothing is agreed to in somebody's place: whoever an operator enters has no row here
//! until they tick a box themselves.

use std::borrow::Borrow;

use super::{Actor, Frequency, Kind, Person, preferences, store};
use crate::ids::PersonId;
use crate::kit::clock::{At, new_id};
use crate::kit::db::{Tx, codes};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::{Cx, mail};

codes! {
    pub enum Purpose {
        /// The account, and matchmaking with what its person writes. Without it there is no account.
        Terms = "terms",
        /// Letters of the [`Kind`]s one may refuse.
        Letters = "letters",
    }
}

/// The words of a purpose, as people were shown them. What was once agreed to stays readable: a row never changes,
/// new words are a new row with a new version, below the old ones.
pub struct Wording {
    pub purpose: Purpose,
    pub version: &'static str,
    pub vi: &'static str,
    pub en: &'static str,
}

const WORDINGS: &[Wording] = &[
    Wording {
        purpose: Purpose::Terms,
        version: "2026-11",
        vi: "Tôi đồng ý với điều khoản và việc xử lý dữ liệu cá nhân như đã nêu.",
        en: "I agree to the terms and to the processing of my personal data as described.",
    },
    Wording {
        purpose: Purpose::Letters,
        version: "2026-11",
        vi: "Gửi thư cho tôi khi có đối tác phù hợp hoặc tin nhắn mới.",
        en: "Write to me about fitting partners and new messages.",
    },
];

impl Purpose {
    /// What a form asks today.
    pub fn words(self, lang: impl Borrow<Lang>) -> &'static str {
        self.today()
            .map_or("", |wording| lang.borrow().t(wording.vi, wording.en))
    }

    pub fn label(self, lang: impl Borrow<Lang>) -> &'static str {
        let lang = *lang.borrow();
        match self {
            Purpose::Terms => lang.t("Tài khoản và ghép nối", "The account and matchmaking"),
            Purpose::Letters => lang.t("Thư gợi ý và tin tức", "Letters with suggestions and news"),
        }
    }

    fn today(self) -> Option<&'static Wording> {
        WORDINGS.iter().rev().find(|wording| wording.purpose == self)
    }
}

/// A line of the ledger.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Consent {
    pub purpose: Purpose,
    pub version: String,
    pub given_at: At,
    pub withdrawn_at: Option<At>,
}

impl Consent {
    /// What the person was shown when they agreed.
    pub fn words(&self, lang: impl Borrow<Lang>) -> &'static str {
        let shown = |wording: &&Wording| wording.purpose == self.purpose && wording.version == self.version;
        let found = WORDINGS.iter().find(shown);
        found.map_or("", |wording| lang.borrow().t(wording.vi, wording.en))
    }

    pub fn holds(&self) -> bool {
        self.withdrawn_at.is_none()
    }
}

/// All a person ever agreed to, the oldest first.
pub async fn ledger(cx: &Cx, person: PersonId) -> Result<Vec<Consent>, Fault> {
    store::consents::of_person(&cx.db, person).await
}

/// Takes back consent to one purpose; the others stand. The account itself is closed on a page of its own, since
/// all that hangs on it goes with it.
pub async fn withdraw(cx: &Cx, actor: &Actor, purpose: Purpose) -> Result<(), Fault> {
    if purpose == Purpose::Terms {
        return Err(Fault::stale(
            "Không có sự đồng ý này thì không có tài khoản. Muốn rút lại, hãy xóa tài khoản trong Cài đặt.",
            "There is no account without this consent. To withdraw it, delete the account in your settings.",
        ));
    }
    let mut tx = cx.db.begin().await?;
    take_back(cx, &mut tx, actor.id, purpose).await?;
    tx.commit().await
}

/// Notes that a person agreed, now and to today's words; whoever agrees already need not again.
pub(super) async fn give(cx: &Cx, tx: &mut Tx, person: PersonId, purpose: Purpose) -> Result<(), Fault> {
    let held = store::consents::of_person(&mut *tx, person).await?;
    let (Some(today), false) = (
        purpose.today(),
        held.iter().any(|one| one.purpose == purpose && one.holds()),
    ) else {
        return Ok(());
    };
    store::consents::add(tx, new_id(), person, purpose, today.version, cx.now()).await
}

/// For someone who signs up anew before confirming: what was ticked last counts.
pub(super) async fn begin_anew(tx: &mut Tx, person: PersonId) -> Result<(), Fault> {
    store::consents::clear(tx, person).await
}

/// What waits in the outbox for a purpose is not sent once the purpose is withdrawn.
pub(super) async fn take_back(cx: &Cx, tx: &mut Tx, person: PersonId, purpose: Purpose) -> Result<(), Fault> {
    store::consents::withdraw(tx, person, purpose, cx.now()).await?;
    if purpose == Purpose::Letters {
        let person = store::person(&mut *tx, person).await?;
        for kind in Kind::ALL {
            hold_back(cx, tx, &person, *kind).await?;
        }
    }
    Ok(())
}

/// Chooses how often letters of a kind come; *never* also holds for those that wait in the outbox.
pub(super) async fn choose(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    kind: Kind,
    frequency: Frequency,
) -> Result<(), Fault> {
    store::preferences::set(tx, person.id, kind, frequency).await?;
    if frequency == Frequency::Never {
        hold_back(cx, tx, person, kind).await?;
    }
    Ok(())
}

async fn hold_back(cx: &Cx, tx: &mut Tx, person: &Person, kind: Kind) -> Result<(), Fault> {
    mail::hold_back(tx, &preferences::unsubscribe_url(cx, person, kind)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What people agreed to must be found again: a new wording needs a version of its own.
    #[test]
    fn a_version_says_one_thing() {
        for (at, one) in WORDINGS.iter().enumerate() {
            let same = |other: &Wording| other.purpose == one.purpose && other.version == one.version;
            assert!(
                !WORDINGS[at + 1..].iter().any(same),
                "{} {}",
                one.purpose,
                one.version
            );
        }
        let first: Vec<&str> = WORDINGS[..2].iter().map(|wording| wording.vi).collect();
        assert_eq!(
            first,
            [
                "Tôi đồng ý với điều khoản và việc xử lý dữ liệu cá nhân như đã nêu.",
                "Gửi thư cho tôi khi có đối tác phù hợp hoặc tin nhắn mới."
            ],
            "these words were agreed to and cannot change; write a new row"
        );
    }
}
