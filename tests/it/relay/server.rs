//! A scripted SMTP server: speaks as it should, save at one step, where it does what it was told to.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Connect,
    Hello,
    StartTls,
    Mail,
    Rcpt,
    Data,
    /// After the final dot.
    Body,
}

impl Step {
    /// Those of a connection in the clear.
    pub const ALL: [Step; 6] = [
        Step::Connect,
        Step::Hello,
        Step::Mail,
        Step::Rcpt,
        Step::Data,
        Step::Body,
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Mute,
    /// 4xx.
    PutOff,
    /// 5xx.
    Refuse,
    /// 421, and away.
    Busy,
    /// Away without a word.
    HangUp,
    /// One byte at a time, each well within the deadline.
    Drip,
    Garbage,
    /// Ten megabytes without an end of line.
    LongLine,
    /// Good news that belongs elsewhere: 250 to DATA, 354 to all else.
    Astray,
    /// The right answer, but late.
    Ponder,
}

impl How {
    pub const ALL: [How; 10] = [
        How::Mute,
        How::PutOff,
        How::Refuse,
        How::Busy,
        How::HangUp,
        How::Drip,
        How::Garbage,
        How::LongLine,
        How::Astray,
        How::Ponder,
    ];
}

pub struct Server {
    port: u16,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct State {
    fault: Mutex<Option<(Step, How)>>,
    bodies: Mutex<Vec<String>>,
    connections: AtomicUsize,
    starttls: AtomicBool,
}

impl Server {
    pub async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let serving = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.connections.fetch_add(1, Ordering::Relaxed);
                // Whoever hangs up on it ends the talk.
                tokio::spawn(talk(stream, serving.clone()));
            }
        });
        Server { port, state, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn does(&self, step: Step, how: How) {
        *self.state.fault.lock().unwrap() = Some((step, how));
    }

    pub fn come_to_senses(&self) {
        *self.state.fault.lock().unwrap() = None;
    }

    pub fn offers_starttls(&self) {
        self.state.starttls.store(true, Ordering::Relaxed);
    }

    /// Every body that arrived whole, whatever was said to it.
    pub fn bodies(&self) -> Vec<String> {
        self.state.bodies.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn talk(stream: TcpStream, state: Arc<State>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    answer(&mut stream, &state, Step::Connect, "220 test peer\r\n").await?;
    loop {
        let line = read(&mut stream).await?;
        let word = line.trim_end().to_uppercase();
        let (step, right) = match word.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if state.starttls.load(Ordering::Relaxed) => {
                (Step::Hello, "250-test peer\r\n250 STARTTLS\r\n")
            }
            "EHLO" => (Step::Hello, "250-test peer\r\n250 8BITMIME\r\n"),
            "STARTTLS" => (Step::StartTls, "220 go on\r\n"),
            "MAIL" => (Step::Mail, "250 2.1.0 fine\r\n"),
            "RCPT" => (Step::Rcpt, "250 2.1.5 fine\r\n"),
            "DATA" => (Step::Data, "354 go on\r\n"),
            "QUIT" => return stream.get_mut().write_all(b"221 bye\r\n").await,
            _ => {
                stream.get_mut().write_all(b"250 fine\r\n").await?;
                continue;
            }
        };
        if step == Step::StartTls {
            // It is after the go-ahead that the handshake goes wrong.
            stream.get_mut().write_all(right.as_bytes()).await?;
        }
        answer(&mut stream, &state, step, right).await?;
        if step == Step::Data {
            let body = body(&mut stream).await?;
            state.bodies.lock().unwrap().push(body);
            answer(&mut stream, &state, Step::Body, "250 2.0.0 kept\r\n").await?;
        }
    }
}

async fn body(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut body = String::new();
    loop {
        let line = read(stream).await?;
        if line == ".\r\n" {
            return Ok(body);
        }
        body.push_str(&line);
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    match stream.read_line(&mut line).await? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}

/// An error ends the talk, and so does an answer that was refused.
async fn answer(
    stream: &mut BufReader<TcpStream>,
    state: &State,
    step: Step,
    right: &str,
) -> std::io::Result<()> {
    let fault = state.fault.lock().unwrap().filter(|(where_, _)| *where_ == step);
    let stream = stream.get_mut();
    let away = Err(std::io::ErrorKind::ConnectionAborted.into());
    match fault.map(|(_, how)| how) {
        None => stream.write_all(right.as_bytes()).await,
        Some(How::Mute) => std::future::pending().await,
        Some(How::PutOff) => stream.write_all(b"451 4.7.1 later\r\n").await,
        Some(How::Refuse) => stream.write_all(b"550 5.7.1 never\r\n").await,
        Some(How::Busy) => {
            stream.write_all(b"421 4.3.2 too busy\r\n").await?;
            away
        }
        Some(How::HangUp) => away,
        Some(How::Drip) => loop {
            stream.write_all(b"2").await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        },
        Some(How::Garbage) => stream.write_all(b"\x16\x03\x01\xff<html>?\r\n").await,
        Some(How::LongLine) => {
            let piece = vec![b'x'; 1 << 16];
            for _ in 0..160 {
                stream.write_all(&piece).await?;
            }
            stream.write_all(b"\r\n").await
        }
        Some(How::Astray) if step == Step::Data => stream.write_all(b"250 fine\r\n").await,
        Some(How::Astray) => stream.write_all(b"354 go on\r\n").await,
        Some(How::Ponder) => {
            tokio::time::sleep(Duration::from_millis(100)).await;
            stream.write_all(right.as_bytes()).await
        }
    }
}
