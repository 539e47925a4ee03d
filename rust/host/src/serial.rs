// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The serial line of the virtual device: a pseudo-terminal, and the thread that serves it.
//!
//! Contract: whoever opens the path of the line speaks the device's serial link. Noise gets no
//! answer. When the other side closes the line, a request under way is dropped and what it was still
//! to be sent is forgotten, and the line waits for whoever opens it next.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use akira_core::transfer::Transport;
use akira_runtime::Runtime;
use akira_runtime::link::Link;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::io::{Errno, read, write};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};

use crate::platform::Host;

/// How often the link's clock is looked at.
const TICK: Duration = Duration::from_millis(500);
/// How often a line that nobody has open is looked at.
const CLOSED_PAUSE: Duration = Duration::from_millis(20);
/// Bytes that go over the line at once.
const PIECE: usize = 4096;

/// The line itself, which stays when the device behind it restarts.
pub struct Line {
    end: Arc<OwnedFd>,
    path: String,
}

impl Line {
    /// Opens a line.
    pub fn open() -> io::Result<Self> {
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&end)?;
        unlockpt(&end)?;
        let path = ptsname(&end, Vec::new())?
            .into_string()
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        make_raw(&path)?;
        fcntl_setfl(&end, fcntl_getfl(&end)? | OFlags::NONBLOCK)?;
        Ok(Self { end: Arc::new(end), path })
    }
}

/// The line of a device, being served. Dropping it ends that.
pub struct Serial {
    line: Line,
    stop: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

impl Serial {
    /// Has `runtime` serve the line.
    pub fn serve(line: Line, runtime: Arc<Runtime<Host>>) -> io::Result<Self> {
        let stop = Arc::new(eventfd(0, EventfdFlags::CLOEXEC)?);
        let (stopped, end) = (Arc::clone(&stop), Arc::clone(&line.end));
        let serve = move || serve(&runtime, &end, &stopped);
        let thread = Builder::new().name("akira-serial".to_owned()).spawn(serve)?;
        Ok(Self { line, stop, thread: Some(thread) })
    }

    /// Ends serving the line and gives it back.
    pub fn end(mut self) -> Line {
        self.finish();
        Line { end: Arc::clone(&self.line.end), path: std::mem::take(&mut self.line.path) }
    }

    fn finish(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        // It only fails when the counter is full, and then the thread is told already.
        let _ = write(&*self.stop, &1u64.to_ne_bytes());
        // It only fails when the thread panicked, which was reported then.
        let _ = thread.join();
    }

    /// Where the other end of the line is.
    pub fn path(&self) -> &str {
        &self.line.path
    }
}

impl Drop for Serial {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Bytes pass as they are, whoever opens the line and sets nothing.
fn make_raw(path: &str) -> io::Result<()> {
    let end = open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let mut settings = tcgetattr(&end)?;
    settings.make_raw();
    Ok(tcsetattr(&end, OptionalActions::Now, &settings)?)
}

/// What became of the line.
enum State {
    Open,
    /// Nobody has the other end.
    Closed,
}

/// Bytes on their way to the other side.
struct Outgoing {
    piece: [u8; PIECE],
    at: usize,
    end: usize,
}

impl Outgoing {
    fn is_empty(&self) -> bool {
        self.at == self.end
    }

    /// Sends what the link has for as long as the line takes it.
    fn send(&mut self, link: &mut Link<Host>, line: &OwnedFd) -> State {
        loop {
            if self.is_empty() {
                (self.at, self.end) = (0, link.transmit(&mut self.piece));
            }
            if self.is_empty() {
                return State::Open;
            }
            match write(line, &self.piece[self.at..self.end]) {
                Ok(count) => self.at += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return State::Open,
                Err(_) => return State::Closed,
            }
        }
    }
}

/// Serves the line until it is told to stop.
fn serve(runtime: &Arc<Runtime<Host>>, line: &OwnedFd, stop: &OwnedFd) {
    let new_link = || Link::new(Arc::clone(runtime), Transport::Serial);
    let mut link = new_link();
    let mut outgoing = Outgoing { piece: [0; PIECE], at: 0, end: 0 };
    let (mut ticked, mut used) = (Instant::now(), false);
    loop {
        let wanted =
            if outgoing.is_empty() { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
        let (told, state) = wait(line, wanted, stop, TICK);
        if told {
            return;
        }
        let mut bytes = [0; PIECE];
        // What came before the other side closed still counts.
        let received = match read(line, &mut bytes) {
            Ok(count) => {
                link.receive(&bytes[..count]);
                used |= count > 0;
                State::Open
            }
            Err(Errno::AGAIN | Errno::INTR) => State::Open,
            Err(_) => State::Closed,
        };
        let open = matches!(received, State::Open) && !state.contains(PollFlags::HUP);
        if open && matches!(outgoing.send(&mut link, line), State::Open) {
            if ticked.elapsed() >= TICK {
                link.tick();
                ticked = Instant::now();
            }
            continue;
        }
        if matches!(received, State::Open) && state.contains(PollFlags::IN) {
            continue;
        }
        if used {
            // The next to open the line must not find the end of somebody else's answer there.
            let _ = tcflush(line, QueueSelector::IOFlush);
            (link, used) = (new_link(), false);
            (outgoing.at, outgoing.end) = (0, 0);
        }
        if wait(line, PollFlags::empty(), stop, CLOSED_PAUSE).0 {
            return;
        }
    }
}

/// Waits until something can be done on the line; whether to stop, and the line's state.
fn wait(line: &OwnedFd, wanted: PollFlags, stop: &OwnedFd, longest: Duration) -> (bool, PollFlags) {
    let longest = Timespec { tv_sec: 0, tv_nsec: longest.subsec_nanos().into() };
    let mut both = [PollFd::new(stop, PollFlags::IN), PollFd::new(line, wanted)];
    let both = if wanted.is_empty() { &mut both[..1] } else { &mut both[..] };
    // It fails when a signal comes, which is for others.
    let _ = poll(both, Some(&longest));
    let state = both.get(1).map_or(PollFlags::empty(), |line| line.revents());
    (!both[0].revents().is_empty(), state)
}
