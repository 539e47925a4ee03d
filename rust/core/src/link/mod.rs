// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The serial link: requests of the HTTP API over a line that carries bytes and may lose, change or
//! invent some of them.
//!
//! Messages ([`message`]) are written with postcard, closed with a CRC-32 and framed with COBS
//! ([`frame`]). [`Client`] and [`Device`] are the two ends: no I/O, no clock and no thread, so both can
//! be tested over any line. There is one request at a time.
//!
//! * The device keeps no timer: the client asks again when it hears nothing. The device answers what
//!   it knows and is silent to what is no frame.
//! * Bytes of a body have offsets, in both directions. Who gets a piece from further on says which
//!   byte it waits for, and the sender goes back there. No more than [`WINDOW`] bytes are under way.
//! * A request has a number, which the device keeps when it is over: one that is asked again is never
//!   carried out again. The device's own number of its boot keeps that promise over a restart.
//! * A body is closed with its length and CRC-32. What does not fit is not handed on: a request is
//!   carried out whole and its answer told whole, or the client gets a [`LinkError`].

mod client;
mod device;
pub mod frame;
pub mod message;
#[cfg(test)]
mod tests;

pub use client::{Client, LinkError, POLL_MS, Progress, Response};
pub use device::{Answer, Device, Exchange, Service};
pub use message::RequestHead;

/// Version of the protocol: the first byte of every message. A device answers any other with its own.
pub const VERSION: u8 = 1;

/// Most bytes of a body in one message.
pub const DATA_MAX: usize = 1024;

/// Most bytes of a body that are under way unacknowledged, so the most that a line has to hold.
pub const WINDOW: u32 = 4096;

/// How long a device waits for a client in the middle of a request, in milliseconds.
pub const IDLE_MS: u64 = 15_000;
