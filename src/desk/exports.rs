//! Everything as tables to take away, by the page and by the command line. Column names and cells are codes, the
//! same in both languages, and those of listings are the ones the import understands, so what goes out can come in
//! again. No table holds a person's name, address or number.

use crate::kit::Cx;
use crate::kit::db::codes;
use crate::kit::fault::{Fault, Said, said};
use crate::kit::table::Table;
use crate::{listings, matching, orgs};

codes! {
    pub enum What {
        Listings = "listings", Organisations = "organisations", Pairings = "pairings", Moves = "moves",
        Outcomes = "outcomes",
    }
}

impl What {
    pub fn told(self) -> (Said, Said) {
        match self {
            What::Listings => (
                said("Nhu cầu và năng lực", "Needs and offers"),
                said(
                    "Mọi tin đã từng gửi duyệt, với văn bản ở cả hai ngôn ngữ và mọi thẻ. Nhập lại được ở trang Nhập.",
                    "Every listing ever handed in, with its texts in both languages and all tags. The import page reads it again.",
                ),
            ),
            What::Organisations => (
                said("Tổ chức", "Organisations"),
                said(
                    "Doanh nghiệp và đơn vị nghiên cứu, đã kiểm tra hay chưa, với số người và số tin đang mở.",
                    "Businesses and institutes, checked or not, with how many people and open listings they have.",
                ),
            ),
            What::Pairings => (
                said("Ghép nối", "Pairings"),
                said(
                    "Mỗi cặp một dòng: mã tin hai bên, bước hiện tại, điểm, các mốc thời gian, lý do kết thúc.",
                    "A row a pair: both references, the stage it stands at, the score, the dates, why it ended.",
                ),
            ),
            What::Moves => (
                said("Các bước", "Moves"),
                said(
                    "Mỗi bước của mỗi cặp, theo thời gian: để tính lại mọi số liệu.",
                    "Every step of every pair in the order of time: enough to work out all figures anew.",
                ),
            ),
            What::Outcomes => (
                said("Kết quả", "Outcomes"),
                said(
                    "Thử nghiệm, hợp đồng, giấy phép, công bố, với giá trị và minh chứng.",
                    "Pilots, contracts, licences, publications, with amounts and evidence.",
                ),
            ),
        }
    }
}

pub async fn table(cx: &Cx, what: What) -> Result<Table, Fault> {
    match what {
        What::Listings => listings::export::rows(cx).await,
        What::Organisations => {
            let open = listings::export::open_by_org(&cx.db).await?;
            orgs::export::rows(cx, |org| open.get(&org).copied().unwrap_or_default()).await
        }
        What::Pairings => matching::export::pairings(cx).await,
        What::Moves => matching::export::moves(cx).await,
        What::Outcomes => matching::export::outcomes(cx).await,
    }
}
