//! Organisations: founded, checked, joined; and how much they can take at a time.

use caunoi::accounts::Role;
use caunoi::kit::db::sql;
use caunoi::listings::Kind;
use caunoi::matching::stage::Stage;

use crate::scene::{LAB, Poster, Scene, posted, sick_rice};
use crate::world::{Browser, story};

const FIRM: &str = "Công ty Bao bì Minh Long";

#[test]
fn a_firm_is_founded_with_all_faults_told_and_checked_by_a_coordinator() {
    story(|world| async move {
        let lan = world.person_at("Lan", "lan@minhlong.test", Role::Member).await;
        let mut form = firm();
        set(&mut form, "name_vi", "");
        set(&mut form, "kind", "");
        set(&mut form, "place", "");
        set(&mut form, "tax_code", "0300588568");
        set(&mut form, "website", "không có");
        lan.post("/vi/organisations", &form)
            .await
            .is(422)
            .shows("Có 5 chỗ cần sửa")
            .shows("Chọn loại tổ chức.")
            .shows("Nhập tên tổ chức.")
            .shows("Chọn phường, xã hoặc đặc khu.")
            .shows("số thứ mười là số kiểm tra")
            .shows("Nhập địa chỉ trang web")
            .shows("value=\"0300588568\"");

        let page = found(&lan).await;
        lan.get(&page).await.is(200).shows(FIRM);
        world.visitor().get(&page).await.is(404);
        let coordinator = world.coordinator().await;
        coordinator.get("/vi/desk").await.shows(FIRM);
        coordinator
            .get("/vi/desk/organisations")
            .await
            .is(200)
            .shows("Mã số thuế 0300588569 đúng số kiểm tra.")
            .shows("Thành viên dùng địa chỉ thư của minhlong.test.");
        let verification = format!("{page}/verification");
        lan.post(&verification, &[]).await.is(403);
        coordinator.post(&verification, &[]).await.is(303);
        let letter = world.letter_to("lan@minhlong.test").await;
        assert_eq!(letter.subject, format!("{FIRM} đã được xác minh"));
        world.visitor().get(&page).await.is(200).shows(FIRM);

        // A member's new name is checked anew; the address stays, for links point to it.
        let mut renamed = firm();
        set(&mut renamed, "name_vi", "Tập đoàn Minh Long Toàn Cầu");
        lan.post(&format!("{page}/edit"), &renamed).await.is(303);
        world.visitor().get(&page).await.is(404);
        coordinator
            .get("/vi/desk/organisations")
            .await
            .shows("Tập đoàn Minh Long Toàn Cầu");
    });
}

#[test]
fn two_organisations_with_one_tax_code_are_seen_side_by_side() {
    story(|world| async move {
        let lan = world.person("Lan", Role::Member).await;
        found(&lan).await;
        let minh = world.person("Minh", Role::Member).await;
        let mut twin = firm();
        set(&mut twin, "name_vi", "Xưởng In Hoàng Gia");
        minh.post("/vi/organisations", &twin).await.is(303);
        world
            .coordinator()
            .await
            .get("/vi/desk/organisations")
            .await
            .shows("Mã số thuế 0300588569 đã có ở tổ chức khác.");
    });
}

