//! The command line: `caunoi` alone serves; everything else helps the one who runs it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::events::{self, Event};
use crate::ids::By;
use crate::kit::config::{self, Config, Written};
use crate::kit::search::eval;
use crate::listings::Kind;

mod backup;
mod bench;
mod beside;
mod checks;
mod doctor;
mod exports;
mod fit;
mod imports;
mod judge;
mod lexicon;
mod measure;
mod moving;
mod people;
mod serve;
mod shares;

/// Cầu Nối: who needs AI meets who can build it.
#[derive(Parser)]
#[command(name = "caunoi", version, about, max_term_width = 100, after_help = AFTER)]
struct Line {
    #[command(flatten)]
    settings: Written,
    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER: &str = "\
Commands may run beside a serving process: they write to the database, and it follows.
Settings stand in caunoi.toml (or the file CAUNOI_CONFIG names), in CAUNOI_* variables, or in flags; flags go first.

Exit codes: 0 done; 1 failed, the reason is on standard error; 2 the line or the settings cannot be understood;
3 done, but something was left out (import) or needs a look (doctor).";

#[derive(Subcommand)]
enum Command {
    /// Start the service (what happens without a command)
    Serve {
        /// Fill an empty database with a sample city: organisations, people to sign in as, needs, offers, matches
        #[arg(long)]
        demo: bool,
    },
    /// Bring in needs and offers from a CSV, XLSX or JSON-lines file
    #[command(after_help = imports::HELP)]
    Import {
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
    },
    /// Write everything people need as CSV files: listings, organisations, pairings, moves, outcomes
    Export {
        folder: PathBuf,
        /// Also names, addresses and telephone numbers of people (personal data: keep it close)
        #[arg(long)]
        contacts: bool,
        /// XLSX instead of CSV
        #[arg(long)]
        xlsx: bool,
    },
    /// Build the search index anew from the database; a running server does it while it serves
    Reindex,
    /// Show what would be suggested for a listing, and why: caunoi suggest NC-2026-0042
    Suggest { reference: String },
    /// Measure how well the search ranks, on folders of questions with known answers, or folders of such folders
    Eval {
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// Another file of questions in each folder, for instance without diacritics
        #[arg(long, value_name = "FILE", default_value = eval::QUESTIONS)]
        queries: String,
        /// Ask as visitors type, not as listings are matched
        #[arg(long)]
        typed: bool,
        /// Another model (a folder, or a name as for --model) on the same questions, and the difference
        #[arg(long, value_name = "MODEL")]
        compare: Option<String>,
        /// One JSON object a set
        #[arg(long)]
        json: bool,
    },
    /// Fit the weights of words and meaning, and what a score is worth, on judged questions and pairs; show the
    /// difference to the present weights
    Fit {
        /// Folders of questions with known answers, or folders of such folders
        folders: Vec<PathBuf>,
        /// Judged pairs with their scores (pairs.jsonl of `judge export`)
        #[arg(long, value_name = "FILE")]
        pairs: Vec<PathBuf>,
        /// Write the new weights here; as weights.json in the data folder they hold from the next start on
        #[arg(long, value_name = "FILE")]
        write: Option<PathBuf>,
    },
    /// Learn what words are called in the other language, from texts and their translations
    #[command(after_help = lexicon::HELP)]
    Lexicon {
        #[arg(required = true, value_name = "FILE")]
        texts: Vec<PathBuf>,
        /// Terms and their translations, which count for more than a sentence
        #[arg(long, value_name = "FILE")]
        glossary: Vec<PathBuf>,
        /// Write vi-en.tsv and en-vi.tsv into this folder
        #[arg(long, value_name = "FOLDER")]
        write: PathBuf,
    },
    /// Show how suggestions for all open needs would spread over providers, and what sharing costs; writes nothing
    Shares {
        /// How many each need would be given
        #[arg(long, value_name = "N", default_value_t = 6)]
        most: usize,
        /// Another lowest fit than the one that holds, in hundredths
        #[arg(long, value_name = "FIT", value_parser = clap::value_parser!(u8).range(0..=100))]
        floor: Option<u8>,
    },
    /// What people decided about suggestions, to learn from
    #[command(subcommand)]
    Judge(judge::Judge),
    /// Measure how fast it is here, on made-up listings in a folder that is thrown away (needs Linux for memory)
    Bench {
        /// How many listings; may be given several times
        #[arg(long, value_name = "NUMBER", default_values_t = [10_000, 100_000])]
        listings: Vec<usize>,
        /// How many of them the model really reads; the vectors of the rest are mixed of theirs
        #[arg(long, value_name = "NUMBER", default_value_t = 2_000)]
        embedded: usize,
        /// One JSON object
        #[arg(long)]
        json: bool,
        /// Only embed the lines of this file, one by one and many at a time
        #[arg(long, value_name = "FILE")]
        embed: Option<PathBuf>,
        #[arg(long, value_name = "FOLDER", hide = true)]
        measure: Option<PathBuf>,
        #[arg(long, value_name = "NUMBER", hide = true)]
        fill: Option<usize>,
        #[arg(long, value_name = "FILE", hide = true)]
        ceiling: Option<PathBuf>,
    },
    /// Check settings, data folder, database, index, model, mail and public address; say how to mend each
    Doctor {
        /// Only ask the running server whether it is ready (for a container's health check)
        #[arg(long)]
        health: bool,
    },
    /// Write a consistent copy of a SQLite service into one file, while it serves
    Backup { file: PathBuf },
    /// Put a backup into an empty data folder; whoever asked to be forgotten since is forgotten again
    Restore {
        file: PathBuf,
        /// The list of erasures (erasures.csv) of the service the backup comes from
        #[arg(long, value_name = "FILE")]
        erasures: Option<PathBuf>,
    },
    /// Carry a stopped SQLite service to PostgreSQL, where many nodes can serve it; the old database stays as it is
    #[command(after_help = moving::HELP)]
    Move {
        /// An empty database: `postgres://user:password@host/name`
        #[arg(long, value_name = "URL", env = "CAUNOI_MOVE_TO", hide_env_values = true)]
        to: String,
    },
    /// People and their roles
    #[command(subcommand)]
    User(people::User),
}

#[derive(Clone, Copy, ValueEnum)]
enum KindWord {
    Need,
    Offer,
}

impl From<KindWord> for Kind {
    fn from(word: KindWord) -> Kind {
        match word {
            KindWord::Need => Kind::Need,
            KindWord::Offer => Kind::Offer,
        }
    }
}

/// How a command that did not fail ended.
enum End {
    Done,
    /// Something was left out or needs a look.
    Partly,
}

pub fn main() -> ExitCode {
    let line = Line::parse();
    let config = match config::settle(line.settings) {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("The settings do not hold together:");
            for fault in faults {
                eprintln!("  {fault}");
            }
            return ExitCode::from(2);
        }
    };
    let command = line.command.unwrap_or(Command::Serve { demo: false });
    log_to_stderr(&config, matches!(command, Command::Serve { .. }));
    match actix_web::rt::System::new().block_on(run(command, config)) {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Partly) => ExitCode::from(3),
        Err(why) => {
            eprintln!("caunoi: {why:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, config: Config) -> anyhow::Result<End> {
    match command {
        Command::Serve { demo } => serve::serve(config, demo).await,
        Command::Import {
            file,
            kind,
            dry_run,
            errors,
            suggest,
        } => {
            let ask = imports::Ask {
                file,
                kind: kind.map(Kind::from),
                dry_run,
                errors,
                suggest,
            };
            imports::import(config, ask).await
        }
        Command::Export {
            folder,
            contacts,
            xlsx,
        } => exports::export(config, &folder, contacts, xlsx).await,
        Command::Reindex => reindex(config).await,
        Command::Suggest { reference } => measure::suggest(config, &reference).await,
        Command::Eval {
            folders,
            queries,
            typed,
            compare,
            json,
        } => measure::eval(&config, &folders, &queries, typed, compare, json).await,
        Command::Fit {
            folders,
            pairs,
            write,
        } => fit::fit(&config, folders, pairs, write).await,
        Command::Lexicon {
            texts,
            glossary,
            write,
        } => lexicon::learn(&texts, &glossary, &write),
        Command::Shares { most, floor } => shares::shares(config, most, floor).await,
        Command::Judge(what) => judge::judge(config, what).await,
        Command::Bench {
            listings,
            embedded,
            json,
            embed,
            measure: folder,
            fill,
            ceiling,
        } => {
            let ask = bench::Ask {
                listings,
                embedded,
                json,
                embed,
                folder,
                fill,
                ceiling,
            };
            bench::bench(config, ask).await
        }
        Command::Doctor { health: true } => doctor::health(&config).await,
        Command::Doctor { health: false } => doctor::doctor(&config).await,
        Command::Backup { file } => backup::backup(config, &file).await,
        Command::Move { to } => moving::carry(&config, &to).await,
        Command::Restore { file, erasures } => backup::restore(&config, &file, erasures.as_deref()).await,
        Command::User(user) => people::user(config, user).await,
    }
}

async fn reindex(config: Config) -> anyhow::Result<End> {
    let beside = beside::open(config).await?;
    let mut tx = beside.cx.db.begin().await?;
    events::record(&beside.cx, &mut tx, By::Service, &Event::ReindexAsked).await?;
    tx.commit().await?;
    println!(
        "Asked. Every running server now builds its index anew while it serves; one that is down does so when it starts."
    );
    Ok(End::Done)
}

/// A bar for long work; nobody sees it where standard error is no terminal.
fn bar(length: usize, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length as u64).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}

fn spinner(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// The service logs what it does; a command speaks for itself and logs only what goes wrong. `CAUNOI_LOG_LEVEL`
/// says otherwise. Lines carry ids, never a name, an address or a text.
fn log_to_stderr(config: &Config, serving: bool) {
    use tracing_subscriber::EnvFilter;
    let usual = if serving {
        "info,ort=warn,tantivy=warn,sqlx=warn,actix_server=warn"
    } else {
        "error"
    };
    let filter = EnvFilter::try_from_env("CAUNOI_LOG_LEVEL").unwrap_or_else(|_| EnvFilter::new(usual));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let _first_wins = if config.log_json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.compact().with_target(false).try_init()
    };
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_line_holds_together() {
        super::Line::command().debug_assert();
    }
}
