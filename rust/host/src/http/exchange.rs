// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! One request, from its head to its answer.
//!
//! The runtime's side blocks (flash, locks, waiting for an app to stop), so it runs on a thread for
//! blocking work and is fed there, frame by frame, through a short channel. Dropping the channel
//! without [`Part::End`] means that the body broke off: the exchange is then dropped unfinished,
//! which leaves nothing behind.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use akira_runtime::Runtime;
use akira_runtime::http::{Exchange, Head, Reply};
use akira_runtime::platform::Platform;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode, http};
use tokio::sync::{mpsc, oneshot};
use tokio::task;
use tokio::time;

/// Frames of a body on their way to the runtime.
const FRAMES: usize = 4;
/// How long a client may pause within a body.
const BODY_PAUSE: Duration = Duration::from_secs(30);

const TOO_SLOW: &str = r#"{"error":{"code":"timeout","message":"No data came for 30 seconds. Send the request again over a better connection."}}"#;
const BROKEN: &str = r#"{"error":{"code":"bad_request","message":"The request's body broke off or is not well-formed. Send the request again."}}"#;
const FAILED: &str = r#"{"error":{"code":"internal","message":"The device failed to answer. Look at its console for the reason."}}"#;

/// What the runtime's side is fed.
enum Part {
    Data(Bytes),
    End,
}

/// What became of a body.
enum Fed {
    /// The runtime has it all.
    Whole,
    /// The runtime had decided before the end.
    Early,
    /// It stopped coming.
    Stalled,
    /// The connection broke, or it is malformed.
    Broken,
}

/// Answers one request.
pub(super) async fn answer<P: Platform>(
    runtime: Arc<Runtime<P>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, mut body) = request.into_parts();
    let length = body.size_hint().exact();
    let (want, wanted) = oneshot::channel();
    let (parts, fed) = mpsc::channel(FRAMES);
    let mut work = task::spawn_blocking(move || exchange(&runtime, &head, length, want, fed));
    // The work may end at any time, and then nothing more is wanted of the body.
    let (outcome, fed) = tokio::select! {
        biased;
        outcome = &mut work => (Some(outcome), Fed::Early),
        fed = feed(&mut body, wanted, parts) => (None, fed),
    };
    let outcome = match outcome {
        Some(outcome) => outcome,
        // Also when the body broke off: what the exchange had begun is undone before the answer.
        None => work.await,
    };
    let ended = body.is_end_stream();
    let mut response = match (outcome, fed) {
        (Ok(Some(reply)), _) => full(reply),
        (Ok(None), Fed::Stalled) => plain(StatusCode::REQUEST_TIMEOUT, TOO_SLOW),
        (Ok(None), _) => plain(StatusCode::BAD_REQUEST, BROKEN),
        (Err(_), _) => plain(StatusCode::INTERNAL_SERVER_ERROR, FAILED),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !ended {
        // The rest of the body is not read as a body, so the connection cannot carry on.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// Moves the body to the runtime's side, which is told of the end only when it was reached.
async fn feed(
    body: &mut Incoming,
    wanted: oneshot::Receiver<()>,
    parts: mpsc::Sender<Part>,
) -> Fed {
    // The first look at a body is what tells a client that asks first to send it.
    if wanted.await.is_err() {
        return Fed::Early;
    }
    loop {
        // Room first: no frame is taken that nobody waits for.
        let Ok(room) = parts.reserve().await else { return Fed::Early };
        match time::timeout(BODY_PAUSE, body.frame()).await {
            Err(_) => return Fed::Stalled,
            Ok(None) => {
                room.send(Part::End);
                return Fed::Whole;
            }
            Ok(Some(Err(_))) => return Fed::Broken,
            Ok(Some(Ok(frame))) => {
                // Trailers mean nothing here.
                if let Ok(data) = frame.into_data() {
                    room.send(Part::Data(data));
                }
            }
        }
    }
}

/// The runtime's side; `None` when the body broke off.
fn exchange<P: Platform>(
    runtime: &Arc<Runtime<P>>,
    head: &http::request::Parts,
    content_length: Option<u64>,
    want: oneshot::Sender<()>,
    mut parts: mpsc::Receiver<Part>,
) -> Option<Reply> {
    let mut exchange = Exchange::begin(
        runtime,
        &Head {
            authorization: authorization(head),
            content_length,
            ..Head::new(
                head.method.as_str(),
                head.uri.path_and_query().map_or("", |path| path.as_str()),
            )
        },
    );
    if exchange.wants_body() {
        // When nobody listens the request is gone, which the next line finds out.
        let _ = want.send(());
    } else {
        drop(want);
    }
    while exchange.wants_body() {
        match parts.blocking_recv()? {
            Part::Data(data) => exchange.chunk(&data),
            Part::End => break,
        }
    }
    Some(exchange.finish())
}

/// The one `Authorization` field; none when there are several, which would be a guess.
fn authorization(head: &http::request::Parts) -> Option<&str> {
    let mut fields = head.headers.get_all(header::AUTHORIZATION).iter();
    let field = fields.next().filter(|_| fields.next().is_none())?;
    field.to_str().ok()
}

fn full(reply: Reply) -> Response<Full<Bytes>> {
    let Ok(status) = StatusCode::from_u16(reply.status) else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, FAILED);
    };
    let mut response = Response::new(Full::from(reply.body.read_all()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value))
        {
            headers.insert(name, value);
        }
    }
    response
}

fn plain(status: StatusCode, json: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(json));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
