//! A letter's text, said once and laid out twice: as plain text and as HTML that dark readers can show.

use askama::Template;

use crate::kit::lang::Lang;
use crate::kit::web::text::escaped;

/// One piece of a letter, in the reader's language already.
#[derive(Debug, Clone)]
pub enum Piece {
    Para(String),
    /// Somebody's own words.
    Quote(String),
    /// A thing: its title and some facts about it.
    Card {
        title: String,
        lines: Vec<String>,
    },
    List {
        lead: String,
        items: Vec<String>,
    },
    /// Links that look like buttons; the first is the main one.
    Buttons(Vec<(String, String)>),
    /// A code to type.
    Code(String),
    Small(String),
}

/// Gathers the pieces: `Words::new(lang).para("…", "…").button("…", "…", url)`.
#[derive(Debug, Clone)]
pub struct Words {
    pub lang: Lang,
    pieces: Vec<Piece>,
    footer: Vec<String>,
}

impl Words {
    pub fn new(lang: Lang) -> Words {
        Words {
            lang,
            pieces: Vec::new(),
            footer: Vec::new(),
        }
    }

    #[must_use]
    pub fn greet(self, name: &str) -> Words {
        let text = self.lang.fill("Chào {},", "Dear {},", &[&name]);
        self.piece(Piece::Para(text))
    }

    #[must_use]
    pub fn para(self, vi: &str, en: &str) -> Words {
        let text = self.lang.t(vi, en).to_owned();
        self.piece(Piece::Para(text))
    }

    #[must_use]
    pub fn small(self, vi: &str, en: &str) -> Words {
        let text = self.lang.t(vi, en).to_owned();
        self.piece(Piece::Small(text))
    }

    #[must_use]
    pub fn button(self, vi: &str, en: &str, url: String) -> Words {
        let label = self.lang.t(vi, en).to_owned();
        self.piece(Piece::Buttons(vec![(label, url)]))
    }

    #[must_use]
    pub fn piece(mut self, piece: Piece) -> Words {
        self.pieces.push(piece);
        self
    }

    /// Why the reader gets this, how often, how to stop it.
    #[must_use]
    pub fn footer(mut self, line: impl Into<String>) -> Words {
        self.footer.push(line.into());
        self
    }

    pub fn plain(&self, programme: &str) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            let block = match piece {
                Piece::Para(text) | Piece::Small(text) => text.clone(),
                Piece::Quote(text) => text
                    .lines()
                    .map(|line| format!("> {line}"))
                    .collect::<Vec<_>>()
                    .join("\n"),
                Piece::Card { title, lines } => format!("— {title}\n{}", indented(lines, "  ")),
                Piece::List { lead, items } => format!("{lead}\n{}", indented(items, "  • ")),
                Piece::Buttons(links) => links
                    .iter()
                    .map(|(label, url)| format!("{label}:\n{url}"))
                    .collect::<Vec<_>>()
                    .join("\n\n"),
                Piece::Code(code) => format!("    {code}"),
            };
            out.push_str(block.trim_end());
            out.push_str("\n\n");
        }
        out.push_str("-- \n");
        out.push_str(programme);
        for line in &self.footer {
            out.push('\n');
            out.push_str(line);
        }
        out.push('\n');
        out
    }

    pub fn html(&self, subject: &str, programme: &str) -> Result<String, askama::Error> {
        let body = self.pieces.iter().map(html_of).collect::<String>();
        let footer = self
            .footer
            .iter()
            .map(|line| linked(line))
            .collect::<Vec<_>>()
            .join("<br>");
        Frame {
            lang: self.lang.code(),
            subject,
            programme,
            body,
            footer,
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "letters/frame.html")]
struct Frame<'a> {
    lang: &'a str,
    subject: &'a str,
    programme: &'a str,
    body: String,
    footer: String,
}

fn indented(lines: &[String], mark: &str) -> String {
    lines.iter().map(|line| format!("{mark}{line}\n")).collect()
}

// Mail readers know no style sheets: a letter is the one place where styles stand in the markup.
fn html_of(piece: &Piece) -> String {
    const P: &str = "<p style=\"margin:0 0 16px;font-size:16px;line-height:1.55\">";
    match piece {
        Piece::Para(text) => format!("{P}{}</p>", linked(text).replace('\n', "<br>")),
        Piece::Small(text) => {
            format!(
                "<p style=\"margin:0 0 16px;font-size:14px;line-height:1.5;opacity:.8\">{}</p>",
                linked(text)
            )
        }
        Piece::Quote(text) => format!(
            "<blockquote style=\"margin:0 0 16px;padding:4px 0 4px 14px;border-left:4px solid #a8430a;font-size:16px;\
             line-height:1.55\">{}</blockquote>",
            escaped(text).replace('\n', "<br>")
        ),
        Piece::Card { title, lines } => format!(
            "<div style=\"margin:0 0 16px;padding:14px 16px;border:1px solid #9db3ae;border-radius:10px\">\
             <p style=\"margin:0 0 6px;font-size:17px;line-height:1.4;font-weight:700\">{}</p>{}</div>",
            escaped(title),
            lines
                .iter()
                .map(|line| format!(
                    "<p style=\"margin:0 0 4px;font-size:15px;line-height:1.5\">{}</p>",
                    escaped(line)
                ))
                .collect::<String>()
        ),
        Piece::List { lead, items } => format!(
            "{P}{}</p><ul style=\"margin:0 0 16px;padding-left:22px\">{}</ul>",
            escaped(lead),
            items
                .iter()
                .map(|item| format!(
                    "<li style=\"margin:0 0 6px;font-size:16px;line-height:1.5\">{}</li>",
                    escaped(item)
                ))
                .collect::<String>()
        ),
        Piece::Buttons(links) => {
            let buttons: String = links
                .iter()
                .enumerate()
                .map(|(at, (label, url))| {
                    let tone = if at == 0 {
                        "background:#32338a;color:#ffffff"
                    } else {
                        "background:#ffffff;color:#32338a"
                    };
                    format!(
                        "<a href=\"{}\" style=\"display:inline-block;margin:0 10px 10px 0;padding:12px 20px;\
                         border:2px solid #32338a;border-radius:10px;font-size:16px;font-weight:700;\
                         text-decoration:none;{tone}\">{}</a>",
                        escaped(url),
                        escaped(label)
                    )
                })
                .collect();
            format!("<p style=\"margin:4px 0 12px\">{buttons}</p>")
        }
        Piece::Code(code) => format!(
            "<p style=\"margin:0 0 16px;font-size:30px;letter-spacing:6px;font-weight:700\">{}</p>",
            escaped(code)
        ),
    }
}

/// Escaped, with web addresses made links.
fn linked(text: &str) -> String {
    text.split_inclusive(' ')
        .map(|word| {
            let (word, space) = word.strip_suffix(' ').map_or((word, ""), |word| (word, " "));
            if word.starts_with("https://") || word.starts_with("http://") {
                format!(
                    "<a href=\"{0}\" style=\"color:inherit\">{0}</a>{space}",
                    escaped(word)
                )
            } else {
                format!("{}{space}", escaped(word))
            }
        })
        .collect()
}
