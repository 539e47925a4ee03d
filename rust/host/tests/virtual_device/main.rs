// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The virtual device from outside: started on a flash image, spoken to over HTTP.

mod api;
mod common;
mod control;
mod device;
mod events;
mod files;
mod firmware;
mod floods;
mod hardware;
mod http;
mod limits;
mod mdns;
mod network;
mod security;
mod serial;
mod starts;
mod tls;
