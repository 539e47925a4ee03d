// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The HTTP API over a serial line: `akira_core::link` with the runtime behind it.
//!
//! A platform reads the line, gives what came to [`Link::receive`], sends what [`Link::transmit`]
//! has, and calls [`Link::tick`] now and then. Requests are carried out in `receive`, on the thread
//! that calls it.

use alloc::boxed::Box;
use alloc::sync::Arc;

use akira_core::http::Peer;
use akira_core::link::{self, Answer, Device, RequestHead, Service};
use akira_core::transfer::Transport;

use crate::http::{Exchange, Head};
use crate::platform::Platform;
use crate::runtime::Runtime;

/// Whose requests are whose, and how they come.
struct Server<P: Platform> {
    runtime: Arc<Runtime<P>>,
    transport: Transport,
}

impl<P: Platform> Service for Server<P> {
    type Exchange = Request<P>;

    fn begin(&mut self, head: &RequestHead<'_>) -> Request<P> {
        let head = Head {
            authorization: head.authorization,
            content_length: head.content_length,
            content_type: head.content_type,
            if_none_match: head.if_none_match,
            peer: match self.transport {
                Transport::Serial => Peer::Serial,
                _ => Peer::UNKNOWN,
            },
            transport: self.transport,
            ..Head::new(head.method, head.path)
        };
        Request(Exchange::begin(&self.runtime, &head))
    }
}

struct Request<P: Platform>(Exchange<P>);

impl<P: Platform> link::Exchange for Request<P> {
    fn wants_body(&self) -> bool {
        self.0.wants_body()
    }

    fn chunk(&mut self, bytes: &[u8]) {
        self.0.chunk(bytes);
    }

    fn finish(self) -> Answer {
        let reply = self.0.finish();
        let mut body = reply.body;
        Answer {
            status: reply.status,
            content_type: reply.content_type,
            headers: reply.headers,
            length: body.known_len().and_then(|length| length.try_into().ok()),
            pieces: Box::new(move || body.next_piece()),
        }
    }
}

/// The device's end of one line.
pub struct Link<P: Platform> {
    runtime: Arc<Runtime<P>>,
    device: Device<Server<P>>,
}

impl<P: Platform> Link<P> {
    /// An end that has heard nothing yet. `transport` is what the line is.
    pub fn new(runtime: Arc<Runtime<P>>, transport: Transport) -> Self {
        let mut boot = [0; 4];
        if runtime.platform.random(&mut boot).is_err() {
            // Without it a client may take a device that restarted for one that did not, and have a
            // request carried out again.
            boot = (runtime.platform.uptime_ms() as u32).to_le_bytes();
        }
        let server = Server { runtime: runtime.clone(), transport };
        Self { device: Device::new(server, u32::from_le_bytes(boot)), runtime }
    }

    /// Takes what has come in. What it asks for is done when this returns.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.device.receive(self.runtime.platform.uptime_ms(), bytes);
    }

    /// Copies what is to be sent to `out`; how many bytes that are. 0 when there is nothing now.
    pub fn transmit(&mut self, out: &mut [u8]) -> usize {
        self.device.transmit(out)
    }

    /// To be called about once a second: gives up on a client that is silent in the middle of a
    /// request for [`IDLE_MS`](link::IDLE_MS).
    pub fn tick(&mut self) {
        self.device.tick(self.runtime.platform.uptime_ms());
    }

    /// Whether a request is under way.
    pub fn is_busy(&self) -> bool {
        self.device.is_busy()
    }
}
