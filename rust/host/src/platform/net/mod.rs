// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The network: TCP sockets of the machine, none of which blocks but in [`Socket::wait`].
//!
//! Contract: connecting tries every address that a name has, in the resolver's order, each for a
//! bounded time. Names are resolved on a thread beside ([`resolve`]), so that neither connecting
//! nor closing waits for a resolver. What listens can be reached from this machine only.

mod resolve;

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use akira_abi::Errno;
use akira_runtime::platform::{Readiness, Socket};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno as OsError;
use socket2::{Domain, Protocol, Type};

use resolve::Question;
pub use resolve::Resolver;

/// How long one address may take to accept a connection.
const ATTEMPT: Duration = Duration::from_secs(3);

/// A TCP socket.
pub struct HostSocket {
    state: State,
}

enum State {
    /// The host's addresses are being found out.
    Resolving(Question),
    /// One address was asked for a connection.
    Connecting(Attempt),
    /// Connected.
    Open(TcpStream),
    /// Listening.
    Listening(TcpListener),
    /// No connection was made, and none will be.
    Failed(Errno),
}

/// A connection that is being made.
struct Attempt {
    stream: TcpStream,
    /// When the address has had its time.
    until: Instant,
    /// Addresses to try after it.
    others: VecDeque<SocketAddr>,
}

impl HostSocket {
    /// Begins to connect to a name or an address.
    pub fn connect(resolver: &Resolver, host: &str, port: u16) -> Result<Self, Errno> {
        let state = match host.parse::<IpAddr>() {
            Ok(address) => State::try_each([(address, port).into()].into(), None),
            Err(_) => State::Resolving(resolver.ask(host, port)?),
        };
        Ok(Self { state })
    }

    /// Listens on a port of loopback.
    pub fn listen(port: u16) -> Result<Self, Errno> {
        // The library sets SO_REUSEADDR, so that a port is free again at once.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(errno)?;
        listener.set_nonblocking(true).map_err(errno)?;
        Ok(Self { state: State::Listening(listener) })
    }

    /// Goes on connecting, at most until `deadline`; whether it is connected or listens.
    fn settle(&mut self, deadline: Instant) -> Result<bool, Errno> {
        loop {
            let state = mem::replace(&mut self.state, State::Failed(Errno::EIO));
            let (state, time_is_up) = state.step(deadline);
            self.state = state;
            match &self.state {
                State::Open(_) | State::Listening(_) => return Ok(true),
                State::Failed(why) => return Err(*why),
                State::Resolving(_) | State::Connecting(_) if time_is_up => return Ok(false),
                State::Resolving(_) | State::Connecting(_) => {}
            }
        }
    }

    /// The connection; `EAGAIN` while there is none yet, `EINVAL` for a socket that listens.
    fn stream(&mut self) -> Result<&mut TcpStream, Errno> {
        match (self.settle(Instant::now())?, &mut self.state) {
            (true, State::Open(stream)) => Ok(stream),
            (true, _) => Err(Errno::EINVAL),
            (false, _) => Err(Errno::EAGAIN),
        }
    }
}

impl Socket for HostSocket {
    fn wait(&mut self, readiness: Readiness, timeout_ms: u32) -> Result<bool, Errno> {
        let deadline = Instant::now() + Duration::from_millis(timeout_ms.into());
        if !self.settle(deadline)? {
            return Ok(false);
        }
        match (&self.state, readiness) {
            (State::Open(stream), Readiness::Read) => ready(stream, PollFlags::IN, deadline),
            (State::Open(stream), Readiness::Write) => ready(stream, PollFlags::OUT, deadline),
            (State::Listening(listener), Readiness::Read) => {
                ready(listener, PollFlags::IN, deadline)
            }
            _ => Err(Errno::EINVAL),
        }
    }

    fn recv(&mut self, buf: &mut [u8]) -> Result<usize, Errno> {
        let stream = self.stream()?;
        uninterrupted(|| stream.read(buf))
    }

    fn send(&mut self, buf: &[u8]) -> Result<usize, Errno> {
        let stream = self.stream()?;
        uninterrupted(|| stream.write(buf))
    }

