// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The commands of the whole HTTP API, each over the network and over a serial line.

mod common;

use std::path::Path;

use common::sim::Sim;
use common::{akira_in, pack_empty};
use serde_json::json;
use tempfile::TempDir;

/// A device with a serial line, and an app in the folder.
fn device(path: &Path) -> Sim {
    pack_empty(path);
    Sim::start_with(path, &["--serial"])
}

/// Does the same over both.
fn over_both(test: impl Fn(&Sim, &str, &Path)) {
    let folder = TempDir::new().unwrap();
    let sim = device(folder.path());
    for address in [sim.url.clone(), sim.serial()] {
        test(&sim, &address, folder.path());
    }
}

#[test]
fn an_app_from_its_installation_to_its_end() {
    over_both(|sim, address, path| {
        let akira = |args: &[&str]| sim.akira_over(address, path, args);
        let installed = akira(&["install", "app.wasm"]).success();
        assert!(installed.starts_with("installed empty 1.2.3"), "{address}: {installed}");
        let again = akira(&["install", "app.wasm"]).success();
        assert_eq!(again.lines().count(), 1, "{again}");
        assert!(again.starts_with("unchanged empty 1.2.3"), "{again}");
        assert_eq!(akira(&["install", "app.wasm", "--json"]).json()["unchanged"], true);
        let forced = akira(&["install", "app.wasm", "--force", "--json"]).json();
        assert_eq!((&forced["name"], forced.get("unchanged")), (&json!("empty"), None));

        let restarted = akira(&["restart", "empty", "--json"]).json();
        assert_eq!(restarted["apps"][0]["name"], "empty");
        assert!(akira(&["grants", "empty"]).success().contains("fs_read   granted"));
        assert!(akira(&["grants", "empty", "--deny", "fs_read"]).success().contains("denied"));
        let granted = akira(&["grants", "empty", "--set", "fs_read", "--json"]).json();
        assert_eq!(granted["capabilities"], json!(["fs_read"]));
        let none = akira(&["grants", "empty", "--set", "", "--json"]).json();
        assert_eq!(none["capabilities"], json!([]));
        // What it asks for it is granted anew.
        assert!(akira(&["install", "app.wasm"]).success().starts_with("updated empty"));

        assert!(akira(&["quota", "empty"]).success().contains("as its manifest asks"));
        assert_eq!(akira(&["quota", "empty", "96K", "--json"]).json()["memory_quota"], 98_304);
        assert!(akira(&["quota", "empty"]).success().contains("96.0 KiB, set here"));
        let reset = akira(&["quota", "empty", "manifest"]).success();
        assert!(reset.contains("as its manifest asks"), "{reset}");
        assert_eq!(akira(&["quota", "empty", "1", "--json"]).code, Some(1));

        let look = akira(&["top"]).success();
        assert!(look.contains("Memory  [") && look.contains("empty"), "{look}");
        let look = akira(&["top", "--json"]).json();
        assert_eq!(
            (&look["apps"][0]["name"], &look["status"]["device"]),
            (&json!("empty"), &json!("virtual"))
        );
        akira(&["uninstall", "empty"]).success();
        assert_eq!(akira(&["restart", "empty", "--json"]).error(1), "not_found");
    });
}

