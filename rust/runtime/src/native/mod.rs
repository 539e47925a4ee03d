// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The native functions, one module for each group of the table.
//!
//! Each function gets the calling instance's context, the call, and its parameters already checked:
//! slices are inside the app's memory. It returns `Result<i32, Errno>`, an `i64` or nothing, as its
//! entry in the table says.

pub(crate) mod app;
pub(crate) mod fs;
pub(crate) mod log;
pub(crate) mod mem;
pub(crate) mod time;
