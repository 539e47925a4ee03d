// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The native functions, one module for each group of the table.
//!
//! Each function gets the calling instance's context, the call, and its parameters already checked:
//! slices are inside the app's memory. It returns `Result<i32, Errno>`, an `i64` or nothing, as its
//! entry in the table says.

pub(crate) mod app;
pub(crate) mod display;
pub(crate) mod env;
pub(crate) mod fs;
pub(crate) mod hid;
mod http_get;
pub(crate) mod input;
pub(crate) mod ipc;
pub(crate) mod kv;
pub(crate) mod log;
pub(crate) mod mem;
pub(crate) mod net;
pub(crate) mod random;
pub(crate) mod rf;
pub(crate) mod sensor;
pub(crate) mod time;

/// Copies as much as there is room for; how much that was.
fn copy_cut(bytes: &[u8], out: &mut [u8]) -> i32 {
    let length = bytes.len().min(out.len());
    out[..length].copy_from_slice(&bytes[..length]);
    length as i32
}
