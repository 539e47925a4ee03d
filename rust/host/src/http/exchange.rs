// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! One request, from its head to its answer.
//!
//! The runtime's side blocks (flash, locks, waiting for an app to stop), so it runs on a thread for
//! blocking work and is fed there, frame by frame, through a short channel. Dropping the channel
//! without [`Part::End`] means that the body broke off: the exchange is then dropped unfinished,
//! which leaves nothing behind.

use std::sync::Arc;

use akira_runtime::Runtime;
use akira_runtime::http::{Exchange, Reply};
use akira_runtime::platform::Platform;
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Request, StatusCode, http};
use tokio::sync::{mpsc, oneshot};
use tokio::task;
use tokio::time::{self, Instant};

use super::Limits;
use super::answer::{self, Answer, BROKEN, FAILED, TOO_SLOW, plain};
use super::head::{Client, head};
use super::socket::{self, Opened};

/// Frames of a body on their way to the runtime.
const FRAMES: usize = 4;

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
    /// It stopped coming, or came too slowly.
    Stalled,
    /// The connection broke, or it is malformed.
    Broken,
}

/// Answers one request.
pub(super) async fn answer<P: Platform>(
    runtime: Arc<Runtime<P>>,
    request: Request<Incoming>,
    client: Client,
    limits: Limits,
    opened: Opened<P>,
) -> Answer {
    let (head, mut body) = request.into_parts();
    if body.is_end_stream() && socket::key(&head).is_some() {
        return socket::open(runtime, head, client, opened).await;
    }
    let length = body.size_hint().exact();
    let (want, wanted) = oneshot::channel();
    let (parts, fed) = mpsc::channel(FRAMES);
    let (tell, mut told) = oneshot::channel();
    task::spawn_blocking(move || match exchange(&runtime, &head, length, client, want, fed) {
        Some(reply) => answer::deliver(reply, tell),
        // Nobody waiting means that the client is gone.
        None => drop(tell.send(None)),
    });
    // The work may end at any time, and then nothing more is wanted of the body.
    let (outcome, fed) = tokio::select! {
        biased;
        outcome = &mut told => (Some(outcome), Fed::Early),
        fed = feed(&mut body, wanted, parts, limits) => (None, fed),
    };
    let outcome = match outcome {
        Some(outcome) => outcome,
        // Also when the body broke off: what the exchange had begun is undone before the answer.
        None => told.await,
    };
    let mut response = match (outcome, fed) {
        (Ok(Some(response)), _) => response,
        (Ok(None), Fed::Stalled) => plain(StatusCode::REQUEST_TIMEOUT, TOO_SLOW),
        (Ok(None), _) => plain(StatusCode::BAD_REQUEST, BROKEN),
        (Err(_), _) => plain(StatusCode::INTERNAL_SERVER_ERROR, FAILED),
    };
    if !body.is_end_stream() {
        // The rest of the body is not read as a body, so the connection cannot carry on.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Moves the body to the runtime's side, which is told of the end only when it was reached.
async fn feed(
    body: &mut Incoming,
    wanted: oneshot::Receiver<()>,
    parts: mpsc::Sender<Part>,
    limits: Limits,
) -> Fed {
    // The first look at a body is what tells a client that asks first to send it.
    if wanted.await.is_err() {
        return Fed::Early;
    }
    let (mut stretch, mut moved) = (Instant::now() + limits.stretch, 0);
    loop {
        // Room first: no frame is taken that nobody waits for.
        let asked = Instant::now();
        let Ok(room) = parts.reserve().await else { return Fed::Early };
        // What the runtime takes is not the client's time.
        stretch += asked.elapsed();
        let quiet = Instant::now() + limits.pause;
        let frame = loop {
            match time::timeout_at(stretch.min(quiet), body.frame()).await {
                Ok(frame) => break frame,
                Err(_) if moved >= limits.floor && Instant::now() < quiet => {
                    (stretch, moved) = (Instant::now() + limits.stretch, 0);
                }
                Err(_) => return Fed::Stalled,
            }
        };
        match frame {
            None => {
                room.send(Part::End);
                return Fed::Whole;
            }
            Some(Err(_)) => return Fed::Broken,
            Some(Ok(frame)) => {
                // Trailers mean nothing here.
                if let Ok(data) = frame.into_data() {
                    moved += data.len();
                    room.send(Part::Data(data));
                }
            }
        }
    }
}

/// The runtime's side; `None` when the body broke off.
fn exchange<P: Platform>(
    runtime: &Arc<Runtime<P>>,
    parts: &http::request::Parts,
    content_length: Option<u64>,
    client: Client,
    want: oneshot::Sender<()>,
    mut fed: mpsc::Receiver<Part>,
) -> Option<Reply> {
    let mut exchange = Exchange::begin(runtime, &head(parts, content_length, client));
    if exchange.wants_body() {
        // When nobody listens the request is gone, which the next line finds out.
        let _ = want.send(());
    } else {
        drop(want);
    }
    while exchange.wants_body() {
        match fed.blocking_recv()? {
            Part::Data(data) => exchange.chunk(&data),
            Part::End => break,
        }
    }
    Some(exchange.finish())
}
