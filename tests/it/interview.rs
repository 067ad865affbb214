//! A coordinator writes down what a firm told them; the firm confirms it; only then readers see it.

use caunoi::accounts::Role;

use crate::scene::all_looked_at;
use crate::world::{Browser, World, story};

const TITLE: &str = "Đếm bao gạo khi xuống hàng ở bến";
const FIRM: &str = "Công ty Gạo Sông Hậu";
pub const CONTACT: &str = "hai@gaosonghau.test";

#[test]
fn the_firm_objects_then_confirms_and_that_coordinator_publishes() {
    story(|world| async move {
        let firm = firm(&world).await;
        let lan = world.coordinator().await;
        let base = written(&lan).await;
        hand_in(&lan, &base).await;
        let letter = world.letter_to(CONTACT).await;
        assert_eq!(letter.subject, format!("Xin xác nhận: {TITLE}"));
        let review = format!("/vi/desk/reviews/{}", base.rsplit('/').next().unwrap());
        let read = lan.get(&review).await.value("version");
        lan.post(&format!("{review}/publication"), &all_looked_at(&read))
            .await
            .is(409)
            .shows("Đơn vị chưa xác nhận bản này.");

        // The link opens a page that changes nothing, without a sign-in.
        let phone = world.visitor();
        let link = letter.link("/listing-confirmations/");
        let page = phone.get(&link).await;
        page.is(200)
            .shows("Chúng tôi hiểu như vậy đúng chưa?")
            .shows(TITLE)
            .shows("Mỗi ngày 4.000 bao");
        let version = page.value("version");
        let objection = format!("{link}/objection");
        phone
            .post(&objection, &[("version", &version)])
            .await
            .is(422)
            .shows("Hãy cho biết điều gì chưa đúng.");
        let words = "Chúng tôi nhận 6.000 bao chứ không phải 4.000.";
        phone
            .post(&objection, &[("version", &version), ("words", words)])
            .await
            .is(200)
            .shows("Điều phối viên sẽ sửa theo góp ý");
        phone.get(&link).await.shows("Bản này đã được trả lời");
        phone.post(&link, &[("version", &version)]).await.is(409);

        // The coordinator reads the remark, mends and asks once more; the old link stays spent.
        lan.get(&format!("{base}/edit/check")).await.shows("6.000 bao");
        let returned = world.letters().await;
        assert_eq!(
            returned.len(),
            1,
            "the firm, which has just said so, is not written to"
        );
        assert!(
            returned[0]
                .plain
                .contains("Tin bạn viết thay đơn vị được trả lại.")
        );
        assert!(returned[0].plain.contains(words));
        world.days_pass(1).await;
        hand_in(&lan, &base).await;
        let second = world.letter_to(CONTACT).await.link("/listing-confirmations/");
        assert_ne!(second, link);
        let version = phone.get(&second).await.value("version");
        phone
            .post(&second, &[("version", &version)])
            .await
            .is(200)
            .shows("Đã xác nhận.");

        let read = lan.get(&review).await.value("version");
        lan.post(&format!("{review}/publication"), &all_looked_at(&read))
            .await
            .is(303);
        let told = world.letter_to(CONTACT).await;
        assert_eq!(told.subject, format!("Đã đăng: {TITLE}"));
        world
            .visitor()
            .get(&base)
            .await
            .is(200)
            .shows(TITLE)
            .hides(CONTACT);
        firm.get("/vi/mine").await.shows(TITLE);
    });
}

#[test]
fn what_changed_after_the_letter_is_not_confirmed_by_it() {
    story(|world| async move {
        firm(&world).await;
        let lan = world.coordinator().await;
        let base = written(&lan).await;
        hand_in(&lan, &base).await;
        let link = world.letter_to(CONTACT).await.link("/listing-confirmations/");
        let version = world.visitor().get(&link).await.value("version");
        lan.post(&format!("{base}/withdrawal"), &[]).await.is(303);
        world
            .visitor()
            .post(&link, &[("version", &version)])
            .await
            .is(409);
        world
            .visitor()
            .get(&link)
            .await
            .shows("hoặc đã đổi từ khi thư được gửi");
    });
}

#[test]
fn only_a_coordinator_writes_for_others_and_only_for_people_of_the_firm() {
    story(|world| async move {
        firm(&world).await;
        let stranger = world.person("Người lạ", Role::Member).await;
        stranger.get("/vi/desk/needs/new").await.is(403);
        let lan = world.coordinator().await;
        lan.post("/vi/desk/needs", &[("org", FIRM), ("title", TITLE)])
            .await
            .is(422)
            .shows("Hãy chọn người liên hệ.");
        let page = lan.get(&interview()).await;
        let contact = page.value("contact");
        let (org, _) = contact.split_once(':').unwrap();
        let foreign = format!("{org}:{}", caunoi::ids::PersonId::new());
        lan.post("/vi/desk/needs", &[("title", TITLE), ("contact", &foreign)])
            .await
            .is(422)
            .shows("không thuộc tổ chức đã chọn");
    });
}

// Steps of the stories ---------------------------------------------------------------------------

/// A firm with one person, who has signed in.
pub async fn firm(world: &World) -> Browser {
    let hai = world.person_at("Hai", CONTACT, Role::Member).await;
    let form = [
        ("kind", "business"),
        ("name_vi", FIRM),
        ("place", "25747"),
        ("size", "small"),
    ];
    hai.post("/vi/organisations", &form).await.is(303);
    hai
}

fn interview() -> String {
    format!(
        "/vi/desk/needs/new?{}",
        serde_html_form::to_string([("org", FIRM)]).unwrap()
    )
}

/// A need begun and written by the coordinator; its address.
pub async fn written(lan: &Browser) -> String {
    let page = lan.get(&interview()).await;
    page.is(200).shows(CONTACT);
    let contact = page.value("contact");
    let fields = [("org", FIRM), ("title", TITLE), ("contact", &contact)];
    let goal = lan.post("/vi/desk/needs", &fields).await.went_to();
    let base = goal.split("/edit/").next().unwrap().to_owned();
    let at = |step: &str| format!("{base}/edit/{step}");
    let version = lan.get(&at("problem")).await.value("version");
    let problem = [
        ("version", version.as_str()),
        ("first", "vi"),
        ("title", TITLE),
        ("summary", "Biết đúng số bao của từng ghe ngay khi xuống hàng."),
        (
            "body",
            "Mỗi ngày 4.000 bao xuống từ ghe. Hai người đếm tay và ghi sổ, cuối ngày thường lệch 20–30 bao, \
             và không biết lệch ở ghe nào.",
        ),
        ("then", "on"),
    ];
    lan.post(&at("problem"), &problem).await.is(303);
    let version = lan.get(&at("fit")).await.value("version");
    let fit = [
        ("version", version.as_str()),
        ("sector", "logistics"),
        ("capability", "cv.detect"),
        ("cooperation", "pilot"),
        ("then", "on"),
    ];
    lan.post(&at("fit"), &fit).await.is(303);
    let version = lan.get(&at("details")).await.value("version");
    let details = [
        ("version", version.as_str()),
        ("first", "vi"),
        ("success", "Lệch dưới 5 bao mỗi ngày"),
        ("data", "none"),
        ("then", "on"),
    ];
    lan.post(&at("details"), &details).await.is(303);
    base
}

pub async fn hand_in(lan: &Browser, base: &str) {
    let version = lan.get(&format!("{base}/edit/check")).await.value("version");
    lan.post(&format!("{base}/submission"), &[("version", &version)])
        .await
        .is(303);
}
