// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How much time and memory a client may take.
//!
//! Contract: what a client holds of the device is bounded whatever it sends or fails to send, and
//! it ends when the client stops getting on: a head must be whole in time, and a body or an answer
//! that is under way must move by a least number of bytes in each stretch of time.

use std::time::Duration;

/// Clients served at once.
pub const CONNECTIONS: usize = 64;
/// Size of a request's head.
pub(super) const HEAD_BYTES: usize = 16 * 1024;
/// Number of header fields in a request's head.
pub(super) const HEAD_FIELDS: usize = 64;
/// Bytes read ahead of the runtime. More makes uploads no faster: two such buffers take turns, and they
/// should stay in the processor's cache.
pub(crate) const READ_AHEAD: usize = 32 * 1024;
/// Time to throw away what a client sends after its last answer.
pub(super) const LINGER_TIME: Duration = Duration::from_secs(2);
/// Bytes to throw away after the last answer.
pub(super) const LINGER_BYTES: usize = 16 * 1024 * 1024;
/// How long a message of an event stream may wait for its client.
pub(super) const STREAM_SEND: Duration = Duration::from_secs(10);

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time for a request's head, also between two requests on a connection, and for a TLS
    /// handshake.
    pub head: Duration,
    /// How long a client may pause within a body.
    pub pause: Duration,
    /// The stretch of time in which a body, or an answer on its way out, moves by [`Self::floor`].
    pub stretch: Duration,
    /// The least number of bytes that move in each stretch.
    pub floor: usize,
    /// How long a client has for its request before a newer one may take its place, when all places
    /// are taken.
    pub settle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(15),
            pause: Duration::from_secs(30),
            stretch: Duration::from_secs(30),
            // 256 bytes per second, the same as on the Zephyr device.
            floor: 30 * 256,
            settle: Duration::from_millis(200),
        }
    }
}
