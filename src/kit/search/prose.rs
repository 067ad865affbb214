//! What of a text is said in words. A pasted page brings addresses and markup along: rare as they are they would weigh
//! more than any word, and two texts would be found alike for being kept in one place.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

/// Web and mail addresses up to the punctuation that follows them; tags, comments, and a tag with attributes that the
/// end of the text cut off. `<` before a number or a space is a comparison.
/// The boundary is that of ASCII: that of all letters would send every Vietnamese text through the slowest engine.
#[expect(
    clippy::expect_used,
    reason = "a constant, which every test of this file reads"
)]
static NOT_SAID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?xi)
          (?: https?:// | (?-u:\b) www\. ) [^\s<>"'{}\[\]()]* [^\s<>"'{}\[\]().,;:!?]
        | [\w.+-]+ @ [\w-]+ (?: \. [\w-]+ )+
        | <!-- [^>]* >
        | </? [a-z] [\w-]* \s* /? >
        | < [a-z] [\w-]* \s+ [\w:-]+ = (?: => | [^<>] )* (?: /?> | \z )
        "#,
    )
    .expect("a pattern")
});

/// One of these stands in whatever the pattern finds.
const SIGNS: [&str; 6] = ["<", "@", "://", "www.", "Www.", "WWW."];

/// The text with spaces for every byte that is not said in words: everything else stays at its place.
pub fn prose(text: &str) -> Cow<'_, str> {
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return Cow::Borrowed(text);
    }
    let mut found = NOT_SAID.find_iter(text).peekable();
    if found.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let mut prose = String::with_capacity(text.len());
    for not_said in found {
        prose.push_str(&text[prose.len()..not_said.start()]);
        prose.extend(std::iter::repeat_n(' ', not_said.len()));
    }
    prose.push_str(&text[prose.len()..]);
    Cow::Owned(prose)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let prose = prose(text);
        assert_eq!(prose.len(), text.len(), "{text}");
        prose.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_address_says_nothing() {
        for (text, said) in [
            (
                "Xem https://vien.example/du-an?id=7#a, rồi gọi.",
                "Xem , rồi gọi.",
            ),
            ("(www.lua-gao.example/ảnh). Hết", "( ). Hết"),
            ("Thư về an.nguyen+ai@vien.example nhé", "Thư về nhé"),
            ("HTTPS://VIEN.EXAMPLE hay Www.vien.example", "hay"),
        ] {
            assert_eq!(words(text), said);
        }
    }

    #[test]
    fn markup_says_nothing_but_what_it_marks() {
        for (text, said) in [
            (
                r#"<p class="lead">Đếm <b>tôm</b><br/>giống</p><!-- x < y -->!"#,
                "Đếm tôm giống !",
            ),
            (r#"<a title="a" onclick={() => 1}>Mẫu</a>"#, "Mẫu"),
            (
                "Bài 5. <Menu names=\"a b\" options={[ {label: \"Colab\", va",
                "Bài 5.",
            ),
        ] {
            assert_eq!(words(text), said);
        }
    }

    #[test]
    fn a_comparison_is_said() {
        for text in [
            "giá < 5 triệu, lỗi <2 % và x<y",
            "R&D, a<b và c>d",
            "viết @lan, 5@7, www, http",
            "điểm số: 1.5; tệp a.b",
        ] {
            assert_eq!(words(text), text);
            assert!(matches!(prose(text), Cow::Borrowed(_)));
        }
    }

    /// One pass: an unclosed comment is not sought to the end of the text again and again.
    #[test]
    fn a_hostile_text_is_read_in_one_pass() {
        for piece in ["<!--<b>", "<a x=<b>", "www.", "a@", "<!--"] {
            let text = piece.repeat(200_000 / piece.len());
            let started = std::time::Instant::now();
            assert_eq!(prose(&text).len(), text.len());
            assert!(
                started.elapsed().as_secs() < 5,
                "{piece}: {:?}",
                started.elapsed()
            );
        }
    }
}