#[test]
fn a_colleague_is_invited_and_belongs_by_the_link() {
    story(|world| async move {
        let lan = world.person_at("Lan", "lan@minhlong.test", Role::Member).await;
        let page = found(&lan).await;
        let invitations = format!("{page}/invitations");
        lan.post(&invitations, &[("email", "không phải thư")])
            .await
            .is(422)
            .shows("Nhập địa chỉ thư điện tử");
        lan.post(&invitations, &[("email", "tuan@minhlong.test")])
            .await
            .is(303);
        let letter = world.letter_to("tuan@minhlong.test").await;
        assert_eq!(letter.subject, format!("Lan mời bạn vào {FIRM}"));
        let link = letter.link("/invitations/");

        let tuan = world.visitor();
        tuan.get(&link)
            .await
            .is(200)
            .shows(FIRM)
            .shows("tuan@minhlong.test");
        tuan.post(&link, &[])
            .await
            .is(422)
            .shows("Nhập họ và tên của bạn.")
            .shows("Cần đồng ý với điều khoản");
        let fields = [("name", "Tuấn"), ("terms", "yes"), ("letters", "yes")];
        tuan.post(&link, &fields).await.is(303);
        tuan.get(&format!("{page}/members"))
            .await
            .is(200)
            .shows("Tuấn")
            .hides("Giao phụ trách");
        world
            .visitor()
            .get(&link)
            .await
            .shows("Lời mời này đã được dùng.");
        world.visitor().post(&link, &fields).await.is(409);

        // A member of the house is not in charge of it.
        tuan.post(&invitations, &[("email", "ai@minhlong.test")])
            .await
            .is(403);
        lan.get(&format!("{page}/members"))
            .await
            .shows("Phụ trách")
            .shows("tuan@minhlong.test");
        let own = lan.get(&format!("{page}/members")).await;
        let leave = own.link("/removal");
        lan.post(&leave, &[])
            .await
            .is(409)
            .shows("cần ít nhất một người phụ trách");
    });
}

#[test]
fn whoever_left_has_no_say_in_what_they_wrote_for_the_firm() {
    story(|world| async move {
        let lan = world.person_at("Lan", "lan@minhlong.test", Role::Member).await;
        let page = found(&lan).await;
        world.letters().await;
        let invited = [("email", "tuan@minhlong.test")];
        lan.post(&format!("{page}/invitations"), &invited).await.is(303);
        let link = world.letter_to("tuan@minhlong.test").await.link("/invitations/");
        let tuan = world.visitor();
        let said = [("name", "Lê Tuấn"), ("terms", "yes")];
        tuan.post(&link, &said).await.is(303);
        let title = "Đếm bao gạo khi xuống hàng ở bến";
        let draft = tuan.post("/vi/needs", &[("title", title)]).await.went_to();
        tuan.get(&draft).await.is(200);
        tuan.get("/vi/mine").await.shows(title);

        let (id,): (caunoi::ids::PersonId,) = world
            .cx
            .db
            .one(sql("select id from people where email = $1").bind("tuan@minhlong.test"))
            .await
            .unwrap();
        let removal = format!("{page}/members/{id}/removal");
        lan.post(&removal, &[]).await.is(303);
        // The plan is the firm's: who was taken off the list reads and changes it no more, and a colleague goes on.
        tuan.get(&draft).await.is(404);
        tuan.post(&draft, &[("title", "Đổi ý"), ("version", "1")])
            .await
            .is(404);
        tuan.get("/vi/mine").await.is(200).hides(title);
        lan.get(&draft).await.is(200).shows(title);
    });
}

#[test]
fn what_a_stranger_said_in_a_colleagues_name_is_not_taken_over() {
    story(|world| async move {
        let stranger = world.visitor();
        let form = [
            ("name", "Kẻ lạ"),
            ("email", "tuan@minhlong.test"),
            ("terms", "yes"),
            ("letters", "yes"),
        ];
        stranger.post("/vi/account", &form).await.is(303);
        let lan = world.person_at("Lan", "lan@minhlong.test", Role::Member).await;
        let page = found(&lan).await;
        world.letters().await;
        let invited = [("email", "tuan@minhlong.test")];
        lan.post(&format!("{page}/invitations"), &invited).await.is(303);
        let link = world.letter_to("tuan@minhlong.test").await.link("/invitations/");
        let tuan = world.visitor();
        tuan.get(&link).await.is(200).shows("name=\"name\"");
        tuan.post(&link, &[]).await.is(422);
        let said = [("name", "Lê Tuấn"), ("terms", "yes")];
        tuan.post(&link, &said).await.is(303);
        let consents = tuan.get("/vi/settings/consents").await;
        consents.is(200).hides("Kẻ lạ");
        let settings = tuan.get("/vi/settings").await;
        settings
            .shows("Lê Tuấn")
            .hides("name=\"letters\" value=\"yes\" checked");
        assert!(!settings.body.contains("Kẻ lạ"));
    });
}

