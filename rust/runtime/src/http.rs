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
use alloc::sync::Arc;
use alloc::vec::Vec;

use akira_core::http::{ApiError, Code, Peer, Route, request, route};
use akira_core::transfer::Transport;

use crate::install::{Session, length_mismatch};
use crate::platform::Platform;
use crate::runtime::Runtime;
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
    /// An answer in JSON.
    pub fn json(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            content_type: "application/json",
            headers: Vec::new(),
            body: Body::whole(body),
        }
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        let mut reply = Reply::json(error.code.status(), error.body());
        if let Some(allow) = error.allow {
            reply.headers.push(("Allow", allow.into()));
        }
        if let Some(seconds) = error.retry_after_s {
            reply.headers.push(("Retry-After", format!("{seconds}").into()));
        }
        if error.code == Code::Unauthorized {
            reply.headers.push(("WWW-Authenticate", "Bearer".into()));
        }
        reply
    }
}

/// One request under way.
pub struct Exchange<P: Platform> {
    runtime: Arc<Runtime<P>>,
    work: Work<P>,
}

enum Work<P: Platform> {
    Refused(ApiError),
    Do(Route),
    /// The JSON body is still coming.
    Collect(Collected),
    Install(Box<Session<P>>),
}

/// A JSON body, as far as it has come.
struct Collected {
    route: Route,
    declared: Option<u64>,
    body: Vec<u8>,
}

impl Collected {
    fn chunk(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        if self.body.len() + bytes.len() > request::BODY_MAX {
            return Err(request::too_large());
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
    /// Begins a request: checks the token, finds out what is meant, and for an install whether it
    /// can be.
    pub fn begin(runtime: &Arc<Runtime<P>>, head: &Head<'_>) -> Self {
        let work = begin(runtime, head).unwrap_or_else(Work::Refused);
        Self { runtime: runtime.clone(), work }
    }

    /// Whether the body still matters. Once it does not, the answer is decided and the rest of the
    /// body may be thrown away.
    pub fn wants_body(&self) -> bool {
        matches!(self.work, Work::Install(_) | Work::Collect(_))
    }

    /// Takes the next piece of the body.
    pub fn chunk(&mut self, bytes: &[u8]) {
        let taken = match &mut self.work {
            Work::Install(session) => {
                let taken = session.chunk(bytes);
                taken.inspect_err(|error| self.runtime.audit_refusal(session.name(), error))
            }
            Work::Collect(collected) => collected.chunk(bytes),
            Work::Refused(_) | Work::Do(_) => Ok(()),
        };
        if let Err(error) = taken {
            // Drops the session, which clears away what it had stored.
            self.work = Work::Refused(error);
        }
    }

    /// The request is complete: carries it out and returns the answer.
    pub fn finish(self) -> Reply {
        let Self { runtime, work } = self;
        let done = match work {
            Work::Refused(error) => Err(error),
            Work::Do(route) => carry_out(&runtime, route, &[]),
            Work::Collect(collected) => {
                collected.finish().and_then(|(route, body)| carry_out(&runtime, route, &body))
            }
            Work::Install(session) => {
                let name = session.name().clone();
                session
                    .finish()
                    .inspect_err(|error| runtime.audit_refusal(&name, error))
                    .map(|(app, new)| Reply::json(created(new), json(&app)))
            }
        };
        done.unwrap_or_else(Reply::from)
    }
}

fn begin<P: Platform>(runtime: &Arc<Runtime<P>>, head: &Head<'_>) -> Result<Work<P>, ApiError> {
    runtime.admit(head.authorization)?;
    match route::parse(head.method, head.path)? {
        Route::Install(name, denied) => {
            let session = Session::begin(runtime, name, denied, head.content_length)?;
            Ok(Work::Install(Box::new(session)))
        }
        route if route.takes_json() => {
            let declared = head.content_length;
            if declared.is_some_and(|length| length > request::BODY_MAX as u64) {
                return Err(request::too_large());
            }
            Ok(Work::Collect(Collected { route, declared, body: Vec::new() }))
        }
        route => Ok(Work::Do(route)),
    }
}

/// The status of an answer about something that was stored.
fn created(new: bool) -> u16 {
    if new { 201 } else { 200 }
}

fn carry_out<P: Platform>(
    runtime: &Arc<Runtime<P>>,
    route: Route,
    body: &[u8],
) -> Result<Reply, ApiError> {
    let body = match route {
        Route::Status => runtime.status_json()?,
        Route::Apps => json(&runtime.app_list()),
        Route::App(name) => json(&runtime.app(&name)?),
        Route::Uninstall(name) => json(&runtime.uninstall(&name)?),
        Route::Start(name) => json(&runtime.start(&name)?),
        Route::Stop(name) => json(&runtime.stop(&name)?),
        Route::Log(name, since) => runtime.log_json(&name, since)?,
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
        Route::Install(..) => {
            return Err(ApiError::new(Code::BadRequest, "An install needs a body."));
        }
    };
    Ok(Reply::json(200, body))
}
