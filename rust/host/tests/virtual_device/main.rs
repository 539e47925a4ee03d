// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The virtual device from outside: started on a flash image, spoken to over HTTP.

mod common;
mod device;
mod files;
mod hardware;
mod http;
mod limits;
mod network;
mod security;
mod starts;
