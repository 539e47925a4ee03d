// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What carries requests to a device and answers back: HTTP, or a serial line. Both carry the same
//! requests, so that every command works over both.

use std::io::Read;

use crate::error::Result;

/// A request of the HTTP API.
pub struct Request<'a> {
    pub method: &'static str,
    /// From `/api` on, with the query.
    pub path: &'a str,
    pub body: Option<Body<'a>>,
}

/// What a request brings.
pub struct Body<'a> {
    pub content_type: &'static str,
    pub bytes: &'a [u8],
    /// Is told how many bytes more were sent.
    pub sent: &'a dyn Fn(u64),
}

impl<'a> Request<'a> {
    pub fn new(method: &'static str, path: &'a str) -> Self {
        Self { method, path, body: None }
    }
}

/// An answer. What it brings is read from the device while it is read from here.
pub struct Answer<'a> {
    pub status: u16,
    /// For how many seconds the device wants to be left alone.
    pub retry_after: Option<u64>,
    /// Whether the body is JSON, as the device says.
    pub json: bool,
    /// How long the body is, where the device says so.
    pub length: Option<u64>,
    pub body: Box<dyn Read + 'a>,
}

/// Where messages of the event stream come from.
pub trait Events {
    /// The next one; waits for it. `None` when the device has ended the stream.
    fn next(&mut self) -> Result<Option<String>>;
}

/// A way to a device.
pub trait Transport: Send {
    /// Sends a request and waits for the answer's beginning. It is an error when there is none; a
    /// refusal is an answer.
    fn exchange<'a>(&'a self, request: &Request<'_>) -> Result<Answer<'a>>;

    /// Opens the event stream at this path. `None` when this transport or the device has none.
    fn events(&self, path: &str) -> Result<Option<Box<dyn Events>>>;

    /// The device's address, as the user knows it.
    fn address(&self) -> &str;
}
