//! What an admin meets: the service's health and its code lists.

use askama::Template;

use crate::accounts::Admin;
use crate::desk::backups;
use crate::desk::health::{self, Health};
use crate::desk::outbox::{self, Standing};
use crate::ids::JobId;
use crate::kit::Cx;
use crate::kit::backup::Kept;
use crate::kit::web::{self, Answer, Id, Shell};
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
