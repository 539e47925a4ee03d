// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a device does, written once above the [`Platform`] trait.
//!
//! * [`Runtime`]: the app manager: install, load, start, stop, unload, uninstall; one thread for
//!   each running app; none of its locks is held while app code runs; a watchdog and restarts.
//! * the security layer: the check before each native function, see [`bridge`];
//! * [`http`]: the HTTP API's requests, carried out.
//!
//! Decisions that need no I/O are in `akira-core`, all contact with WAMR is in `akira-engine`.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod access;
mod apps;
mod audit;
mod body;
pub mod bridge;
mod config;
mod context;
mod control;
mod counters;
#[cfg(feature = "dashboard")]
mod dashboard;
mod env_bridge;
mod files;
mod firmware;
mod handles;
mod hardware;
pub mod http;
mod inbox;
mod install;
mod ledger;
pub mod link;
mod metrics;
mod native;
pub mod platform;
mod policy;
mod receive;
mod registry;
mod run;
mod runtime;
mod screen;
mod security;
mod sink;
mod store;
pub mod stream;
mod token;
pub mod transfer;
mod versions;
mod view;
mod watch;

pub use akira_core::signature::SignaturePolicy;
pub use akira_engine::heap::{BulkMemory, set_bulk_memory};
pub use context::AppContext;
pub use platform::Platform;
pub use runtime::{Config, Runtime, StartError};
