// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The meaning of the HTTP API, version 1: which requests there are ([`route`], [`query`]), who may
//! make them ([`token`], [`ticket`], [`origin`], [`attempts`], [`peer`]), what their small bodies say
//! ([`request`]), what a client has already ([`validator`]), what goes wrong ([`error`]), what answers
//! look like ([`view`], [`firmware`]) and what is told by itself ([`event`]). Serving it, with Zephyr's HTTP server or
//! a host's crate, is the platform's part.

pub mod attempts;
pub mod error;
pub mod event;
pub mod firmware;
pub mod origin;
pub mod peer;
pub mod query;
pub mod request;
pub mod route;
pub mod ticket;
pub mod token;
pub mod validator;
pub mod view;

pub use error::{ApiError, Code};
pub use peer::Peer;
pub use route::{Method, Route};
pub use token::Access;
