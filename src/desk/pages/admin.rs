//! What an admin meets: the service's health, its code lists, the log of who did what.

use askama::Template;

use crate::accounts::Admin;
use crate::desk::backups;
use crate::desk::health::{self, Health, Noted, PER_PAGE};
use crate::desk::outbox::{self, Standing};
use crate::ids::JobId;
use crate::kit::Cx;
use crate::kit::backup::Kept;
use crate::kit::web::{self, Answer, Id, Params, Shell};
use crate::vocab::{self, List, Scheme};

#[derive(Template)]
#[template(path = "desk/health.html")]
struct HealthPage {
    shell: Shell,
    health: Health,
    letters: Vec<(Standing, i64)>,
    backups: Vec<Kept>,
}

pub async fn health(cx: Cx, shell: Shell, _who: Admin) -> Answer {
    let health = health::look(&cx).await?;
    let letters = outbox::counts(&cx).await?;
    web::page(&HealthPage {
        backups: backups::list(&cx),
        shell,
        health,
        letters,
    })
}

pub async fn try_job_again(cx: Cx, shell: Shell, who: Admin, Id(id): Id<JobId>) -> Answer {
    health::try_job_again(&cx, &who.0, id).await?;
    web::see_other_saying(
        shell.url("admin"),
        shell.t("Công việc được xếp hàng lại.", "The job is in line again."),
    )
}

#[derive(Template)]
#[template(path = "desk/vocabularies.html")]
struct VocabulariesPage {
    shell: Shell,
    lists: &'static [List],
}

impl VocabulariesPage {
    fn name(&self, scheme: &Scheme) -> &str {
        let (vi, en) = match scheme {
            Scheme::Sector => ("Lĩnh vực", "Sectors"),
            Scheme::Capability => ("Năng lực AI", "AI capabilities"),
            Scheme::Cooperation => ("Hình thức hợp tác", "Kinds of cooperation"),
            Scheme::Industry => ("Ngành kinh tế", "Industries"),
            Scheme::Sdg => ("Mục tiêu phát triển bền vững", "Sustainable development goals"),
            Scheme::Place => ("Địa bàn", "Places"),
            Scheme::Budget => ("Mức kinh phí", "Budget bands"),
            Scheme::Data => ("Dữ liệu sẵn có", "Data at hand"),
            Scheme::OfferKind => ("Loại năng lực", "Kinds of offers"),
            Scheme::Size => ("Quy mô", "Sizes"),
            Scheme::Trl => ("Mức sẵn sàng công nghệ", "Technology readiness"),
            Scheme::Decline => ("Lý do từ chối", "Reasons to decline"),
            Scheme::Close => ("Lý do đóng tin", "Reasons to close"),
            Scheme::Outcome => ("Kết quả", "Outcomes"),
            Scheme::Evidence => ("Minh chứng", "Evidence"),
        };
        self.shell.t(vi, en)
    }
}

pub async fn vocabularies(shell: Shell, _who: Admin) -> Answer {
    web::page(&VocabulariesPage {
        shell,
        lists: vocab::lists(),
    })
}

#[derive(Template)]
#[template(path = "desk/audit.html")]
struct AuditPage {
    shell: Shell,
    params: Params,
    rows: Vec<Noted>,
    count: i64,
    page: usize,
    pages: usize,
}

impl AuditPage {
    /// What was done, in words; the code itself for an act that came later.
    fn act(&self, act: &str) -> String {
        if let Some(change) = act.strip_prefix("threshold:") {
            return self.shell.t1("đặt ngưỡng {}", "set the threshold {}", change);
        }
        let (vi, en) = match act {
            "letter:read" => ("mở một lá thư", "opened a letter"),
            "letter:again" => ("cho gửi lại thư", "sent a letter again"),
            "letter:arrived" => ("ghi nhận thư đã tới", "noted that a letter arrived"),
            "letter:cancelled" => ("hủy một lá thư", "cancelled a letter"),
            "letter:test" => ("gửi thử một lá thư cho mình", "sent themselves a test letter"),
            "backup:asked" => ("yêu cầu sao lưu", "asked for a backup"),
            "backup:taken" => ("tải bản sao lưu về", "took a backup away"),
            "backup:removed" => ("xóa một bản sao lưu", "removed a backup"),
            "contact:read" | "contact_read" => ("xem liên hệ của bên kia", "saw the other side's contact"),
            "job:again" => ("cho chạy lại công việc", "put a job in line again"),
            "evidence:checked" => ("ghi là đã kiểm tra minh chứng", "marked evidence as checked"),
            "evidence:unchecked" => ("bỏ dấu đã kiểm tra minh chứng", "took a mark off evidence"),
            "listing:escalated" => ("nhờ người khác duyệt tin", "asked another one to review"),
            "second_step:on" => ("bật bước thứ hai", "turned on the second step"),
            "second_step:off" => ("tắt bước thứ hai", "turned off the second step"),
            "second_step:codes" => ("tạo mã dự phòng mới", "drew new recovery codes"),
            "second_step:reset" => (
                "xóa bước thứ hai của người khác",
                "took somebody's second step away",
            ),
            "closed" => ("khóa tài khoản", "closed an account"),
            "opened" => ("mở lại tài khoản", "opened an account again"),
            "role:member" => ("đổi vai trò thành thành viên", "made a member"),
            "role:coordinator" => ("đổi vai trò thành điều phối viên", "made a coordinator"),
            "role:admin" => ("đổi vai trò thành quản trị viên", "made an admin"),
            other => return other.to_owned(),
        };
        self.shell.t(vi, en).to_owned()
    }
}

pub async fn audit(cx: Cx, shell: Shell, _who: Admin, params: Params) -> Answer {
    let page = params.page();
    let (rows, count) = health::audit(&cx, page).await?;
    let pages = usize::try_from(count.div_euclid(PER_PAGE) + i64::from(count % PER_PAGE > 0)).unwrap_or(1);
    web::page(&AuditPage {
        shell,
        params,
        rows,
        count,
        page,
        pages,
    })
}

pub async fn audit_csv(cx: Cx, _who: Admin) -> Answer {
    super::csv(&health::audit_table(&cx).await?, "audit")
}
