//! Whom the service was asked to forget. A backup made before that still knows them, so the list is kept twice: in the
//! database, and as a file beside it that a backup does not overwrite. It holds numbers and dates, no names: it may lie
//! anywhere. When the service starts, whoever stands in either and is known again is forgotten again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::{rights, store};
use crate::ids::{By, PersonId};
use crate::kit::Cx;
use crate::kit::config::Config;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;

const FILE: &str = "erasures.csv";
const HEAD: &str = "person,at";

/// Where the list lies.
pub fn file_of(config: &Config) -> PathBuf {
    config.data.join(FILE)
}

pub(super) async fn note(cx: &Cx, tx: &mut Tx, person: PersonId) -> Result<(), Fault> {
    store::rights::note_erasure(tx, person, cx.now()).await
}

/// Brings the file up to the table. Whoever stands only in the file stays there.
pub async fn write_down(cx: &Cx) -> Result<(), Fault> {
    let file = file_of(&cx.config);
    let known = read(&file)?;
    let listed = store::rights::erasures(&cx.db).await?;
    let fresh = listed.iter().filter(|(id, _)| !known.contains(id));
    let lines: String = fresh.map(|(id, at)| format!("{id},{}\n", at.iso())).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let head = if file.exists() {
        String::new()
    } else {
        format!("{HEAD}\n")
    };
    append(&file, &(head + &lines)).map_err(|why| failed(&file, &why))
}

/// Forgets again whom an older copy of the database brought back; says how many. Called before anybody is served.
pub async fn heed(cx: &Cx) -> Result<usize, Fault> {
    let mut wanted = read(&file_of(&cx.config))?;
    wanted.extend(
        store::rights::erasures(&cx.db)
            .await?
            .into_iter()
            .map(|(id, _)| id),
    );
    let mut again = 0;
    for id in wanted {
        let mut tx = cx.db.begin().await?;
        match store::person(&mut tx, id).await {
            Ok(person) if !person.is_forgotten() => {
                rights::shut(cx, &mut tx, By::Service, id).await?;
                tx.commit().await?;
                again += 1;
            }
            Ok(_) | Err(Fault::Missing) => {}
            Err(fault) => return Err(fault),
        }
    }
    write_down(cx).await?;
    Ok(again)
}

/// Takes another copy of the list into this service's own; says how many lines were new.
pub fn take_in(config: &Config, other: &Path) -> Result<usize, Fault> {
    let file = file_of(config);
    let known = read(&file)?;
    if !other.exists() {
        return Err(Fault::broken(format!("there is no file {}", other.display())));
    }
    let fresh: BTreeSet<PersonId> = read(other)?.difference(&known).copied().collect();
    let dates: BTreeMap<PersonId, String> = lines(other)?.into_iter().collect();
    let mut text = if file.exists() {
        String::new()
    } else {
        format!("{HEAD}\n")
    };
    for id in &fresh {
        text += &format!("{id},{}\n", dates.get(id).map_or("", String::as_str));
    }
    append(&file, &text).map_err(|why| failed(&file, &why))?;
    Ok(fresh.len())
}

/// How many the file lists.
pub fn count(config: &Config) -> Result<usize, Fault> {
    Ok(read(&file_of(config))?.len())
}

fn read(file: &Path) -> Result<BTreeSet<PersonId>, Fault> {
    Ok(lines(file)?.into_iter().map(|(id, _)| id).collect())
}

/// A line that names nobody was cut short by a crash; the table has it whole.
fn lines(file: &Path) -> Result<Vec<(PersonId, String)>, Fault> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(failed(file, &why)),
    };
    let mut known = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| *line != HEAD) {
        let (id, date) = line.split_once(',').unwrap_or((line, ""));
        match id.trim().parse() {
            Ok(id) => known.push((id, date.to_owned())),
            Err(_) => tracing::warn!(line = at + 1, "the list of erasures: a line names nobody"),
        }
    }
    Ok(known)
}

fn append(file: &Path, text: &str) -> std::io::Result<()> {
    let mut open = std::fs::OpenOptions::new().append(true).create(true).open(file)?;
    // A line cut short by a crash must not swallow the next.
    let torn = std::fs::read(file)?.last().is_some_and(|last| *last != b'\n');
    let text = if torn {
        format!("\n{text}")
    } else {
        text.to_owned()
    };
    open.write_all(text.as_bytes())?;
    open.sync_all()
}

fn failed(file: &Path, why: &std::io::Error) -> Fault {
    Fault::broken(format!("{}: {why}", file.display()))
}
