// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Measurements of the engine and the runtime on the virtual device, next to plain WAMR.
//!
//! * [`plain`]: natives and a load path that use WAMR as its documents show it, with nothing of ours;
//! * [`apps`]: the modules that are measured;
//! * [`device`]: the virtual device that is measured;
//! * [`stats`]: medians of several rounds.

pub mod apps;
pub mod device;
pub mod plain;
pub mod stats;
