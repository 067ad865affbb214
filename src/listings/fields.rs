//! The texts a listing is made of, as its author is asked for them and its reader meets them: one table for
//! the form, the check of answers, the public page, the review and the difference between two versions.

use super::{Content, Kind, Text, limits};
use crate::kit::lang::Lang;

/// One text of a listing, written in one language or in both.
#[derive(Debug)]
pub struct Field {
    /// Its name in the form, and that of its twin in the second language.
    pub name: &'static str,
    pub twin: &'static str,
    pub most: usize,
    /// What the author is asked, in Vietnamese and English.
    ask: (&'static str, &'static str),
    hint: (&'static str, &'static str),
    /// The heading a reader sees above it.
    heading: (&'static str, &'static str),
    pub optional: bool,
    pub one_line: bool,
    read: fn(&Text) -> &String,
    write: fn(&mut Text) -> &mut String,
}

impl Field {
    pub fn ask(&self, lang: &Lang) -> &'static str {
        lang.t(self.ask.0, self.ask.1)
    }

    pub fn hint(&self, lang: &Lang) -> &'static str {
        lang.t(self.hint.0, self.hint.1)
    }

    pub fn heading(&self, lang: &Lang) -> &'static str {
        lang.t(self.heading.0, self.heading.1)
    }

    pub fn of<'a>(&self, text: &'a Text) -> &'a str {
        (self.read)(text)
    }

    pub fn set(&self, text: &mut Text, value: String) {
        *(self.write)(text) = value;
    }

    /// In the reader's language, or the other one where only that is there; empty where neither is.
    pub fn shown<'a>(&self, content: &'a Content, lang: Lang) -> &'a str {
        let own = content.in_lang(lang).map_or("", |text| self.of(text));
        if own.is_empty() {
            content.in_lang(lang.other()).map_or("", |text| self.of(text))
        } else {
            own
        }
    }
}

/// Title, one-line summary and the whole story: the first step.
pub fn story(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Need => &NEED_STORY,
        Kind::Offer => &OFFER_STORY,
    }
}

/// What makes it concrete: the third step.
pub fn details(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Need => &NEED_DETAILS,
        Kind::Offer => &OFFER_DETAILS,
    }
}

pub fn all(kind: Kind) -> impl Iterator<Item = &'static Field> {
    story(kind).iter().chain(details(kind))
}

/// Where a text stands in the record and how long it may be. What its author is asked differs between a need and an
/// offer, and is filled in below.
macro_rules! text {
    ($name:ident, $most:expr) => {
        Field {
            name: stringify!($name),
            twin: concat!(stringify!($name), "_2"),
            most: $most,
            ask: ("", ""),
            hint: ("", ""),
            heading: ("", ""),
            optional: false,
            one_line: false,
            read: |text| &text.$name,
            write: |text| &mut text.$name,
        }
    };
}

const TITLE: Field = Field {
    heading: ("Tên", "Title"),
    one_line: true,
    ..text!(title, limits::TITLE)
};
const SUMMARY: Field = Field {
    heading: ("Tóm tắt", "Summary"),
    ..text!(summary, limits::SUMMARY)
};
const BODY: Field = text!(body, limits::BODY);
const PARTNER: Field = text!(partner, limits::PARTNER);
const TECHNICAL: Field = text!(technical, limits::TECHNICAL);
const TODAY: Field = text!(today, limits::SHORT);
const SUCCESS: Field = text!(success, limits::SHORT);
const ADVANTAGE: Field = text!(advantage, limits::SHORT);
const ECONOMICS: Field = text!(economics, limits::SHORT);

static NEED_STORY: [Field; 3] = [
    Field {
        ask: ("Bạn cần điều gì?", "What do you need?"),
        hint: (
            "Một câu, nói điều bạn muốn xảy ra chứ chưa phải công nghệ.",
            "One sentence: what should happen, not yet which technology.",
        ),
        ..TITLE
    },
    Field {
        ask: ("Vấn đề trong một, hai câu", "The problem in a sentence or two"),
        hint: (
            "Ai gặp, gặp lúc nào, mất gì. Câu này hiện trong danh sách và trong thư.",
            "Who has it, when, and what it costs. Shown in lists and in letters.",
        ),
        ..SUMMARY
    },
    Field {
        ask: ("Kể rõ bài toán", "Tell the whole problem"),
        hint: (
            "Bối cảnh, quy mô, điều đã thử. Đừng ghi tên người, số điện thoại hay e-mail: hai bên đồng ý rồi hệ thống mới trao liên hệ.",
            "Context, scale, what was tried. No names, phone numbers or e-mail: contacts are exchanged once both sides agree.",
        ),
        heading: ("Bài toán", "The problem"),
        ..BODY
    },
];

