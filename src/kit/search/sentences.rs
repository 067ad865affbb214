//! Where sentences end, and how a long text is cut into passages worth embedding.

use std::ops::Range;

use super::prose::prose;

/// A passage is about as long as the model reads with full attention to each word.
const PASSAGE: usize = 320;
/// Beyond this a text repeats itself; each passage costs an embedding and a row of memory.
const MOST_PASSAGES: usize = 8;

/// The sentences of a text as byte ranges, trimmed, without empty ones.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        let ends = match c {
            '\n' | '…' | '。' => true,
            // `2.5` and `pgs.ts` go on; a full stop before a space does not.
            '.' | '!' | '?' | ';' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends {
            push_trimmed(&mut found, text, from..at + c.len_utf8());
            from = at + c.len_utf8();
        }
    }
    push_trimmed(&mut found, text, from..text.len());
    found
}

/// What is embedded of a text: first the whole in short, then its sentences in groups.
pub fn passages(title: &str, summary: &str, rest: &str) -> Vec<String> {
    let [title, summary, rest] = &[title, summary, rest].map(prose);
    let whole = joined(title, summary);
    let mut passages = vec![if whole.is_empty() { rest.to_string() } else { whole }];
    let body = joined(summary, rest);
    let groups = groups(&body);
    // One group says again what the whole has said, unless the whole was cut from another text.
    if groups.len() > 1 || !rest.trim().is_empty() && !summary.trim().is_empty() {
        passages.extend(groups);
    }
    passages.retain(|passage| !passage.trim().is_empty());
    passages
}

fn groups(text: &str) -> Vec<String> {
    let mut groups: Vec<String> = Vec::new();
    let mut room = 0;
    for sentence in sentences(text) {
        let length = text[sentence.clone()].chars().count();
        if room < length || groups.is_empty() {
            if groups.len() == MOST_PASSAGES {
                break;
            }
            groups.push(text[sentence].to_owned());
            room = PASSAGE.saturating_sub(length);
        } else if let Some(group) = groups.last_mut() {
            group.push(' ');
            group.push_str(&text[sentence]);
            room -= length;
        }
    }
    groups
}

fn joined(one: &str, other: &str) -> String {
    let (one, other) = (one.trim(), other.trim());
    match (one.is_empty(), other.is_empty()) {
        (true, _) => other.to_owned(),
        (_, true) => one.to_owned(),
        _ if one.ends_with(['.', '!', '?', ':']) => format!("{one} {other}"),
        _ => format!("{one}. {other}"),
    }
}

fn push_trimmed(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let piece = &text[range.clone()];
    let from = range.start + (piece.len() - piece.trim_start().len());
    let to = range.end - (piece.len() - piece.trim_end().len());
    if from < to && text[from..to].contains(char::is_alphanumeric) {
        found.push(from..to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_point_ends_no_sentence() {
        let text = "Độ chính xác 92.5 %. Chạy trên điện thoại!\nKhông cần mạng";
        let cut: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(
            cut,
            ["Độ chính xác 92.5 %.", "Chạy trên điện thoại!", "Không cần mạng"]
        );
    }

    #[test]
    fn a_short_text_is_one_passage_and_a_long_one_is_several() {
        assert_eq!(
            passages("Nhận dạng chữ", "Đọc hoá đơn.", ""),
            ["Nhận dạng chữ. Đọc hoá đơn."]
        );
        let long = "Một câu đủ dài để chiếm chỗ trong một đoạn của bài. ".repeat(30);
        let cut = passages("Tiêu đề", "Tóm tắt", &long);
        assert_eq!(cut[0], "Tiêu đề. Tóm tắt");
        assert!(cut.len() > 3 && cut.len() <= 1 + MOST_PASSAGES);
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(passages("", " ", "").is_empty());
    }
}
