//! Every setting: its default, its variable, its line in `caunoi.toml`. All faults are reported at once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use serde::Deserialize;

use super::mail::Transport;

mod relay;

/// Settings as they are written: by flag, `CAUNOI_*` variable or `caunoi.toml`, in this order of precedence.
#[derive(Debug, Clone, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Written {
    /// Folder of the database, the index and written letters [default: ./data]
    #[arg(long, env = "CAUNOI_DATA", global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "CAUNOI_BIND", global = true, value_name = "ADDRESS:PORT")]
    pub bind: Option<String>,
    /// The address readers see, for links in letters and the origin check [default: http://<bind>]
    #[arg(long, env = "CAUNOI_PUBLIC_URL", global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// `sqlite:PATH` or `postgres://user:password@host/name` [default: sqlite:<data>/caunoi.db]
    #[arg(
        long,
        env = "CAUNOI_DATABASE_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// `smtp://[user:password@]host[:port][?tls=required]`, `smtps://…` or `file:FOLDER` [default: file:<data>/letters]
    #[arg(
        long,
        env = "CAUNOI_MAIL_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub mail_url: Option<String>,
    /// Sender of all letters [default: Cầu Nối <caunoi@localhost>]
    #[arg(long, env = "CAUNOI_SENDER", global = true, value_name = "NAME <ADDRESS>")]
    pub sender: Option<String>,
    /// bundled, a folder, a name from fastembed's list, or none [default: bundled]
    #[arg(long, env = "CAUNOI_MODEL", global = true, value_name = "MODEL")]
    pub model: Option<String>,
    /// text or json [default: text on a terminal, else json]
    #[arg(long, env = "CAUNOI_LOG", global = true, value_name = "FORMAT")]
    pub log: Option<String>,
    /// Address that /metrics may be read from besides this machine, or "any" [default: this machine only]
    #[arg(long, env = "CAUNOI_METRICS_FROM", global = true, value_name = "ADDRESS")]
    pub metrics_from: Option<String>,
    /// How many proxies in front may be believed about a reader's address [default: 0]
    #[arg(long, env = "CAUNOI_PROXIES", global = true, value_name = "NUMBER")]
    pub proxies: Option<u8>,
    /// Requests a second one address may make, ten times that in a burst; 0 lifts the limit [default: 40]
    #[arg(long, env = "CAUNOI_RATE", global = true, value_name = "NUMBER")]
    pub rate: Option<u32>,
    /// Who must sign in with a second step: desk (coordinators and admins) or nobody [default: nobody]
    #[arg(long, env = "CAUNOI_SECOND_STEP", global = true, value_name = "WHO")]
    pub second_step: Option<String>,
    /// Name of the programme, as readers see it [default: Cầu Nối]
    #[arg(long, env = "CAUNOI_PROGRAMME", global = true, value_name = "NAME")]
    pub programme: Option<String>,
}

/// Settings that hold together.
#[derive(Clone)]
pub struct Config {
    pub data: PathBuf,
    pub bind: SocketAddr,
    pub public_url: String,
    pub database_url: String,
    pub mail: Transport,
    pub sender: Mailbox,
    pub model: String,
    pub log_json: bool,
    pub metrics_from: MetricsFrom,
    pub proxies: u8,
    pub rate: u32,
    /// Coordinators and admins are members only until they have a second step.
    pub second_step_for_desk: bool,
    pub programme: String,
}

#[derive(Clone, PartialEq, Eq)]
pub enum MetricsFrom {
    ThisMachine,
    Address(std::net::IpAddr),
    Any,
}

impl Config {
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    pub fn index_folder(&self) -> PathBuf {
        self.data.join("index")
    }

    /// Where the model and the ONNX Runtime library are looked for, besides their own settings.
    pub fn runtime_folders(&self) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        if let Ok(beside) = std::env::current_exe() {
            folders.extend(beside.parent().map(Path::to_path_buf));
        }
        folders.push(self.data.join("runtime"));
        folders.push(PathBuf::from(".cache/runtime"));
        folders
    }
}

