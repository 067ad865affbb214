//! `caunoi user …`: accounts from the terminal.

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};

use super::{End, beside};
use crate::accounts::{self, Role};
use crate::kit::config::Config;
use crate::kit::lang::Lang;

#[derive(Subcommand)]
pub enum User {
    /// Open an account and print a link that signs in once
    Add {
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "member")]
        role: RoleWord,
    },
    /// Give a person another role
    Role { email: String, role: RoleWord },
    /// Take away the second step of somebody who lost phone and recovery codes, and end their sessions
    ResetSecondStep { email: String },
    /// List people: name, address, role, last seen
    List {
        /// Only those whose name or address holds this
        #[arg(default_value = "")]
        text: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum RoleWord {
    Member,
    Coordinator,
    Admin,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Role {
        match word {
            RoleWord::Member => Role::Member,
            RoleWord::Coordinator => Role::Coordinator,
            RoleWord::Admin => Role::Admin,
        }
    }
}

pub async fn user(config: Config, user: User) -> anyhow::Result<End> {
    let beside = beside::open(config).await?;
    let cx = &beside.cx;
    match user {
        User::Add { email, name, role } => {
            let link = accounts::add(cx, &email, &name, role.into()).await?;
            println!("This link signs its reader in once:\n  {link}");
        }
        User::Role { email, role } => {
            accounts::set_role_of(cx, &email, role.into())
                .await
                .with_context(|| format!("nobody here has the address {email}"))?;
            println!("Done.");
        }
        User::ResetSecondStep { email } => {
            accounts::reset_second_step_of(cx, &email)
                .await
                .with_context(|| format!("nobody here has the address {email} and a second step"))?;
            println!("Done. They come in without it, and set up a new one in their settings.");
        }
        User::List { text } => list(cx, &text).await?,
    }
    Ok(End::Done)
}

async fn list(cx: &crate::kit::Cx, text: &str) -> anyhow::Result<()> {
    for page in 1.. {
        let (people, _) = accounts::people(cx, text, page).await?;
        if people.is_empty() {
            break;
        }
        for person in people {
            let seen = person
                .seen_at
                .map_or_else(|| "never seen".to_owned(), |at| Lang::En.date_time(at));
            let closed = if person.disabled_at.is_some() {
                "\tclosed"
            } else {
                ""
            };
            println!(
                "{}\t{}\t{}\t{seen}{closed}",
                person.email, person.role, person.name
            );
        }
    }
    Ok(())
}