#[test]
fn whoever_asks_to_join_is_answered_either_way() {
    story(|world| async move {
        let lan = world.person_at("Lan", "lan@minhlong.test", Role::Member).await;
        let page = found(&lan).await;
        let tuan = world.person_at("Tuấn", "tuan@minhlong.test", Role::Member).await;
        // Registering what is here already shows it first.
        let seen = tuan.post("/vi/organisations", &firm()).await;
        seen.is(422).shows("Có phải một trong các tổ chức này?");
        let asking = seen.link("/membership");
        let on = tuan.post(&asking, &[]).await.went_to();
        tuan.get(&on).await.is(200).shows("Bạn đang xin vào").shows(FIRM);
        let letter = world.letter_to("lan@minhlong.test").await;
        assert_eq!(letter.subject, format!("Tuấn xin vào {FIRM}"));
        tuan.get(&format!("{page}/members")).await.is(403);

        let members = lan.get(&letter.link("/members")).await;
        members.is(200).shows("Đang xin vào").shows("tuan@minhlong.test");
        let refusal = members.link("/removal");
        lan.post(&refusal, &[]).await.is(303);
        let refused = world.letter_to("tuan@minhlong.test").await;
        assert_eq!(refused.subject, format!("Về yêu cầu vào {FIRM} của bạn"));
        tuan.get("/vi/organisations/new").await.hides("Bạn đang xin vào");

        // Asked again, those in charge hear of it again.
        tuan.post(&asking, &[]).await.is(303);
        tuan.post(&asking, &[]).await.is(303);
        world.letter_to("lan@minhlong.test").await;
        let members = lan.get(&format!("{page}/members")).await;
        lan.post(&members.link("/approval"), &[]).await.is(303);
        let granted = world.letter_to("tuan@minhlong.test").await;
        assert_eq!(granted.subject, format!("Bạn đã vào {FIRM}"));
        tuan.get(&format!("{page}/members")).await.is(200);
        lan.post(&members.link("/approval"), &[]).await.is(409);

        // What a coordinator sees of their addresses is on the record, and who was put in charge; what colleagues see
        // of one another is not.
        let admin = world.person("Quản trị", Role::Admin).await;
        admin
            .get("/vi/admin/audit")
            .await
            .hides("xem người của một tổ chức");
        let coordinator = world.coordinator().await;
        coordinator
            .get(&format!("{page}/members"))
            .await
            .is(200)
            .shows("tuan@minhlong.test");
        let role = lan.get(&format!("{page}/members")).await.link("/role");
        lan.post(&role, &[("role", "owner")]).await.is(303);
        admin
            .get("/vi/admin/audit?part=seen")
            .await
            .shows("xem người của một tổ chức");
        admin
            .get("/vi/admin/audit?part=changed")
            .await
            .shows("trao quyền phụ trách tổ chức");
    });
}

#[test]
fn nobody_sends_letters_by_asking_again_and_again() {
    story(|world| async move {
        let lan = world.person_at("Lan", "lan@minhlong.test", Role::Member).await;
        let page = found(&lan).await;
        let tuan = world.person_at("Tuấn", "tuan@minhlong.test", Role::Member).await;
        let asking = tuan.post("/vi/organisations", &firm()).await.link("/membership");
        world.letters().await;
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(tuan.post(&asking, &[]).await.status.as_u16());
            let members = lan.get(&format!("{page}/members")).await;
            if members.body.contains("Đang xin vào") {
                // Who leaves takes their request back.
                let leaving = members.link("/removal");
                tuan.post(&leaving, &[]).await.is(303);
            }
        }
        assert_eq!(answers, [303, 303, 303, 303, 429, 429]);
    });
}

