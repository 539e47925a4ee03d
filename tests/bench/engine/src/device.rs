// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The virtual device that is measured, and the way an app gets onto it.

use std::sync::Arc;

use akira_host::platform::{Console, Host};
use akira_host::{Device, SimOptions};
use akira_runtime::Runtime;
use akira_runtime::http::{Exchange, Head};
use tempfile::TempDir;

const TOKEN: &str = "measure-only-token";
/// What a server hands on at a time, in bytes.
pub const PIECE: usize = 4096;

/// A device on a flash image of its own, with room for every module that is measured. The folder
/// goes with the image when it is dropped.
pub fn start() -> (Device, TempDir) {
    let folder = tempfile::tempdir().expect("a folder for the flash image");
    let options = SimOptions {
        listen: "127.0.0.1:0".parse().expect("an address"),
        token: Some(TOKEN.to_string()),
        pool_bytes: 8 * 1024 * 1024,
        console: Console::sink().into(),
        ..SimOptions::new(folder.path().join("flash.bin"))
    };
    (Device::start(options).expect("the virtual device starts"), folder)
}

/// Installs a packed app over the API's own path, as a client's request would.
pub fn install(runtime: &Arc<Runtime<Host>>, name: &str, module: &[u8]) {
    let authorization = format!("Bearer {TOKEN}");
    let path = format!("/api/v1/apps/{name}");
    let mut exchange = Exchange::begin(
        runtime,
        &Head {
            authorization: Some(&authorization),
            content_length: Some(module.len() as u64),
            ..Head::new("PUT", &path)
        },
    );
    for piece in module.chunks(PIECE) {
        exchange.chunk(piece);
    }
    let reply = exchange.finish();
    let status = reply.status;
    assert!(status < 300, "{}", String::from_utf8_lossy(&reply.body.read_all()));
}
