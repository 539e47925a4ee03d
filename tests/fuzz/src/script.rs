// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Scripts of HTTP requests: what the fuzzer changes and a person can read.
//!
//! ```text
//! METHOD TARGET [LENGTH]
//! body, any bytes, up to a line that is the word below
//! --next--
//! METHOD TARGET
//! ```
//! LENGTH is the announced length, any number; without it none is announced.

/// Most requests of one script that are carried out.
pub const REQUESTS_MAX: usize = 12;

/// What stands between two requests.
pub const SEPARATOR: &[u8] = b"\n--next--\n";

/// A request.
pub struct Request<'a> {
    /// The method's name.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The announced length of the body.
    pub length: Option<u64>,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// A `GET`.
    pub fn get(target: &'a str) -> Self {
        Self { method: "GET", target, length: None, body: b"" }
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let mut words = std::str::from_utf8(&bytes[..end]).ok()?.split(' ');
        Some(Self {
            method: words.next()?,
            target: words.next()?,
            length: words.next().and_then(|length| length.parse().ok()),
            body: bytes.get(end + 1..).unwrap_or_default(),
        })
    }
}

/// The requests of a script.
pub fn requests(script: &[u8]) -> Vec<Request<'_>> {
    let mut found = Vec::new();
    let mut rest = script;
    while found.len() < REQUESTS_MAX {
        let end = rest.windows(SEPARATOR.len()).position(|window| window == SEPARATOR);
        found.extend(Request::read(&rest[..end.unwrap_or(rest.len())]));
        let Some(end) = end else { break };
        rest = &rest[end + SEPARATOR.len()..];
    }
    found
}
