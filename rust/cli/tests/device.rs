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

    // The same module again is no update that could be taken back.
    assert_eq!(sim.akira(path, &["rollback", "empty", "--json"]).error(1), "no_previous");
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

#[test]
fn a_version_comes_back() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    pack_empty(path);
    let sim = Sim::start(path);
    sim.akira(path, &["install", "app.wasm"]).success();
    let manifest = std::fs::read_to_string(path.join("app.toml")).unwrap();
    std::fs::write(path.join("app.toml"), manifest.replace("1.2.3", "2.0.0")).unwrap();
    akira_in(path, &["pack", "empty.wasm", "-o", "app.wasm"]).success();
    let updated = sim.akira(path, &["install", "app.wasm"]).success();
    assert!(updated.contains("1.2.3 is kept until 2.0.0 has run healthily"), "{updated}");
    for command in ["list", "status"] {
        let shown = sim.akira(path, &[command]).success();
        assert!(shown.contains("`akira rollback empty` brings it back"), "{shown}");
    }
    let back = sim.akira(path, &["rollback", "empty"]).success();
    assert_eq!(back, "rolled back empty to 1.2.3\n");
    assert!(!sim.akira(path, &["list"]).success().contains("rollback"));
    sim.akira(path, &["install", "app.wasm"]).success();
    let back = sim.akira(path, &["rollback", "empty", "--start", "--json"]).json();
    assert_eq!((&back["version"], &back["previous"]), (&"1.2.3".into(), &serde_json::Value::Null));
    assert_ne!(back["state"], "installed");
}
