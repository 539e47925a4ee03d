// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The runtime's way for bytes, in and out, on a virtual device without its servers: transfers and
//! their sinks, files, forms, the stream of events and the serial link; and the versions of apps.

mod common;
mod files;
mod forms;
mod link;
mod streams;
mod transfers;

mod versions;
mod worn_out;
