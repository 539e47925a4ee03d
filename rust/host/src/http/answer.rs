// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! An answer on its way to the client: the runtime's [`Reply`] as hyper sends it.
//!
//! Contract: a body that comes in pieces is held one piece at a time; the next one is made when the
//! client has room for it. While an answer is not all handed over, its client keeps its place.

use std::pin::Pin;
use std::task::{Context, Poll};

use akira_runtime::http::{Body as Pieces, Reply};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::places::Busy;

pub(super) const TOO_SLOW: &str = r#"{"error":{"code":"timeout","message":"The request's body came too slowly. Send it again over a better connection."}}"#;
pub(super) const BROKEN: &str = r#"{"error":{"code":"bad_request","message":"The request's body broke off or is not well-formed. Send the request again."}}"#;
pub(super) const FAILED: &str = r#"{"error":{"code":"internal","message":"The device failed to answer. Look at its console for the reason."}}"#;

/// The body of an answer.
pub(super) struct Outgoing {
    first: Option<Bytes>,
    rest: Option<Pieces>,
    /// Bytes that are still to come, where that is known.
    left: Option<u64>,
    _busy: Option<Busy>,
}

/// An answer without its client's place.
pub(super) type Answer = Response<Outgoing>;

impl Outgoing {
    fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let left = Some(bytes.len() as u64);
        Self { first: Some(bytes).filter(|first| !first.is_empty()), rest: None, left, _busy: None }
    }

    /// Keeps the client's place until the body is handed over.
    pub(super) fn keeps(&mut self, busy: Busy) {
        self._busy = Some(busy);
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let next = self.first.take().or_else(|| self.rest.as_mut()?.next_piece().map(Bytes::from));
        let Some(bytes) = next else {
            self.rest = None;
            return Poll::Ready(None);
        };
        self.left = self.left.map(|left| left.saturating_sub(bytes.len() as u64));
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The runtime's answer, as hyper sends it.
pub(super) fn full(reply: Reply) -> Answer {
    let Reply { status, content_type, headers, mut body } = reply;
    let Ok(status) = StatusCode::from_u16(status) else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, FAILED);
    };
    let bare = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let length = body.known_len().map(|length| length as u64);
    let first = Bytes::from(if bare { None } else { body.next_piece() }.unwrap_or_default());
    let whole = bare || first.is_empty() || length == Some(first.len() as u64);
    let mut response = Response::new(if whole {
        Outgoing::whole(first)
    } else {
        Outgoing { first: Some(first), rest: Some(body), left: length, _busy: None }
    });
    *response.status_mut() = status;
    let fields = response.headers_mut();
    if !bare {
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value))
        {
            fields.append(name, value);
        }
    }
    response
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Answer {
    let mut response = Response::new(Outgoing::whole(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// An answer that the server gives by itself.
pub(super) fn plain(status: StatusCode, json: &'static str) -> Answer {
    let mut response = Response::new(Outgoing::whole(Bytes::from_static(json.as_bytes())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
