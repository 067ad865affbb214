//! What makes a listing concrete: data, budget, dates, readiness, evidence.

use crate::kit::clock::At;
use crate::kit::web::Form;
use crate::listings::{Content, Evidence};
use crate::vocab::{self, Scheme};

/// Room for this many pieces of evidence, each line of this many characters.
const MOST_EVIDENCE: usize = 12;
const EVIDENCE_LINE: usize = 300;
const MOST_CAPACITY: i64 = 100;

pub(super) fn fill(form: &mut Form, content: &Content) {
    let day = |at: Option<At>| {
        at.map(|at| at.local().strftime("%Y-%m-%d").to_string())
            .unwrap_or_default()
    };
    form.set("data", content.data.clone().unwrap_or_default());
    form.set("personal_data", if content.personal_data { "yes" } else { "" });
    form.set("decision_at", day(content.decision_at));
    form.set("deadline", day(content.deadline));
    form.set("trl", content.trl.map(|trl| trl.to_string()).unwrap_or_default());
    form.set("budget", content.budget.clone().unwrap_or_default());
    form.set("place", content.place.clone().unwrap_or_default());
    form.set("offer_kind", content.offer_kind.clone().unwrap_or_default());
    form.set(
        "capacity",
        content
            .capacity
            .map(|capacity| capacity.to_string())
            .unwrap_or_default(),
    );
    for piece in &content.evidence {
        form.add("evidence_kind", piece.kind.as_str());
        form.add("evidence_what", piece.what.as_str());
        form.add("evidence_reference", piece.reference.as_str());
    }
}

pub(super) fn read_need(form: &mut Form, content: &mut Content) {
    content.data = code(form, "data", Scheme::Data);
    content.personal_data = form.ticked("personal_data");
    content.decision_at = form.date("decision_at");
    content.budget = code(form, "budget", Scheme::Budget);
    read_common(form, content);
}

pub(super) fn read_offer(form: &mut Form, content: &mut Content) {
    content.offer_kind = code(form, "offer_kind", Scheme::OfferKind);
    content.capacity = form.number("capacity", 1, MOST_CAPACITY);
    content.evidence = read_evidence(form, &content.evidence);
    read_common(form, content);
}

fn read_common(form: &mut Form, content: &mut Content) {
    content.deadline = form.date("deadline");
    content.trl = form.number("trl", 1, 9);
    content.place = code(form, "place", Scheme::Place);
}

fn code(form: &Form, name: &str, scheme: Scheme) -> Option<String> {
    form.text(name).filter(|code| vocab::knows(scheme, code))
}

/// Rows of kind, what and where to find it; an untouched row keeps the mark of who checked it.
fn read_evidence(form: &mut Form, before: &[Evidence]) -> Vec<Evidence> {
    let column = |name: &str| -> Vec<String> {
        form.values(name)
            .take(MOST_EVIDENCE)
            .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    };
    let (kinds, whats, references) = (
        column("evidence_kind"),
        column("evidence_what"),
        column("evidence_reference"),
    );
    let rows: Vec<Evidence> = whats
        .into_iter()
        .enumerate()
        .map(|(at, what)| Evidence {
            kind: kinds
                .get(at)
                .filter(|kind| vocab::knows(Scheme::Evidence, kind))
                .cloned()
                .unwrap_or_default(),
            what,
            reference: references.get(at).cloned().unwrap_or_default(),
            checked: None,
        })
        .filter(|row| !row.what.is_empty() || !row.reference.is_empty())
        .collect();
    let too_long = |text: &String| text.chars().count() > EVIDENCE_LINE;
    if rows
        .iter()
        .any(|row| too_long(&row.what) || too_long(&row.reference))
    {
        form.flaw(
            "evidence_what",
            format!("Mỗi dòng minh chứng dài tối đa {EVIDENCE_LINE} ký tự."),
            format!("A line of evidence may have {EVIDENCE_LINE} characters."),
        );
        return before.to_vec();
    }
    if rows.iter().any(|row| row.kind.is_empty()) {
        form.flaw(
            "evidence_what",
            "Hãy chọn loại cho mỗi minh chứng.",
            "Choose a kind for each piece of evidence.",
        );
    }
    rows.into_iter()
        .map(|row| {
            before
                .iter()
                .find(|old| old.says_what(&row))
                .cloned()
                .unwrap_or(row)
        })
        .collect()
}
