// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The HTTP API's requests, carried out.
//!
//! A server makes an [`Exchange`] when a request's head has arrived, gives it the body piece by
//! piece, and sends the [`Reply`] that [`Exchange::finish`] returns. Nothing is held whole: the body
//! of an install goes straight to storage. Dropping an exchange that is not finished (the client is
//! gone) aborts it and leaves nothing behind. What a request does, it does in `finish`, so a request
//! that never arrives whole does nothing.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use akira_core::http::event::Wanted;
use akira_core::http::origin::Origin;
use akira_core::http::{ApiError, Code, Peer, Route, request, route, validator, view};
use akira_core::transfer::Transport;

use crate::access;
use crate::install::length_mismatch;
use crate::platform::Platform;
use crate::receive::Receiving;
use crate::runtime::Runtime;
use crate::sink::Sink;
use crate::view::json;

pub use crate::body::Body;

/// The head of a request.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method's name.
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// The value of the `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The value of the `Content-Length` header.
    pub content_length: Option<u64>,
    /// The value of the `Host` header: the name that the client knows the device by.
    pub host: Option<&'a str>,
    /// The value of the `Origin` header, which browsers send.
    pub origin: Option<&'a str>,
    /// The value of the `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The value of the `If-None-Match` header.
    pub if_none_match: Option<&'a str>,
    /// Who sends it.
    pub peer: Peer,
    /// What carries it.
    pub transport: Transport,
    /// Whether nobody on the way can read it (TLS).
    pub secure: bool,
}

impl<'a> Head<'a> {
    /// The head of a request over plain HTTP that has no headers.
    pub const fn new(method: &'a str, path: &'a str) -> Self {
        Self {
            method,
            path,
            authorization: None,
            content_length: None,
            host: None,
            origin: None,
            content_type: None,
            if_none_match: None,
            peer: Peer::UNKNOWN,
            transport: Transport::Http,
            secure: false,
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body's media type.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Body,
}

impl Reply {
    /// An answer. It has what every answer has: nobody keeps it, and nobody guesses what it is.
    pub fn new(status: u16, content_type: &'static str, body: Body) -> Self {
        let headers = alloc::vec![
            ("Cache-Control", "no-store".into()),
            ("X-Content-Type-Options", "nosniff".into()),
        ];
        Self { status, content_type, headers, body }
    }

    /// An answer in JSON.
    pub fn json(status: u16, body: Vec<u8>) -> Self {
        Self::new(status, "application/json", Body::whole(body))
    }

    /// An answer without a body, so its `content_type` is empty and not sent.
    pub fn empty(status: u16) -> Self {
        Self::new(status, "", Body::whole(Vec::new()))
    }

    /// With that header, in place of one of the same name.
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        let mut reply = Reply::json(error.code.status(), error.body());
        if let Some(allow) = error.allow {
            reply = reply.with("Allow", allow);
        }
        if let Some(seconds) = error.retry_after_s {
            reply = reply.with("Retry-After", format!("{seconds}"));
        }
        match error.code {
            Code::Unauthorized => reply.with("WWW-Authenticate", "Bearer"),
            Code::UpgradeRequired => reply.with("Upgrade", "websocket"),
            _ => reply,
        }
    }
}

/// One request under way.
pub struct Exchange<P: Platform> {
    runtime: Arc<Runtime<P>>,
    /// The page of another origin that may read the answer.
    reader: Option<Origin>,
    /// What the client has already.
    if_none_match: Option<String>,
    work: Work<P>,
}

enum Work<P: Platform> {
    Refused(ApiError),
    /// A browser asks whether a page may send a request.
    Preflight,
    Do(Route),
    /// The small body is still coming.
    Collect(Collected),
    /// The body goes to a sink.
    Receive(Box<Receiving<P>>),
}

/// A small body, as far as it has come.
struct Collected {
    route: Route,
    most: usize,
    declared: Option<u64>,
    body: Vec<u8>,
}

impl Collected {
    fn chunk(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        if self.body.len() + bytes.len() > self.most {
            return Err(request::too_large(self.most));
        }
        self.body.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(self) -> Result<(Route, Vec<u8>), ApiError> {
        if self.declared.is_some_and(|declared| declared != self.body.len() as u64) {
            return Err(length_mismatch());
        }
        Ok((self.route, self.body))
    }
}

impl<P: Platform> Exchange<P> {
    /// Begins a request: checks from which page it comes and its token, finds out what is meant, and
    /// for an install whether it can be.
    pub fn begin(runtime: &Arc<Runtime<P>>, head: &Head<'_>) -> Self {
        let (reader, work) = match runtime.check_origin(head) {
            Ok(Some(reader)) if head.method == "OPTIONS" => (Some(reader), Work::Preflight),
            Ok(reader) => (reader, begin(runtime, head).unwrap_or_else(Work::Refused)),
            Err(error) => (None, Work::Refused(error)),
        };
        let if_none_match = match &work {
            Work::Do(Route::Dashboard | Route::App(_)) => head.if_none_match.map(String::from),
            _ => None,
        };
        Self { runtime: runtime.clone(), reader, if_none_match, work }
    }

