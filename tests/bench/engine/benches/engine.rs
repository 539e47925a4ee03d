// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `cargo bench -p akira-bench`: native calls and loading on a virtual device, next to plain WAMR,
//! all in one process and in turns. Prints medians, spreads and ratios; asserts nothing.

use std::sync::Arc;
use std::time::Instant;

use akira_bench::device::{self, install};
use akira_bench::{apps, plain, stats};
use akira_core::name::AppName;
use akira_host::platform::Host;
use akira_runtime::Runtime;

const CALLS: u32 = 2_000_000;
const ROUNDS: u32 = 15;
const LOADS: usize = 41;

fn main() {
    let (device, _folder) = device::start();
    plain::register();
    calls(device.runtime());
    for size in [10_000, 100_000, 200_000] {
        load(device.runtime(), size);
    }
    device.stop();
}

fn wait_for_end(runtime: &Arc<Runtime<Host>>, name: &AppName) {
    loop {
        let app = runtime.app(name).expect("the app is installed");
        match app.state {
            "running" | "loaded" => std::thread::sleep(std::time::Duration::from_millis(1)),
            "failed" => panic!("{name} failed: {:?}", app.reason),
            _ => return,
        }
    }
}

fn calls(runtime: &Arc<Runtime<Host>>) {
    let name: AppName = "calls".parse().expect("a name");
    install(runtime, "calls", &apps::call_app(CALLS, ROUNDS));
    runtime.start(&name).expect("the app starts");
    wait_for_end(runtime, &name);
    let mut rounds = vec![Vec::new(); apps::LOOPS.len()];
    for (kind, nanoseconds) in plain::take_reports() {
        rounds[kind].push(nanoseconds as f64 / f64::from(CALLS));
    }
    println!("native call, one i32, no work inside ({CALLS} calls a round, {ROUNDS} rounds)");
    for (kind, name) in apps::LOOPS.iter().enumerate() {
        let s = stats::summary(&rounds[kind]);
        println!("  {name:<30} {:6.1} ns  ({:.1} to {:.1})", s.median, s.min, s.max);
    }
    // Each round's loops ran one after the other, so ratios are taken round by round.
    let ratio = |of: usize, to: usize| {
        let each: Vec<f64> = rounds[of].iter().zip(&rounds[to]).map(|(a, b)| a / b).collect();
        stats::summary(&each)
    };
    for to in [1, 2] {
        let s = ratio(3, to);
        println!(
            "  mediated / {:<30} {:.3}  ({:.3} to {:.3})",
            apps::LOOPS[to],
            s.median,
            s.min,
            s.max
        );
    }
}

fn load(runtime: &Arc<Runtime<Host>>, size: usize) {
    let name: AppName = "large".parse().expect("a name");
    let module = apps::large_app("large", size);
    install(runtime, "large", &module);
    let (mut plain_rounds, mut ours_rounds) = (Vec::new(), Vec::new());
    for _ in 0..LOADS {
        plain_rounds.push(plain::load(&module) * 1e3);
        let from = Instant::now();
        runtime.start(&name).expect("the app starts");
        ours_rounds.push(from.elapsed().as_secs_f64() * 1e3);
        wait_for_end(runtime, &name);
    }
    let (plain, ours) = (stats::summary(&plain_rounds), stats::summary(&ours_rounds));
    println!(
        "load of a module of {} bytes to the point where its code runs ({LOADS} loads)",
        module.len()
    );
    println!(
        "  plain WAMR, load and instantiate from RAM     {:7.3} ms  ({:.3} to {:.3})",
        plain.median, plain.min, plain.max
    );
    println!(
        "  start of the app from LittleFS, own thread    {:7.3} ms  ({:.3} to {:.3})",
        ours.median, ours.min, ours.max
    );
    println!("  ratio                                         {:7.3}", ours.median / plain.median);
}
