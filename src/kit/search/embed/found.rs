//! What there is to embed with: the runtime, a shared library that is looked for, and the models one may name.

use std::{fmt, path::PathBuf};

use fastembed::{EmbeddingModel, ModelInfo, TextEmbedding};

/// Why there is no embedder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    SwitchedOff,
    NoRuntime { looked_at: Vec<PathBuf> },
    BadRuntime { path: PathBuf, because: String },
    NoModel { looked_at: Vec<PathBuf> },
    BadModel { path: PathBuf, because: String },
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SwitchedOff => write!(f, "semantic search is switched off"),
            Self::NoRuntime { looked_at } => write!(f, "no ONNX Runtime library at {}", listed(looked_at)),
            Self::BadRuntime { path, because } => write!(f, "{} does not load: {because}", path.display()),
            Self::NoModel { looked_at } => write!(f, "no embedding model at {}", listed(looked_at)),
            Self::BadModel { path, because } => {
                write!(f, "the model {} does not load: {because}", path.display())
            }
        }
    }
}

impl std::error::Error for WhyNot {}

/// A model of fastembed's list by its code (`intfloat/multilingual-e5-small`), the code's last part, or the
/// library's own name for it (`MultilingualE5Small`), in any case of letters.
pub(super) fn listed_model(choice: &str) -> Option<ModelInfo<EmbeddingModel>> {
    TextEmbedding::list_supported_models().into_iter().find(|info| {
        let last_part = info.model_code.rsplit('/').next().unwrap_or_default();
        [info.model_code.as_str(), last_part, &format!("{:?}", info.model)]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(choice))
    })
}

/// Loads the library before anything else touches it: a later first touch would panic.
pub(super) fn load_runtime(runtimes: &[PathBuf]) -> std::result::Result<(), WhyNot> {
    let asked_for = std::env::var_os("ORT_DYLIB_PATH")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    let looked_at: Vec<PathBuf> = asked_for
        .into_iter()
        .chain(runtimes.iter().cloned())
        .map(|path| {
            if path.is_dir() {
                path.join("libonnxruntime.so")
            } else {
                path
            }
        })
        .collect();
    let mut failure = None;
    for path in looked_at.iter().filter(|path| path.is_file()) {
        // A relative path would be resolved beside the executable first.
        let path = path.canonicalize().unwrap_or_else(|_| path.clone());
        match ort::init_from(&path) {
            Ok(_) => return Ok(()),
            Err(error) => {
                failure = Some(WhyNot::BadRuntime {
                    path,
                    because: error.to_string(),
                });
            }
        }
    }
    Err(failure.unwrap_or(WhyNot::NoRuntime { looked_at }))
}

fn listed(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    if paths.is_empty() {
        "any given place".to_owned()
    } else {
        paths.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_model_is_known_by_any_of_its_names() {
        for name in [
            "multilingual-e5-small",
            "intfloat/multilingual-e5-small",
            "MultilingualE5Small",
        ] {
            assert_eq!(
                listed_model(name).unwrap().model,
                EmbeddingModel::MultilingualE5Small
            );
        }
        assert!(listed_model("bundled").is_none());
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            super::super::Embedder::load("none", &[], &[]).err(),
            Some(WhyNot::SwitchedOff)
        );
        let why = WhyNot::NoModel {
            looked_at: vec!["models/vi-en".into()],
        };
        assert_eq!(why.to_string(), "no embedding model at models/vi-en");
    }
}