static OFFER_STORY: [Field; 3] = [
    Field {
        ask: ("Bạn làm được điều gì?", "What can you do?"),
        hint: (
            "Một câu, nói kết quả người dùng nhận được.",
            "One sentence: the result its user gets.",
        ),
        ..TITLE
    },
    Field {
        ask: ("Năng lực trong một, hai câu", "The offer in a sentence or two"),
        hint: (
            "Giải việc gì, cho ai, đã thử ở đâu. Câu này hiện trong danh sách và trong thư.",
            "What it solves, for whom, where it was tried. Shown in lists and in letters.",
        ),
        ..SUMMARY
    },
    Field {
        ask: ("Mô tả năng lực", "Describe the offer"),
        hint: (
            "Cách làm, điều kiện cần, kết quả đã đo được. Đừng ghi tên người, số điện thoại hay e-mail: hai bên đồng ý rồi hệ thống mới trao liên hệ.",
            "How it works, what it needs, what was measured. No names, phone numbers or e-mail: contacts are exchanged once both sides agree.",
        ),
        heading: ("Mô tả", "Description"),
        ..BODY
    },
];

static NEED_DETAILS: [Field; 4] = [
    Field {
        ask: ("Hiện nay bạn làm việc đó thế nào?", "How is it done today?"),
        hint: (
            "Ai làm, mất bao lâu, sai ở đâu.",
            "Who does it, how long it takes, where it goes wrong.",
        ),
        heading: ("Hiện nay làm thế nào", "How it is done today"),
        optional: true,
        ..TODAY
    },
    Field {
        ask: ("Thế nào là thành công?", "What would success look like?"),
        hint: (
            "Tốt nhất là có con số: nhanh hơn bao nhiêu, đúng bao nhiêu phần trăm.",
            "Best with a number: how much faster, how many per cent right.",
        ),
        heading: ("Thế nào là thành công", "What success looks like"),
        ..SUCCESS
    },
    Field {
        ask: ("Bạn tìm đối tác thế nào?", "What partner do you seek?"),
        hint: (
            "Kinh nghiệm, vai trò, cách làm việc chung.",
            "Experience, role, how you would work together.",
        ),
        heading: ("Tìm đối tác thế nào", "The partner sought"),
        optional: true,
        ..PARTNER
    },
    Field {
        ask: ("Yêu cầu kỹ thuật", "Technical constraints"),
        hint: (
            "Hệ thống phải nối vào, nơi được phép chạy, tiêu chuẩn phải theo.",
            "Systems to connect to, where it may run, standards to follow.",
        ),
        heading: ("Yêu cầu kỹ thuật", "Technical constraints"),
        optional: true,
        ..TECHNICAL
    },
];

static OFFER_DETAILS: [Field; 4] = [
    Field {
        ask: ("Hơn cách khác ở điểm nào?", "What does it do better than others?"),
        hint: (
            "Tốt nhất là có con số và cách đo.",
            "Best with a number and how it was measured.",
        ),
        heading: ("Điểm mạnh", "Advantages"),
        ..ADVANTAGE
    },
    Field {
        ask: ("Giá, giấy phép, điều kiện", "Price, licence, terms"),
        hint: (
            "Khoảng giá hay cách tính, ai giữ quyền sở hữu trí tuệ.",
            "A price range or how it is reckoned; who keeps the intellectual property.",
        ),
        heading: ("Giá và điều kiện", "Price and terms"),
        optional: true,
        ..ECONOMICS
    },
    Field {
        ask: ("Hợp nhất với ai?", "Who is it for?"),
        hint: (
            "Loại đơn vị, quy mô, dữ liệu họ cần có.",
            "Kind and size of organisation, data they need to have.",
        ),
        heading: ("Dành cho ai", "Who it is for"),
        optional: true,
        ..PARTNER
    },
    Field {
        ask: ("Chi tiết kỹ thuật", "Technical details"),
        hint: (
            "Cách tích hợp, phần cứng, ngôn ngữ và dữ liệu hỗ trợ.",
            "How it is integrated, hardware, languages and data supported.",
        ),
        heading: ("Chi tiết kỹ thuật", "Technical details"),
        optional: true,
        ..TECHNICAL
    },
];
