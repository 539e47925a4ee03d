// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The C shims, as bindgen reads them from `akira/platform.h`.
//!
//! All of them may be called from any thread. What they ask of their arguments (pointers with their
//! lengths, handles that are open) is upheld in [`crate::file`], [`crate::platform`],
//! [`crate::mutex`] and [`crate::heap`], which are their only callers.

#![allow(missing_docs, non_camel_case_types, non_upper_case_globals, clippy::all)]

use akira_abi::Errno;

include!(concat!(env!("OUT_DIR"), "/platform.rs"));

/// A shim's result: a count, or a negative errno.
pub fn count(result: i32) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| Errno::from_code(result))
}

/// A shim's result when there is nothing to count.
pub fn done(result: i32) -> Result<(), Errno> {
    count(result).map(|_| ())
}