/// Reads flags and variables over `caunoi.toml` (in the working folder, or `CAUNOI_CONFIG`), checks
/// everything, and says all that is wrong at once.
pub fn settle(flags: Written) -> Result<Config, Vec<String>> {
    let mut faults = Vec::new();
    let path = std::env::var_os("CAUNOI_CONFIG").map(PathBuf::from);
    let file = read_file(path.as_deref(), &mut faults);
    let data = flags
        .data
        .or(file.data)
        .unwrap_or_else(|| PathBuf::from("./data"));
    let bind_text = flags
        .bind
        .or(file.bind)
        .unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let bind = bind_text.parse().unwrap_or_else(|_| {
        faults.push(format!(
            "bind: {bind_text:?} is not an address and a port, such as 127.0.0.1:8080"
        ));
        SocketAddr::from(([127, 0, 0, 1], 8080))
    });
    let public_url = flags
        .public_url
        .or(file.public_url)
        .unwrap_or_else(|| format!("http://{bind}"))
        .trim_end_matches('/')
        .to_owned();
    if origin_of(&public_url).is_none_or(|origin| origin != public_url) {
        faults.push(format!(
            "public_url: {public_url:?} is not like https://caunoi.example (no path)"
        ));
    }
    let database_url = flags
        .database_url
        .or(file.database_url)
        .unwrap_or_else(|| format!("sqlite:{}", data.join("caunoi.db").display()));
    if !["sqlite:", "postgres:", "postgresql:"]
        .iter()
        .any(|scheme| database_url.starts_with(scheme))
    {
        faults.push("database_url: must begin with sqlite: or postgres:".to_owned());
    }
    let mail_url = flags
        .mail_url
        .or(file.mail_url)
        .unwrap_or_else(|| format!("file:{}", data.join("letters").display()));
    let mail = relay::transport_of(&mail_url).unwrap_or_else(|why| {
        faults.push(format!("mail_url: {why}"));
        Transport::File(data.join("letters"))
    });
    let sender_text = flags
        .sender
        .or(file.sender)
        .unwrap_or_else(|| "Cầu Nối <caunoi@localhost>".to_owned());
    let sender = sender_text.parse().map_err(|_| {
        faults.push(format!(
            "sender: {sender_text:?} is not like Cầu Nối <caunoi@city.example>"
        ));
    });
    let log = flags.log.or(file.log);
    let log_json = match log.as_deref() {
        None => !std::io::IsTerminal::is_terminal(&std::io::stderr()),
        Some("json") => true,
        Some("text") => false,
        Some(other) => {
            faults.push(format!("log: {other:?} is neither text nor json"));
            false
        }
    };
    let metrics_from = match flags.metrics_from.or(file.metrics_from).as_deref() {
        None => MetricsFrom::ThisMachine,
        Some("any") => MetricsFrom::Any,
        Some(address) => address.parse().map_or_else(
            |_| {
                faults.push(format!("metrics_from: {address:?} is neither an address nor any"));
                MetricsFrom::ThisMachine
            },
            MetricsFrom::Address,
        ),
    };
    let second_step = flags.second_step.or(file.second_step);
    let second_step_for_desk = wants_second_step(second_step.as_deref(), &mut faults);
    match sender {
        Ok(sender) if faults.is_empty() => Ok(Config {
            data,
            bind,
            public_url,
            database_url,
            mail,
            sender,
            model: flags.model.or(file.model).unwrap_or_else(|| "bundled".to_owned()),
            log_json,
            metrics_from,
            proxies: flags.proxies.or(file.proxies).unwrap_or(0),
            rate: flags.rate.or(file.rate).unwrap_or(40),
            second_step_for_desk,
            programme: flags
                .programme
                .or(file.programme)
                .unwrap_or_else(|| "Cầu Nối".to_owned()),
        }),
        _ => Err(faults),
    }
}

fn wants_second_step(of: Option<&str>, faults: &mut Vec<String>) -> bool {
    match of {
        None | Some("nobody") => false,
        Some("desk") => true,
        Some(other) => {
            faults.push(format!("second_step: {other:?} is neither desk nor nobody"));
            false
        }
    }
}

fn read_file(named: Option<&Path>, faults: &mut Vec<String>) -> Written {
    let path = named.unwrap_or(Path::new("caunoi.toml"));
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).unwrap_or_else(|why| {
            faults.push(format!("{}: {}", path.display(), why.message()));
            Written::default()
        }),
        Err(why) if named.is_none() && why.kind() == std::io::ErrorKind::NotFound => Written::default(),
        Err(why) => {
            faults.push(format!("{}: {why}", path.display()));
            Written::default()
        }
    }
}

/// `https://host:port` of a URL, without path.
pub fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let sound = (scheme == "http" || scheme == "https") && !host.is_empty() && !host.contains(['@', ' ']);
    sound.then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_told_at_once() {
        let written = Written {
            bind: Some("here".to_owned()),
            public_url: Some("caunoi.example/path".to_owned()),
            database_url: Some("mysql://x".to_owned()),
            mail_url: Some("http://x".to_owned()),
            sender: Some("nobody".to_owned()),
            log: Some("loud".to_owned()),
            second_step: Some("everybody".to_owned()),
            ..Written::default()
        };
        let faults = settle(written).err().unwrap();
        for word in [
            "bind",
            "public_url",
            "database_url",
            "mail_url",
            "sender",
            "log",
            "second_step",
        ] {
            assert!(
                faults.iter().any(|fault| fault.starts_with(word)),
                "{word} is missing in {faults:?}"
            );
        }
    }
}
