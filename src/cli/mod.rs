//! The command line: `caunoi` alone serves; everything else helps the one who runs it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::events::{self, Event};
use crate::ids::By;
use crate::kit::config::{self, Config, Written};

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
    Import(imports::Import),
    /// Write everything people need as CSV files: listings, organisations, pairings, moves, outcomes
    Export(exports::Export),
    /// Build the search index anew from the database; a running server does it while it serves
    Reindex,
    /// Show what would be suggested for a listing, and why: caunoi suggest NC-2026-0042
    Suggest { reference: String },
    /// Measure how well the search ranks, on folders of questions with known answers, or folders of such folders
    Eval(measure::Eval),
    /// Fit the weights of words and meaning, and what a score is worth, on judged questions and pairs; show the
    /// difference to the present weights
    Fit(fit::Fit),
    /// Learn what words are called in the other language, from texts and their translations
    Lexicon(lexicon::Learn),
    /// Show how suggestions for all open needs would spread over providers, and what sharing costs; writes nothing
    Shares(shares::Shares),
    /// What people decided about suggestions, to learn from
    #[command(subcommand)]
    Judge(judge::Judge),
    /// Measure how fast it is here, on made-up listings in a folder that is thrown away (needs Linux for memory)
    Bench(bench::Bench),
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
        Command::Import(ask) => imports::import(config, ask).await,
        Command::Export(ask) => exports::export(config, ask).await,
        Command::Reindex => reindex(config).await,
        Command::Suggest { reference } => measure::suggest(config, &reference).await,
        Command::Eval(ask) => measure::eval(&config, ask).await,
        Command::Fit(ask) => fit::fit(&config, ask).await,
        Command::Lexicon(ask) => lexicon::learn(&ask),
        Command::Shares(ask) => shares::shares(config, ask).await,
        Command::Judge(what) => judge::judge(config, what).await,
        Command::Bench(ask) => bench::bench(config, ask).await,
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
