//! `caunoi import FILE`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::{End, bar, beside};
use crate::events::{self, Event};
use crate::ids::By;
use crate::kit::config::Config;
use crate::kit::fault::Fault;
use crate::listings::Kind;
use crate::listings::import::{self, Reading};

const HELP: &str = "\
Columns are known by their names in Vietnamese or English: title/tiêu đề, description/mô tả, organisation/đơn vị,
sector/lĩnh vực, … The page /desk/imports offers a template. A row that came in before is left out, so the same file
can be brought in again after it was mended. Records of the US federal AI use case inventory are known by their shape.";

/// So many findings are shown on the terminal; the errors file holds all.
const SHOWN: usize = 20;

#[derive(Args)]
#[command(after_help = HELP)]
pub struct Import {
    file: PathBuf,
    /// What rows are that do not say it themselves
    #[arg(long, value_name = "KIND")]
    kind: Option<KindWord>,
    /// Read and judge every row, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write row, column and reason of everything found to this CSV file
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Ask the service for matches among the imported listings; without it they wait for an owner
    #[arg(long)]
    suggest: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum KindWord {
    Need,
    Offer,
}

impl From<KindWord> for Kind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Need => Self::Need,
            KindWord::Offer => Self::Offer,
        }
    }
}

pub async fn import(config: Config, ask: Import) -> anyhow::Result<End> {
    let bytes = std::fs::read(&ask.file).with_context(|| ask.file.display().to_string())?;
    let mut reading = Reading::of(&bytes, ask.kind.map(Kind::from)).map_err(in_words)?;
    let beside = beside::open(config).await?;
    bring_in(&beside.cx, &ask, &mut reading).await?;
    if ask.suggest && !ask.dry_run {
        let mut tx = beside.cx.db.begin().await?;
        events::record(&beside.cx, &mut tx, By::Service, &Event::ImportedMatchesAsked).await?;
        tx.commit().await?;
        println!(
            "Asked for matches. A running server seeks them now, one that is down does so when it starts; they come \
             to the coordinator's desk."
        );
    }
    Ok(if reading.refused_rows() > 0 {
        End::Partly
    } else {
        End::Done
    })
}

async fn bring_in(cx: &crate::kit::Cx, ask: &Import, reading: &mut Reading) -> anyhow::Result<()> {
    import::already_here(cx, reading).await?;
    tell(reading);
    if let Some(path) = &ask.errors {
        let csv = reading.findings_table().to_csv()?;
        std::fs::write(path, csv).with_context(|| path.display().to_string())?;
        println!("All findings: {}", path.display());
    }
    if ask.dry_run {
        println!("Nothing was written (--dry-run).");
        return Ok(());
    }
    let progress = bar(reading.entries.len(), "Bringing in");
    let done = import::bring_in(cx, By::Service, &reading.entries, |through| {
        progress.inc(through as u64);
    })
    .await?;
    progress.finish_and_clear();
    println!(
        "Brought in {} listings; {} organisations are new; {} entries were here already.",
        done.added,
        done.organisations,
        done.known + reading.known
    );
    Ok(())
}

fn tell(reading: &Reading) {
    let understood = reading
        .columns
        .iter()
        .filter(|column| column.field.is_some())
        .count();
    println!(
        "{} rows, {} of {} columns understood: {} listings can be brought in, {} rows cannot, {} are known already.",
        reading.rows,
        understood,
        reading.columns.len(),
        reading.entries.len(),
        reading.refused_rows(),
        reading.known
    );
    for column in reading
        .columns
        .iter()
        .filter(|column| column.field.is_none() && !column.name.is_empty())
    {
        println!("  column {:?}: not understood, left out", column.name);
    }
    let grave = reading.findings.iter().filter(|finding| finding.grave);
    for finding in grave.clone().take(SHOWN) {
        println!("  row {}, {}: {}", finding.row, finding.column, finding.said.en);
    }
    let more = grave.count().saturating_sub(SHOWN);
    if more > 0 {
        println!("  and {more} more (--errors FILE writes all)");
    }
}

/// A fault of the file in its own words, without the frame a form would need.
fn in_words(fault: Fault) -> anyhow::Error {
    match fault {
        Fault::Invalid(flaws) => {
            let words: Vec<&str> = flaws.iter().map(|flaw| flaw.said.en.as_ref()).collect();
            anyhow::anyhow!(words.join(" "))
        }
        other => other.into(),
    }
}
