//! What people call each column, without marks and in lower case.

use super::Field;

pub(super) const NAMES: [(Field, &[&str]); 29] = [
    (
        Field::Title,
        &[
            "title",
            "tieu de",
            "ten",
            "ten nhu cau",
            "ten nang luc",
            "ten bai toan",
            "ten giai phap",
            "name",
            "use case",
            "use case name",
        ],
    ),
    (
        Field::Summary,
        &[
            "summary",
            "tom tat",
            "mo ta ngan",
            "short description",
            "abstract",
        ],
    ),
    (
        Field::Body,
        &[
            "body",
            "description",
            "mo ta",
            "mo ta chi tiet",
            "noi dung",
            "chi tiet",
            "details",
            "van de",
            "bai toan",
            "problem",
            "need",
        ],
    ),
    (
        Field::Partner,
        &[
            "partner",
            "partner sought",
            "doi tac",
            "doi tac tim kiem",
            "doi tac mong muon",
            "khach hang",
        ],
    ),
    (
        Field::Technical,
        &[
            "technical",
            "technical requirements",
            "ky thuat",
            "yeu cau ky thuat",
            "thong so ky thuat",
        ],
    ),
    (
        Field::Today,
        &[
            "today",
            "how it is done today",
            "hien nay",
            "hien trang",
            "cach lam hien nay",
        ],
    ),
    (
        Field::Success,
        &[
            "success",
            "success measure",
            "measure of success",
            "ket qua mong doi",
            "thuoc do thanh cong",
            "muc tieu",
            "expected benefits",
        ],
    ),
    (
        Field::Advantage,
        &["advantage", "advantages", "uu diem", "diem manh", "loi the"],
    ),
    (
        Field::Economics,
        &[
            "economics",
            "price",
            "terms",
            "gia",
            "chi phi",
            "dieu kien",
            "gia va dieu kien",
        ],
    ),
    (
        Field::Kind,
        &[
            "kind",
            "type",
            "loai",
            "loai tin",
            "cung cau",
            "nhu cau hay nang luc",
        ],
    ),
    (
        Field::Reference,
        &[
            "reference",
            "ref",
            "id",
            "ma",
            "ma so",
            "ma tham chieu",
            "so hieu",
        ],
    ),
    (
        Field::Organisation,
        &[
            "organisation",
            "organization",
            "company",
            "institute",
            "don vi",
            "to chuc",
            "ten to chuc",
            "ten don vi",
            "doanh nghiep",
            "cong ty",
            "vien truong",
            "agency",
        ],
    ),
    (
        Field::OrgKind,
        &[
            "organisation kind",
            "organization kind",
            "organisation type",
            "loai to chuc",
            "loai don vi",
        ],
    ),
    (Field::Website, &["website", "url", "trang web", "web"]),
    (
        Field::Sector,
        &["sector", "sectors", "linh vuc", "nganh", "nganh nghe"],
    ),
    (
        Field::Capability,
        &[
            "capability",
            "capabilities",
            "technology",
            "cong nghe",
            "nang luc ai",
            "bai toan ai",
            "ky thuat ai",
        ],
    ),
    (
        Field::Cooperation,
        &["cooperation", "cooperation type", "hinh thuc hop tac", "hop tac"],
    ),
    (
        Field::Industry,
        &[
            "industry",
            "vsic",
            "nganh kinh te",
            "ma nganh",
            "ma nganh kinh te",
        ],
    ),
    (Field::Sdg, &["sdg", "sdgs", "muc tieu phat trien ben vung"]),
    (
        Field::Place,
        &[
            "place",
            "location",
            "ward",
            "dia diem",
            "dia ban",
            "phuong xa",
            "phuong",
            "xa",
        ],
    ),
    (
        Field::Budget,
        &["budget", "kinh phi", "ngan sach", "muc kinh phi"],
    ),
    (
        Field::Data,
        &[
            "data",
            "data at hand",
            "du lieu",
            "du lieu hien co",
            "tinh trang du lieu",
        ],
    ),
    (
        Field::PersonalData,
        &["personal data", "du lieu ca nhan", "co du lieu ca nhan"],
    ),
    (
        Field::Trl,
        &["trl", "readiness", "muc san sang", "muc san sang cong nghe"],
    ),
    (
        Field::Deadline,
        &["deadline", "due", "due date", "han", "han chot", "thoi han"],
    ),
    (
        Field::OfferKind,
        &[
            "offer kind",
            "kind of offer",
            "loai nang luc",
            "hinh thuc cung cap",
        ],
    ),
    (
        Field::Capacity,
        &["capacity", "suc tiep nhan", "so doi tac toi da"],
    ),
    (Field::Visibility, &["visibility", "pham vi hien thi", "hien thi"]),
    (Field::Anonymous, &["anonymous", "an danh", "an ten"]),
];
