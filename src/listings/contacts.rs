//! Contact details inside a text: seen before it is published, blacked out where a text leaves the house.

use std::ops::Range;

/// What stands for something hidden.
const HIDDEN: &str = "•••";

/// An e-mail address, an invitation to chat elsewhere or a telephone number.
pub(super) fn first_in(text: &str) -> Option<String> {
    let number = || {
        let digits = |at: Range<usize>| text[at].chars().filter(|letter| is_of_number(*letter)).collect();
        telephones(text).into_iter().next().map(digits)
    };
    addresses(text)
        .into_iter()
        .next()
        .map(|at| text[at].to_owned())
        .or_else(number)
}

/// The text without contact details and without these names, however they are capitalised.
pub fn hidden(text: &str, names: &[&str]) -> String {
    let mut places = [addresses(text), telephones(text)].concat();
    for name in names
        .iter()
        .map(|name| name.trim())
        .filter(|name| !name.is_empty())
    {
        places.extend(mentions(text, name));
    }
    places.sort_by_key(|at| (at.start, at.end));
    let mut out = String::with_capacity(text.len());
    let mut upto = 0;
    for at in places {
        if at.start >= upto {
            out.push_str(&text[upto..at.start]);
            out.push_str(HIDDEN);
        }
        upto = upto.max(at.end);
    }
    out + &text[upto..]
}

fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if is_address(bare) {
            found.push(from..from + bare.len());
        }
        from += word.len();
    }
    found
}

fn is_address(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let at_domain = word
        .split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
    let chat = ["zalo.me/", "t.me/", "wa.me/", "facebook.com/", "m.me/"];
    at_domain || chat.iter().any(|site| word.to_lowercase().contains(site))
}

/// Groups of digits as people write Vietnamese numbers, in a line of groups that may begin with another number.
fn telephones(text: &str) -> Vec<Range<usize>> {
    let groups = groups(text);
    let between = |one: &Range<usize>, next: &Range<usize>| {
        let gap = &text[one.end..next.start];
        gap.chars()
            .all(|letter| matches!(letter, ' ' | '.' | '-' | '(' | ')' | '\u{a0}'))
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < groups.len() {
        let joined = groups[at..]
            .windows(2)
            .take_while(|pair| between(&pair[0], &pair[1]))
            .count();
        let longest = (at..=at + joined).rev().find(|last| {
            let number: String = groups[at..=*last]
                .iter()
                .map(|group| &text[group.clone()])
                .collect();
            is_telephone(&number)
        });
        if let Some(last) = longest {
            found.push(groups[at].start..groups[last].end);
        }
        at = longest.unwrap_or(at) + 1;
    }
    found
}

/// Runs of digits, with the plus in front.
fn groups(text: &str) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, letter) in text.char_indices().filter(|(_, letter)| is_of_number(*letter)) {
        match groups.last_mut() {
            Some(last) if last.end == at && letter != '+' => last.end += 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

fn is_of_number(letter: char) -> bool {
    letter.is_ascii_digit() || letter == '+'
}

/// 0 or +84 in front, ten or eleven digits in all.
fn is_telephone(run: &str) -> bool {
    let national = run
        .strip_prefix("+84")
        .or_else(|| run.strip_prefix("84"))
        .map(|rest| format!("0{rest}"));
    let digits = national.as_deref().unwrap_or(run);
    digits.starts_with('0') && (10..=11).contains(&digits.len())
}

fn mentions(text: &str, name: &str) -> Vec<Range<usize>> {
    let lower = |letter: char| letter.to_lowercase().next().unwrap_or(letter);
    let name: Vec<char> = name.chars().map(lower).collect();
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let end = |last: usize| letters.get(last).map_or(text.len(), |(at, _)| *at);
    let is_name = |window: &[(usize, char)]| {
        window
            .iter()
            .zip(&name)
            .all(|((_, letter), of)| lower(*letter) == *of)
    };
    let windows = letters.windows(name.len()).enumerate();
    windows
        .filter(|(_, window)| is_name(window))
        .map(|(from, window)| window[0].0..end(from + name.len()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_seen_and_plain_numbers_are_not() {
        assert_eq!(first_in("Gọi 0903 123 456 nhé").as_deref(), Some("0903123456"));
        assert_eq!(
            first_in("call +84 28 3822 4567").as_deref(),
            Some("+842838224567")
        );
        assert_eq!(
            first_in("viết cho lan@example.vn.").as_deref(),
            Some("lan@example.vn.")
        );
        assert_eq!(first_in("nhắn zalo.me/0903").as_deref(), Some("zalo.me/0903"));
        assert_eq!(
            first_in("12.000 ảnh, 640 hộ, 5 giây, năm 2025, 1.000.000.000 đồng"),
            None
        );
    }

    #[test]
    fn what_is_hidden_is_gone_and_nothing_else() {
        let text = "Xưởng Gỗ An, xưởng gỗ an: gọi chị\n0901 234 567 hay an@go.example, mỗi năm 12 000 khối. 24 0283822456";
        assert_eq!(
            hidden(text, &["Xưởng gỗ An", " "]),
            "•••, •••: gọi chị\n••• hay ••• mỗi năm 12 000 khối. 24 •••"
        );
        assert_eq!(hidden("Đếm bao gạo", &[]), "Đếm bao gạo");
    }
}
