// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The stream of events as a WebSocket (RFC 6455).
//!
//! Contract: whoever may not have the stream is told so in a plain HTTP answer. Each message is one
//! text frame. A client that does not take a message within [`STREAM_SEND`] is dropped; what it
//! sends is read and, but for control frames, ignored. When the device stops, its clients are told
//! that it goes away.

use std::cell::Cell;
use std::future::ready;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use akira_runtime::Runtime;
use akira_runtime::platform::Platform;
use akira_runtime::stream::{STREAM_POLL_MS, Stream};
use futures_util::{SinkExt, StreamExt};
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode, Version};
use tokio::sync::watch;
use tokio::time::{self, MissedTickBehavior};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::answer::{self, Answer, empty};
use super::head::{Client, field, head};
use super::limits::STREAM_SEND;
use super::{Wire, stopped};

/// Where the stream is.
const PATH: &str = "/api/v1/events";
/// The largest message that a client may send, in bytes.
const CLIENT_MESSAGE: usize = 1024;
/// How long a client may take to agree to the end.
const GOODBYE: Duration = Duration::from_secs(1);

/// The stream that a connection carries from now on, once there is one.
pub(super) type Opened<P> = Rc<Cell<Option<Stream<P>>>>;

/// The key of a request for the stream as a WebSocket; `None` when it is no such request, which is
/// then answered like any other.
pub(super) fn key(parts: &Parts) -> Option<&str> {
    let has = |name: HeaderName, word: &str| {
        let values = parts.headers.get_all(name);
        let words = values.iter().filter_map(|value| value.to_str().ok());
        words.flat_map(|value| value.split(',')).any(|it| it.trim().eq_ignore_ascii_case(word))
    };
    let ours = parts.method == Method::GET
        && parts.version == Version::HTTP_11
        && parts.uri.path() == PATH
        && has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
        && field(parts, header::SEC_WEBSOCKET_VERSION).ok()? == Some("13");
    let key = field(parts, header::SEC_WEBSOCKET_KEY).ok()??;
    // Sixteen bytes in Base64.
    (ours && key.len() == 24 && key.ends_with("==")).then_some(key)
}

/// Opens the stream and says what the answer is. Blocks.
pub(super) fn open<P: Platform>(
    runtime: &Arc<Runtime<P>>,
    parts: &Parts,
    client: Client,
    key: &str,
    opened: &Opened<P>,
) -> Answer {
    match Stream::open(runtime, &head(parts, None, client)) {
        Ok(stream) => {
            opened.set(Some(stream));
            switch(key)
        }
        Err(reply) => answer::full(reply),
    }
}

/// The answer to which frames follow.
fn switch(key: &str) -> Answer {
    let mut answer = empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = answer.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    // Base64 is always a value.
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    answer
}

/// Tells the client what the stream has until either side ends it; gives the connection back.
/// `early` are bytes that came right after the request.
pub(super) async fn serve<P: Platform, S: Wire>(
    wire: S,
    early: Bytes,
    mut stream: Stream<P>,
    stop: watch::Receiver<bool>,
) -> S {
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * CLIENT_MESSAGE)
        .max_message_size(Some(CLIENT_MESSAGE))
        .max_frame_size(Some(CLIENT_MESSAGE));
    let mut socket =
        WebSocketStream::from_partially_read(wire, early.into(), Role::Server, Some(config)).await;
    // No message waits: the stream itself knows what a slow client missed.
    let mut look = time::interval(Duration::from_millis(STREAM_POLL_MS.into()));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut more = false;
    let mut stop = std::pin::pin!(stopped(stop));
    let (code, reason) = loop {
        tokio::select! {
            _ = look.tick(), if !more => more = true,
            () = ready(()), if more => {
                let Some(text) = stream.next() else {
                    more = false;
                    continue;
                };
                let sent = time::timeout(STREAM_SEND, socket.send(Message::text(text))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return socket.into_inner();
                }
            }
            message = socket.next() => match message {
                Some(Ok(_)) => {}
                Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => {
                    break (CloseCode::Size, "messages have 1 KiB at most");
                }
                Some(Err(Error::Protocol(_) | Error::Utf8(_))) => {
                    break (CloseCode::Protocol, "these are no well-formed frames");
                }
                // The client has taken leave, or is gone.
                Some(Err(_)) | None => return socket.into_inner(),
            },
            () = &mut stop => break (CloseCode::Away, "the device stops"),
        }
    };
    let goodbye = async {
        let frame = CloseFrame { code, reason: reason.into() };
        // After an error of the client's the library sends nothing more by itself.
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = time::timeout(GOODBYE, goodbye).await;
    socket.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_for_the_stream_of_the_right_version_is_one() {
        let good = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        let asks = |method: &str, uri: &str, changed: Option<(usize, &'static str)>| {
            let mut request = hyper::Request::builder().method(method).uri(uri);
            for (at, (name, value)) in good.into_iter().enumerate() {
                let other = changed.filter(|(place, _)| *place == at).map(|(_, value)| value);
                request = request.header(name, other.unwrap_or(value));
            }
            let parts = request.body(()).unwrap().into_parts().0;
            key(&parts).map(str::to_owned)
        };
        assert_eq!(asks("GET", "/api/v1/events?types=log", None).as_deref(), Some(good[3].1));
        assert_eq!(asks("POST", PATH, None), None);
        assert_eq!(asks("GET", "/api/v1/status", None), None);
        for (at, value) in [(0, "close"), (1, "h2c"), (2, "8"), (3, "short=="), (3, "")] {
            assert_eq!(asks("GET", PATH, Some((at, value))), None, "{value}");
        }
        let accept = switch(good[3].1).headers()[header::SEC_WEBSOCKET_ACCEPT].clone();
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "the example of the RFC");
    }
}
