// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! One client: its requests, one after the other, and an orderly end.
//!
//! A client that is still sending when its answer is decided must not lose the answer to a
//! connection reset, which is what closing a socket with unread bytes causes. So the sending
//! direction is closed first and what comes in is thrown away, within bounds, before the socket
//! goes.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use akira_runtime::Runtime;
use akira_runtime::platform::Platform;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time;

use super::refusal::Explained;
use super::{exchange, stopped};

/// Time for a request's head, also between two requests on a connection.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// Size of a request's head.
const HEAD_BYTES: usize = 16 * 1024;
/// Number of header fields in a request's head.
const HEAD_FIELDS: usize = 64;
/// Bytes read ahead of the runtime.
const READ_AHEAD: usize = 64 * 1024;
/// Time to throw away what a client sends after its last answer.
const LINGER_TIME: Duration = Duration::from_secs(2);
/// Bytes to throw away after the last answer.
const LINGER_BYTES: usize = 16 * 1024 * 1024;

/// Serves one client to its end, or until `stop` becomes true and its request in work is answered.
pub(super) async fn serve<P: Platform>(
    stream: TcpStream,
    runtime: Arc<Runtime<P>>,
    stop: watch::Receiver<bool>,
) {
    // Answers are small and awaited.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| Box::pin(exchange::answer(Arc::clone(&runtime), request)));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // A client that has said all it will say may still wait for the answer.
        .half_close(true)
        .header_read_timeout(HEAD_TIME)
        .max_header_size(HEAD_BYTES)
        .max_headers(HEAD_FIELDS)
        .max_buf_size(READ_AHEAD)
        .serve_connection(TokioIo::new(Explained::new(stream)), service);
    // A broken connection and a malformed request are the client's affair: hyper has answered what
    // can be answered.
    let told_to_stop = tokio::select! {
        _ = poll_fn(|context| connection.poll_without_shutdown(context)) => false,
        () = stopped(stop) => true,
    };
    if told_to_stop {
        Pin::new(&mut connection).graceful_shutdown();
        let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
        return;
    }
    linger(connection.into_parts().io.into_inner().into_inner()).await;
}

async fn linger(mut stream: TcpStream) {
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
