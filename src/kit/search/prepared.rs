//! Documents made ready for the index, on all cores: finding their terms is most of the work of
//! filling one, and it needs neither the index nor its writer.

use std::sync::Arc;

use tantivy::TantivyDocument;
use uuid::Uuid;

use super::{Doc, Layout, Result, analysis::Analyst, cores, schema::Fields};

/// Fewer documents than this are not worth a thread, nor the words it has to learn anew.
const WORTH_A_THREAD: usize = 100;

/// A document's terms, for any index of its layout. Clones share them.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) id: Uuid,
    pub(super) layout: Layout,
    pub(super) terms: Arc<TantivyDocument>,
}

impl Prepared {
    pub fn id(&self) -> Uuid {
        self.id
    }
}

/// In the order of the documents.
pub fn prepare(fields: &Fields, docs: &[Doc]) -> Result<Vec<Prepared>> {
    let parts: Result<Vec<_>> = cores::in_parts(docs, WORTH_A_THREAD, |docs| part(fields, docs))
        .into_iter()
        .collect();
    Ok(parts?.into_iter().flatten().collect())
}

fn part(fields: &Fields, docs: &[Doc]) -> Result<Vec<Prepared>> {
    let mut analyst = Analyst::default();
    docs.iter()
        .map(|doc| fields.prepared(doc, &mut analyst))
        .collect()
}
