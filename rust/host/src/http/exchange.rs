// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! One request, from its head to its answer.
//!
//! A body that breaks off or stops coming leaves nothing behind: its exchange is dropped unfinished.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;

use akira_runtime::Runtime;
use akira_runtime::http::Exchange;
use akira_runtime::platform::Platform;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Request, StatusCode};
use tokio::time::{self, Instant};

use super::Limits;
use super::answer::{Answer, BROKEN, FAILED, TOO_SLOW, full, plain};
use super::head::{Client, head};
use super::socket::{self, Opened};

/// Why a request gets no answer of the runtime's.
enum Failed {
    /// Its body stopped coming, or came too slowly.
    Stalled,
    /// The connection broke, or the body is malformed.
    Broken,
    /// The runtime panicked, which was reported.
    Panicked,
}

/// Answers one request. Blocks in the runtime.
pub(super) async fn answer<P: Platform>(
    runtime: Arc<Runtime<P>>,
    request: Request<Incoming>,
    client: Client,
    limits: Limits,
    opened: Opened<P>,
) -> Answer {
    let (parts, mut body) = request.into_parts();
    let events = socket::key(&parts).filter(|_| body.is_end_stream());
    let done = if let Some(key) = events {
        guarded(|| socket::open(&runtime, &parts, client, key, &opened))
    } else {
        let head = head(&parts, body.size_hint().exact(), client);
        match guarded(|| Exchange::begin(&runtime, &head)) {
            Ok(exchange) => carry_out(exchange, &mut body, limits).await,
            Err(failed) => Err(failed),
        }
    };
    let mut response = done.unwrap_or_else(|failed| match failed {
        Failed::Stalled => plain(StatusCode::REQUEST_TIMEOUT, TOO_SLOW),
        Failed::Broken => plain(StatusCode::BAD_REQUEST, BROKEN),
        Failed::Panicked => plain(StatusCode::INTERNAL_SERVER_ERROR, FAILED),
    });
    if !body.is_end_stream() {
        // The rest of the body is not read as a body, so the connection cannot carry on.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Hands the body on for as long as it is wanted, then has the request carried out. What had begun is
/// undone before this fails.
async fn carry_out<P: Platform>(
    mut exchange: Exchange<P>,
    body: &mut Incoming,
    limits: Limits,
) -> Result<Answer, Failed> {
    let began = Instant::now();
    let (mut last, mut stretch, mut moved) = (began, began + limits.stretch, 0);
    // One alarm for all frames, because setting one costs more than most frames do. It goes off at
    // the earliest time at which something may be wrong, and then that is looked at.
    let mut alarm = pin!(time::sleep_until(stretch.min(last + limits.pause)));
    // The first look at a body is what tells a client that asks first to send it.
    while exchange.wants_body() {
        let frame = tokio::select! {
            biased;
            frame = body.frame() => frame,
            () = &mut alarm => {
                let now = Instant::now();
                if now >= last + limits.pause || (now >= stretch && moved < limits.floor) {
                    return Err(Failed::Stalled);
                }
                if now >= stretch {
                    (stretch, moved) = (now + limits.stretch, 0);
                }
                alarm.as_mut().reset(stretch.min(last + limits.pause));
                continue;
            }
        };
        let Some(frame) = frame else { break };
        // Trailers mean nothing here.
        let Ok(data) = frame.map_err(|_| Failed::Broken)?.into_data() else { continue };
        moved += data.len();
        let came = Instant::now();
        guarded(|| exchange.chunk(&data))?;
        last = Instant::now();
        // What the runtime takes is not the client's time.
        stretch += last - came;
    }
    guarded(|| full(exchange.finish()))
}

/// A panic costs the request that caused it, and its client gets an answer all the same.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Failed> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Failed::Panicked)
}
