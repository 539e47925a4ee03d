// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The commands against a real virtual device, as one user's session. The end-to-end suite goes
//! further; this keeps `cargo test` honest about the tool itself.

mod common;

use common::sim::Sim;
use common::{akira_in, pack_empty};
use tempfile::TempDir;

#[test]
fn a_session() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    pack_empty(path);

    let sim = Sim::start(path);
    assert!(sim.akira(path, &["apps"]).success().contains("No app is installed"));
    let installed = sim.akira(path, &["install", "app.wasm"]).success();
    assert!(installed.contains("installed empty 1.2.3"), "{installed}");
    assert!(installed.contains("  fs_read   granted"), "{installed}");
    let denied = sim.akira(path, &["install", "app.wasm", "--deny", "fs_read"]).success();
    assert!(denied.contains("  fs_read   denied"), "{denied}");
    assert!(sim.akira(path, &["install", "app.wasm"]).success().contains("updated empty"));
    sim.akira(path, &["start", "empty"]).success();

    let status = sim.akira(path, &["status", "--json"]).json();
    assert_eq!(status["apps"]["installed"], 1);
    let table = sim.akira(path, &["status"]).success();
    assert!(table.contains("1 installed") && table.contains("empty"), "{table}");
    assert!(sim.akira(path, &["logs", "empty"]).code == Some(0));

    let run = sim.akira(path, &["start", "nobody", "--json"]);
    assert!(run.err.contains("nobody"), "{}", run.err);
    assert_eq!(run.error(1), "not_found");
    let run = akira_in(path, &["apps", "--device", &sim.url, "--token", "wrong", "--json"]);
    assert_eq!(run.error(5), "unauthorized");
    let run = akira_in(path, &["sim", "--flash", "flash.bin", "--listen", "127.0.0.1:0"]);
    assert_eq!(run.code, Some(4), "two devices on one flash: {}", run.err);

    drop(sim);
    let sim = Sim::start(path);
    let apps = sim.akira(path, &["apps", "--json"]).json();
    assert_eq!(apps["apps"][0]["name"], "empty", "apps survive a restart");
    let gone = sim.akira(path, &["uninstall", "empty", "--json"]).json();
    assert_eq!(gone["apps"][0]["version"], "1.2.3");
    assert_eq!(sim.akira(path, &["apps", "--json"]).json()["apps"], serde_json::json!([]));
}
