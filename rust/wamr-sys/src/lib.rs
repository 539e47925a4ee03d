// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Raw bindings to WAMR's embedding API (`wasm_export.h`).
//!
//! With feature `host` they come from `wamrx-sys`, which also builds WAMR 2.4.3 itself. With feature
//! `zephyr` they are made by bindgen from the west project's header and WAMR is linked by Zephyr's
//! CMake. The names are the same. Nothing here is safe; `akira-engine` is the only user.

#![no_std]

#[cfg(all(feature = "host", feature = "zephyr"))]
compile_error!("choose one of the features `host` and `zephyr`");

#[cfg(all(feature = "host", not(feature = "zephyr")))]
pub use wamrx_sys::*;

#[cfg(all(feature = "zephyr", not(feature = "host")))]
#[allow(non_camel_case_types, non_upper_case_globals, non_snake_case, missing_docs, clippy::all)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

#[cfg(all(feature = "zephyr", not(feature = "host")))]
pub use bindings::*;
