// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The HTTP server: carries requests to the runtime and its answers back.
//!
//! What a request means is the runtime's business
//! ([`Exchange`](akira_runtime::http::Exchange)); here are bytes, limits and time-outs.
//! Contract: a body is never held whole; no client can occupy more than one of [`CONNECTIONS`]
//! places per connection, nor a place without making progress; an answer that is decided early
//! reaches its client.
//!
//! * [`exchange`] - one request,
//! * [`connection`] - one client, from its first byte to an orderly end,
//! * [`refusal`] - a body for what is refused before it is a request.

#![allow(rustdoc::private_intra_doc_links)]

mod connection;
mod exchange;
mod refusal;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use akira_runtime::Runtime;
use akira_runtime::platform::Platform;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time;

/// Clients served at once; further ones wait to be accepted.
pub const CONNECTIONS: usize = 64;
/// How long requests in work may take to end once the server is told to stop.
const GRACE: Duration = Duration::from_secs(2);
/// Pause after a failed accept, which is mostly a want of file handles that time cures.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves `runtime` on `listener` until `stop` becomes true, then lets requests in work end.
pub async fn serve<P: Platform>(
    listener: TcpListener,
    runtime: Arc<Runtime<P>>,
    stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    tokio::select! {
        () = accept(&listener, &runtime, &stop, &mut connections) => {}
        () = stopped(stop.clone()) => {}
    }
    drop(listener);
    let all_end = async { while connections.join_next().await.is_some() {} };
    // What takes longer is cut off with the set.
    let _ = time::timeout(GRACE, all_end).await;
}

async fn accept<P: Platform>(
    listener: &TcpListener,
    runtime: &Arc<Runtime<P>>,
    stop: &watch::Receiver<bool>,
    connections: &mut JoinSet<()>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let client: io::Result<_> = listener.accept().await;
        let Ok((stream, _)) = client else {
            time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (runtime, stop) = (Arc::clone(runtime), stop.clone());
        connections.spawn(async move {
            connection::serve(stream, runtime, stop).await;
            drop(place);
        });
    }
}

/// Returns when `stop` is true, or when nobody can make it true any more.
async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|&stop| stop).await;
}
