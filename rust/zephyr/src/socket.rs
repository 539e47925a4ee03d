// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A TCP socket.

use core::ffi::c_int;

use akira_abi::Errno;
use akira_runtime::platform::{self, Readiness};

use crate::ffi;

/// A socket of the pool in `zephyr/src/net.c`; dropping it closes it.
pub struct Socket {
    number: c_int,
}

impl Socket {
    /// Begins to connect.
    pub fn connect(host: &str, port: u16) -> Result<Self, Errno> {
        let mut number = 0;
        // SAFETY: the host is a slice with its length, and `number` outlives the call.
        let result =
            unsafe { ffi::akira_net_connect(host.as_ptr().cast(), host.len(), port, &mut number) };
        ffi::done(result)?;
        Ok(Self { number })
    }

    /// Listens.
    pub fn listen(port: u16) -> Result<Self, Errno> {
        let mut number = 0;
        // SAFETY: `number` outlives the call.
        ffi::done(unsafe { ffi::akira_net_listen(port, &mut number) })?;
        Ok(Self { number })
    }
}

impl platform::Socket for Socket {
    fn wait(&mut self, readiness: Readiness, timeout_ms: u32) -> Result<bool, Errno> {
        let write = readiness == Readiness::Write;
        // SAFETY: takes plain numbers; nobody else uses the socket, which is borrowed mutably.
        let result = unsafe { ffi::akira_net_wait(self.number, write, timeout_ms) };
        ffi::count(result).map(|ready| ready != 0)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Result<usize, Errno> {
        // SAFETY: the buffer is a slice with its length; nobody else uses the socket.
        ffi::count(unsafe { ffi::akira_net_recv(self.number, buf.as_mut_ptr().cast(), buf.len()) })
    }

    fn send(&mut self, buf: &[u8]) -> Result<usize, Errno> {
        // SAFETY: the bytes are a slice with its length; nobody else uses the socket.
        ffi::count(unsafe { ffi::akira_net_send(self.number, buf.as_ptr().cast(), buf.len()) })
    }

    fn accept(&mut self) -> Result<Self, Errno> {
        let mut number = 0;
        // SAFETY: `number` outlives the call; nobody else uses the socket.
        ffi::done(unsafe { ffi::akira_net_accept(self.number, &mut number) })?;
        Ok(Self { number })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // SAFETY: the socket is open, and nobody uses it after this.
        unsafe { ffi::akira_net_close(self.number) };
    }
}
