//! The setting that says where letters go: `smtp://[user:password@]host[:port][?tls=required]`, `smtps://…`, `file:FOLDER`.

use std::path::PathBuf;

use super::super::mail::{Patience, Relay, Tls, Transport};

pub(super) fn transport_of(url: &str) -> Result<Transport, String> {
    if let Some(folder) = url.strip_prefix("file:") {
        return Ok(Transport::File(PathBuf::from(folder.trim_start_matches("//"))));
    }
    let (scheme, rest) = url
        .split_once("://")
        .ok_or("must begin with smtp://, smtps:// or file:")?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let tls = match (scheme, query) {
        ("smtp", "") => Tls::IfOffered,
        ("smtp", "tls=required") => Tls::Required,
        ("smtps", "") => Tls::FromStart,
        ("smtp" | "smtps", _) => return Err("the only option is ?tls=required, for smtp://".to_owned()),
        _ => return Err("must begin with smtp://, smtps:// or file:".to_owned()),
    };
    let (credentials, host) = match rest.rsplit_once('@') {
        None => (None, rest),
        Some((user, host)) => {
            let (name, password) = user
                .split_once(':')
                .ok_or("a user needs a password: user:password@host")?;
            (Some((percent_decoded(name), percent_decoded(password))), host)
        }
    };
    let host = host.trim_end_matches('/');
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| format!("{port:?} is not a port"))?),
        None if tls == Tls::FromStart => (host, 465),
        None => (host, 587),
    };
    if host.is_empty() {
        return Err("names no host".to_owned());
    }
    Ok(Transport::Smtp(Relay {
        host: host.to_owned(),
        port,
        tls,
        credentials,
        patience: Patience::default(),
    }))
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_is_read_with_its_password() {
        let Ok(Transport::Smtp(relay)) = transport_of("smtps://thu%40x:p%3Aw@mail.example") else {
            panic!()
        };
        assert_eq!(
            (relay.host.as_str(), relay.port, relay.tls),
            ("mail.example", 465, Tls::FromStart)
        );
        assert_eq!(relay.credentials, Some(("thu@x".to_owned(), "p:w".to_owned())));
    }
}
