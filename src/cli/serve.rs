//! `caunoi serve`: opens everything, tells the first admin how to come in, serves until told to stop.

use super::{End, bar, moving};
use crate::accounts;
use crate::app;
use crate::demo;
use crate::flow;
use crate::kit::Cx;
use crate::kit::clock::Clock;
use crate::kit::config::Config;

pub async fn serve(config: Config, with_demo: bool) -> anyhow::Result<End> {
    let _sole = moving::own(&config)?;
    let cx = app::build(config, Clock::Wall).await?;
    let forgotten = accounts::erasures::heed(&cx).await?;
    if forgotten > 0 {
        println!("{forgotten} people of an older copy asked to be forgotten: they are forgotten again.");
    }
    let new_city = with_demo && fill(&cx).await?;
    if let Some(link) = accounts::first_admin(&cx).await? {
        println!(
            "Nobody administers this service yet. Whoever opens this link becomes its first admin:\n  {link}"
        );
    }
    app::serve(cx, async move |cx| {
        if new_city {
            live(cx).await;
        }
    })
    .await?;
    Ok(End::Done)
}

/// An empty service gets the sample city; says whether it did.
async fn fill(cx: &Cx) -> anyhow::Result<bool> {
    let progress = bar(demo::steps(), "Sample city");
    let loaded = demo::load(cx, || progress.inc(1)).await?;
    progress.finish_and_clear();
    if loaded {
        // Its people need no letter that says their listing was published weeks ago.
        flow::begin_here(cx).await?;
    }
    println!("{}", demo::greeting(cx));
    if loaded {
        println!("Its past weeks happen now: the suggestions appear within a minute or two.");
    }
    Ok(loaded)
}

/// The past weeks of a new city, while the first visitors look around already.
async fn live(cx: &Cx) {
    match demo::live(cx).await {
        Ok(()) => println!("The sample city has lived its past weeks."),
        Err(why) => tracing::error!(%why, "the sample city's past weeks"),
    }
}