    fn accept(&mut self) -> Result<Self, Errno> {
        let State::Listening(listener) = &self.state else { return Err(Errno::EINVAL) };
        let (stream, _) = uninterrupted(|| listener.accept()).map_err(|why| match why {
            // Whoever it was has left again.
            Errno::ECONNRESET => Errno::EAGAIN,
            why => why,
        })?;
        stream.set_nonblocking(true).map_err(errno)?;
        Ok(Self { state: State::Open(stream) })
    }
}

impl State {
    /// One step towards a connection, at most until `deadline`; whether that has come.
    fn step(self, deadline: Instant) -> (State, bool) {
        match self {
            State::Resolving(question) => match question.answer(deadline) {
                Some(addresses) => (State::try_each(addresses.into(), None), false),
                None => (State::Resolving(question), true),
            },
            State::Connecting(attempt) => attempt.step(deadline),
            settled => (settled, false),
        }
    }

    /// Asks the first of these addresses that can be asked for a connection. `before` is what became
    /// of the ones before.
    fn try_each(mut others: VecDeque<SocketAddr>, before: Option<Errno>) -> State {
        let mut why = before;
        while let Some(address) = others.pop_front() {
            match begin(address) {
                Ok(stream) => {
                    let until = Instant::now() + ATTEMPT;
                    return State::Connecting(Attempt { stream, until, others });
                }
                Err(error) => why = Some(errno(error)),
            }
        }
        State::Failed(why.unwrap_or(Errno::EHOSTUNREACH))
    }
}

impl Attempt {
    fn step(self, deadline: Instant) -> (State, bool) {
        let failed = match ready(&self.stream, PollFlags::OUT, deadline.min(self.until)) {
            Ok(true) => match self.stream.take_error() {
                Ok(None) => return (State::Open(self.stream), false),
                Ok(Some(error)) | Err(error) => errno(error),
            },
            Ok(false) if Instant::now() >= self.until => Errno::ETIMEDOUT,
            Ok(false) => return (State::Connecting(self), true),
            Err(why) => why,
        };
        (State::try_each(self.others, Some(failed)), false)
    }
}

/// Asks an address for a connection without waiting for the answer.
fn begin(address: SocketAddr) -> io::Result<TcpStream> {
    let socket =
        socket2::Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    match socket.connect(&address.into()) {
        Err(error) if OsError::from_io_error(&error) != Some(OsError::INPROGRESS) => Err(error),
        _ => Ok(socket.into()),
    }
}

/// Waits until a socket is ready, or has failed, at most until `deadline`.
fn ready(socket: impl AsFd, flags: PollFlags, deadline: Instant) -> Result<bool, Errno> {
    let mut waited = [PollFd::new(&socket, flags)];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).map_err(|_| Errno::EINVAL)?;
        match poll(&mut waited, Some(&timeout)) {
            Ok(count) => return Ok(count > 0),
            Err(OsError::INTR) => {}
            Err(error) => return Err(errno(error.into())),
        }
    }
}

fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done.map_err(errno),
        }
    }
}

/// What the native API calls an error of the system.
fn errno(error: io::Error) -> Errno {
    match error.kind() {
        ErrorKind::WouldBlock => Errno::EAGAIN,
        ErrorKind::ConnectionRefused => Errno::ECONNREFUSED,
        ErrorKind::TimedOut => Errno::ETIMEDOUT,
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable => Errno::EHOSTUNREACH,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::NotConnected
        | ErrorKind::BrokenPipe => Errno::ECONNRESET,
        ErrorKind::AddrInUse => Errno::EADDRINUSE,
        ErrorKind::PermissionDenied => Errno::EACCES,
        ErrorKind::InvalidInput => Errno::EINVAL,
        ErrorKind::OutOfMemory => Errno::ENOMEM,
        _ => match OsError::from_io_error(&error) {
            Some(OsError::MFILE | OsError::NFILE) => Errno::ENFILE,
            Some(OsError::NOBUFS) => Errno::ENOMEM,
            _ => Errno::EIO,
        },
    }
}

#[cfg(test)]
mod tests;
