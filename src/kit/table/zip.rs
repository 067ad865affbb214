//! Several tables in one archive, a CSV file each.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::Table;
use crate::kit::fault::Fault;

pub(super) fn write(tables: &[(String, Table)]) -> Result<Vec<u8>, Fault> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, table) in tables {
        let bytes = table.to_csv()?;
        archive
            .start_file(format!("{name}.csv"), options)
            .map_err(Fault::broken)?;
        archive.write_all(&bytes).map_err(Fault::broken)?;
    }
    Ok(archive.finish().map_err(Fault::broken)?.into_inner())
}
