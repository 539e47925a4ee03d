// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The HTTP server: carries requests to the runtime and its answers back, over TCP or TLS.
//!
//! What a request means is the runtime's business
//! ([`Exchange`](akira_runtime::http::Exchange)); here are bytes, limits and time-outs.
//! Contract: a body is never held whole; no client can occupy more than one of [`CONNECTIONS`]
//! places per connection, nor a place without making progress; an answer that is decided early
//! reaches its client.
//!
//! The runtime's side of a request blocks: flash, locks, waiting for an app to stop. So each client
//! has a thread of its own, on which its bytes go from the socket to the runtime without a stop.
//!
//! * [`exchange`] - one request, [`head`] and [`answer`] its ends,
//! * [`connection`] - one client, from its first byte to an orderly end,
//! * [`places`] - how many clients there are, and who has to go,
//! * [`limits`] - how much a client may take, [`paced`] how slowly,
//! * [`refusal`] - a body for what is refused before it is a request,
//! * [`socket`] - the stream of events as a WebSocket,
//! * [`tls`] - the device's certificate.

#![allow(rustdoc::private_intra_doc_links)]

mod answer;
mod connection;
mod exchange;
mod head;
mod limits;
mod paced;
mod places;
mod refusal;
mod socket;
pub mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use akira_runtime::Runtime;
use akira_runtime::platform::Platform;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time;
use tokio_rustls::TlsAcceptor;

use head::Client;
#[cfg(feature = "null-sink")]
pub(crate) use limits::READ_AHEAD;
pub use limits::{CONNECTIONS, Limits};
use paced::Paced;
use places::{Place, Places};

/// How many threads clients need at most; one that has to go may be seen off by the next.
pub const THREADS: usize = CONNECTIONS + 16;
/// How long requests in work may take to end once the server is told to stop.
const GRACE: Duration = Duration::from_secs(2);
/// Pause after a failed accept, which is mostly a want of file handles that time cures.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What carries a client's bytes.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Wire for S {}

/// A device's HTTP server.
pub struct Server<P: Platform> {
    /// The device.
    pub runtime: Arc<Runtime<P>>,
    /// With it, there is TLS and nothing else.
    pub tls: Option<TlsAcceptor>,
    /// How long clients may take.
    pub limits: Limits,
}

impl<P: Platform> Server<P> {
    /// Serves on `listener` until `stop` becomes true, then lets requests in work end.
    pub async fn serve(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        let server = Arc::new(self);
        let mut connections = JoinSet::new();
        tokio::select! {
            () = server.accept(&listener, &stop, &mut connections) => {}
            () = stopped(stop.clone()) => {}
        }
        drop(listener);
        let all_end = async { while connections.join_next().await.is_some() {} };
        // What takes longer works for the runtime and ends when that is done.
        let _ = time::timeout(GRACE + GRACE, all_end).await;
    }

    async fn accept(
        self: &Arc<Self>,
        listener: &TcpListener,
        stop: &watch::Receiver<bool>,
        connections: &mut JoinSet<()>,
    ) {
        let places = Places::new(CONNECTIONS, self.limits.settle);
        loop {
            while connections.try_join_next().is_some() {}
            // First the client, then its place: nobody has to leave for nobody.
            let client: io::Result<_> = listener.accept().await;
            let Ok((stream, address)) = client else {
                time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let place = places.take().await;
            let Ok(stream) = stream.into_std() else { continue };
            let (server, stop) = (Arc::clone(self), stop.clone());
            connections.spawn_blocking(move || {
                // A system without the handles for it has none for this client.
                let Ok(own) = Builder::new_current_thread().enable_all().build() else { return };
                own.block_on(async {
                    if let Ok(stream) = TcpStream::from_std(stream) {
                        server.client(stream, address, place, stop).await;
                    }
                });
            });
        }
    }

    async fn client(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        place: Arc<Place>,
        stop: watch::Receiver<bool>,
    ) {
        // Answers are small and awaited.
        let _ = stream.set_nodelay(true);
        let stream = Paced::new(stream, self.limits);
        let client = Client { address, secure: self.tls.is_some() };
        let (runtime, limits) = (Arc::clone(&self.runtime), self.limits);
        let Some(tls) = &self.tls else {
            return connection::serve(stream, runtime, client, limits, place, stop).await;
        };
        let shaken = tokio::select! {
            shaken = time::timeout(limits.head, tls.accept(stream)) => shaken,
            () = place.lost() => return,
            () = stopped(stop.clone()) => return,
        };
        // Whoever does not speak TLS gets rustls's alert and no more.
        if let Ok(Ok(stream)) = shaken {
            connection::serve(stream, runtime, client, limits, place, stop).await;
        }
    }
}

/// Returns when `stop` is true, or when nobody can make it true any more.
async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|&stop| stop).await;
}
