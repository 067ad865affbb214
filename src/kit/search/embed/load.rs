//! Where a model comes from: the folder beside the program, another folder, or fastembed's list.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use fastembed::{
    EmbeddingModel, InitOptionsUserDefined, ModelInfo, Pooling, QuantizationMode, TextEmbedding,
    TextInitOptions, TokenizerFiles, UserDefinedEmbeddingModel,
};
use ort::ep::{self, ExecutionProviderDispatch};
use sha2::{Digest as _, Sha256};

use super::super::{Result, canary, recall::Recall};
use super::{
    Embedder, WhyNot,
    found::{listed_model, load_runtime},
    sessions::Sessions,
};

/// The folder of the model that comes with the program.
pub(super) const BUNDLED: &str = "vi-en";
/// More tokens than this the model has never seen in one text.
const LONGEST_TEXT: usize = 512;
/// Texts whose vectors are remembered: the sentences of a listing are read again for every other listing it is held
/// against. Twice as many vectors of 384 numbers take about 25 MB.
const REMEMBERED: usize = 8_000;

impl Embedder {
    /// Loads the chosen model: `bundled`, a folder, `none`, or the name of a public model, which is downloaded
    /// where there is a network. A folder that states a canary must sing it. The variable `ORT_DYLIB_PATH` goes before
    /// the given runtimes.
    pub fn load(
        choice: &str,
        runtimes: &[PathBuf],
        model_dirs: &[PathBuf],
    ) -> std::result::Result<Self, WhyNot> {
        if choice == "none" {
            return Err(WhyNot::SwitchedOff);
        }
        load_runtime(runtimes)?;
        let folders: Vec<PathBuf> = if choice == "bundled" {
            model_dirs
                .iter()
                .flat_map(|dir| [dir.join(BUNDLED), dir.clone()])
                .collect()
        } else {
            let beside = model_dirs.iter().map(|dir| dir.join(choice));
            std::iter::once(PathBuf::from(choice)).chain(beside).collect()
        };
        match folders.iter().find(|folder| folder.join("model.onnx").is_file()) {
            Some(folder) => Self::from_folder(folder, choice).map_err(|error| WhyNot::BadModel {
                path: folder.clone(),
                because: format!("{error:#}"),
            }),
            None => match listed_model(choice) {
                Some(model) => Self::from_hub(model, choice, model_dirs),
                None => Err(WhyNot::NoModel { looked_at: folders }),
            },
        }
    }

    fn from_folder(folder: &Path, choice: &str) -> Result<Self> {
        let read = |name: &str| {
            fs::read(folder.join(name)).map_err(|error| anyhow::anyhow!("{name} cannot be read: {error}"))
        };
        let onnx_file = read("model.onnx")?;
        let digest = Sha256::digest(&onnx_file)
            .iter()
            .take(6)
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let name = folder
            .file_name()
            .map_or_else(|| "model".into(), |name| name.to_string_lossy());
        let tokenizer = TokenizerFiles {
            tokenizer_file: read("tokenizer.json")?,
            config_file: read("config.json")?,
            special_tokens_map_file: read("special_tokens_map.json")?,
            tokenizer_config_file: read("tokenizer_config.json")?,
        };
        let sessions = Sessions::load(|| {
            let model = UserDefinedEmbeddingModel::new(onnx_file.clone(), tokenizer.clone())
                .with_pooling(Pooling::Mean)
                .with_quantization(QuantizationMode::None);
            let options = InitOptionsUserDefined::new()
                .with_execution_providers(providers())
                .with_max_length(LONGEST_TEXT)
                .with_intra_threads(1);
            Ok(TextEmbedding::try_new_from_user_defined(model, options)?)
        })?;
        let prefix = prefix_of(&name);
        let embedder = Self {
            sessions: Arc::new(sessions),
            recall: Arc::new(Recall::new(REMEMBERED)),
            name: format!("{name}@{digest:012x}").into(),
            choice: choice.into(),
            prefix,
        };
        canary::listen(&embedder, folder)?;
        Ok(embedder)
    }

    /// A model of fastembed's list, kept in the first of the folders once it was downloaded.
    fn from_hub(
        model: ModelInfo<EmbeddingModel>,
        choice: &str,
        model_dirs: &[PathBuf],
    ) -> std::result::Result<Self, WhyNot> {
        let mut options = TextInitOptions::new(model.model)
            .with_execution_providers(providers())
            .with_max_length(LONGEST_TEXT)
            .with_intra_threads(1)
            .with_show_download_progress(false);
        if let Some(dir) = model_dirs.first() {
            options = options.with_cache_dir(dir.join("hub"));
        }
        let loaded = Sessions::load(|| Ok(TextEmbedding::try_new(options.clone())?));
        let sessions = loaded.map_err(|error| WhyNot::BadModel {
            path: PathBuf::from(&model.model_code),
            because: error.to_string(),
        })?;
        Ok(Self {
            prefix: prefix_of(&model.model_code),
            name: model.model_code.into(),
            choice: choice.into(),
            sessions: Arc::new(sessions),
            recall: Arc::new(Recall::new(REMEMBERED)),
        })
    }
}

/// The runtime's own arena would keep, in each session, what its longest text took.
fn providers() -> Vec<ExecutionProviderDispatch> {
    vec![ep::CPU::default().with_arena_allocator(false).build()]
}

fn prefix_of(name: &str) -> &'static str {
    if name.to_lowercase().contains("e5") {
        "query: "
    } else {
        ""
    }
}
