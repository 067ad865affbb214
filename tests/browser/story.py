"""The walk-through: a need becomes an introduction, told once in each language, with scripts and without.

Somebody without an account writes what they need, signs up, and hands it in. A coordinator checks the organisation
and the need, sees a suggestion, and approves it. Both sides get a letter, open its link, and say yes. They are
introduced, write to each other, meet, and say what came of it.
"""

import dataclasses

import people
from people import Person


@dataclasses.dataclass
class Plot:
    """One telling: who needs what, and whose sample offer fits."""

    lang: str
    scripts: bool
    name: str
    email: str
    phone: str
    org: str
    sector: str
    capability: str
    title: str
    summary: str
    body: str
    today: str
    success: str
    offer: str
    provider: str


LEAVES = Plot(
    lang="vi",
    scripts=True,
    name="Đỗ Thị Lành",
    email="lanh@rauxanhbenbai.example",
    phone="02855509101",
    org="Hợp tác xã Rau xanh Bến Bãi",
    sector="agriculture",
    capability="cv.class",
    title="Nông dân chụp lá rau bị đốm, muốn biết ngay là sâu bệnh gì",
    summary="Xã viên gửi ảnh lá rau bị đốm, bị thủng; cần máy nhận dạng sâu bệnh ngoài đồng, kể cả lúc mất sóng.",
    body="Chúng tôi trồng cải, xà lách, mồng tơi trên 26 ha. Mỗi sáng xã viên gửi chừng 40 ảnh lá có triệu chứng vào "
    "nhóm chat và chờ kỹ sư bảo vệ thực vật trả lời. Cần ứng dụng trên điện thoại nhận dạng triệu chứng trên rau ăn lá "
    "từ ảnh chụp, chạy ngoại tuyến, và khuyên cách xử lý theo quản lý dịch hại tổng hợp để khỏi phun thuốc bừa.",
    today="Một kỹ sư xem từng ảnh trên điện thoại, thường tới chiều mới trả lời hết.",
    success="Tám trên mười ảnh được nhận đúng trong một phút, lượng thuốc phun giảm một phần tư sau hai vụ.",
    offer="Nhận dạng 38 triệu chứng",
    provider="tran.thi.sen@dattho.example",
)

DROWSY = Plot(
    lang="vi",
    scripts=False,
    name="Phan Hữu Tín",
    email="tin@xedembamien.example",
    phone="02855509102",
    org="Nhà xe Đêm Ba Miền",
    sector="transport",
    capability="cv.video",
    title="Cảnh báo tài xế xe khách chạy đêm buồn ngủ",
    summary="Cần thiết bị nhìn mặt tài xế, thấy mắt díp lại, ngáp, gục đầu thì kêu ngay trong buồng lái.",
    body="Chúng tôi có 48 xe giường nằm chạy đêm. Sau hai lần xe lấn làn vì tài xế ngủ gật, chúng tôi muốn gắn camera "
    "hồng ngoại trước vô lăng để đo độ mở mắt, nhịp chớp mắt và cử động đầu, nhận ra buồn ngủ trong vài giây rồi nhắc "
    "tài xế. Thiết bị phải chạy trên xe, không cần gửi hình về đâu, và chịu được người đeo kính, đội nón, đeo khẩu trang.",
    today="Phụ xe ngồi canh và gọi tài xế, nhưng phụ xe cũng ngủ.",
    success="Nhận ra chín trên mười lần mắt nhắm quá hai giây, mỗi đêm báo nhầm không quá hai lần một xe.",
    offer="Ước lượng mức buồn ngủ",
    provider="le.nhu.quynh@vision.songtrang.example",
)

PONDS = Plot(
    lang="en",
    scripts=True,
    name="Marta Lindqvist",
    email="marta@brackishblue.example",
    phone="02855509103",
    org="Brackish Blue Farms",
    sector="agriculture",
    capability="ts.forecast",
    title="Know before dawn which shrimp ponds will run short of oxygen",
    summary="We want a forecast of dissolved oxygen for each pond a few hours ahead, and to know when a probe is lying.",
    body="We run 34 intensive shrimp ponds. Oxygen drops between two and five in the morning and by the time the alarm "
    "rings the shrimp are already gasping. Each pond has a probe for dissolved oxygen and temperature that reports every "
    "ten minutes, and the probes foul. We would like a forecast six hours ahead per pond, an estimate of how many "
    "aerators to start, and a warning when a sensor has drifted rather than the water.",
    today="A night watchman walks the ponds with a hand meter and starts every aerator when in doubt.",
    success="No mortality from low oxygen in one season and a fifth less electricity for aeration.",
    offer="Six-hour forecasts of dissolved oxygen",
    provider="nguyen.le.thuy@rachman.example",
)

NAMES = Plot(
    lang="en",
    scripts=False,
    name="Joan Whitfield",
    email="joan@openledgerpress.example",
    phone="02855509104",
    org="Open Ledger Legal Press",
    sector="administration",
    capability="text.extract",
    title="Hide names, numbers and addresses before we publish court decisions",
    summary="Vietnamese decisions must lose every personal detail before publication, the same person always by the same letter.",
    body="We publish 900 Vietnamese court decisions and office documents a month. Two editors black out names, identity "
    "numbers, addresses and telephone numbers by hand, and still a witness was recognised last year. We need software "
    "that finds persons and sensitive facts in Vietnamese legal text, replaces them consistently through the document, "
    "removes the hidden text under scanned pages, and runs on our own server.",
    today="Two editors mark every page by hand; a long decision takes most of a day.",
    success="At most one missed personal detail in a hundred documents, and a decision ready in ten minutes.",
    offer="pseudonymisation",
    provider="nguyen.duy.khanh@nlp.songtrang.example",
)


