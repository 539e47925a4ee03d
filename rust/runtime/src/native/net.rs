// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `net`: TCP connections. Scopes: `host:port` to connect to, ports to listen on.
//!
//! A call that waits does so in short slices, so that it comes back soon after the app is asked to
//! stop; what arrives ends a slice at once.

use akira_abi::Errno;
use akira_core::scope::is_host;
use akira_engine::Args;
use akira_engine::heap::Charge;

use super::http_get;
use crate::context::{AppContext, CONNECTION_RATE};
use crate::platform::{Platform, Readiness, Socket};

const NET_CONNECT: u16 = akira_abi::number("net_connect");
const NET_LISTEN: u16 = akira_abi::number("net_listen");
const HTTP_GET: u16 = akira_abi::number("http_get");

/// Most sockets that one app may have open.
const SOCKETS_MAX: usize = 4;

/// What a socket costs: its state and what it buffers on the device.
const SOCKET_COST: usize = 2048;

/// Longest time that a call waits without looking whether the app is to stop, in milliseconds.
const SLICE_MS: u32 = 20;

/// Longest time that making a connection or sending may take, in milliseconds.
pub(crate) const PATIENCE_MS: i32 = 10_000;

/// An open socket of an app.
pub(crate) struct OpenSocket<P: Platform> {
    socket: P::Socket,
    listens: bool,
    _charge: Charge,
}

/// The open sockets of one instance slot.
pub(crate) struct SocketTable<P: Platform>([Option<OpenSocket<P>>; SOCKETS_MAX]);

impl<P: Platform> SocketTable<P> {
    pub(crate) fn new() -> Self {
        Self(core::array::from_fn(|_| None))
    }

    fn get(&mut self, handle: i32) -> Result<&mut OpenSocket<P>, Errno> {
        let index = usize::try_from(handle).map_err(|_| Errno::EBADF)?;
        self.0.get_mut(index).and_then(Option::as_mut).ok_or(Errno::EBADF)
    }

    fn has_room(&self) -> Result<(), Errno> {
        if self.0.iter().any(Option::is_none) { Ok(()) } else { Err(Errno::ENFILE) }
    }

    fn insert(&mut self, socket: OpenSocket<P>) -> Result<i32, Errno> {
        let handle = self.0.iter().position(Option::is_none).ok_or(Errno::ENFILE)?;
        self.0[handle] = Some(socket);
        Ok(handle as i32)
    }
}

impl<P: Platform> OpenSocket<P> {
    fn new(socket: P::Socket, listens: bool, charge: Charge) -> Self {
        Self { socket, listens, _charge: charge }
    }
}

impl<P: Platform> AppContext<P> {
    fn with_sockets<T>(&self, work: impl FnOnce(&mut SocketTable<P>) -> T) -> T {
        work(&mut self.runtime.slots[self.slot].sockets.lock())
    }

    /// Makes a connection that the scope admits. `function` is who asks.
    pub(crate) fn connect(
        &self,
        function: u16,
        host: &str,
        port: u16,
    ) -> Result<OpenSocket<P>, Errno> {
        if !self.scope.admits_host(host, port) {
            return Err(self.deny_scope(function, format_args!("{host}:{port}")));
        }
        self.with_sockets(|sockets| sockets.has_room())?;
        let charge = Charge::new(SOCKET_COST).ok_or(Errno::ENOMEM)?;
        self.admit_rate(&self.connections, CONNECTION_RATE)?;
        let mut open = OpenSocket::new(self.platform().connect(host, port)?, false, charge);
        match self.wait_socket(&mut open, Readiness::Write, PATIENCE_MS) {
            Ok(()) => Ok(open),
            Err(Errno::EAGAIN) => Err(Errno::ETIMEDOUT),
            Err(errno) => Err(errno),
        }
    }

    /// Waits until a socket is ready, at most `timeout_ms` (negative for ever). `EAGAIN` when it is
    /// not in time, `EINTR` when the app is to stop.
    fn wait_socket(
        &self,
        open: &mut OpenSocket<P>,
        readiness: Readiness,
        timeout_ms: i32,
    ) -> Result<(), Errno> {
        let until = u64::try_from(timeout_ms).ok().map(|ms| self.platform().uptime_ms() + ms);
        self.pause();
        let result = loop {
            let now = self.platform().uptime_ms();
            let left = until.map_or(u64::from(SLICE_MS), |until| until.saturating_sub(now));
            match open.socket.wait(readiness, (left as u32).min(SLICE_MS)) {
                Ok(true) => break Ok(()),
                Ok(false) if self.interrupted() => break Err(Errno::EINTR),
                Ok(false) if left == 0 => break Err(Errno::EAGAIN),
                Ok(false) => {}
                Err(errno) => break Err(errno),
            }
        };
        self.enter();
        result
    }

