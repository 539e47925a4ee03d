// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a device decides, without doing it.
//!
//! No I/O, no threads, no `unsafe`: each module takes bytes or facts and answers with a value or an
//! error that a person understands. All input is hostile until it has been through here.
//!
//! * [`name`]: names of apps; [`path`]: paths inside an app's own folder.
//! * [`module`]: the WebAssembly section scan that runs while a module streams in.
//! * [`manifest`]: what an app asks for, in CBOR or JSON.
//! * [`lifecycle`]: the states of an app and the steps between them.
//! * [`registry`]: the record that is kept of an installed app.
//! * [`cose`]: the form of an app's signature; [`signature`]: what a device makes of it;
//!   [`trust`]: the keys that it trusts.
//! * [`audit`]: what was denied and refused, kept over reboots.
//! * [`config`]: what an operator sets of the device itself.
//! * [`firmware`]: MCUboot's images and slots.
//! * [`link`]: requests over a serial line that loses bytes.
//! * [`log`]: levels and the bounded ring of an app's log.
//! * [`pem`]: a certificate and its key, before they are stored.
//! * [`multipart`]: the file in a form, while it streams in.
//! * [`png`]: pictures of the display, row by row.
//! * [`transfer`]: what carries bytes in and what takes them.
//! * [`versions`]: an app's versions on the storage, and the steps of updates and rollbacks.
//! * [`http`]: the meaning of the HTTP API: routes, errors, answers, tokens.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod audit;
pub mod config;
pub mod cose;
pub mod firmware;
pub mod hex;
pub mod http;
pub mod input;
pub mod lifecycle;
pub mod link;
pub mod log;
pub mod manifest;
pub mod module;
pub mod multipart;
pub mod name;
pub mod path;
pub mod pem;
pub mod png;
pub mod rate;
pub mod registry;
pub mod scope;
pub mod signature;
pub mod transfer;
pub mod trust;
pub mod versions;

/// Largest module that a device takes, in bytes.
pub const MODULE_MAX: u32 = 512 * 1024;

/// Most apps that can be installed at once.
pub const APPS_MAX: usize = 16;
