// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A serial line, with the link protocol of `akira_core::link` on it.
//!
//! The line is locked for each request only, so that `akira logs -f` and `akira stop` can use the
//! same one at the same time.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use akira_core::link::{Client, LinkError, Progress, RequestHead, Response};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use rustix::termios::{self, OptionalActions, QueueSelector};

use super::target::SerialLine;
use super::transport::{Answer, Events, Request, Transport};
use crate::error::{CliError, Result};
use crate::progress::Bar;

/// How long another program may have the line before this one gives up.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a line that another program has is looked at.
const LOCK_POLL: Duration = Duration::from_millis(20);

/// Longest wait for the line, so that the link can look at the clock.
const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// An answer of more bytes than this has a progress bar: it takes a second at the usual speed.
const LONG: u32 = 12 * 1024;

/// A device at the other end of a serial line.
pub struct Serial {
    line: RefCell<Line>,
    address: String,
    authorization: Option<String>,
    patience: Option<Duration>,
}

struct Line {
    tty: File,
    link: Client,
    begin: Instant,
}

impl Serial {
    /// Opens a line and makes it carry bytes as they are.
    pub fn open(at: &SerialLine, token: Option<&str>, patience: Option<Duration>) -> Result<Self> {
        let path = at.path.as_path();
        let flags = OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let tty = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(flags.bits().cast_signed())
            .open(path)
            .map_err(|error| cannot(path, &error))?;
        raw(&tty, at.baud).map_err(|error| cannot(path, &error.into()))?;
        let mut seed = [0; 4];
        getrandom::fill(&mut seed).map_err(|error| {
            CliError::local("file", format!("The system gave no random bytes: {error}."))
        })?;
        let link = Client::new(u32::from_le_bytes(seed));
        Ok(Self {
            line: RefCell::new(Line { tty, link, begin: Instant::now() }),
            address: at.to_string(),
            authorization: token.map(|token| format!("Bearer {token}")),
            patience,
        })
    }

    fn failed(&self, failure: Failure) -> CliError {
        let address = &self.address;
        match failure {
            Failure::Link(LinkError::Silent) => {
                CliError::unreachable(format!("No device answers at {address}."))
                    .hint("Is it the right line, and does the device have its serial link on?")
            }
            Failure::Link(error) => {
                let text = error.to_string();
                CliError::unreachable(format!("The line {address} failed: {text}."))
            }
            Failure::Line(error) => {
                CliError::unreachable(format!("The line {address} failed: {error}."))
                    .hint("Is the device still there?")
            }
            Failure::Taken => {
                CliError::unreachable(format!("Another program uses the line {address}."))
                    .hint("A serial console on it has to be closed first.")
            }
            Failure::Impatient => {
                CliError::unreachable(format!("The device at {address} is too slow."))
            }
        }
    }
}

/// Why there is no answer.
enum Failure {
    Link(LinkError),
    Line(io::Error),
    /// Another program has the line.
    Taken,
    /// It took longer than the caller waits.
    Impatient,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Line(error)
    }
}

fn cannot(path: &Path, error: &io::Error) -> CliError {
    let why = match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOTTY) => "it is no serial line".to_owned(),
        _ => error.to_string(),
    };
    let path = path.display();
    let error = CliError::unreachable(format!("The line {path} cannot be used: {why}."));
    error.hint("Lines of boards are /dev/ttyACM0, /dev/ttyUSB0 and so on; who may use them is in group dialout.")
}

/// Bytes as they are: no echo, no lines, no signals, no translation.
fn raw(tty: &File, baud: u32) -> rustix::io::Result<()> {
    let mut settings = termios::tcgetattr(tty)?;
    settings.make_raw();
    settings.set_speed(baud)?;
    // No modem decides about the line.
    settings.control_modes |= termios::ControlModes::CLOCAL | termios::ControlModes::CREAD;
    settings.control_modes &= !(termios::ControlModes::CSTOPB | termios::ControlModes::CRTSCTS);
    termios::tcsetattr(tty, OptionalActions::Now, &settings)
}

impl Line {
    fn now(&self) -> u64 {
        u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// One request to its end, with the line to ourselves.
    fn exchange(
        &mut self,
        head: &RequestHead<'_>,
        body: &[u8],
        sent: &dyn Fn(u64),
        patience: Option<Duration>,
    ) -> Result<Response, Failure> {
        self.lock(patience)?;
        let result = self.converse(head, body, sent, patience);
        // It is released when this program ends, too.
        let _ = flock(&self.tty, FlockOperation::Unlock);
        result
    }

    fn lock(&self, patience: Option<Duration>) -> Result<(), Failure> {
        let begin = Instant::now();
        loop {
            match flock(&self.tty, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK) if begin.elapsed() > patience.unwrap_or(LOCK_TIMEOUT) => {
                    return Err(Failure::Taken);
                }
                Err(Errno::WOULDBLOCK) => thread::sleep(LOCK_POLL),
                Err(error) => return Err(Failure::Line(error.into())),
            }
        }
        // What is left of somebody else's conversation means nothing to this one.
        termios::tcflush(&self.tty, QueueSelector::IFlush)
            .map_err(|error| Failure::Line(error.into()))
    }

