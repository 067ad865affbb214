//! Evidence a coordinator has looked up: a mark that says who did so and when. It holds for the very words that
//! were checked; whoever changes them begins again without it.

use sha2::{Digest as _, Sha256};
use sqlx::types::Json;

use super::{Content, Evidence, store, writer};
use crate::accounts::{self, Actor};
use crate::events::{self, Event};
use crate::ids::{ListingId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;

impl Evidence {
    /// Names a piece by what it says, so that a page read earlier can never mark words written since.
    pub fn mark(&self) -> String {
        let said = [&self.kind, &self.what, &self.reference];
        let hash = said.iter().fold(Sha256::new(), |hash, part| {
            hash.chain_update(part.as_bytes()).chain_update([0])
        });
        hash.finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// It says the same, whoever checked it.
    pub fn says_what(&self, other: &Evidence) -> bool {
        self.kind == other.kind && self.what == other.what && self.reference == other.reference
    }
}

/// Marks a piece as checked, or takes the mark away: in the working copy and in what readers see, wherever it says
/// the same. Nobody checks what their own organisation claims.
pub async fn set_checked(
    cx: &Cx,
    coordinator: &Actor,
    id: ListingId,
    mark: &str,
    checked: bool,
) -> Result<(), Fault> {
    let read = store::get(&cx.db, id).await?;
    if writer::owns(cx, coordinator, &read).await? {
        return Err(Fault::stale(
            "Đây là minh chứng của chính bạn hoặc tổ chức bạn: một điều phối viên khác phải kiểm tra.",
            "This is your own evidence or your organisation's: another coordinator must check it.",
        ));
    }
    let stamp = checked.then(|| (coordinator.id, cx.now()));
    let mut marked = read.clone();
    let mut draft = read.draft().clone();
    let in_draft = restamp(&mut draft, mark, stamp);
    marked.draft = Some(Json(draft));
    let in_live = marked
        .live
        .as_mut()
        .map_or(Stamped::Absent, |live| restamp(live, mark, stamp));
    match (in_draft, in_live) {
        (Stamped::Absent, Stamped::Absent) => return Err(reworded()),
        (Stamped::Changed, _) | (_, Stamped::Changed) => {}
        _ => return Ok(()),
    }
    let mut tx = cx.db.begin().await?;
    if !store::stamp(&mut tx, &read, &marked, cx.now()).await? {
        return Err(reworded());
    }
    let act = if checked {
        "evidence:checked"
    } else {
        "evidence:unchecked"
    };
    accounts::audit(cx, &mut tx, act, coordinator.by(), Some(id.0)).await?;
    if in_live == Stamped::Changed {
        events::record(
            cx,
            &mut tx,
            coordinator.by(),
            &Event::ListingChanged { listing: id },
        )
        .await?;
    }
    tx.commit().await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stamped {
    Absent,
    AsBefore,
    Changed,
}

/// Who checked first stays named when somebody checks again.
fn restamp(content: &mut Content, mark: &str, stamp: Option<(PersonId, At)>) -> Stamped {
    let mut done = Stamped::Absent;
    for piece in content.evidence.iter_mut().filter(|piece| piece.mark() == mark) {
        if piece.checked.is_some() != stamp.is_some() {
            piece.checked = stamp;
            done = Stamped::Changed;
        } else if done == Stamped::Absent {
            done = Stamped::AsBefore;
        }
    }
    done
}

fn reworded() -> Fault {
    Fault::stale(
        "Minh chứng này vừa được sửa. Hãy mở lại trang và đọc bản mới.",
        "This piece of evidence has just been changed. Open the page again and read the new one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_names_the_words_and_nothing_else() {
        let piece = |kind: &str, what: &str| Evidence {
            kind: kind.to_owned(),
            what: what.to_owned(),
            reference: String::new(),
            checked: None,
        };
        let one = piece("test", "98 % trên 1.000 ảnh");
        let seen = Evidence {
            checked: Some((PersonId::new(), At(0))),
            ..one.clone()
        };
        assert_eq!(one.mark(), seen.mark());
        assert_ne!(one.mark(), piece("test", "99 % trên 1.000 ảnh").mark());
        assert_ne!(piece("ab", "c").mark(), piece("a", "bc").mark());
    }

    #[test]
    fn who_checked_first_stays_named() {
        let (first, second) = ((PersonId::new(), At(1)), (PersonId::new(), At(2)));
        let mut content = Content {
            evidence: vec![Evidence {
                kind: "award".to_owned(),
                what: "Giải nhất".to_owned(),
                reference: String::new(),
                checked: None,
            }],
            ..Content::default()
        };
        let mark = content.evidence[0].mark();
        assert_eq!(restamp(&mut content, "another", Some(first)), Stamped::Absent);
        assert_eq!(restamp(&mut content, &mark, Some(first)), Stamped::Changed);
        assert_eq!(restamp(&mut content, &mark, Some(second)), Stamped::AsBefore);
        assert_eq!(content.evidence[0].checked, Some(first));
        assert_eq!(restamp(&mut content, &mark, None), Stamped::Changed);
    }
}
