//! Every table of the database, what it is for and when its rows go. Times are chosen as short as the work allows;
//! where the law names one, it is named.

use super::{Rule, Twin};

mod listings;
mod people;
mod workings;

/// All of them, in the order in which the purge takes them.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [people::RULES, listings::RULES, workings::RULES]
        .into_iter()
        .flatten()
}

pub(super) const WITH_ACCOUNT: Twin = (
    "để bạn đăng nhập và dùng được dịch vụ",
    "so that you can come in and use the service",
);
pub(super) const FIGURES: Twin = (
    "số liệu của chương trình, báo cáo cho thành phố",
    "the programme's figures, for its report to the city",
);
pub(super) const WORKINGS: Twin = ("để dịch vụ chạy đúng", "so that the service works");
pub(super) const PROOF: Twin = (
    "trách nhiệm giải trình theo luật bảo vệ dữ liệu cá nhân",
    "accountability under the law on personal data",
);
