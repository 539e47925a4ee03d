// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The event stream as a WebSocket.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use rustls::{ClientConnection, StreamOwned};
use tungstenite::client::{IntoClientRequest, client_with_config};
use tungstenite::error::ProtocolError;
use tungstenite::handshake::HandshakeError;
use tungstenite::http::HeaderValue;
use tungstenite::http::Uri;
use tungstenite::http::header::{AUTHORIZATION, USER_AGENT};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};

use super::http::{self, server_name};
use super::tls::Tls;
use super::transport::Events;
use super::{no_device, refusal};
use crate::error::{CliError, Result};

/// A device that says nothing for so long is asked whether it is still there, and given up when it
/// stays silent for as long again.
const SILENCE: Duration = Duration::from_secs(20);

/// How long it may take to open the stream.
const OPEN_TIMEOUT: Duration = Duration::from_secs(20);

/// Longest message that is taken. A status of a busy device has some KiB.
const MESSAGE_MAX: usize = 256 * 1024;

/// Where the stream is, and how it is opened.
pub struct Place<'a> {
    pub base: &'a str,
    pub path: &'a str,
    pub authorization: Option<&'a str>,
    pub tls: Option<&'a Tls>,
    pub connect_timeout: Duration,
}

/// Opens the stream. `None` when the device has none.
pub fn open(place: &Place<'_>) -> Result<Option<Box<dyn Events>>> {
    let base = place.base;
    let url = format!("{}{}", base.replacen("http", "ws", 1), place.path);
    let uri: Uri = url.parse().map_err(|_| no_device(base, 0))?;
    let mut request = uri.clone().into_client_request().map_err(|_| no_device(base, 0))?;
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(http::USER_AGENT));
    if let Some(token) = place.authorization {
        let mut value = HeaderValue::from_str(token)
            .map_err(|_| CliError::unauthorized("The token has characters that no token has."))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    let failed = |error: &dyn std::fmt::Display| {
        place.tls.and_then(|tls| tls.refusal(base)).unwrap_or_else(|| {
            CliError::unreachable(format!("The device at {base} does not answer: {error}."))
        })
    };
    let stream = connect(place, &uri).map_err(|error| failed(&error))?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_MAX))
        .max_frame_size(Some(MESSAGE_MAX));
    match client_with_config(request, stream, Some(config)) {
        Ok((socket, _)) => {
            let wait = |error: io::Error| failed(&error);
            socket.get_ref().tcp().set_read_timeout(Some(SILENCE)).map_err(wait)?;
            Ok(Some(Box::new(Socket { socket, base: base.to_owned(), asked: false })))
        }
        Err(HandshakeError::Failure(tungstenite::Error::Http(response))) => {
            let status = response.status().as_u16();
            match status {
                // A device of an earlier version, or one that was built without the stream.
                404 | 426 | 501 => Ok(None),
                _ => {
                    let retry = response.headers().get("Retry-After");
                    let retry = retry.and_then(|value| value.to_str().ok()?.parse().ok());
                    let body = response.body().as_deref().unwrap_or_default();
                    Err(refusal(base, status, retry, body))
                }
            }
        }
        Err(HandshakeError::Failure(error)) => Err(failed(&error)),
        Err(HandshakeError::Interrupted(_)) => Err(failed(&"it took too long")),
    }
}

fn connect(place: &Place<'_>, uri: &Uri) -> io::Result<Stream> {
    let host = uri.host().unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = uri.port_u16().unwrap_or(if place.tls.is_some() { 443 } else { 80 });
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in (bare, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, place.connect_timeout) {
            Ok(tcp) => {
                tcp.set_nodelay(true)?;
                tcp.set_read_timeout(Some(OPEN_TIMEOUT))?;
                tcp.set_write_timeout(Some(OPEN_TIMEOUT))?;
                return secure(place, host, tcp);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn secure(place: &Place<'_>, host: &str, tcp: TcpStream) -> io::Result<Stream> {
    let Some(tls) = place.tls else { return Ok(Stream::Plain(tcp)) };
    let name = server_name(host).ok_or(io::ErrorKind::InvalidInput)?;
    let conn = ClientConnection::new(tls.config.clone(), name).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(conn, tcp);
    stream.conn.complete_io(&mut stream.sock)?;
    Ok(Stream::Secured(Box::new(stream)))
}

enum Stream {
    Plain(TcpStream),
    Secured(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Stream {
    fn tcp(&self) -> &TcpStream {
        match self {
            Stream::Plain(tcp) => tcp,
            Stream::Secured(stream) => stream.get_ref(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(tcp) => tcp.read(out),
            Stream::Secured(stream) => stream.read(out),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(tcp) => tcp.write(bytes),
            Stream::Secured(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(tcp) => tcp.flush(),
            Stream::Secured(stream) => stream.flush(),
        }
    }
}

struct Socket {
    socket: WebSocket<Stream>,
    base: String,
    /// Whether the device was asked if it is still there, and has not answered yet.
    asked: bool,
}

impl Events for Socket {
    fn next(&mut self) -> Result<Option<String>> {
        loop {
            let ended = |why: &dyn std::fmt::Display| {
                CliError::unreachable(format!(
                    "The stream of events from {} ended: {why}.",
                    self.base
                ))
            };
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    self.asked = false;
                    return Ok(Some(text.as_str().to_owned()));
                }
                // A device that loses its power says no goodbye.
                Ok(Message::Close(_))
                | Err(
                    tungstenite::Error::ConnectionClosed
                    | tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake),
                ) => return Ok(None),
                Ok(_) => self.asked = false,
                Err(tungstenite::Error::Io(error))
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) =>
                {
                    if self.asked {
                        return Err(ended(&"the device has gone silent"));
                    }
                    self.asked = true;
                    let ping = Message::Ping(Vec::new().into());
                    self.socket.send(ping).map_err(|error| ended(&error))?;
                }
                Err(error) => return Err(ended(&error)),
            }
        }
    }
}