    /// Sends some of `data`; how many bytes were taken.
    pub(crate) fn send(&self, open: &mut OpenSocket<P>, data: &[u8]) -> Result<usize, Errno> {
        loop {
            match open.socket.send(data) {
                Err(Errno::EAGAIN) => {}
                other => return other,
            }
            match self.wait_socket(open, Readiness::Write, PATIENCE_MS) {
                Err(Errno::EAGAIN) => return Err(Errno::ETIMEDOUT),
                other => other?,
            }
        }
    }

    /// Takes what has arrived; 0 when the peer has closed.
    pub(crate) fn receive(
        &self,
        open: &mut OpenSocket<P>,
        out: &mut [u8],
        timeout_ms: i32,
    ) -> Result<usize, Errno> {
        loop {
            match open.socket.recv(out) {
                Err(Errno::EAGAIN) => self.wait_socket(open, Readiness::Read, timeout_ms)?,
                other => return other,
            }
        }
    }
}

pub(crate) fn net_connect<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    host: &[u8],
    port: i32,
) -> Result<i32, Errno> {
    let host = core::str::from_utf8(host).map_err(|_| Errno::EINVAL)?;
    let port = port_number(port)?;
    if !is_host(host) {
        return Err(Errno::EINVAL);
    }
    let open = context.connect(NET_CONNECT, host, port)?;
    context.with_sockets(|sockets| sockets.insert(open))
}

pub(crate) fn net_listen<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    port: i32,
) -> Result<i32, Errno> {
    let port = port_number(port)?;
    if !context.scope.admits_port(port) {
        return Err(context.deny_scope(NET_LISTEN, format_args!("port {port}")));
    }
    context.with_sockets(|sockets| {
        sockets.has_room()?;
        let charge = Charge::new(SOCKET_COST).ok_or(Errno::ENOMEM)?;
        let socket = context.platform().listen(port)?;
        sockets.insert(OpenSocket::new(socket, true, charge))
    })
}

pub(crate) fn net_accept<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    handle: i32,
    timeout_ms: i32,
) -> Result<i32, Errno> {
    context.with_sockets(|sockets| {
        if !sockets.get(handle)?.listens {
            return Err(Errno::EBADF);
        }
        sockets.has_room()?;
        let charge = Charge::new(SOCKET_COST).ok_or(Errno::ENOMEM)?;
        let open = sockets.get(handle)?;
        let socket = loop {
            match open.socket.accept() {
                Err(Errno::EAGAIN) => context.wait_socket(open, Readiness::Read, timeout_ms)?,
                other => break other?,
            }
        };
        sockets.insert(OpenSocket::new(socket, false, charge))
    })
}

pub(crate) fn net_send<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    handle: i32,
    data: &[u8],
) -> Result<i32, Errno> {
    context.with_sockets(|sockets| {
        let open = connection(sockets, handle)?;
        if data.is_empty() {
            return Ok(0);
        }
        context.send(open, data).map(|count| count as i32)
    })
}

pub(crate) fn net_recv<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    handle: i32,
    out: &mut [u8],
    timeout_ms: i32,
) -> Result<i32, Errno> {
    if out.is_empty() {
        // 0 would say that the peer has closed.
        return Err(Errno::EINVAL);
    }
    context.with_sockets(|sockets| {
        let open = connection(sockets, handle)?;
        context.receive(open, out, timeout_ms).map(|count| count as i32)
    })
}

pub(crate) fn net_close<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    handle: i32,
) -> Result<i32, Errno> {
    context.with_sockets(|sockets| {
        sockets.get(handle)?;
        sockets.0[handle as usize] = None;
        Ok(0)
    })
}

pub(crate) fn http_get<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    url: &[u8],
    out: &mut [u8],
) -> Result<i32, Errno> {
    let url = http_get::Url::parse(url).ok_or(Errno::EINVAL)?;
    let mut open = context.connect(HTTP_GET, url.host, url.port)?;
    http_get::fetch(context, &mut open, &url, out)
}

/// An open connection, as opposed to a socket that listens. A connection to or from elsewhere is
/// used by apps with either capability.
fn connection<P: Platform>(
    sockets: &mut SocketTable<P>,
    handle: i32,
) -> Result<&mut OpenSocket<P>, Errno> {
    let open = sockets.get(handle)?;
    if open.listens { Err(Errno::EBADF) } else { Ok(open) }
}

fn port_number(port: i32) -> Result<u16, Errno> {
    u16::try_from(port).ok().filter(|port| *port > 0).ok_or(Errno::EINVAL)
}
