// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Limits that the device's owner sets.

use std::thread::sleep;
use std::time::Duration;

use akira_core::manifest::Draft;
use akira_host::Device;

use crate::common::{Screen, alone, ask, launch, manifest, options};

/// An app cannot ask for more time than the device gives.
#[test]
fn the_execution_limit_of_a_manifest_is_cut_to_the_devices() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&dir.path().join("flash.bin"), &Screen::default());
    options.exec_timeout_max_ms = 200;
    let device = Device::start(options).unwrap();
    let greedy = Draft { exec_timeout_ms: Some(3_600_000), ..manifest("greedy", &[]) };
    launch(&device, &greedy, r#"(module (func (export "_start") (loop $l (br $l))))"#);
    let mut body = String::new();
    while !body.contains(r#""state":"failed""#) {
        sleep(Duration::from_millis(20));
        body = ask(&device, "GET", "/apps/greedy", b"").body;
    }
    assert!(body.contains("for more than 200 ms") && body.contains("at most 200 here"), "{body}");
}
