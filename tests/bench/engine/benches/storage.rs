// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `cargo bench -p akira-bench --bench storage`: what an install costs on a virtual device beside
//! writing the same bytes through the storage layer alone. No network: `tests/bench/install.py` adds
//! it. Prints medians and ratios; asserts nothing.

use std::sync::Arc;
use std::time::Instant;

use akira_bench::{apps, stats};
use akira_host::platform::{Console, Host};
use akira_host::{Device, SimOptions};
use akira_runtime::Runtime;
use akira_runtime::http::{Exchange, Head};
use akira_runtime::platform::{File, OpenMode};

const TOKEN: &str = "measure-only-token";
const RUNS: usize = 15;
/// What a server hands on at a time.
const PIECE: usize = 4096;

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the flash image");
    let options = SimOptions {
        listen: "127.0.0.1:0".parse().expect("an address"),
        token: Some(TOKEN.to_string()),
        pool_bytes: 8 * 1024 * 1024,
        console: Console::sink(),
        ..SimOptions::new(folder.path().join("flash.bin"))
    };
    let device = Device::start(options).expect("the virtual device starts");
    println!("install of an app of ordinary code, no network, median of {RUNS} runs");
    for size in [100_000, 200_000, 400_000] {
        let module = apps::large_app("large", size);
        let storage = rate(module.len(), || write(device.runtime(), &module));
        let install = rate(module.len(), || install(device.runtime(), &module));
        println!(
            "  {:>6} bytes  storage alone {storage:>7.1} MB/s  install {install:>7.1} MB/s  ratio {:.3}",
            module.len(),
            install / storage
        );
    }
    device.stop();
}

/// Median throughput in MB/s.
fn rate(bytes: usize, mut once: impl FnMut()) -> f64 {
    once();
    let rates: Vec<f64> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            once();
            bytes as f64 / began.elapsed().as_secs_f64() / 1e6
        })
        .collect();
    stats::summary(&rates).median
}

/// Writes the bytes as an install does: to a new file, synced, then renamed into place.
fn write(runtime: &Arc<Runtime<Host>>, bytes: &[u8]) {
    let storage = runtime.platform().storage();
    let mut file = storage.open("/measure.tmp", OpenMode::REPLACE).expect("a file");
    for piece in bytes.chunks(PIECE) {
        assert_eq!(file.write(piece).expect("room for it"), piece.len());
    }
    file.sync().expect("the flash takes it");
    file.close().expect("the flash has it");
    storage.rename("/measure.tmp", "/measure").expect("it is in place");
    storage.remove("/measure").expect("it is gone");
}

/// Installs over the API's own path, as a client's request would.
fn install(runtime: &Arc<Runtime<Host>>, module: &[u8]) {
    let authorization = format!("Bearer {TOKEN}");
    let head = Head {
        method: "PUT",
        path: "/api/v1/apps/large",
        authorization: Some(&authorization),
        content_length: Some(module.len() as u64),
    };
    let mut exchange = Exchange::begin(runtime, &head);
    for piece in module.chunks(PIECE) {
        exchange.chunk(piece);
    }
    let reply = exchange.finish();
    assert!(reply.status < 300, "{}", String::from_utf8_lossy(&reply.body));
}
