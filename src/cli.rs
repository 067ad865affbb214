//! The command line: `caunoi` alone serves; everything else helps the one who runs it.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app;
use crate::events::{self, Event};
use crate::ids::By;
use crate::kit::Cx;
use crate::kit::clock::Clock;
use crate::kit::config::{self, Config, Written};

/// Cầu Nối: who needs AI meets who can build it.
#[derive(Parser)]
#[command(name = "caunoi", version, about, max_term_width = 100)]
struct Line {
    #[command(flatten)]
    settings: Written,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the service (what happens without a command)
    Serve,
    /// Build the search index anew from the database; a running server does it while it serves
    Reindex,
}

pub fn main() -> ExitCode {
    let line = Line::parse();
    let config = match config::settle(line.settings) {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("The settings do not hold together:");
            faults.iter().for_each(|fault| eprintln!("  {fault}"));
            return ExitCode::from(2);
        }
    };
    log_to_stderr(&config);
    let ran = actix_web::rt::System::new().block_on(run(line.command.unwrap_or(Command::Serve), config));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("caunoi: {why:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let cx = app::build(config, Clock::Wall).await?;
    match command {
        Command::Serve => app::serve(cx).await,
        Command::Reindex => reindex(&cx).await,
    }
}

/// Commands beside a running server write the database only; the server follows.
async fn reindex(cx: &Cx) -> anyhow::Result<()> {
    let mut tx = cx.db.begin().await?;
    events::record(cx, &mut tx, By::Service, &Event::ReindexAsked).await?;
    tx.commit().await?;
    println!("Asked. Every running server now builds its index anew while it serves.");
    Ok(())
}

fn log_to_stderr(config: &Config) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("CAUNOI_LOG_LEVEL")
        .unwrap_or_else(|_| EnvFilter::new("info,ort=warn,tantivy=warn,sqlx=warn,actix_server=warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _first_wins = if config.log_json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.compact().with_target(false).try_init()
    };
}
