// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a platform's TCP sockets look like to the runtime.

use akira_abi::Errno;

/// What [`Socket::wait`] waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// There are bytes to read, a connection to accept, or the peer has closed.
    Read,
    /// Bytes can be sent; for a socket that connects: its outcome is known.
    Write,
}

/// A TCP socket: a connection, one that is being made, or one that listens. Nothing but
/// [`Socket::wait`] blocks. Dropping it closes it.
pub trait Socket: Send + Sized {
    /// Waits until it is ready, at most `timeout_ms`; whether it is. `Err` says why a connection
    /// was not made (`ECONNREFUSED`, `ETIMEDOUT`, `EHOSTUNREACH`) or was lost.
    fn wait(&mut self, readiness: Readiness, timeout_ms: u32) -> Result<bool, Errno>;
    /// Takes what has arrived, up to `buf.len()` bytes; 0 when the peer has closed, `EAGAIN` when
    /// there is nothing yet.
    fn recv(&mut self, buf: &mut [u8]) -> Result<usize, Errno>;
    /// Sends what there is room for; `EAGAIN` when there is none.
    fn send(&mut self, buf: &[u8]) -> Result<usize, Errno>;
    /// Takes a connection that somebody has made to a socket that listens; `EAGAIN` when nobody has.
    fn accept(&mut self) -> Result<Self, Errno>;
}

/// The socket of a platform without a network: there is none.
#[derive(Debug)]
pub enum NoSocket {}

impl Socket for NoSocket {
    fn wait(&mut self, _readiness: Readiness, _timeout_ms: u32) -> Result<bool, Errno> {
        match *self {}
    }
    fn recv(&mut self, _buf: &mut [u8]) -> Result<usize, Errno> {
        match *self {}
    }
    fn send(&mut self, _buf: &[u8]) -> Result<usize, Errno> {
        match *self {}
    }
    fn accept(&mut self) -> Result<Self, Errno> {
        match *self {}
    }
}
