//! Texts to vectors: the only face of fastembed and of the ONNX Runtime beneath it.
//!
//! The runtime is a shared library that may be missing and the model is a folder that may
//! be missing. Neither is an error of the service: it then ranks by words alone and says so.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context as _;
use fastembed::TextEmbedding;

use super::{Result, recall::Recall};

mod found;
mod load;
mod sessions;

pub use found::WhyNot;
use sessions::Sessions;

/// Texts of one length that run together where nobody waits. A visitor's question waits for the run before it to end,
/// and sixteen long texts may take over a second: so a run is kept short.
const TOGETHER: usize = 2;

/// A loaded model. Clones share it.
#[derive(Clone)]
pub struct Embedder {
    sessions: Arc<Sessions>,
    recall: Arc<Recall<Vec<f32>>>,
    name: Arc<str>,
    /// What the configuration called it, so that it can be loaded again when another is wanted.
    choice: Arc<str>,
    /// Some families want every text introduced by a word of theirs.
    prefix: &'static str,
}

impl Embedder {
    /// Name and content of the model: vectors of another model must not be compared with ours.
    pub fn model(&self) -> &str {
        &self.name
    }

    pub(super) fn choice(&self) -> &str {
        &self.choice
    }

    /// One vector of length one for each text. Each text runs alone: in a batch its vector would
    /// depend a little on its neighbours, and a session is free again after each text, so a
    /// visitor's question need not wait for a long listing.
    pub fn embed<T: AsRef<str>>(&self, texts: &[T]) -> Result<Vec<Vec<f32>>> {
        let mut vectors: Vec<Option<Vec<f32>>> = texts
            .iter()
            .map(|text| self.recall.known(text.as_ref()))
            .collect();
        // What is known waits for no session.
        let unknown = (0..texts.len()).filter(|at| vectors[*at].is_none());
        let unknown: Vec<(usize, &str)> = unknown.map(|at| (at, texts[at].as_ref())).collect();
        let read = self.sessions.all(&unknown, |session, (_, text)| {
            let mut vectors = self.run(session, &[text])?;
            vectors.pop().context("the model gave no vector")
        })?;
        for ((at, text), vector) in unknown.into_iter().zip(read) {
            self.recall.keep(text, vector.clone());
            vectors[at] = Some(vector);
        }
        Ok(vectors.into_iter().flatten().collect())
    }

    /// As `embed`, for many texts that nobody waits for. Texts of the same number of tokens run together: nothing
    /// is padded, so each gets the vector it would get alone, and a session is free again after each run.
    pub fn embed_many<T: AsRef<str>>(&self, texts: &[T]) -> Result<Vec<Vec<f32>>> {
        let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, text) in texts.iter().enumerate() {
            let text = format!("{}{}", self.prefix, text.as_ref());
            by_length
                .entry(self.token_ids(&text)?.len())
                .or_default()
                .push(at);
        }
        let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        // The longest first: at the end no session is left alone with much to read.
        let same_lengths = by_length.values().rev();
        let runs: Vec<&[usize]> = same_lengths.flat_map(|same| same.chunks(TOGETHER)).collect();
        let read = self.sessions.all(&runs, |session, run| {
            let run: Vec<&str> = run.iter().map(|at| texts[*at]).collect();
            self.run(session, &run)
        })?;
        let mut vectors = vec![Vec::new(); texts.len()];
        for (at, vector) in runs.iter().copied().flatten().zip(read.into_iter().flatten()) {
            vectors[*at] = vector;
        }
        Ok(vectors)
    }

    /// One run of the model.
    fn run(&self, session: &mut TextEmbedding, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        let texts: Vec<String> = texts
            .iter()
            .map(|text| format!("{}{text}", self.prefix))
            .collect();
        let mut vectors = session.embed(&texts, Some(texts.len()))?;
        anyhow::ensure!(vectors.len() == texts.len(), "the model gave no vector");
        for vector in &mut vectors {
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
            if length > 0.0 {
                vector.iter_mut().for_each(|part| *part /= length);
            }
        }
        Ok(vectors)
    }

    /// How the model's tokenizer reads a text, with the marks of begin and end.
    pub(super) fn token_ids(&self, text: &str) -> Result<Vec<u32>> {
        let read = self
            .sessions
            .with(|session| session.tokenizer.encode(text, true))
            .map_err(|error| anyhow::anyhow!("the text cannot be read: {error}"))?;
        Ok(read.get_ids().to_vec())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    pub fn bundled_folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("models")
            .join(load::BUNDLED)
    }

    /// The bundled model, where the runtime has been set up; tests of meaning say so and pass without.
    pub fn bundled() -> Option<Embedder> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let loaded = Embedder::load(
            "bundled",
            &[root.join(".cache/runtime/libonnxruntime.so")],
            &[root.join("models")],
        );
        loaded.inspect_err(|why| eprintln!("not tested here: {why}")).ok()
    }

    #[test]
    fn a_vector_does_not_depend_on_its_neighbours() {
        let Some(embedder) = bundled() else { return };
        let alone = embedder.embed(&["dự báo nhu cầu"]).unwrap();
        let beside = embedder
            .embed(&["một văn bản khác hẳn và dài hơn nhiều", "dự báo nhu cầu"])
            .unwrap();
        assert_eq!(alone[0], beside[1]);
    }

    #[test]
    fn what_was_read_lately_waits_for_no_session() {
        let Some(embedder) = bundled() else { return };
        let read = embedder.embed(&["dự báo nhu cầu"]).unwrap();
        let all_busy: Vec<_> = embedder
            .sessions
            .each
            .iter()
            .map(|one| one.lock().unwrap())
            .collect();
        assert_eq!(embedder.embed(&["dự báo nhu cầu"]).unwrap(), read);
        drop(all_busy);
    }

    #[test]
    fn many_texts_get_the_vectors_they_get_alone() {
        let Some(embedder) = bundled() else { return };
        let texts: Vec<String> = [
            "dự báo nhu cầu",
            "phát hiện bệnh trên lá lúa từ ảnh chụp bằng điện thoại",
            "ảnh lá lúa",
            "Deep learning for plant disease recognition in the field",
            "retail demand forecasting",
        ]
        .iter()
        .flat_map(|text| ["", "AI ", "máy "].map(|before| format!("{before}{text}")))
        .collect();
        let together = embedder.embed_many(&texts).unwrap();
        for (text, vector) in texts.iter().zip(&together) {
            let alone = embedder.embed(&[text]).unwrap();
            let likeness = super::super::vectors::cosine(&alone[0], vector);
            assert!(likeness > 0.9999, "{text}: {likeness}");
        }
    }
}
