//! What one may ask an index, and what it answers.

use uuid::Uuid;

#[derive(Debug, Clone)]
pub enum Filter {
    Is(&'static str, String),
    AnyOf(&'static str, Vec<String>),
    AtLeast(&'static str, i64),
    AtMost(&'static str, i64),
    Not(Box<Filter>),
    All(Vec<Filter>),
    Either(Vec<Filter>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    Asc,
    #[default]
    Desc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The best answer first; without a text, the newest.
    #[default]
    Fit,
    Newest,
    Number(&'static str, Order),
}

/// A typed question.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub text: String,
    /// All must hold. A filter on a keyword in `facets` narrows the hits but not its own counts.
    pub filters: Vec<Filter>,
    pub sort: Sort,
    pub offset: usize,
    pub limit: usize,
    pub facets: Vec<&'static str>,
}

/// A whole text as a question: what in the index is like it, or answers it?
#[derive(Debug, Clone, Default)]
pub struct Like {
    pub title: String,
    pub text: String,
    /// The vectors of its passages where they are known; else they are computed.
    pub passages_vectors: Option<Vec<Vec<f32>>>,
    /// The document that says this text, where there is one: its vectors stand for the text's.
    pub of: Option<Uuid>,
    pub filters: Vec<Filter>,
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    pub id: Uuid,
    /// The fit within this one answer, 0 to 1; not comparable between answers.
    pub score: f32,
    /// Shared words against the best in this answer that the two languages allow, 0 to 1.
    pub words: f32,
    /// The cosine of the meanings, comparable between answers; `None` without a model.
    pub meaning: Option<f32>,
    /// Question and document share no language, so missing words say nothing.
    pub across_languages: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    pub code: String,
    pub count: usize,
}

/// A token nobody wrote, and the known words it was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    pub typed: String,
    pub meant: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    pub total: usize,
    /// In the order asked for, each with its codes, most frequent first.
    pub facets: Vec<(&'static str, Vec<FacetCount>)>,
    /// The question with its marks put back, for "Bạn có muốn tìm".
    pub restored: Option<String>,
    pub expanded: Vec<Expansion>,
    /// Ranked by words alone because there is no model.
    pub degraded: bool,
}
