// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The virtual device: AkiraOS on a Linux desk.
//!
//! Real LittleFS on an emulated NOR flash, real threads, a real HTTP server; only the hardware is
//! missing. Everything above [`Platform`](akira_runtime::platform::Platform) is the code that runs
//! on Zephyr.
//!
//! * [`flash`] - NOR flash in a file,
//! * [`bootloader`] - what happens before the firmware runs,
//! * [`storage`] - LittleFS on it,
//! * [`platform`] - the rest of what the runtime needs,
//! * [`http`] - the HTTP server,
//! * [`serial`] - the serial line,
//! * [`mdns`] - what tells the network of the device,
//! * [`intake`] - what hands on input and radio packets,
//! * [`ticker`] - what looks after the apps from time to time,
//! * [`sim`] - all of it as one device,
//! * [`factory`] - flash images with apps on them,
//! * [`fsck`] - what looks them over.
//!
//! Unsafe code is confined to the modules of [`storage`] that deal with the LittleFS C library.

#![deny(unsafe_code)]

pub mod bootloader;
pub mod factory;
pub mod flash;
pub mod fsck;
pub mod http;
pub mod intake;
pub mod mdns;
pub mod platform;
pub mod serial;
pub mod sim;
pub mod storage;
#[cfg(feature = "null-sink")]
pub mod tcp_sink;
pub mod ticker;

pub use sim::{Device, SimError, SimOptions, run};
