//! Where nothing was found: which filter to let go and how much that gives, what comes near in meaning, and
//! the question carried over into a need of one's own.

use super::answer::{Audience, of_hits};
use crate::accounts::Reader;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::search::{Filter, Like, Query};
use crate::kit::web::{Params, Shell};
use crate::listings::card::{Card, cards};
use crate::listings::question::Question;

const NEAREST: usize = 3;
/// What is further away than this is no way out.
const NEAR_ENOUGH: f32 = 0.35;

pub struct WaysOut {
    pub drops: Vec<Drop>,
    pub nearest: Vec<Card>,
    /// The query of the page that starts a need: the sentence is already in it.
    pub as_need: String,
}

/// Something to let go of, and how many that would give.
pub struct Drop {
    pub label: String,
    pub query: String,
    pub gives: usize,
}

impl WaysOut {
    pub async fn of(
        cx: &Cx,
        reader: &Reader,
        audience: Audience,
        shell: &Shell,
        params: &Params,
        question: &Question,
    ) -> Result<WaysOut, Fault> {
        Ok(WaysOut {
            drops: drops(cx, audience, shell, params, question).await?,
            nearest: nearest(cx, reader, audience, shell, question).await?,
            as_need: Params::parse("").with_value("text", &question.text),
        })
    }
}

async fn drops(
    cx: &Cx,
    audience: Audience,
    shell: &Shell,
    params: &Params,
    question: &Question,
) -> Result<Vec<Drop>, Fault> {
    let mut tries: Vec<(String, String, Question)> = question
        .chosen
        .iter()
        .map(|(facet, code)| {
            let label = facet.label_of(code, shell.lang);
            (
                label,
                params.toggled(facet.name, code),
                question.without(facet.name, code),
            )
        })
        .collect();
    if !question.text.is_empty() && !question.chosen.is_empty() {
        let label = format!("“{}”", question.text);
        tries.push((label, params.with_value("q", ""), question.without_text()));
    }
    let now = cx.now();
    let teacher = cx.search.clone();
    let drops = audience.index(cx).aside(move |search| {
        let mut drops = Vec::new();
        for (label, query, other) in tries {
            let asked = Query {
                offset: 0,
                limit: 0,
                facets: Vec::new(),
                ..other.query(audience.filter(), now)
            };
            let gives = search.find_taught_by(&teacher, &asked)?.total;
            if gives > 0 {
                drops.push(Drop { label, query, gives });
            }
        }
        drops.sort_by_key(|drop| std::cmp::Reverse(drop.gives));
        Ok(drops)
    });
    Ok(drops.await?)
}

async fn nearest(
    cx: &Cx,
    reader: &Reader,
    audience: Audience,
    shell: &Shell,
    question: &Question,
) -> Result<Vec<Card>, Fault> {
    if question.text.is_empty() {
        return Ok(Vec::new());
    }
    let mut filters: Vec<Filter> = audience.filter().into_iter().collect();
    filters.extend(
        question
            .kind
            .map(|kind| Filter::Is("kind", kind.code().to_owned())),
    );
    let like = Like {
        title: question.text.clone(),
        filters,
        limit: NEAREST,
        ..Like::default()
    };
    let mut hits = audience.index(cx).aside(move |search| search.like(&like)).await?;
    hits.retain(|hit| hit.meaning.is_some_and(|meaning| meaning >= NEAR_ENOUGH));
    cards(cx, reader, shell.lang, of_hits(cx, &hits).await?).await
}
