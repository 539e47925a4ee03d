// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `cargo bench -p akira-bench --bench storage`: what an install costs on a virtual device beside
//! writing the same bytes through the storage layer alone. No network: `tests/bench/install.py` adds
//! it. Prints medians and ratios; asserts nothing.

use std::sync::Arc;
use std::time::Instant;

use akira_bench::device::{self, PIECE, install};
use akira_bench::{apps, stats};
use akira_host::platform::Host;
use akira_runtime::Runtime;
use akira_runtime::platform::{File, OpenMode};

const RUNS: usize = 15;

fn main() {
    let (device, _folder) = device::start();
    println!("install of an app of ordinary code, no network, median of {RUNS} runs");
    for size in [100_000, 200_000, 400_000] {
        let module = apps::large_app("large", size);
        let storage = rate(module.len(), || write(device.runtime(), &module));
        let install = rate(module.len(), || install(device.runtime(), "large", &module));
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
