// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Finding a virtual device by multicast DNS on this machine.

mod common;

use common::akira;
use common::sim::Sim;
use tempfile::TempDir;

#[test]
fn a_device_that_says_so_is_found() {
    let folder = TempDir::new().unwrap();
    let sim = Sim::start_with(folder.path(), &["--mdns"]);
    let name = sim.said("found in the network as ");
    let port: u16 = sim.url.rsplit(':').next().unwrap().parse().unwrap();
    // Others may be in the network, too; and a busy machine needs another try.
    let found = (1..=5).find_map(|seconds: u32| {
        let list = akira(&["discover", "--timeout", &seconds.to_string(), "--json"]).json();
        let devices = list["devices"].as_array().unwrap().clone();
        devices.into_iter().find(|device| device["port"] == port)
    });
    let found = found.expect("the device answers");
    assert_eq!((&found["name"], &found["device"]), (&name.into(), &"virtual".into()));
    assert_eq!((&found["tls"], &found["url"]), (&false.into(), &sim.url.as_str().into()));
    assert_eq!(akira(&["discover", "--timeout", "0"]).code, Some(2));
}
