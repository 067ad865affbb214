//! A model's canary: texts whose tokens and likeness its folder states in `canary.json`. A torn file, another
//! tokenizer or a runtime that computes otherwise would rank badly and say nothing; the canary says it at once.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use super::Result;
use super::embed::Embedder;
use super::vectors::cosine;

#[derive(Deserialize)]
struct Canary {
    /// How far a cosine may be off: processors add up in another order, which may tell in the third decimal.
    tolerance: f32,
    pairs: Vec<Likeness>,
    tokens: Tokens,
}

#[derive(Deserialize)]
struct Likeness {
    one: String,
    other: String,
    cosine: f32,
}

#[derive(Deserialize)]
struct Tokens {
    text: String,
    ids: Vec<u32>,
}

/// Whether the model in `folder` does what its canary says. A folder without a canary is taken at its word.
pub(super) fn listen(embedder: &Embedder, folder: &Path) -> Result<()> {
    let text = match fs::read_to_string(folder.join("canary.json")) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        read => read.context("canary.json cannot be read")?,
    };
    let canary: Canary = serde_json::from_str(&text).context("canary.json")?;
    let ids = embedder.token_ids(&canary.tokens.text)?;
    ensure!(
        ids == canary.tokens.ids,
        "its tokenizer reads “{}” as {ids:?}, not as its card states",
        canary.tokens.text
    );
    for Likeness {
        one,
        other,
        cosine: stated,
    } in &canary.pairs
    {
        let vectors = embedder.embed(&[one, other])?;
        let found = cosine(&vectors[0], &vectors[1]);
        // A vector that is no number is off as well.
        ensure!(
            (found - stated).abs() <= canary.tolerance,
            "it likens “{one}” to “{other}” by {found:.3}, its card states {stated:.3}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::embed::tests::{bundled, bundled_folder};
    use super::super::eval::Scratch;
    use super::*;

    #[test]
    fn the_bundled_model_sings_as_its_card_states() {
        let Some(embedder) = bundled() else { return };
        assert!(bundled_folder().join("canary.json").is_file());
        listen(&embedder, &bundled_folder()).unwrap();
    }

    #[test]
    fn a_model_that_sings_otherwise_is_told() {
        let Some(embedder) = bundled() else { return };
        let folder = Scratch::new().unwrap();
        let song = |cosine: f32, id: u32| {
            format!(
                r#"{{"tolerance": 0.005, "pairs": [{{"one": "lúa", "other": "lúa", "cosine": {cosine}}}],
                    "tokens": {{"text": "", "ids": [101, {id}]}}}}"#
            )
        };
        for (cosine, id, answer) in [
            (1.0, 102, None),
            (0.9, 102, Some("likens")),
            (1.0, 7, Some("tokenizer")),
        ] {
            fs::write(folder.0.join("canary.json"), song(cosine, id)).unwrap();
            let told = listen(&embedder, &folder.0).err().map(|error| error.to_string());
            assert_eq!(told.is_some(), answer.is_some(), "{told:?}");
            assert!(told.unwrap_or_default().contains(answer.unwrap_or_default()));
        }
    }
}
