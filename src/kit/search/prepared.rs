//! Documents made ready for the index, on all cores: finding their terms is most of the work of
//! filling one, and it needs neither the index nor its writer.

use std::{num::NonZero, panic, sync::Arc, thread};

use tantivy::TantivyDocument;
use uuid::Uuid;

use super::{Doc, Layout, Result, analysis::Analyst, schema::Fields};

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
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let each = docs.len().div_ceil(cores).max(WORTH_A_THREAD);
    if docs.len() <= each {
        return part(fields, docs);
    }
    thread::scope(|scope| {
        let parts = docs.chunks(each);
        let running: Vec<_> = parts
            .map(|docs| scope.spawn(move || part(fields, docs)))
            .collect();
        let mut all = Vec::with_capacity(docs.len());
        for thread in running {
            let part = thread.join().unwrap_or_else(|cause| panic::resume_unwind(cause));
            all.extend(part?);
        }
        Ok(all)
    })
}

fn part(fields: &Fields, docs: &[Doc]) -> Result<Vec<Prepared>> {
    let mut analyst = Analyst::default();
    docs.iter()
        .map(|doc| fields.prepared(doc, &mut analyst))
        .collect()
}
