//! Pairings and what came of them, letters, and the service's own.

use super::{FIGURES, WORKINGS};
use crate::retention::{Kept, Purge, Rule, Theirs};

pub(super) const RULES: &[Rule] = &[
    // Pairings ---------------------------------------------------------------------------------------------------
    Rule {
        table: "pairings",
        what: ("ghép nối", "pairings"),
        why: FIGURES,
        kept: Kept::Stays,
        theirs: Theirs::At("pairings"),
    },
    Rule {
        table: "moves",
        what: ("các bước của ghép nối", "the steps of a pairing"),
        why: FIGURES,
        kept: Kept::With("pairings"),
        theirs: Theirs::At("pairings.our_steps"),
    },
    Rule {
        table: "messages",
        what: ("tin nhắn trên trang chung", "messages on a shared page"),
        why: ("để hai bên đọc lại", "so that both sides can read them again"),
        kept: Kept::With("pairings"),
        theirs: Theirs::At("pairings.messages"),
    },
    Rule {
        table: "outcomes",
        what: ("kết quả đã báo", "outcomes told"),
        why: FIGURES,
        kept: Kept::With("pairings"),
        theirs: Theirs::At("pairings.outcomes"),
    },
    Rule {
        table: "placings",
        what: ("thứ hạng của lần tìm gần nhất", "the places of the last search"),
        why: (
            "để thấy việc chia đều gợi ý",
            "to show how suggestions are shared out",
        ),
        kept: Kept::Days {
            days: 180,
            purge: Purge::Placings,
        },
        theirs: Theirs::Nobody,
    },
    // The service's own ------------------------------------------------------------------------------------------
    Rule {
        table: "outbox",
        what: ("thư đã gửi cho bạn", "letters sent to you"),
        why: (
            "để biết thư đã tới chưa; dòng còn lại ngăn gửi hai lần",
            "to know whether a letter arrived; the bare fact keeps it from going twice",
        ),
        kept: Kept::Words {
            days: 180,
            purge: Purge::Letters,
        },
        theirs: Theirs::At("account.letters_sent"),
    },
    Rule {
        table: "jobs",
        what: ("việc đang chờ làm (chỉ mã số)", "work that waits (numbers only)"),
        why: WORKINGS,
        kept: Kept::Until(("đến khi làm xong", "until it is done")),
        theirs: Theirs::Nobody,
    },
    Rule {
        table: "events",
        what: (
            "dòng sự kiện (chỉ mã số)",
            "the feed of what happened (numbers only)",
        ),
        why: (
            "để chỉ mục theo kịp và dựng lại được",
            "so that the index can follow and be built anew",
        ),
        kept: Kept::Stays,
        theirs: Theirs::Not("what an event speaks of stands in the table it changed"),
    },
    Rule {
        table: "feed",
        what: ("số sự kiện cuối cùng", "the number of the last event"),
        why: WORKINGS,
        kept: Kept::Stays,
        theirs: Theirs::Nobody,
    },
    Rule {
        table: "cursors",
        what: ("đã đọc sự kiện tới đâu", "how far events were read"),
        why: WORKINGS,
        kept: Kept::Stays,
        theirs: Theirs::Nobody,
    },
    Rule {
        table: "settings",
        what: ("ngưỡng do quản trị viên đặt", "thresholds an admin set"),
        why: WORKINGS,
        kept: Kept::Stays,
        theirs: Theirs::Not("a setting of the service; the audit log has who set it"),
    },
];
