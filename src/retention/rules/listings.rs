//! Needs and offers, and what people keep, note and report of them.

use super::{WITH_ACCOUNT, WORKINGS};
use crate::retention::{Kept, Purge, Rule, Theirs};

pub(super) const RULES: &[Rule] = &[
    Rule {
        table: "listings",
        what: ("nhu cầu và năng lực đã gửi", "needs and offers handed in"),
        why: (
            "thuộc về tổ chức đăng tin",
            "they belong to the organisation that posted them",
        ),
        kept: Kept::Stays,
        theirs: Theirs::At("listings"),
    },
    Rule {
        table: "listings",
        what: ("bản nháp của khách chưa đăng nhập", "a visitor's draft"),
        why: (
            "để khách viết tiếp trong cùng trình duyệt",
            "so that the visitor can go on in the same browser",
        ),
        kept: Kept::Days {
            days: 30,
            purge: Purge::VisitorsDrafts,
        },
        theirs: Theirs::Not("nobody knows whose it is"),
    },
    Rule {
        table: "listing_guests",
        what: (
            "tổ chức được mời đọc một tin",
            "organisations invited to read a listing",
        ),
        why: WORKINGS,
        kept: Kept::With("listings"),
        theirs: Theirs::Nobody,
    },
    Rule {
        table: "review_notes",
        what: ("nhận xét khi duyệt tin", "notes of a review"),
        why: ("để sửa tin cho đúng", "so that a listing can be mended"),
        kept: Kept::With("listings"),
        theirs: Theirs::At("review_notes"),
    },
    Rule {
        table: "escalations",
        what: (
            "việc nhờ điều phối viên khác xem",
            "a second look that was asked for",
        ),
        why: WORKINGS,
        kept: Kept::Days {
            days: 365,
            purge: Purge::Escalations,
        },
        theirs: Theirs::At("escalations"),
    },
    Rule {
        table: "saved",
        what: ("tin bạn theo dõi", "listings you keep an eye on"),
        why: WITH_ACCOUNT,
        kept: Kept::Account,
        theirs: Theirs::At("saved_listings"),
    },
    Rule {
        table: "searches",
        what: ("tìm kiếm bạn lưu", "searches you keep"),
        why: WITH_ACCOUNT,
        kept: Kept::Account,
        theirs: Theirs::At("saved_searches"),
    },
    Rule {
        table: "reports",
        what: ("báo cáo về một tin", "reports of a listing"),
        why: ("để xem lại cách xử lý", "to look back on how it was settled"),
        kept: Kept::Days {
            days: 365,
            purge: Purge::Reports,
        },
        theirs: Theirs::At("reports"),
    },
    Rule {
        table: "references_given",
        what: (
            "số tham chiếu cuối cùng đã cấp",
            "the last reference number given",
        ),
        why: WORKINGS,
        kept: Kept::Stays,
        theirs: Theirs::Nobody,
    },
    Rule {
        table: "imported",
        what: ("dấu của dòng đã nhập", "marks of rows that were imported"),
        why: ("để không nhập hai lần", "so that nothing is entered twice"),
        kept: Kept::With("listings"),
        theirs: Theirs::Nobody,
    },
    Rule {
        table: "uploads",
        what: ("tệp đang chờ nhập", "a file between its dry run and its entry"),
        why: (
            "để xem trước khi nhập",
            "so that it can be looked at before it is entered",
        ),
        kept: Kept::Days {
            days: 1,
            purge: Purge::Uploads,
        },
        theirs: Theirs::At("uploads"),
    },
    Rule {
        table: "vectors",
        what: ("véc-tơ nghĩa của tin", "what listings mean, as numbers"),
        why: ("để tìm theo nghĩa", "to search by meaning"),
        kept: Kept::With("listings"),
        theirs: Theirs::Nobody,
    },
    Rule {
        table: "models",
        what: ("mô hình nào đang được dùng", "which models are in use"),
        why: WORKINGS,
        kept: Kept::Until(("một tuần sau lần dùng cuối", "a week after its last use")),
        theirs: Theirs::Nobody,
    },
];
