// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! HTTP and HTTPS.

use std::io::{self, Read, Write};
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use ureq::http::{self, HeaderName, Response};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, TcpConnector,
    Transport as Wire, TransportAdapter,
};
use ureq::{Agent, Body as ResponseBody, SendBody};

use super::target::Trust;
use super::tls::Tls;
use super::transport::{Answer, Events, Request, Transport};
use super::websocket;
use crate::error::{CliError, Result};

/// How long a device may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long it may take to answer. Flash is slow, and a stop waits for the app.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// How long it may go silent in the middle of something.
const PAUSE_TIMEOUT: Duration = Duration::from_secs(60);

/// Who we are.
pub const USER_AGENT: &str = concat!("akira/", env!("CARGO_PKG_VERSION"));

/// A device's HTTP server.
pub struct Http {
    agent: Agent,
    base: String,
    authorization: Option<String>,
    tls: Option<Tls>,
    connect_timeout: Duration,
}

impl Http {
    /// The server at `base`, which is a URL without a path.
    pub fn new(
        base: String,
        secure: bool,
        token: Option<&str>,
        trust: &Trust,
        patience: Option<Duration>,
    ) -> Result<Self> {
        let tls = if secure { Some(Tls::new(trust)?) } else { None };
        let connect_timeout = patience.unwrap_or(CONNECT_TIMEOUT);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(patience)
            .timeout_connect(Some(connect_timeout))
            .timeout_recv_response(Some(ANSWER_TIMEOUT))
            .timeout_per_read(Some(PAUSE_TIMEOUT))
            .timeout_per_write(Some(PAUSE_TIMEOUT))
            .user_agent(USER_AGENT)
            .proxy(None)
            .build();
        let connector = ().chain(TcpConnector::default()).chain(Secured { tls: tls.clone() });
        Ok(Self {
            agent: Agent::with_parts(config, connector, DefaultResolver::default()),
            base,
            authorization: token.map(|token| format!("Bearer {token}")),
            tls,
            connect_timeout,
        })
    }

    fn no_answer(&self, error: &ureq::Error) -> CliError {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
        if let Some(refusal) = self.tls.as_ref().and_then(|tls| tls.refusal(&self.base)) {
            return refusal;
        }
        let reason = match error {
            ureq::Error::Io(error)
                if matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset) =>
            {
                return CliError::unreachable(format!(
                    "The device at {} ended the connection in the middle of it ({error}).",
                    self.base
                ))
                .hint("Look at its console, and try again.");
            }
            ureq::Error::Protocol(error) => {
                return CliError::unreachable(format!(
                    "What answers at {} does not speak HTTP ({error}).",
                    self.base
                ))
                .hint("Perhaps it wants https://, or this is another program's port.");
            }
            ureq::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        CliError::unreachable(format!("The device at {} does not answer: {reason}.", self.base))
            .hint(
                "Start a virtual device with `akira sim`, or name another one with --device or \
                 AKIRA_DEVICE.",
            )
    }

    fn send(&self, request: &Request<'_>) -> Result<Response<ResponseBody>, ureq::Error> {
        let mut builder = http::Request::builder()
            .method(request.method)
            .uri(format!("{}{}", self.base, request.path));
        if let Some(authorization) = &self.authorization {
            builder = builder.header("Authorization", authorization);
        }
        match &request.body {
            Some(body) => {
                let mut reader = Counted { rest: body.bytes, sent: body.sent };
                let builder = builder
                    .header("Content-Type", body.content_type)
                    .header("Content-Length", body.bytes.len());
                self.agent.run(builder.body(SendBody::from_reader(&mut reader))?)
            }
            // As browsers have it: without this, some servers wait for a body.
            None if request.method == "POST" => {
                self.agent.run(builder.header("Content-Length", "0").body(())?)
            }
            None => self.agent.run(builder.body(())?),
        }
    }
}

impl Transport for Http {
    fn exchange<'a>(&'a self, request: &Request<'_>) -> Result<Answer<'a>> {
        let response = self.send(request).map_err(|error| self.no_answer(&error))?;
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after: number(&response, http::header::RETRY_AFTER),
            json: is_json(&response),
            length: number(&response, http::header::CONTENT_LENGTH),
            body: Box::new(response.into_body().into_reader()),
        })
    }

    fn events(&self, path: &str) -> Result<Option<Box<dyn Events>>> {
        websocket::open(&websocket::Place {
            base: &self.base,
            path,
            authorization: self.authorization.as_deref(),
            tls: self.tls.as_ref(),
            connect_timeout: self.connect_timeout,
        })
    }

    fn address(&self) -> &str {
        &self.base
    }
}

fn is_json(response: &Response<ResponseBody>) -> bool {
    let content_type = response.headers().get(http::header::CONTENT_TYPE);
    content_type.is_some_and(|text| text.as_bytes().starts_with(b"application/json"))
}

fn number(response: &Response<ResponseBody>, name: HeaderName) -> Option<u64> {
    response.headers().get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Reads from a slice and says how far it is.
struct Counted<'a> {
    rest: &'a [u8],
    sent: &'a dyn Fn(u64),
}

impl Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.rest.read(out)?;
        (self.sent)(count as u64);
        Ok(count)
    }
}

/// Puts TLS over connections of `https://`. The HTTP crate's own connector knows no pinned
/// certificates.
#[derive(Clone)]
struct Secured {
    tls: Option<Tls>,
}

impl std::fmt::Debug for Secured {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secured")
    }
}

impl<In: Wire> Connector<In> for Secured {
    type Out = Either<In, SecuredWire>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(wire) = chained else { return Ok(None) };
        if !details.needs_tls() {
            return Ok(Some(Either::A(wire)));
        }
        let Some(tls) = &self.tls else { return Err(ureq::Error::Tls("it was not asked for")) };
        let host = details.uri.host().unwrap_or_default();
        let name =
            server_name(host).ok_or(ureq::Error::Tls("no certificate can have that name"))?;
        let mut conn = ClientConnection::new(tls.config.clone(), name)
            .map_err(|error| ureq::Error::Other(Box::new(error)))?;
        let mut sock = TransportAdapter::new(wire.boxed(), details.current_time.clone());
        sock.set_timeout(details.timeout);
        conn.complete_io(&mut sock)?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Some(Either::B(SecuredWire { buffers, stream: StreamOwned { conn, sock } })))
    }
}

/// The name or address in a certificate, from the host in a URL.
pub fn server_name(host: &str) -> Option<ServerName<'static>> {
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    ServerName::try_from(host.to_owned()).ok()
}

/// A connection with TLS.
struct SecuredWire {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl std::fmt::Debug for SecuredWire {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SecuredWire")
    }
}

impl Wire for SecuredWire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        Ok(self.stream.write_all(&self.buffers.output()[..amount])?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let count = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
