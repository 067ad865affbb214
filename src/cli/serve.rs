//! `caunoi serve`: opens everything, tells the first admin how to come in, serves until told to stop.

use super::{End, bar, spinner};
use crate::accounts;
use crate::app;
use crate::demo;
use crate::flow;
use crate::kit::Cx;
use crate::kit::clock::Clock;
use crate::kit::config::Config;

pub async fn serve(config: Config, with_demo: bool) -> anyhow::Result<End> {
    let cx = app::build(config, Clock::Wall).await?;
    if with_demo {
        fill(&cx).await?;
    }
    if let Some(link) = accounts::first_admin(&cx).await? {
        println!(
            "Nobody administers this service yet. Whoever opens this link becomes its first admin:\n  {link}"
        );
    }
    app::serve(cx).await?;
    Ok(End::Done)
}

/// An empty service gets the sample city, and with it everything that follows: suggestions first.
async fn fill(cx: &Cx) -> anyhow::Result<()> {
    let progress = bar(demo::steps(), "Sample city");
    let loaded = demo::load(cx, || progress.inc(1)).await?;
    progress.finish_and_clear();
    if loaded {
        let waiting = spinner("Seeking matches, and letting the past weeks happen");
        demo::live(cx).await?;
        flow::settle_without_letters(cx).await?;
        waiting.finish_and_clear();
    }
    println!("{}", demo::greeting(cx));
    Ok(())
}
