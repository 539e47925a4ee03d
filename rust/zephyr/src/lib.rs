// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The AkiraOS runtime on Zephyr, as a static library with a C border.
//!
//! Towards Zephyr it calls the C shims of `zephyr/src`, declared in `zephyr/include/akira` and bound
//! in [`ffi`]. Towards C it exports what is in [`export`] and [`http`], with a header by cbindgen.
//! Everything between the two borders is `akira-runtime`, the same as on the virtual device.

#![no_std]

extern crate alloc;

pub mod control;
pub mod devices;
pub mod export;
pub mod ffi;
pub mod file;
pub mod firmware;
pub mod heap;
pub mod http;
pub mod link;
pub mod mutex;
pub mod panic;
pub mod platform;
pub mod smp;
pub mod smp_images;
pub mod socket;
pub mod stream;
pub mod tls;
