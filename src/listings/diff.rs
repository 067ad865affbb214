//! What changed between two versions of a text, word by word.

/// A stretch of words that stayed, came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Same(String),
    Added(String),
    Removed(String),
}

/// Above this many pairs of words the two texts are shown whole, old and new: the table would grow too large.
const MOST_CELLS: usize = 4_000_000;

pub fn words(old: &str, new: &str) -> Vec<Piece> {
    let (before, after) = (split(old), split(new));
    // What is the same at both ends needs no table.
    let head = before
        .iter()
        .zip(&after)
        .take_while(|(one, other)| one == other)
        .count();
    let rest = before.len().min(after.len()) - head;
    let tail = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take(rest)
        .take_while(|(one, other)| one == other)
        .count();
    let (old_middle, new_middle) = (
        &before[head..before.len() - tail],
        &after[head..after.len() - tail],
    );
    let mut pieces = Vec::new();
    before[..head]
        .iter()
        .for_each(|word| push(&mut pieces, Piece::Same, word));
    if old_middle.len().saturating_mul(new_middle.len()) > MOST_CELLS {
        old_middle
            .iter()
            .for_each(|word| push(&mut pieces, Piece::Removed, word));
        new_middle
            .iter()
            .for_each(|word| push(&mut pieces, Piece::Added, word));
    } else {
        walk(old_middle, new_middle, &mut pieces);
    }
    before[before.len() - tail..]
        .iter()
        .for_each(|word| push(&mut pieces, Piece::Same, word));
    pieces
}

/// Longest common subsequence by the textbook table; texts are at most a few thousand words.
fn walk(old: &[&str], new: &[&str], pieces: &mut Vec<Piece>) {
    let width = new.len() + 1;
    let mut length = vec![0_u32; (old.len() + 1) * width];
    for one in (0..old.len()).rev() {
        for other in (0..new.len()).rev() {
            length[one * width + other] = if old[one] == new[other] {
                length[(one + 1) * width + other + 1] + 1
            } else {
                length[(one + 1) * width + other].max(length[one * width + other + 1])
            };
        }
    }
    let (mut one, mut other) = (0, 0);
    while one < old.len() || other < new.len() {
        if one < old.len() && other < new.len() && old[one] == new[other] {
            push(pieces, Piece::Same, old[one]);
            one += 1;
            other += 1;
        } else if other == new.len()
            || (one < old.len() && length[(one + 1) * width + other] >= length[one * width + other + 1])
        {
            push(pieces, Piece::Removed, old[one]);
            one += 1;
        } else {
            push(pieces, Piece::Added, new[other]);
            other += 1;
        }
    }
}

/// Words with the space that follows them, so that the pieces put together are the text.
fn split(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

fn push(pieces: &mut Vec<Piece>, kind: fn(String) -> Piece, word: &str) {
    let same_kind = pieces
        .last_mut()
        .filter(|last| std::mem::discriminant(&**last) == std::mem::discriminant(&kind(String::new())));
    match same_kind {
        Some(Piece::Same(text) | Piece::Added(text) | Piece::Removed(text)) => text.push_str(word),
        None => pieces.push(kind(word.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_changed_word_is_shown_alone() {
        assert_eq!(
            words("Đúng 8 trên 10 ảnh", "Đúng 9 trên 10 ảnh"),
            [
                Piece::Same("Đúng ".to_owned()),
                Piece::Removed("8 ".to_owned()),
                Piece::Added("9 ".to_owned()),
                Piece::Same("trên 10 ảnh".to_owned()),
            ]
        );
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_back(old in "([a-c]{1,2} ){0,12}", new in "([a-c]{1,2} ){0,12}") {
            let pieces = words(&old, &new);
            let side = |drop_added: bool| pieces.iter().map(|piece| match piece {
                Piece::Same(text) => text.as_str(),
                Piece::Added(text) => if drop_added { "" } else { text.as_str() },
                Piece::Removed(text) => if drop_added { text.as_str() } else { "" },
            }).collect::<String>();
            prop_assert_eq!(side(true), old);
            prop_assert_eq!(side(false), new);
        }
    }
}
