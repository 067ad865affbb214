//! Letters about one's own listings: returned with all reasons, published, about to expire; and the one that
//! asks a firm to confirm what a coordinator wrote for it.

use super::{Kind, Listing, Origin, State, fields, review, store};
use crate::accounts::letters::letter;
use crate::accounts::tickets::{self, Purpose};
use crate::accounts::{self, Frequency, Kind as LetterKind, Person};
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::clock::DAY;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail;
use crate::kit::mail::words::{Piece, Words};
use crate::orgs;

const CONFIRMATION_LIFE: i64 = 30 * DAY;

/// Tells its people what to mend, everything at once.
pub async fn tell_returned(cx: &Cx, id: ListingId) -> Result<(), Fault> {
    let listing = store::get(&cx.db, id).await?;
    if listing.state != State::Changes {
        return Ok(());
    }
    let notes = review::open_notes(&cx.db, id).await?;
    let written_by_coordinator = listing.origin == Origin::Coordinator && listing.live.is_none();
    let readers = match listing.coordinator_id.filter(|_| written_by_coordinator) {
        // What was written in an interview is mended by whoever wrote it; the firm has just said what is wrong.
        Some(coordinator) => vec![accounts::person(&cx.db, coordinator).await?],
        None => readers(cx, &listing).await?,
    };
    for person in readers {
        let lang = person.lang;
        let title = title(&listing, lang);
        let subject = lang.fill(
            "Cần sửa trước khi đăng: {}",
            "To mend before it is published: {}",
            &[&title],
        );
        let items = notes
            .iter()
            .map(|note| {
                format!(
                    "{} ({}): {}",
                    field_name(listing.kind, &note.field, lang),
                    note.severity.label(lang),
                    note.body
                )
            })
            .collect();
        let words = Words::new(lang).greet(&person.name);
        let words = if written_by_coordinator {
            words.para(
                "Tin bạn viết thay đơn vị được trả lại. Dưới đây là tất cả những điểm cần sửa; sửa xong và gửi lại, đơn vị sẽ được hỏi xác nhận lần nữa.",
                "What you wrote for a firm came back. Below is everything that needs mending; hand it in again and the firm is asked once more.",
            )
        } else {
            words.para(
                "Điều phối viên đã đọc tin của quý đơn vị. Dưới đây là tất cả những điểm cần sửa; sửa xong, tin sẽ được duyệt lại.",
                "A coordinator has read your listing. Below is everything that needs mending; once that is done it is reviewed again.",
            )
        };
        let words = words
            .piece(Piece::Card {
                title,
                lines: vec![listing.reference().to_owned()],
            })
            .piece(Piece::List {
                lead: lang.t("Cần sửa:", "To mend:").to_owned(),
                items,
            })
            .button(
                "Sửa tin",
                "Edit the listing",
                cx.url(lang, &format!("{}/edit/check", listing.path())),
            );
        post(cx, &person, &listing, "listing_returned", subject, words).await?;
    }
    Ok(())
}

/// Tells its people that readers see it now.
pub async fn tell_published(cx: &Cx, id: ListingId) -> Result<(), Fault> {
    let listing = store::get(&cx.db, id).await?;
    if listing.state != State::Published || listing.owner_id.is_none() {
        return Ok(());
    }
    for person in readers(cx, &listing).await? {
        let lang = person.lang;
        let title = title(&listing, lang);
        let subject = lang.fill("Đã đăng: {}", "Published: {}", &[&title]);
        let next = match listing.kind {
            Kind::Need => lang.t(
                "Hệ thống đang tìm năng lực phù hợp; điều phối viên xem từng gợi ý trước khi gửi cho quý đơn vị.",
                "The service is now looking for offers that fit; a coordinator looks at each suggestion before it reaches you.",
            ),
            Kind::Offer => lang.t(
                "Hệ thống đang tìm nhu cầu phù hợp; điều phối viên xem từng gợi ý trước khi gửi cho quý đơn vị.",
                "The service is now looking for needs that fit; a coordinator looks at each suggestion before it reaches you.",
            ),
        };
        let until = listing
            .expires_at
            .map(|at| lang.fill("Có hiệu lực đến {}", "Stands until {}", &[&lang.date(at)]));
        let lines = [Some(listing.reference().to_owned()), until]
            .into_iter()
            .flatten()
            .collect();
        let words = Words::new(lang)
            .greet(&person.name)
            .para(
                "Tin của quý đơn vị đã được duyệt và đăng.",
                "Your listing has been reviewed and published.",
            )
            .piece(Piece::Card { title, lines })
            .piece(Piece::Para(next.to_owned()))
            .button("Xem tin", "See the listing", cx.url(lang, &listing.path()));
        post(cx, &person, &listing, "listing_published", subject, words).await?;
    }
    Ok(())
}

/// Tells its people that it expires in two weeks, unless it still holds.
pub async fn tell_expiring(cx: &Cx, id: ListingId) -> Result<(), Fault> {
    let listing = store::get(&cx.db, id).await?;
    let (State::Published, Some(expires)) = (listing.state, listing.expires_at) else {
        return Ok(());
    };
    for person in readers(cx, &listing).await? {
        let lang = person.lang;
        let title = title(&listing, lang);
        let day = lang.date(expires);
        let subject = lang.fill(
            "Còn đúng không? “{}” hết hạn ngày {}",
            "Does it still hold? “{}” expires on {}",
            &[&title, &day],
        );
        let words = Words::new(lang)
            .greet(&person.name)
            .para(
                "Tin dưới đây đã đăng gần một năm. Nếu vẫn đúng, xin gia hạn; nếu không, xin đóng lại và cho biết kết quả, để người khác khỏi chờ.",
                "The listing below has stood for almost a year. If it still holds, please renew it; if not, please close it and say how it ended, so that nobody waits in vain.",
            )
            .piece(Piece::Card {
                title,
                lines: vec![
                    listing.reference().to_owned(),
                    lang.fill("Hết hạn ngày {}", "Expires on {}", &[&day]),
                ],
            })
            .button("Gia hạn hoặc đóng", "Renew or close", cx.url(lang, &listing.path()));
        post(cx, &person, &listing, "listing_expiring", subject, words).await?;
    }
    Ok(())
}