def test_in_vietnamese(world):
    tell(world, LEAVES)


def test_in_vietnamese_without_scripts(world):
    tell(world, DROWSY)


def test_in_english(world):
    tell(world, PONDS)


def test_in_english_without_scripts(world):
    tell(world, NAMES)


def tell(world, plot):
    seeker = Person(world, plot.lang, plot.email, plot.scripts, people.PHONE)
    need = writes_a_need(seeker, plot)
    coordinator = people.coordinator(world, plot.lang, plot.scripts)
    verifies_the_organisation(coordinator, plot)
    publishes(coordinator, need, plot)
    provider = people.sample(world, plot.provider, plot.lang, plot.scripts)
    pairing = approves_a_suggestion(world, coordinator, plot)
    both_say_yes(world, seeker, provider, pairing, plot)
    they_talk(seeker, provider, pairing)
    they_report(seeker, coordinator, pairing)


def writes_a_need(seeker, plot):
    """Without an account, as far as the last step; the draft is there after the sign-up."""
    seeker.opens("needs/new").fills(title=plot.title).sends("/needs")
    if plot.scripts:
        seeker.page.locator("[name=summary]").press_sequentially(plot.summary[:60], delay=5)
        seeker.page.locator("[data-similar-target] a").first.wait_for()
    on = "button[value=on]"
    seeker.fills(summary=plot.summary, body=plot.body).sends(button=on)
    seeker.fills(sector=[plot.sector], capability=[plot.capability], cooperation=["pilot"]).sends(button=on)
    seeker.fills(today=plot.today, success=plot.success, data="raw").sends(button=on)
    need = people.ids(seeker.page.url)[0]
    seeker.follows("main a[href*='account/new']").joins(plot.name, plot.phone)
    seeker.opens(f"needs/{need}/edit/contact")
    seeker.follows("main a[href*='organisations/new']")
    seeker.fills(**{"kind": "business", f"name_{plot.lang}": plot.org, "size": "small", "place": "27112"})
    seeker.sends("/organisations")
    seeker.opens(f"needs/{need}/edit/contact").chooses_first("org")
    seeker.fills(visibility="public", open_for_interest=True).sends(button=on)
    seeker.sees(plot.title, plot.success).sends("/submission")
    return need


def verifies_the_organisation(coordinator, plot):
    coordinator.opens("desk/organisations").sees(plot.org)
    coordinator.presses_near(plot.org, "/verification")


def publishes(coordinator, need, plot):
    coordinator.opens(f"desk/reviews/{need}").sees(plot.title)
    coordinator.fills(check=["clear", "safe", "true", "fit", "lawful"]).sends("/publication")


def approves_a_suggestion(world, coordinator, plot):
    """The suggestion is made in the background; until it is there nobody has been written to."""
    before = len(world.postbox.letters)
    coordinator.opens_until("desk/suggestions", plot.title)
    world.postbox.none_comes(to=plot.provider, since=before, within=0.5)
    coordinator.presses_near(plot.title, "/approval", reads=plot.offer)
    letter = world.postbox.wait(to=plot.email, subject=plot.offer, since=before)
    return people.ids(letter.link("/pairings/"))[0]


def both_say_yes(world, seeker, provider, pairing, plot):
    asked = seeker.letter(plot.offer), provider.letter(plot.title[:30])
    for letter, other in zip(asked, (provider, seeker)):
        assert other.email not in str(letter.message), f"“{letter.subject}” gives an address away"
        assert plot.phone not in letter.text + letter.html, f"“{letter.subject}” gives a number away"
    # A mail scanner that follows every link must change nothing.
    for letter in asked:
        for link in letter.links:
            world.fetch(link.removeprefix(world.base))
    for person, letter in zip((seeker, provider), asked):
        person.opens(letter.link("answer=yes")).sends("/acceptance")
    introduced = seeker.letter(), provider.letter()
    assert provider.email in introduced[0].text, "the introduction does not say whom to write to"
    assert plot.email in introduced[1].text and plot.phone in introduced[1].text, introduced[1].text


def they_talk(seeker, provider, pairing):
    words = "Thứ Năm 9 giờ được không? Thursday at nine?"
    seeker.opens(f"pairings/{pairing}/thread").sees(provider.email)
    seeker.fills(message=words).sends("/messages").sees(words)
    assert words in provider.letter().text
    provider.opens(f"pairings/{pairing}/thread").sees(words, seeker.email)


def they_report(seeker, coordinator, pairing):
    seeker.opens(f"pairings/{pairing}/thread").sends("/steps")
    seeker.fills(kind="pilot", body="6 tuần, 2 điểm / six weeks, two sites").sends("/outcomes")
    seeker.sees("6 tuần, 2 điểm")
    coordinator.opens(f"pairings/{pairing}/thread").sees("6 tuần, 2 điểm")
