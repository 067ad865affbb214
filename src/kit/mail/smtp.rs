//! One SMTP connection, spoken step by step so that every answer has a deadline and the moment of no
//! return (the body leaving) is known. lettre's own pool can report a refused letter as sent when a
//! call is cancelled, and has no deadline for a command.

use std::time::{Duration, Instant};

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::sending::{Claimed, End, mark_data};
use crate::kit::Cx;
use crate::kit::fault::Fault;

/// Deadline of one command and of the dial, and of the answer to the whole body (RFC 5321 grants more;
/// a relay that slow is better tried again later).
const COMMAND: Duration = Duration::from_secs(30);
const BODY: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Relay {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub credentials: Option<(String, String)>,
}

impl Relay {
    /// Connects, says hello, signs in where it must, and leaves: for whoever checks the settings.
    pub async fn greet(&self, name: &str) -> Result<String, String> {
        let greeted = timeout(COMMAND, dial(self, &ClientId::Domain(name.to_owned()))).await;
        let mut connection = greeted.map_err(|_| Halt::Silent.words())?.map_err(Halt::words)?;
        let secured = if connection.is_encrypted() {
            "with TLS"
        } else {
            "without TLS"
        };
        let _goodbye = timeout(Duration::from_secs(2), connection.quit()).await;
        Ok(secured.to_owned())
    }

    /// On this very machine, as a relay of the tests is.
    pub fn is_at_home(&self) -> bool {
        let address = self.host.parse::<std::net::IpAddr>();
        self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tls {
    /// STARTTLS where the relay offers it (`smtp://`).
    IfOffered,
    /// STARTTLS or nothing (`smtp://…?tls=required`).
    Required,
    /// TLS from the first byte (`smtps://`).
    FromStart,
}

#[derive(Default)]
pub(super) struct Session {
    open: Option<(AsyncSmtpConnection, Instant)>,
}

/// Why a step did not work out.
enum Halt {
    Answered(Error),
    Silent,
    Unreachable(String),
}

impl Session {
    pub(super) async fn deliver(
        &mut self,
        cx: &Cx,
        relay: &Relay,
        letter: &Claimed,
        message: &Message,
    ) -> Result<End, Fault> {
        let mut connection = match self.ready(cx, relay).await {
            Ok(connection) => connection,
            // Nothing of this letter was said yet, so whatever the relay answered is not about the letter.
            Err(halt) => return Ok(End::Later(halt.words())),
        };
        match envelope(&mut connection, message).await {
            Ok(()) => {}
            Err(Halt::Answered(why)) if why.is_permanent() => {
                self.keep_after_reset(connection).await;
                return Ok(End::Failed(why.to_string()));
            }
            Err(halt) => return Ok(End::Later(halt.words())),
        }
        mark_data(cx, letter).await?;
        let answer = timeout(BODY, connection.message(&message.formatted())).await;
        Ok(match answer {
            Ok(Ok(response)) if response.has_code(250) => {
                self.open = Some((connection, Instant::now()));
                End::Sent(response.first_line().unwrap_or("250").to_owned())
            }
            Ok(Ok(response)) => End::InDoubt(format!("{}", response.code())),
            Ok(Err(why)) if why.is_permanent() => {
                self.keep_after_reset(connection).await;
                End::Failed(why.to_string())
            }
            Ok(Err(why)) if why.is_transient() => {
                self.keep_after_reset(connection).await;
                End::Later(why.to_string())
            }
            Ok(Err(why)) => End::InDoubt(why.to_string()),
            Err(_) => End::InDoubt("the relay fell silent after the body".to_owned()),
        })
    }

    pub(super) async fn hang_up_if_idle(&mut self, after: Duration) {
        if let Some((_, used)) = &self.open
            && used.elapsed() >= after
            && let Some((mut connection, _)) = self.open.take()
        {
            let _goodbye = timeout(Duration::from_secs(2), connection.quit()).await;
        }
    }

    async fn ready(&mut self, cx: &Cx, relay: &Relay) -> Result<AsyncSmtpConnection, Halt> {
        if let Some((mut connection, _)) = self.open.take()
            && matches!(
                timeout(Duration::from_secs(5), connection.test_connected()).await,
                Ok(true)
            )
        {
            return Ok(connection);
        }
        let name = cx.mailer.sender.email.domain().to_owned();
        match timeout(COMMAND, dial(relay, &ClientId::Domain(name))).await {
            Ok(connection) => connection,
            Err(_) => Err(Halt::Silent),
        }
    }

    async fn keep_after_reset(&mut self, mut connection: AsyncSmtpConnection) {
        use lettre::transport::smtp::commands::Rset;
        if matches!(
            timeout(Duration::from_secs(5), connection.command(Rset)).await,
            Ok(Ok(_))
        ) {
            self.open = Some((connection, Instant::now()));
        }
    }
}

async fn dial(relay: &Relay, hello: &ClientId) -> Result<AsyncSmtpConnection, Halt> {
    let tls = || TlsParameters::new(relay.host.clone()).map_err(Halt::Answered);
    let mut connection = if relay.tls == Tls::FromStart {
        AsyncSmtpConnection::connect_tokio1(
            (relay.host.as_str(), relay.port),
            Some(COMMAND),
            hello,
            Some(tls()?),
            None,
        )
        .await
        .map_err(Halt::Answered)?
    } else {
        let stream = TcpStream::connect((relay.host.as_str(), relay.port))
            .await
            .map_err(|why| Halt::Unreachable(why.to_string()))?;
        // Without it each letter waits ~40 ms for a delayed acknowledgement.
        stream
            .set_nodelay(true)
            .map_err(|why| Halt::Unreachable(why.to_string()))?;
        AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello)
            .await
            .map_err(Halt::Answered)?
    };
    let offered = connection.server_info().supports_feature(Extension::StartTls);
    match relay.tls {
        Tls::Required if !offered => {
            return Err(Halt::Unreachable("the relay offers no STARTTLS".to_owned()));
        }
        Tls::Required | Tls::IfOffered if offered => {
            connection.starttls(tls()?, hello).await.map_err(Halt::Answered)?;
        }
        _ => {}
    }
    if let Some((user, password)) = &relay.credentials {
        let credentials = Credentials::new(user.clone(), password.clone());
        connection
            .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
            .await
            .map_err(Halt::Answered)?;
    }
    Ok(connection)
}

async fn envelope(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Halt> {
    let envelope = message.envelope();
    let mut parameters = Vec::new();
    if connection.server_info().supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    step(connection, Mail::new(envelope.from().cloned(), parameters)).await?;
    for to in envelope.to() {
        step(connection, Rcpt::new(to.clone(), Vec::new())).await?;
    }
    step(connection, Data).await
}

async fn step(connection: &mut AsyncSmtpConnection, command: impl std::fmt::Display) -> Result<(), Halt> {
    match timeout(COMMAND, connection.command(command)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(why)) => Err(Halt::Answered(why)),
        Err(_) => Err(Halt::Silent),
    }
}

impl Halt {
    fn words(self) -> String {
        match self {
            Halt::Answered(why) => why.to_string(),
            Halt::Silent => "no answer in time".to_owned(),
            Halt::Unreachable(why) => why,
        }
    }
}
