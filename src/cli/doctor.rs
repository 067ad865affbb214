//! `caunoi doctor`: one line for each thing that must hold, and how to mend what does not.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{End, checks};
use crate::kit::config::Config;

/// What was found of one thing.
pub struct Finding {
    pub what: &'static str,
    pub state: State,
    pub words: String,
    pub mend: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Good,
    /// It works, but something is worth knowing.
    Look,
    Bad,
}

impl Finding {
    pub fn good(what: &'static str, words: impl Into<String>) -> Finding {
        Finding {
            what,
            state: State::Good,
            words: words.into(),
            mend: None,
        }
    }

    pub fn look(what: &'static str, words: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding {
            what,
            state: State::Look,
            words: words.into(),
            mend: Some(mend.into()),
        }
    }

    pub fn bad(what: &'static str, words: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding {
            what,
            state: State::Bad,
            words: words.into(),
            mend: Some(mend.into()),
        }
    }
}

pub async fn doctor(config: &Config) -> anyhow::Result<End> {
    let mut findings = vec![
        Finding::good("settings", "they hold together"),
        checks::data_folder(config),
        checks::free_space(config),
        checks::database(config).await,
        checks::clock(config).await,
        checks::erasures(config),
    ];
    let server = ask_server(config).await;
    findings.push(checks::index(config, server.as_ref()));
    findings.push(checks::model(config).await);
    findings.push(checks::mail(config).await);
    findings.push(checks::public_url(config));
    findings.push(match &server {
        Some(ready) if ready["ready"] == true => {
            Finding::good("server", format!("running and ready on {}", config.bind))
        }
        Some(_) => Finding::bad("server", "running, but not ready", "see its log"),
        None => Finding::good("server", format!("none is running on {}", config.bind)),
    });
    findings.iter().for_each(show);
    let worst = |state| findings.iter().any(|finding| finding.state == state);
    anyhow::ensure!(
        !worst(State::Bad),
        "something must be mended before the service can do its work"
    );
    Ok(if worst(State::Look) {
        End::Partly
    } else {
        End::Done
    })
}

fn show(finding: &Finding) {
    let mark = match finding.state {
        State::Good => "ok  ",
        State::Look => "look",
        State::Bad => "BAD ",
    };
    println!("{mark}  {:<12} {}", finding.what, finding.words);
    if let Some(mend) = &finding.mend {
        println!("      {:<12} → {mend}", "");
    }
}

pub async fn health(config: &Config) -> anyhow::Result<End> {
    let ready = ask_server(config)
        .await
        .ok_or_else(|| anyhow::anyhow!("no server answers on {}", config.bind))?;
    anyhow::ensure!(ready["ready"] == true, "the server is not ready: {ready}");
    Ok(End::Done)
}

/// What `/readyz` of the server on this machine says; `None` where none answers.
async fn ask_server(config: &Config) -> Option<serde_json::Value> {
    let mut address = config.bind;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!(
            "GET /readyz HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(64 * 1024).read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = timeout(Duration::from_secs(3), asked).await.ok()?.ok()?;
    let text = String::from_utf8(answer).ok()?;
    // The object stands alone in the body, whether it came in one chunk or by its length.
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    serde_json::from_str(text.get(start..=end)?).ok()
}
