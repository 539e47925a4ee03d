// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! One client: its requests, one after the other, and an orderly end.
//!
//! A client that is still sending when its answer is decided must not lose the answer to a
//! connection reset, which is what closing a socket with unread bytes causes. So the sending
//! direction is closed first and what comes in is thrown away, within bounds, before the socket
//! goes. A connection on which a stream of events was opened carries that until its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use akira_runtime::Runtime;
use akira_runtime::platform::Platform;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time;

use super::head::Client;
use super::limits::{HEAD_BYTES, HEAD_FIELDS, LINGER_BYTES, LINGER_TIME, READ_AHEAD};
use super::places::Place;
use super::refusal::Explained;
use super::socket::{self, Opened};
use super::{GRACE, Limits, Wire, exchange, stopped};

/// Serves one client to its end, or until `stop` becomes true and its request in work is answered,
/// or until it has to leave its place.
pub(super) async fn serve<P: Platform, S: Wire>(
    stream: S,
    runtime: Arc<Runtime<P>>,
    client: Client,
    limits: Limits,
    place: Arc<Place>,
    stop: watch::Receiver<bool>,
) {
    let opened = Opened::<P>::default();
    let service = service_fn(|request| {
        let (busy, opened) = (place.busy(), Opened::clone(&opened));
        let answer = exchange::answer(Arc::clone(&runtime), request, client, limits, opened);
        Box::pin(async move {
            let mut answer = answer.await;
            answer.body_mut().keeps(busy);
            Ok::<_, Infallible>(answer)
        })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // A client that has said all it will say may still wait for the answer.
        .half_close(true)
        .header_read_timeout(limits.head)
        .max_header_size(HEAD_BYTES)
        .max_headers(HEAD_FIELDS)
        .max_buf_size(READ_AHEAD)
        .serve_connection(TokioIo::new(Explained::new(stream)), service);
    // A broken connection and a malformed request are the client's affair: hyper has answered what
    // can be answered.
    let told_to_stop = tokio::select! {
        _ = poll_fn(|context| connection.poll_without_shutdown(context)) => false,
        () = place.lost() => return,
        () = stopped(stop.clone()) => true,
    };
    if told_to_stop {
        Pin::new(&mut connection).graceful_shutdown();
        let rest = poll_fn(|context| connection.poll_without_shutdown(context));
        let _ = time::timeout(GRACE, rest).await;
        return;
    }
    let parts = connection.into_parts();
    let mut stream = parts.io.into_inner().into_inner();
    let events = opened.take();
    if let Some(events) = events {
        let _busy = place.busy();
        stream = socket::serve(stream, parts.read_buf, events, stop).await;
    }
    tokio::select! {
        () = linger(stream) => {}
        () = place.lost() => {}
    }
}

async fn linger<S: Wire>(mut stream: S) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let rest = async {
        let (mut scrap, mut left) = (vec![0; 16 * 1024], LINGER_BYTES);
        while let Ok(count @ 1..) = stream.read(&mut scrap).await {
            left = left.saturating_sub(count);
            if left == 0 {
                break;
            }
        }
    };
    let _ = time::timeout(LINGER_TIME, rest).await;
}
