// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! TCP connections. Connecting needs the capability `network_client` and the host and port in the
//! manifest's scope; listening needs `network_server` and the port there. An app has at most four
//! sockets.

use core::mem::ManuallyDrop;
use core::time::Duration;

use crate::error::{count, unless_again};
use crate::native;
use crate::{Error, Result, time};

/// A handle of the device, closed when it is dropped.
#[derive(Debug)]
struct Socket(i32);

impl Socket {
    fn new(handle: i32) -> Result<Self> {
        count(handle).map(|_| Self(handle))
    }

    fn close(self) -> Result<()> {
        let socket = ManuallyDrop::new(self);
        count(native::net_close(socket.0)).map(drop)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Who wants to know calls `close`.
        let _ = native::net_close(self.0);
    }
}

/// A connection.
#[derive(Debug)]
pub struct TcpStream(Socket);

impl TcpStream {
    /// Connects. The host is written as in the manifest's scope.
    pub fn connect(host: &str, port: u16) -> Result<Self> {
        // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
        let handle = unsafe { native::net_connect(host.as_ptr(), host.len(), port.into()) };
        Socket::new(handle).map(Self)
    }

    /// Waits for bytes and returns how many there are in `out`; 0 when the peer has closed.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        self.receive(out, None)
    }

    /// The same, but gives nothing when no byte came in time.
    pub fn read_timeout(&mut self, out: &mut [u8], timeout: Duration) -> Result<Option<usize>> {
        unless_again(self.receive(out, Some(timeout)))
    }

    fn receive(&mut self, out: &mut [u8], timeout: Option<Duration>) -> Result<usize> {
        let (to, room) = (out.as_mut_ptr(), out.len());
        // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
        count(unsafe { native::net_recv(self.0.0, to, room, time::timeout_ms(timeout)) })
    }

    /// Sends bytes and returns how many were taken.
    pub fn write(&mut self, data: &[u8]) -> Result<usize> {
        // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
        count(unsafe { native::net_send(self.0.0, data.as_ptr(), data.len()) })
    }

    /// Sends everything.
    pub fn write_all(&mut self, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            match self.write(data)? {
                0 => return Err(Error::IO),
                taken => data = data.get(taken..).ok_or(Error::IO)?,
            }
        }
        Ok(())
    }

    /// Closes the connection and reports what closing found.
    pub fn close(self) -> Result<()> {
        self.0.close()
    }
}

/// A port on which the app takes connections.
#[derive(Debug)]
pub struct TcpListener(Socket);

impl TcpListener {
    /// Listens on a port of the device.
    pub fn bind(port: u16) -> Result<Self> {
        Socket::new(native::net_listen(port.into())).map(Self)
    }

    /// Waits for a connection.
    pub fn accept(&self) -> Result<TcpStream> {
        self.take(None)
    }

    /// The same, but gives nothing when none came in time.
    pub fn accept_timeout(&self, timeout: Duration) -> Result<Option<TcpStream>> {
        unless_again(self.take(Some(timeout)))
    }

    fn take(&self, timeout: Option<Duration>) -> Result<TcpStream> {
        Socket::new(native::net_accept(self.0.0, time::timeout_ms(timeout))).map(TcpStream)
    }

    /// Stops listening and reports what closing found.
    pub fn close(self) -> Result<()> {
        self.0.close()
    }
}

/// Gets the body of a page by HTTP, written into `out`; what does not fit is cut. The host and port
/// of the address must be in the manifest's scope. [`Error::IO`] when the server answers with
/// anything but success.
pub fn http_get<'a>(url: &str, out: &'a mut [u8]) -> Result<&'a [u8]> {
    let (to, room) = (out.as_mut_ptr(), out.len());
    // SAFETY: both pointers and lengths are those of slices that are borrowed for the whole call.
    let length = count(unsafe { native::http_get(url.as_ptr(), url.len(), to, room) })?;
    out.get(..length).ok_or(Error::IO)
}
