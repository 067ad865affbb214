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
use lettre::transport::smtp::response::Severity;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::sending::{Claimed, End, mark_data};
use crate::kit::Cx;
use crate::kit::fault::Fault;

#[derive(Clone)]
pub struct Relay {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub credentials: Option<(String, String)>,
    pub patience: Patience,
}

/// How long a relay may take (RFC 5321 grants more; one that slow is better tried again later).
#[derive(Clone, Copy)]
pub struct Patience {
    /// One command; the dial with its greeting, hello, TLS and sign-in together.
    pub command: Duration,
    /// The answer to the whole body.
    pub body: Duration,
    /// A word before a letter or after a refusal, on a connection that is kept only if it answers at once.
    pub aside: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            command: Duration::from_secs(30),
            body: Duration::from_secs(60),
            aside: Duration::from_secs(5),
        }
    }
}

impl Relay {
    /// Connects, says hello, signs in where it must, and leaves: for whoever checks the settings.
    pub async fn greet(&self, name: &str) -> Result<String, String> {
        let greeted = timeout(
            self.patience.command,
            dial(self, &ClientId::Domain(name.to_owned())),
        )
        .await;
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
    /// Something good, but not what was asked.
    Astray(String),
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
        match envelope(&mut connection, message, relay.patience).await {
            Ok(()) => {}
            Err(Halt::Answered(why)) if why.is_permanent() => {
                self.keep_after_reset(connection, relay).await;
                return Ok(End::Failed(why.to_string()));
            }
            Err(halt) => return Ok(End::Later(halt.words())),
        }
        if !mark_data(cx, letter).await? {
            // The relay waits for a body: only hanging up takes that back.
            return Ok(End::Lost);
        }
        let answer = timeout(relay.patience.body, connection.message(&message.formatted())).await;
        Ok(match answer {
            Ok(Ok(response)) if response.has_code(250) => {
                self.open = Some((connection, Instant::now()));
                End::Sent(response.first_line().unwrap_or("250").to_owned())
            }
            Ok(Ok(response)) => End::InDoubt(format!("{}", response.code())),
            Ok(Err(why)) if why.is_permanent() => {
                self.keep_after_reset(connection, relay).await;
                End::Failed(why.to_string())
            }
            Ok(Err(why)) if why.is_transient() => {
                self.keep_after_reset(connection, relay).await;
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
                timeout(relay.patience.aside, connection.test_connected()).await,
                Ok(true)
            )
        {
            return Ok(connection);
        }
        let name = cx.mailer.sender.email.domain().to_owned();
        match timeout(relay.patience.command, dial(relay, &ClientId::Domain(name))).await {
            Ok(connection) => connection,
            Err(_) => Err(Halt::Silent),
        }
    }

    async fn keep_after_reset(&mut self, mut connection: AsyncSmtpConnection, relay: &Relay) {
        use lettre::transport::smtp::commands::Rset;
        if matches!(
            timeout(relay.patience.aside, connection.command(Rset)).await,
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
            Some(relay.patience.command),
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

async fn envelope(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
    patience: Patience,
) -> Result<(), Halt> {
    let envelope = message.envelope();
    let mut parameters = Vec::new();
    if connection.server_info().supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let from = Mail::new(envelope.from().cloned(), parameters);
    step(connection, from, Severity::PositiveCompletion, patience).await?;
    for to in envelope.to() {
        let to = Rcpt::new(to.clone(), Vec::new());
        step(connection, to, Severity::PositiveCompletion, patience).await?;
    }
    step(connection, Data, Severity::PositiveIntermediate, patience).await
}

async fn step(
    connection: &mut AsyncSmtpConnection,
    command: impl std::fmt::Display,
    due: Severity,
    patience: Patience,
) -> Result<(), Halt> {
    match timeout(patience.command, connection.command(command)).await {
        Ok(Ok(answer)) if answer.code().severity == due => Ok(()),
        // A relay that says 250 to DATA would take the body for commands.
        Ok(Ok(answer)) => Err(Halt::Astray(answer.code().to_string())),
        Ok(Err(why)) => Err(Halt::Answered(why)),
        Err(_) => Err(Halt::Silent),
    }
}

impl Halt {
    fn words(self) -> String {
        match self {
            Halt::Answered(why) => why.to_string(),
            Halt::Astray(code) => format!("the relay answered {code}, which does not belong here"),
            Halt::Silent => "no answer in time".to_owned(),
            Halt::Unreachable(why) => why,
        }
    }
}