#[test]
fn a_provider_that_takes_one_introduction_is_suggested_again_when_it_has_room() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        takes_one_at_a_time(&scene).await;
        let first = scene.introduced().await;

        let neighbour = Poster::new(Kind::Need, "Nông trường Đồng Cò", "hoa@dongco.example", "Hoa");
        let (need, _) = posted(&scene.world, &neighbour, sick_rice()).await;
        scene.world.settle().await;
        assert!(
            scene.pairing_of(need).await.is_none(),
            "the laboratory has its hands full"
        );

        let done = [("stage", "completed")];
        let steps = format!("/vi/pairings/{}/steps", first.id);
        scene.scientist.post(&steps, &done).await.is(303);
        scene.world.days_pass(8).await;
        assert!(scene.pairing_of(need).await.is_some(), "there is room again");
    });
}

#[test]
fn two_who_want_it_wait_until_the_provider_has_room() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        takes_one_at_a_time(&scene).await;
        let neighbour = Poster::new(Kind::Need, "Nông trường Đồng Cò", "hoa@dongco.example", "Hoa");
        let (need, hoa) = posted(&scene.world, &neighbour, sick_rice()).await;
        scene.world.settle().await;
        let second = scene.pairing_of(need).await.expect("there is room still");
        let approval = format!("/vi/pairings/{}/approval", second.id);
        scene.coordinator.post(&approval, &[("words", "")]).await.is(303);
        let first = scene.introduced().await;

        let yes = format!("/vi/pairings/{}/acceptance", second.id);
        hoa.post(&yes, &[]).await.is(303);
        let refused = scene.scientist.post(&yes, &[]).await;
        refused.is(409).shows("câu trả lời này chưa được ghi");
        assert_eq!(scene.pairing_of(need).await.unwrap().stage, Stage::NeedAccepted);
        scene
            .coordinator
            .get("/vi/desk")
            .await
            .shows("Chờ bên cung có chỗ");
        scene.world.days_pass(12).await;
        assert_eq!(scene.pairing_of(need).await.unwrap().stage, Stage::NeedAccepted);

        let scientist = scene.sign_in_again(LAB).await;
        let steps = format!("/vi/pairings/{}/steps", first.id);
        scientist.post(&steps, &[("stage", "completed")]).await.is(303);
        scientist.post(&yes, &[]).await.is(303);
        assert_eq!(scene.pairing_of(need).await.unwrap().stage, Stage::Introduced);
    });
}

// Steps of the stories ---------------------------------------------------------------------------

type Fields = Vec<(&'static str, &'static str)>;

fn firm() -> Fields {
    vec![
        ("kind", "business"),
        ("name_vi", FIRM),
        ("place", "25747"),
        ("size", "small"),
        ("website", "minhlong.test"),
        ("tax_code", "0300588569"),
        ("capacity", "2"),
    ]
}

/// The laboratory says that it can take one introduction at a time.
async fn takes_one_at_a_time(scene: &Scene) {
    let page = "/vi/organisations/vien-thi-giac-nam/edit";
    let form = scene.scientist.get(page).await;
    form.is(200).shows("Nhận được mấy lời giới thiệu cùng lúc");
    let mut fields = firm();
    set(&mut fields, "kind", "institute");
    set(&mut fields, "name_vi", "Viện Thị giác Nam");
    set(&mut fields, "tax_code", "");
    set(&mut fields, "capacity", "1");
    scene.scientist.post(page, &fields).await.is(303);
}

fn set(form: &mut Fields, name: &str, value: &'static str) {
    for (field, old) in form {
        if *field == name {
            *old = value;
        }
    }
}

/// Registers the firm; the address of its page.
async fn found(browser: &Browser) -> String {
    let goal = browser.post("/vi/organisations", &firm()).await.went_to();
    goal.split('?').next().unwrap().to_owned()
}