    /// Whether the body still matters. Once it does not, the answer is decided and the rest of the
    /// body may be thrown away.
    pub fn wants_body(&self) -> bool {
        matches!(self.work, Work::Receive(_) | Work::Collect(_))
    }

    /// Takes the next piece of the body.
    pub fn chunk(&mut self, bytes: &[u8]) {
        let taken = match &mut self.work {
            Work::Receive(receiving) => receiving.chunk(bytes),
            Work::Collect(collected) => collected.chunk(bytes),
            Work::Refused(_) | Work::Preflight | Work::Do(_) => Ok(()),
        };
        if let Err(error) = taken {
            // Aborts the transfer, which clears away what it had stored.
            self.work = Work::Refused(error);
        }
    }

    /// The request is complete: carries it out and returns the answer.
    pub fn finish(self) -> Reply {
        let Self { runtime, reader, if_none_match, work } = self;
        let known = if_none_match.as_deref();
        let done = match work {
            Work::Refused(error) => Err(error),
            Work::Preflight => Ok(preflight()),
            Work::Do(route) => carry_out(&runtime, route, &[], known),
            Work::Collect(collected) => collected
                .finish()
                .and_then(|(route, body)| carry_out(&runtime, route, &body, known)),
            Work::Receive(receiving) => receiving.finish(),
        };
        let mut reply = done.unwrap_or_else(Reply::from);
        if let Some(reader) = reader {
            reply.headers.extend(access::cors(&reader));
        }
        runtime.counters.answered(reply.status);
        reply
    }
}

fn preflight() -> Reply {
    access::preflight()
        .into_iter()
        .fold(Reply::empty(204), |reply, (name, value)| reply.with(name, value))
}

fn begin<P: Platform>(runtime: &Arc<Runtime<P>>, head: &Head<'_>) -> Result<Work<P>, ApiError> {
    let route = route::parse(head.method, head.path);
    if !matches!(&route, Ok(route) if route.access().is_none()) {
        // Who has no token is not even told which paths there are.
        let access = runtime.admit(head)?;
        if route.as_ref().is_ok_and(|route| route.access() > Some(access)) {
            return Err(access::forbidden());
        }
    }
    let route = route?;
    if let Some(most) = route.small_body() {
        let declared = head.content_length;
        if declared.is_some_and(|length| length > most as u64) {
            return Err(request::too_large(most));
        }
        return Ok(Work::Collect(Collected { route, most, declared, body: Vec::new() }));
    }
    match route {
        Route::Install(name, options) => {
            if let Some(known) = head.if_none_match {
                runtime.check_unknown(&name, &options, known)?;
            }
            let sink = Sink::App { name: Some(name), denied: options.denied };
            receive(Receiving::begin(runtime, head, sink, options.sha256))
        }
        Route::Upload(options) => {
            let sink = Sink::App { name: None, denied: options.denied };
            receive(Receiving::begin_form(runtime, head, sink, options.sha256))
        }
        Route::WriteFile(path, sha256) => {
            receive(Receiving::begin(runtime, head, Sink::File(path), sha256))
        }
        Route::WriteFirmware(image) => {
            let sink = Sink::Firmware { offset: image.offset };
            receive(Receiving::begin(runtime, head, sink, image.sha256))
        }
        Route::UploadFirmware(sha256) => {
            receive(Receiving::begin_form(runtime, head, Sink::Firmware { offset: 0 }, sha256))
        }
        #[cfg(feature = "null-sink")]
        Route::Null(sha256) => receive(Receiving::begin(runtime, head, Sink::Null, sha256)),
        #[cfg(not(feature = "null-sink"))]
        Route::Null(_) => Err(route::no_such_path()),
        Route::Events => Err(no_websocket(head)),
        route => Ok(Work::Do(route)),
    }
}

/// The refusal of a request for the stream of events that asks for no WebSocket.
fn no_websocket(head: &Head<'_>) -> ApiError {
    let query = head.path.split_once('?').map_or("", |(_, query)| query);
    match Wanted::from_query(query) {
        Err(error) => error,
        Ok(_) => ApiError::new(
            Code::UpgradeRequired,
            "The stream of events is for WebSocket clients. Send `Upgrade: websocket`.",
        ),
    }
}

fn receive<P: Platform>(receiving: Result<Receiving<P>, ApiError>) -> Result<Work<P>, ApiError> {
    receiving.map(|receiving| Work::Receive(Box::new(receiving)))
}

/// The status of an answer about something that was stored.
fn created(new: bool) -> u16 {
    if new { 201 } else { 200 }
}

fn carry_out<P: Platform>(
    runtime: &Arc<Runtime<P>>,
    route: Route,
    body: &[u8],
    known: Option<&str>,
) -> Result<Reply, ApiError> {
    let body = match route {
        Route::Dashboard => return dashboard(known),
        Route::Status => runtime.status_json()?,
        Route::Metrics => return runtime.metrics(),
        Route::Apps => json(&runtime.app_list()),
        Route::App(name) => return Ok(one_app(&runtime.app(&name)?, known)),
        Route::Uninstall(name) => json(&runtime.uninstall(&name)?),
        Route::Start(name) => json(&runtime.start(&name)?),
        Route::Stop(name) => json(&runtime.stop(&name)?),
        Route::Restart(name) => json(&runtime.restart(&name)?),
        Route::Rollback(name) => json(&runtime.rollback(&name)?),
        Route::SetGrants(name) => json(&runtime.set_grants(&name, request::grants(body)?)?),
        Route::SetQuota(name) => json(&runtime.set_quota(&name, request::quota(body)?)?),
        Route::Log(name, since) => runtime.log_json(&name, since)?,
        Route::MakeTicket => return Ok(Reply::json(201, json(&runtime.make_ticket()?))),
        Route::Config => json(&runtime.config_view()),
        Route::SetConfig => json(&runtime.set_config(request::config(body)?)?),
        Route::SetTls => json(&runtime.store_tls_pem(body)?),
        Route::RemoveTls => json(&runtime.remove_tls_pem()?),
        Route::MakeToken(access) => {
            return Ok(Reply::json(201, json(&runtime.make_token(access)?)));
        }
        Route::RemoveReadToken => {
            runtime.remove_read_token()?;
            b"{}".to_vec()
        }
        Route::Firmware => json(&runtime.firmware_view()?),
        Route::TestFirmware => json(&runtime.test_firmware()?),
        Route::ConfirmFirmware => json(&runtime.confirm_firmware()?),
        Route::RevertFirmware => json(&runtime.revert_firmware()?),
        Route::Reboot => {
            runtime.request_reboot()?;
            return Ok(Reply::json(202, b"{}".to_vec()));
        }
        Route::Display => return runtime.picture(),
        Route::Sensors => json(&runtime.sensor_list()),
        Route::SetSensor(id) => json(&runtime.set_sensor(id, request::sensor_value(body)?)?),
        Route::Input => {
            runtime.feed_input(request::input(body)?)?;
            b"{}".to_vec()
        }
        Route::Audit(since) => json(&runtime.audit_view(since)),
        Route::Keys => json(&runtime.key_list()),
        Route::TrustKey(name) => {
            let (key, new) = runtime.trust_key(name, request::public_key(body)?)?;
            return Ok(Reply::json(created(new), json(&key)));
        }
        Route::UntrustKey(name) => json(&runtime.untrust_key(&name)?),
        Route::ReadFile(path) => return runtime.read_file(path),
        Route::RemoveFile(path) => {
            runtime.remove_file(&path)?;
            b"{}".to_vec()
        }
        Route::Install(..)
        | Route::Upload(_)
        | Route::WriteFile(..)
        | Route::Events
        | Route::WriteFirmware(_)
        | Route::UploadFirmware(_)
        | Route::Null(_) => return Err(route::no_such_path()),
    };
    Ok(Reply::json(200, body))
}

/// An app, or that the client knows what it is.
fn one_app(app: &view::App, known: Option<&str>) -> Reply {
    let body = json(app);
    let tag = validator::of_app(app, &body);
    let reply = match known {
        Some(header) if validator::names(header, &tag) => Reply::empty(304),
        _ => Reply::json(200, body),
    };
    reply.with("ETag", tag)
}

#[cfg(feature = "dashboard")]
fn dashboard(known: Option<&str>) -> Result<Reply, ApiError> {
    Ok(crate::dashboard::page(known))
}

#[cfg(not(feature = "dashboard"))]
fn dashboard(_known: Option<&str>) -> Result<Reply, ApiError> {
    Err(ApiError::new(
        Code::NotFound,
        "This device was built without its page for browsers. The API is under /api/v1/.",
    ))
}
