// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The meaning of the HTTP API, version 1: which requests there are ([`route`]), who may make them
//! ([`token`], [`attempts`], [`peer`]), what their JSON bodies say ([`request`]), what goes wrong ([`error`])
//! and what answers look like ([`view`]). Serving it, with Zephyr's HTTP server or a host's crate, is
//! the platform's part.

pub mod attempts;
pub mod error;
pub mod peer;
pub mod request;
pub mod route;
pub mod token;
pub mod view;

pub use error::{ApiError, Code};
pub use peer::Peer;
pub use route::{Method, Route};