    fn converse(
        &mut self,
        head: &RequestHead<'_>,
        body: &[u8],
        sent: &dyn Fn(u64),
        patience: Option<Duration>,
    ) -> Result<Response, Failure> {
        let begin = Instant::now();
        self.link.request(self.now(), head, body.to_vec());
        let mut told = 0;
        let mut coming = Coming::default();
        let mut out = Pending::default();
        loop {
            out.refill(|space| self.link.transmit(self.now(), space));
            out.write(&self.tty)?;
            let progress = self.link.progress_now();
            if progress.sent > told {
                sent((progress.sent - told).into());
                told = progress.sent;
            }
            coming.show(progress);
            if let Some(result) = self.link.poll() {
                // The device may forget the request; it does so by itself if this is lost.
                out.refill(|space| self.link.transmit(self.now(), space));
                out.write(&self.tty)?;
                return result.map_err(Failure::Link);
            }
            if patience.is_some_and(|patience| begin.elapsed() > patience) {
                return Err(Failure::Impatient);
            }
            self.listen(out.is_empty())?;
        }
    }

    /// Waits for the line and takes what comes.
    fn listen(&mut self, idle: bool) -> Result<(), Failure> {
        let wanted = if idle { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
        let mut waited = [PollFd::from_borrowed_fd(self.tty.as_fd(), wanted)];
        match poll(&mut waited, Some(&WAIT)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(Failure::Line(error.into())),
        }
        let mut bytes = [0; 4096];
        match self.tty.read(&mut bytes) {
            Ok(0) => Err(Failure::Line(io::Error::other("its other end is closed"))),
            Ok(count) => {
                let now = self.now();
                self.link.receive(now, &bytes[..count]);
                Ok(())
            }
            Err(error) if is_later(&error) => Ok(()),
            Err(error) => Err(Failure::Line(error)),
        }
    }
}

fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Shows how a long answer comes in: over a line that takes its time, and it is handed on whole.
#[derive(Default)]
struct Coming {
    bar: Option<Bar>,
    shown: u32,
}

impl Coming {
    fn show(&mut self, progress: Progress) {
        if self.bar.is_none() && progress.expected.unwrap_or(progress.received) > LONG {
            self.bar = Some(Bar::bytes(progress.expected.map(u64::from)));
        }
        if let Some(bar) = &self.bar {
            bar.add(progress.received.saturating_sub(self.shown).into());
            self.shown = progress.received;
        }
    }
}

/// Bytes that the line has not taken yet.
struct Pending {
    bytes: [u8; 4096],
    from: usize,
    to: usize,
}

impl Default for Pending {
    fn default() -> Self {
        Self { bytes: [0; 4096], from: 0, to: 0 }
    }
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.from == self.to
    }

    fn refill(&mut self, fill: impl FnOnce(&mut [u8]) -> usize) {
        if self.is_empty() {
            self.from = 0;
            self.to = fill(&mut self.bytes);
        }
    }

    fn write(&mut self, mut tty: &File) -> io::Result<()> {
        while !self.is_empty() {
            match tty.write(&self.bytes[self.from..self.to]) {
                Ok(count) => self.from += count,
                Err(error) if is_later(&error) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Transport for Serial {
    fn exchange<'a>(&'a self, request: &Request<'_>) -> Result<Answer<'a>> {
        let (content_type, bytes) = match &request.body {
            Some(body) => (Some(body.content_type), body.bytes),
            None => (None, &[][..]),
        };
        let head = RequestHead {
            method: request.method,
            path: request.path,
            authorization: self.authorization.as_deref(),
            content_length: Some(bytes.len() as u64),
            content_type,
            if_none_match: None,
        };
        let sent: &dyn Fn(u64) = request.body.as_ref().map_or(&|_| {}, |body| body.sent);
        let mut line = self.line.borrow_mut();
        let response = line
            .exchange(&head, bytes, sent, self.patience)
            .map_err(|failure| self.failed(failure))?;
        let header = |wanted: &str| {
            let mut all = response.headers.iter();
            all.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
        };
        Ok(Answer {
            status: response.status,
            retry_after: header("Retry-After").and_then(|value| value.trim().parse().ok()),
            json: response.content_type.starts_with("application/json"),
            length: Some(response.body.len() as u64),
            body: Box::new(io::Cursor::new(response.body)),
        })
    }

    fn events(&self, _path: &str) -> Result<Option<Box<dyn Events>>> {
        // There is one request at a time on a line.
        Ok(None)
    }

    fn address(&self) -> &str {
        &self.address
    }
}
