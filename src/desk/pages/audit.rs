//! The log of who did what: filtered on the page, taken away as a table.

use askama::Template;

use crate::accounts::Admin;
use crate::desk::audit::{self, Filter, Noted, PER_PAGE};
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Params, Shell};

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
            "backup:asked" | "event:backup_asked" => ("yêu cầu sao lưu", "asked for a backup"),
            "backup:taken" => ("tải bản sao lưu về", "took a backup away"),
            "backup:removed" => ("xóa một bản sao lưu", "removed a backup"),
            "contact:read" | "contact_read" => ("xem liên hệ của bên kia", "saw the other side's contact"),
            "job:again" => ("cho chạy lại công việc", "put a job in line again"),
            "evidence:checked" => ("ghi là đã kiểm tra minh chứng", "marked evidence as checked"),
            "evidence:unchecked" => ("bỏ dấu đã kiểm tra minh chứng", "took a mark off evidence"),
            "listing:escalated" => ("nhờ người khác duyệt tin", "asked another one to review"),
            "forgotten" => ("được quên theo yêu cầu", "was forgotten, as asked"),
            "request:answered" => ("trả lời yêu cầu về dữ liệu", "answered a request about data"),
            "request:done" => ("thực hiện yêu cầu về dữ liệu", "fulfilled a request about data"),
            "request:refused" => ("từ chối yêu cầu về dữ liệu", "refused a request about data"),
            "people:read" => ("xem danh sách người dùng", "looked at the list of people"),
            "members:read" => ("xem người của một tổ chức", "looked at an organisation's people"),
            "requests:read" => ("xem các yêu cầu về dữ liệu", "looked at the requests about data"),
            "second_step:on" => ("bật bước thứ hai", "turned on the second step"),
            "second_step:off" => ("tắt bước thứ hai", "turned off the second step"),
            "second_step:codes" => ("tạo mã dự phòng mới", "drew new recovery codes"),
            "second_step:reset" => (
                "xóa bước thứ hai của người khác",
                "took somebody's second step away",
            ),
            "sessions:ended" => (
                "đăng xuất người khác khỏi mọi nơi",
                "signed somebody out everywhere",
            ),
            "closed" => ("khóa tài khoản", "closed an account"),
            "opened" => ("mở lại tài khoản", "opened an account again"),
            "membership:owner" => (
                "trao quyền phụ trách tổ chức",
                "put somebody in charge of an organisation",
            ),
            "membership:member" => (
                "rút quyền phụ trách tổ chức",
                "took the charge of an organisation away",
            ),
            "membership:ended" => (
                "đưa người ra khỏi tổ chức",
                "took somebody out of an organisation",
            ),
            "block:set" => ("chặn ghép hai tổ chức", "kept two organisations apart"),
            "block:lifted" => (
                "bỏ chặn ghép hai tổ chức",
                "let two organisations be suggested again",
            ),
            "role:member" => ("đổi vai trò thành thành viên", "made a member"),
            "role:coordinator" => ("đổi vai trò thành điều phối viên", "made a coordinator"),
            "role:admin" => ("đổi vai trò thành quản trị viên", "made an admin"),
            "event:person_joined" => ("tham gia", "joined"),
            "event:person_forgotten" => ("xin được quên", "asked to be forgotten"),
            "event:organisation_registered" => ("đăng ký tổ chức", "registered an organisation"),
            "event:organisation_verified" => ("xác minh tổ chức", "verified an organisation"),
            "event:organisation_changed" => ("sửa thông tin tổ chức", "changed an organisation"),
            "event:membership_asked" => ("xin vào tổ chức", "asked to join"),
            "event:membership_granted" => ("nhận người vào tổ chức", "let somebody in"),
            "event:membership_refused" => ("không nhận người vào tổ chức", "turned somebody down"),
            "event:listing_submitted" => ("gửi duyệt tin", "handed in a listing"),
            "event:confirmation_asked" => ("xin xác nhận tin", "asked a firm to confirm"),
            "event:listing_confirmed" => ("xác nhận tin", "confirmed a listing"),
            "event:listing_returned" => ("trả lại tin", "returned a listing"),
            "event:listing_published" => ("đăng tin", "published a listing"),
            "event:listing_changed" => ("đổi tin đang đăng", "changed a listing"),
            "event:listing_ended" => ("đóng tin", "ended a listing"),
            "event:listing_reported" => ("báo cáo tin", "reported a listing"),
            "event:interest_expressed" => ("bày tỏ quan tâm", "expressed interest"),
            "event:pairing_proposed" => ("duyệt ghép nối", "approved a pairing"),
            "event:pairing_accepted" => ("nhận lời ghép nối", "accepted a pairing"),
            "event:pairing_declined" => ("từ chối ghép nối", "declined a pairing"),
            "event:pairing_introduced" => (
                "nhận lời, hai bên được giới thiệu",
                "accepted, both were introduced",
            ),
            "event:pairing_moved" => ("chuyển bước ghép nối", "moved a pairing on"),
            "event:pairing_withdrawn" => ("rút ghép nối", "withdrew a pairing"),
            "event:message_posted" => ("nhắn trên trang chung", "wrote on a shared page"),
            "event:imported_matches_asked" => ("yêu cầu ghép tin đã nhập", "asked for matches among imports"),
            "event:reindex_asked" => ("yêu cầu lập lại chỉ mục", "asked for a new index"),
            other => return other.to_owned(),
        };
        self.shell.t(vi, en).to_owned()
    }
}

pub async fn look(cx: Cx, shell: Shell, _who: Admin, params: Params) -> Answer {
    let page = params.page();
    let (rows, count) = audit::page(&cx, &Filter::of(&params), page).await?;
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

pub async fn csv(cx: Cx, _who: Admin, params: Params) -> Answer {
    super::csv(&audit::table(&cx, &Filter::of(&params)).await?, "audit")
}