/// Asks the firm whether the coordinator understood it rightly. The link opens a page; only its button confirms.
pub async fn ask_confirmation(cx: &Cx, id: ListingId) -> Result<(), Fault> {
    let listing = store::get(&cx.db, id).await?;
    let (State::Review, Some(owner), true) = (listing.state, listing.owner_id, listing.needs_confirmation())
    else {
        return Ok(());
    };
    let person = accounts::person(&cx.db, owner).await?;
    let lang = person.lang;
    let title = listing.draft().title(lang).to_owned();
    let summary = listing.draft().summary(lang).to_owned();
    let mut tx = cx.db.begin().await?;
    let given = tickets::give(
        cx,
        &mut tx,
        Purpose::ConfirmListing,
        Some(owner),
        None,
        Some(id.0),
        CONFIRMATION_LIFE,
        false,
    )
    .await?;
    let subject = lang.fill("Xin xác nhận: {}", "Please confirm: {}", &[&title]);
    let words = Words::new(lang)
        .greet(&person.name)
        .para(
            "Sau buổi trao đổi với quý đơn vị, điều phối viên đã viết lại nhu cầu như dưới đây. Tin chỉ được đăng khi quý đơn vị xác nhận là đúng.",
            "After talking with you, a coordinator wrote down your need as below. It is published only once you confirm that it is right.",
        )
        .piece(Piece::Card { title, lines: vec![summary] })
        .button("Xem và xác nhận", "Read and confirm", cx.url(lang, &format!("listing-confirmations/{}", given.token)))
        .small(
            "Liên kết dùng được trong 30 ngày. Mở liên kết chưa thay đổi gì; trên trang có nút xác nhận và chỗ để góp ý.",
            "The link works for 30 days. Opening it changes nothing; the page has a button to confirm and room for remarks.",
        )
        .footer(lang.t(
            "Bạn nhận thư này vì điều phối viên ghi bạn là người liên hệ của đơn vị.",
            "You get this because a coordinator named you as your firm's contact.",
        ));
    // Handed in once more after an objection it is asked once more, even where not a word was changed.
    let handed_in = listing.submitted_at.map_or(0, |at| at.0);
    let once = format!("{owner}:{id}:confirm_listing:{}:{handed_in}", listing.version);
    let letter = letter(cx, &person, "confirm_listing", once, &subject, &words)?;
    // Where the same letter stands in the outbox already, neither it nor its ticket is made twice.
    if mail::post(cx, &mut tx, &letter).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// The owner where they still belong, or else the organisation's people.
async fn readers(cx: &Cx, listing: &Listing) -> Result<Vec<Person>, Fault> {
    if let Some(owner) = listing.owner_id {
        let person = accounts::person(&cx.db, owner).await?;
        let belongs = match listing.org_id {
            Some(org) => orgs::is_member(&cx.db, org, owner).await?,
            None => true,
        };
        if belongs && person.disabled_at.is_none() {
            return Ok(vec![person]);
        }
    }
    match listing.org_id {
        Some(org) => orgs::members(&cx.db, org).await,
        None => Ok(Vec::new()),
    }
}

async fn post(
    cx: &Cx,
    person: &Person,
    listing: &Listing,
    kind: &'static str,
    subject: String,
    words: Words,
) -> Result<(), Fault> {
    let frequency = accounts::frequency(cx, &cx.db, person.id, LetterKind::Listing).await?;
    if frequency == Frequency::Never {
        return Ok(());
    }
    let (why_vi, why_en) = if listing.coordinator_id == Some(person.id) {
        (
            "Bạn nhận thư này vì bạn viết tin này thay đơn vị.",
            "You get this because you wrote the listing for the firm.",
        )
    } else {
        (
            "Bạn nhận thư này vì tin đứng tên bạn hoặc tổ chức của bạn.",
            "You get this because the listing stands in your name or your organisation's.",
        )
    };
    let words = accounts::footer(cx, words, person, LetterKind::Listing, frequency, why_vi, why_en);
    // The same news of the same version is told once; of a later one (a second return, next year's end) again.
    let of = listing
        .expires_at
        .filter(|_| kind == "listing_expiring")
        .map_or(listing.version, |at| at.0);
    let once = format!("{}:{}:{kind}:{of}", person.id, listing.id);
    let mut letter = letter(cx, person, kind, once, &subject, &words)?;
    letter.unsubscribe = Some(accounts::unsubscribe_url(cx, person, LetterKind::Listing));
    mail::post_alone(cx, &letter).await
}

fn title(listing: &Listing, lang: Lang) -> String {
    listing.draft().title(lang).to_owned()
}

/// What a field is called, for a reviewer's note; the whole listing where it is none of them.
pub fn field_name(kind: Kind, name: &str, lang: Lang) -> &'static str {
    match name {
        "fit" => lang.t("Lĩnh vực và năng lực", "Sector and capability"),
        "facts" => lang.t("Dữ liệu, kinh phí, thời hạn", "Data, budget, dates"),
        "evidence" => lang.t("Minh chứng", "Evidence"),
        "openness" => lang.t("Ai được xem", "Who may see it"),
        _ => fields::all(kind)
            .find(|field| field.name == name)
            .map_or(lang.t("Toàn bài", "The whole"), |field| field.heading(&lang)),
    }
}
