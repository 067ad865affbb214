//! What people write, as safe HTML: a little Markdown, cleaned; never links to anything but the web and mail.

use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, html};

/// Longer texts are shown as plain paragraphs: the parser is quadratic in nesting.
const MOST_BYTES: usize = 20_000;
const MOST_DEPTH: usize = 64;

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .tags(
            [
                "p",
                "br",
                "strong",
                "em",
                "ul",
                "ol",
                "li",
                "a",
                "blockquote",
                "code",
                "h3",
                "h4",
            ]
            .into(),
        )
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(Some("nofollow noopener noreferrer"));
    cleaner
});

/// Markdown (lists, emphasis, links) to clean HTML; headings sink below the page's own.
pub fn rich(text: &str) -> String {
    if text.len() > MOST_BYTES || nesting(text) > MOST_DEPTH {
        return plain(text);
    }
    let events = Parser::new_ext(text, Options::empty()).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::SoftBreak => Event::HardBreak,
        Event::Start(Tag::Heading {
            id, classes, attrs, ..
        }) => Event::Start(Tag::Heading {
            level: pulldown_cmark::HeadingLevel::H4,
            id,
            classes,
            attrs,
        }),
        Event::End(pulldown_cmark::TagEnd::Heading(_)) => {
            Event::End(pulldown_cmark::TagEnd::Heading(pulldown_cmark::HeadingLevel::H4))
        }
        other => other,
    });
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, events);
    CLEANER.clean(&out).to_string()
}

/// Paragraphs and line breaks, everything else escaped.
pub fn plain(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| format!("<p>{}</p>", escaped(paragraph).replace('\n', "<br>")))
        .collect();
    paragraphs.join("\n")
}

pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// An upper bound of how deep the marks nest.
fn nesting(text: &str) -> usize {
    text.lines()
        .map(|line| {
            line.chars()
                .filter(|letter| matches!(letter, '>' | '[' | '(' | '*' | '_' | '`' | '!'))
                .count()
        })
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_markup_comes_out_harmless() {
        let html = rich("**mạnh** <script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=y>");
        assert!(html.contains("<strong>mạnh</strong>"));
        assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains("<img"));
    }

    #[test]
    fn deep_nesting_is_shown_plain() {
        assert!(rich(&">".repeat(500)).starts_with("<p>&gt;"));
    }
}
