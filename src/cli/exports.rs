//! `caunoi export FOLDER`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::{End, bar, beside};
use crate::desk::exports::{self, What};
use crate::kit::Cx;
use crate::kit::config::Config;
use crate::kit::fault::Fault;
use crate::kit::table::Table;
use crate::orgs;

#[derive(Args)]
pub struct Export {
    folder: PathBuf,
    /// Also names, addresses and telephone numbers of people (personal data: keep it close)
    #[arg(long)]
    contacts: bool,
    /// XLSX instead of CSV
    #[arg(long)]
    xlsx: bool,
}

pub async fn export(config: Config, ask: Export) -> anyhow::Result<End> {
    let folder = &ask.folder;
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let beside = beside::open(config).await?;
    let tables = tables(&beside.cx, ask.contacts).await?;
    let progress = bar(tables.len(), "Writing");
    for (name, table) in &tables {
        let (bytes, ending) = if ask.xlsx {
            (table.to_xlsx(name)?, "xlsx")
        } else {
            (table.to_csv()?, "csv")
        };
        let path = folder.join(format!("{name}.{ending}"));
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    for (name, table) in &tables {
        println!("{:>8}  {name}", table.rows.len());
    }
    Ok(End::Done)
}

async fn tables(cx: &Cx, contacts: bool) -> Result<Vec<(&'static str, Table)>, Fault> {
    let mut tables = Vec::new();
    for what in What::ALL {
        tables.push((what.code(), exports::table(cx, *what).await?));
    }
    if contacts {
        tables.push(("people", orgs::export::people(cx).await?));
    }
    Ok(tables)
}