#[test]
fn files_go_there_and_come_back() {
    // Several pieces of a line, and bytes of every kind.
    let content: Vec<u8> = (0..40_000_u32).map(|n| ((n * 7) >> 3) as u8).collect();
    over_both(|sim, address, path| {
        let akira = |args: &[&str]| sim.akira_over(address, path, args);
        std::fs::write(path.join("a file"), &content).unwrap();
        akira(&["install", "app.wasm"]).success();
        let sent = akira(&["files", "put", "a file", "empty/", "--json"]).json();
        assert_eq!(sent, json!({ "path": "empty/a file", "size": 40_000 }));
        let list = akira(&["files", "ls", "empty"]).success();
        assert!(list.contains("39.0 KiB  a file"), "{list}");
        assert!(akira(&["files", "ls"]).success().contains("empty/"));

        let got = akira(&["files", "get", "empty/a file", "got", "--json"]).json();
        assert_eq!(got, json!({ "path": "empty/a file", "file": "got", "size": 40_000 }));
        assert_eq!(std::fs::read(path.join("got")).unwrap(), content);
        let run = akira(&["files", "get", "empty/a file", "-", "--json"]);
        assert_eq!(run.error(2), "usage");

        assert_eq!(akira(&["files", "get", "empty", "--json"]).error(1), "is_directory");
        assert_eq!(akira(&["files", "ls", "empty/a file", "--json"]).error(1), "not_directory");
        assert_eq!(akira(&["files", "get", "empty/none", "--json"]).error(1), "not_found");
        assert_eq!(akira(&["files", "get", "../config/x", "--json"]).error(1), "bad_path");
        assert_eq!(akira(&["files", "get", "empty/..", "--json"]).error(2), "usage");
        assert_eq!(akira(&["files", "put", "nothing", "empty/x", "--json"]).error(4), "file");
        let gone = akira(&["files", "rm", "empty/a file", "--json"]).json();
        assert_eq!(gone, json!({ "removed": ["empty/a file"] }));
        assert_eq!(akira(&["files", "rm", "empty/a file", "--json"]).error(1), "not_found");
        akira(&["uninstall", "empty"]).success();
    });
}

#[test]
fn settings_and_tokens() {
    over_both(|sim, address, path| {
        let akira = |args: &[&str]| sim.akira_over(address, path, args);
        assert_eq!(akira(&["config", "set", "name", "kitchen"]).success(), "set name to kitchen\n");
        assert_eq!(akira(&["config", "get", "name"]).success(), "kitchen\n");
        let origins = "https://a.example,https://b.example:8443";
        akira(&["config", "set", "allowed_origins", origins]).success();
        let config = akira(&["config", "get", "--json"]).json();
        assert_eq!(config["name"], "kitchen", "one setting does not change the other");
        assert_eq!(
            config["allowed_origins"],
            json!(["https://a.example", "https://b.example:8443"])
        );
        assert!(akira(&["config", "get"]).success().contains("allowed_origins https://a.example,"));
        let run = akira(&["config", "set", "name", "No Name", "--json"]);
        assert_eq!(run.error(1), "bad_config");
        let none = akira(&["config", "set", "allowed_origins", "", "--json"]).json();
        assert_eq!(none["allowed_origins"], json!([]));
        assert_eq!(akira(&["config", "tls", "app.toml", "--json"]).code, Some(1), "no PEM");

        let token = akira(&["token", "read", "--json"]).json();
        let token = token["token"].as_str().unwrap();
        let reader = |args: &[&str]| {
            akira_in(path, &[args, &["--device", address, "--token", token]].concat())
        };
        reader(&["status"]).success();
        let run = reader(&["start", "empty", "--json"]);
        assert_eq!(run.error(5), "forbidden", "a reader changes nothing");
        akira(&["token", "revoke"]).success();
        assert_eq!(reader(&["status", "--json"]).error(5), "unauthorized");
        // So that the wrong token does not keep the next one waiting.
        akira(&["status"]).success();
    });
}

#[test]
fn what_the_device_counts() {
    over_both(|sim, address, path| {
        let text = sim.akira_over(address, path, &["metrics"]).success();
        assert!(text.contains("akira_uptime_seconds ") && text.ends_with("# EOF\n"), "{text}");
        let json = sim.akira_over(address, path, &["metrics", "--json"]).json();
        let metrics = json["metrics"].as_array().unwrap();
        let info = metrics.iter().find(|metric| metric["name"] == "akira_info").unwrap();
        assert_eq!(info["labels"]["device"], "virtual");
    });
}

#[test]
fn whoever_guesses_tokens_waits() {
    let folder = TempDir::new().unwrap();
    let sim = Sim::start(folder.path());
    let guess =
        || akira_in(folder.path(), &["apps", "--device", &sim.url, "--token", "no", "--json"]);
    let refused = (0..20).map(|_| guess()).find(|run| run.out.contains("too_many_attempts"));
    let run = refused.expect("the device gets tired of it");
    assert!(run.err.contains("Wait ") && run.err.contains(" s, then"), "{}", run.err);
    assert_eq!(run.error(5), "too_many_attempts");
}
