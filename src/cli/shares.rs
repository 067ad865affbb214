//! `caunoi shares`: how suggestions would spread over providers, and what sharing costs.

use clap::Args;

use super::{End, beside, spinner};
use crate::kit::config::Config;
use crate::kit::lang::Lang;
use crate::listings;
use crate::matching;

#[derive(Args)]
pub struct Shares {
    /// How many each need would be given
    #[arg(long, value_name = "N", default_value_t = 6)]
    most: usize,
    /// Another lowest fit than the one that holds, in hundredths
    #[arg(long, value_name = "FIT", value_parser = clap::value_parser!(u8).range(0..=100))]
    floor: Option<u8>,
}

pub async fn shares(config: Config, ask: Shares) -> anyhow::Result<End> {
    let Shares { most, floor } = ask;
    let beside = beside::open_with_model(config).await?;
    let cx = &beside.cx;
    let waiting = spinner("Reading the listings");
    while listings::follow::step(cx).await? {}
    while listings::follow::fill(cx).await? {}
    waiting.set_message("Seeking matches for every open need");
    let floor = floor.map(|hundredths| f64::from(hundredths) / 100.0);
    let rehearsed = matching::rehearse_shares(cx, most, floor).await?;
    waiting.finish_and_clear();
    println!(
        "{} open needs, up to {most} suggestions each, {} providers in reach",
        rehearsed.needs, rehearsed.providers
    );
    println!(
        "{:<22} {:>11} {:>16} {:>8} {:>6} {:>9}",
        "", "suggestions", "of busiest tenth", "busiest", "named", "all fits"
    );
    for (way, came_to) in [
        ("each for itself", rehearsed.alone),
        ("day by day", rehearsed.day_by_day),
        ("in turns", rehearsed.in_turns),
    ] {
        println!(
            "{way:<22} {:>11} {:>16} {:>8} {:>6} {:>9.1}",
            came_to.suggestions,
            Lang::En.percent(came_to.share_of_tenth()),
            came_to.busiest,
            came_to.named,
            came_to.fit
        );
    }
    Ok(End::Done)
}
