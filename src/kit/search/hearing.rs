//! Hears a question: every admitted document as its words and its meaning see it.

use tantivy::Searcher;
use uuid::Uuid;

use super::{
    Filter, Found, Like, Result, Search, cores,
    gather::{Admitted, Place, Scores},
    meaning::{Probe, Space},
    places::{Everywhere, Whose},
    prose::prose,
    query::{self, Question, Reading},
    rank::{self, Fit, Judged},
    restore, sentences,
    teacher::Teacher,
    tongue::{Meeting, Tongue, tongue},
    vietnamese,
    weights::Trusts,
};

/// All admitted documents as a question sees them, and what was learnt on the way.
pub(super) struct Answer {
    /// The language of the question.
    pub tongue: Tongue,
    pub rows: Vec<Judged>,
    /// Whose the places of the rows are.
    pub whose: Everywhere,
    pub fits: Vec<Fit>,
    pub found: Found,
}

/// A question as the index hears it: in its own words, in those of the other language, and what it means in the space
/// of the model that read it.
struct Heard<'a> {
    tongue: Tongue,
    words: Option<Scores>,
    /// Counts where the languages do not meet: a document in the question's own language is no translation of it.
    translated: Option<Scores>,
    space: &'a Space,
    probe: Option<Probe>,
}

fn scores_of(searcher: &Searcher, query: Question) -> Result<Option<Scores>> {
    query.map(|query| Scores::of(searcher, &*query)).transpose()
}

impl Search {
    pub(super) fn typed(
        &self,
        searcher: &Searcher,
        teacher: &Search,
        text: &str,
        filters: &[&Filter],
    ) -> Result<Answer> {
        let reading = Reading {
            searcher,
            fields: &self.0.words.fields,
        };
        let taught = teacher.0.words.searcher();
        let fields = &teacher.0.words.fields;
        let tokens = query::typed_tokens(text);
        let speller = Teacher {
            searcher: &taught,
            fields,
        };
        let restored = restore::restored(text, &tokens, &speller);
        // The model reads Vietnamese with its marks; without them it loses half of the sense.
        let meant = restored.as_deref().unwrap_or(text);
        let tongue = tongue(meant);
        let space = self.0.meaning.serving();
        let embedded = || {
            if tokens.is_empty() {
                return Ok(Vec::new());
            }
            space.embed(&[meant])
        };
        let heard_words = || {
            let knower = Reading {
                searcher: &taught,
                fields,
            };
            let (words, expanded) = reading.typed(&tokens, knower)?;
            let translated = reading.typed_translated(&query::typed_tokens(meant), tongue)?;
            let scores = (scores_of(searcher, words)?, scores_of(searcher, translated)?);
            Result::Ok((scores, expanded))
        };
        // Each takes about as long as the other.
        let (vectors, heard_words) = cores::both(embedded, heard_words);
        let ((words, translated), expanded) = heard_words?;
        let heard = Heard {
            tongue,
            words,
            translated,
            space: &space,
            probe: Probe::new(&vectors?),
        };
        let judged = self.judged(reading, filters, &heard)?;
        let degraded = space.model().is_none();
        Ok(Answer::new(
            tongue,
            judged,
            self.0.weights.typed,
            Found {
                restored,
                expanded,
                degraded,
                ..Found::default()
            },
        ))
    }

    pub(super) fn long(&self, searcher: &Searcher, like: &Like, filters: &[&Filter]) -> Result<Answer> {
        let reading = Reading {
            searcher,
            fields: &self.0.words.fields,
        };
        let text = format!("{}\n{}", like.title, like.text);
        let text = prose(&text);
        let (tokens, tongue) = (vietnamese::tokens(&text), tongue(&text));
        let space = self.0.meaning.serving();
        let of_document = || space.probe(self.0.meaning.slots().known(like.of?)?);
        let probe = match &like.passages_vectors {
            Some(vectors) => Probe::new(vectors),
            None => match of_document() {
                Some(known) => Some(known),
                None => Probe::new(&space.embed(&sentences::passages(&like.title, &like.text, ""))?),
            },
        };
        let heard = Heard {
            tongue,
            words: scores_of(searcher, reading.long(&tokens)?)?,
            translated: scores_of(searcher, reading.long_translated(&tokens, tongue)?)?,
            space: &space,
            probe,
        };
        let judged = self.judged(reading, filters, &heard)?;
        Ok(Answer::new(tongue, judged, self.0.weights.long, Found::default()))
    }

    /// Every admitted document, and whose each place is.
    fn judged(
        &self,
        reading: Reading<'_>,
        filters: &[&Filter],
        heard: &Heard<'_>,
    ) -> Result<(Vec<Judged>, Everywhere)> {
        let searcher = reading.searcher;
        let admitted = if filters.is_empty() {
            Admitted::everything(searcher)
        } else {
            Admitted::by(searcher, &*reading.all(filters.iter().copied())?)?
        };
        let whose = self.0.places.of(searcher, self.0.meaning.slots())?;
        let mut rows = Vec::with_capacity(admitted.count());
        let mut slots = Vec::with_capacity(rows.capacity());
        for ((segment, admitted), whose) in (0..).zip(admitted.segments()).zip(whose.segments()) {
            let [own, translated] = [&heard.words, &heard.translated]
                .map(|scores| scores.as_ref().map(|scores| scores.of_segment(segment as usize)));
            let heard_as =
                |scores: Option<&[f32]>, doc: u32| scores.map_or(0.0, |scores| scores[doc as usize]);
            for ((doc, of), _) in (0..).zip(whose).zip(admitted).filter(|(_, admitted)| **admitted) {
                let Whose { slot, tongue: of, .. } = *of;
                slots.push(slot);
                let meeting = heard.tongue.meets(of);
                let mut words = heard_as(own, doc);
                if meeting != Meeting::Shared {
                    words += heard_as(translated, doc);
                }
                rows.push(Judged {
                    place: Place { segment, doc },
                    words,
                    meaning: None,
                    meeting,
                });
            }
        }
        if let Some(probe) = &heard.probe {
            let likeness = heard.space.likeness(probe, &slots, |at| rows[at].words);
            for (row, meaning) in rows.iter_mut().zip(likeness) {
                row.meaning = meaning;
            }
        }
        Ok((rows, whose))
    }
}

impl Answer {
    fn new(tongue: Tongue, (rows, whose): (Vec<Judged>, Everywhere), trusts: Trusts, found: Found) -> Self {
        let fits = rank::fuse(&rows, trusts.of(tongue));
        Self {
            tongue,
            rows,
            whose,
            fits,
            found,
        }
    }

    pub fn id(&self, at: usize) -> Uuid {
        self.whose.id(self.rows[at].place)
    }
}
