//! People, what they asked and agreed to, and the organisations they belong to.

use super::{PROOF, WITH_ACCOUNT, WORKINGS};
use crate::retention::{Kept, Purge, Rule, Theirs};

pub(super) const RULES: &[Rule] = &[
    Rule {
        table: "people",
        what: (
            "tài khoản: tên, địa chỉ thư, điện thoại",
            "the account: name, address, telephone",
        ),
        why: WITH_ACCOUNT,
        kept: Kept::Account,
        theirs: Theirs::At("account.email"),
    },
    Rule {
        table: "sessions",
        what: ("thiết bị đang đăng nhập", "devices signed in"),
        why: (
            "để bạn thấy và đóng được phiên lạ",
            "so that you can see and end one that is not yours",
        ),
        kept: Kept::Days {
            days: 0,
            purge: Purge::Sessions,
        },
        theirs: Theirs::At("account.sessions"),
    },
    Rule {
        table: "tickets",
        what: (
            "liên kết và mã trong thư (chỉ giữ dạng băm)",
            "links and codes in letters (hashes only)",
        ),
        why: (
            "để liên kết trong thư dùng được",
            "so that the links in letters work",
        ),
        kept: Kept::Days {
            days: 0,
            purge: Purge::Tickets,
        },
        theirs: Theirs::At("account.mailed_links"),
    },
    // After the tickets: whoever still holds a link that works may yet come.
    Rule {
        table: "people",
        what: (
            "địa chỉ đăng ký mà chưa ai xác nhận",
            "an address somebody signed up with and nobody confirmed",
        ),
        why: ("có thể là địa chỉ của người khác", "it may be somebody else's"),
        kept: Kept::Days {
            days: 7,
            purge: Purge::Unconfirmed,
        },
        theirs: Theirs::Not("nobody has come in with it"),
    },
    Rule {
        table: "paces",
        what: (
            "nhịp đăng nhập (chỉ dạng băm)",
            "how fast one signs in (hashes only)",
        ),
        why: (
            "để không ai dò được mật khẩu",
            "so that nobody can guess a password",
        ),
        kept: Kept::Days {
            days: 0,
            purge: Purge::Paces,
        },
        theirs: Theirs::Nobody,
    },
    Rule {
        table: "second_steps",
        what: ("bước đăng nhập thứ hai", "the second step of signing in"),
        why: WITH_ACCOUNT,
        kept: Kept::Account,
        theirs: Theirs::At("account.second_step_since"),
    },
    Rule {
        table: "recovery_codes",
        what: ("mã dự phòng (chỉ giữ dạng băm)", "recovery codes (hashes only)"),
        why: WITH_ACCOUNT,
        kept: Kept::Account,
        theirs: Theirs::Not("a hash tells nobody anything; the person has the codes"),
    },
    Rule {
        table: "api_tokens",
        what: (
            "khóa API của bạn (chỉ giữ dạng băm)",
            "your API tokens (hashes only)",
        ),
        why: WITH_ACCOUNT,
        kept: Kept::Account,
        theirs: Theirs::Not("the settings list them by name and revoke them"),
    },
    Rule {
        table: "preferences",
        what: (
            "bạn muốn nhận thư nào, bao lâu một lần",
            "which letters you want, and how often",
        ),
        why: WITH_ACCOUNT,
        kept: Kept::Account,
        theirs: Theirs::At("account.letters"),
    },
    Rule {
        table: "consents",
        what: (
            "sự đồng ý của bạn, kèm phiên bản văn bản",
            "your consents, with the text's version",
        ),
        why: PROOF,
        kept: Kept::Account,
        theirs: Theirs::At("account.consents"),
    },
    Rule {
        table: "rights_requests",
        what: (
            "yêu cầu của bạn về dữ liệu cá nhân",
            "what you asked of us about your data",
        ),
        why: PROOF,
        kept: Kept::Days {
            days: 730,
            purge: Purge::Requests,
        },
        theirs: Theirs::At("account.requests"),
    },
    Rule {
        table: "erasures",
        what: (
            "danh sách mã số đã được xóa",
            "the list of numbers that were erased",
        ),
        why: (
            "để bản sao lưu cũ khi phục hồi cũng phải quên",
            "so that an older backup, put back, forgets as well",
        ),
        kept: Kept::Stays,
        theirs: Theirs::Not("who stands in it has no account any more"),
    },
    Rule {
        table: "audit",
        what: (
            "nhật ký: ai xem liên hệ, ai đổi điều gì",
            "the audit log: who saw a contact, who changed what",
        ),
        why: PROOF,
        kept: Kept::Days {
            days: 1_095,
            purge: Purge::Audit,
        },
        theirs: Theirs::At("account.audit"),
    },
    // Organisations ----------------------------------------------------------------------------------------------
    Rule {
        table: "organisations",
        what: ("tổ chức", "organisations"),
        why: (
            "thông tin của tổ chức, không phải của cá nhân",
            "an organisation's own, not a person's",
        ),
        kept: Kept::Stays,
        theirs: Theirs::Not("who verified an organisation is an act of the service; the audit log has it"),
    },
    Rule {
        table: "memberships",
        what: ("ai thuộc tổ chức nào", "who belongs to which organisation"),
        why: WITH_ACCOUNT,
        kept: Kept::Account,
        theirs: Theirs::At("organisations"),
    },
    Rule {
        table: "blocks",
        what: (
            "hai tổ chức không ghép với nhau",
            "organisations not to be suggested to each other",
        ),
        why: WORKINGS,
        kept: Kept::With("organisations"),
        theirs: Theirs::Nobody,
    },
];
