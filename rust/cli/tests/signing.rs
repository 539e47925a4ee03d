// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Keys, signatures, trust and the audit log, as an author and an operator use them.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::sim::Sim;
use common::{akira_in, pack_empty};
use tempfile::TempDir;

/// A folder with a packed app and the keys of two people.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    pack_empty(path);
    for name in ["alice", "bob"] {
        akira_in(path, &["keygen", name]).success();
    }
    folder
}

fn sign(path: &Path, key: &str, output: &str) {
    akira_in(path, &["sign", "app.wasm", "--key", key, "-o", output]).success();
}

#[test]
fn keys_are_secret_and_never_overwritten() {
    let folder = folder();
    let path = folder.path();
    let mode = fs::metadata(path.join("alice.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = fs::read(path.join("alice.pem")).unwrap();
    assert!(before.starts_with(b"-----BEGIN PRIVATE KEY-----"));
    assert_eq!(akira_in(path, &["keygen", "alice", "--json"]).error(4), "file");
    assert_eq!(fs::read(path.join("alice.pem")).unwrap(), before);
    assert_eq!(akira_in(path, &["keygen", "../x"]).code, Some(2));
}

#[test]
fn a_signature_is_checked_and_replaced_and_dropped_by_packing() {
    let folder = folder();
    let path = folder.path();
    assert_eq!(akira_in(path, &["verify", "app.wasm", "--json"]).error(4), "unsigned");
    sign(path, "alice.pem", "signed.wasm");
    let verify = |key| akira_in(path, &["verify", "signed.wasm", "--key", key, "--json"]);
    assert_eq!(verify("alice.pub.pem").json()["verified"], true);
    assert_eq!(verify("bob.pub.pem").error(4), "bad_signature");
    assert_eq!(verify("app.toml").error(4), "bad_key");
    let unverified = akira_in(path, &["verify", "signed.wasm", "--json"]).json();
    assert_eq!(unverified["verified"], false);
    let report = akira_in(path, &["inspect", "signed.wasm", "--json"]).json();
    assert_eq!(report["problems"], serde_json::json!([]));
    assert_eq!(report["signature"]["key_id"], unverified["key_id"]);

    let first = fs::read(path.join("signed.wasm")).unwrap();
    akira_in(path, &["sign", "signed.wasm", "--key", "bob.pem"]).success();
    assert_eq!(fs::read(path.join("signed.wasm")).unwrap().len(), first.len());
    assert_eq!(verify("bob.pub.pem").json()["verified"], true);

    let packed = akira_in(path, &["pack", "signed.wasm", "-o", "again.wasm", "--json"]).json();
    assert!(packed["warnings"].to_string().contains("signature"), "{packed}");
    assert_eq!(
        fs::read(path.join("again.wasm")).unwrap(),
        fs::read(path.join("app.wasm")).unwrap()
    );

    let mut changed = first;
    changed[20] ^= 1;
    fs::write(path.join("changed.wasm"), changed).unwrap();
    assert_eq!(akira_in(path, &["verify", "changed.wasm", "--json"]).code, Some(4));
    assert_eq!(akira_in(path, &["inspect", "changed.wasm"]).code, Some(4));
    let run = akira_in(path, &["sign", "empty.wasm", "--key", "alice.pem", "--json"]);
    assert_eq!(run.error(4), "no_manifest");
}

#[test]
fn a_device_that_requires_signatures() {
    let folder = folder();
    let path = folder.path();
    sign(path, "alice.pem", "alice.wasm");
    sign(path, "bob.pem", "bob.wasm");
    let sim = Sim::start_with(path, &["--signatures", "require"]);
    assert_eq!(sim.akira(path, &["install", "app.wasm", "--json"]).error(1), "unsigned");
    assert_eq!(sim.akira(path, &["install", "alice.wasm", "--json"]).error(1), "bad_signature");
    let trusted = sim.akira(path, &["trust", "alice", "alice.pub.pem"]).success();
    assert!(trusted.contains("trusted alice"), "{trusted}");
    let run = sim.akira(path, &["trust", "other", "alice.pub.pem", "--json"]);
    assert_eq!(run.error(1), "bad_key");
    assert_eq!(sim.akira(path, &["install", "bob.wasm", "--json"]).error(1), "bad_signature");
    let installed = sim.akira(path, &["install", "alice.wasm"]).success();
    assert!(installed.contains("signed by alice"), "{installed}");
    let keys = sim.akira(path, &["keys", "--json"]).json();
    assert_eq!((&keys["policy"], &keys["keys"][0]["name"]), (&"require".into(), &"alice".into()));
    sim.akira(path, &["start", "empty"]).success();

    sim.akira(path, &["untrust", "alice"]).success();
    assert_eq!(sim.akira(path, &["untrust", "alice", "--json"]).error(1), "not_found");
    assert_eq!(sim.akira(path, &["start", "empty", "--json"]).error(1), "bad_signature");
    drop(sim);

    let sim = Sim::start_with(path, &["--signatures", "require"]);
    assert_eq!(sim.akira(path, &["start", "empty", "--json"]).error(1), "bad_signature");
    sim.akira(path, &["trust", "alice", "alice.pem"]).success();
    sim.akira(path, &["start", "empty"]).success();

    let audit = sim.akira(path, &["audit", "--json"]).success();
    let kinds: Vec<String> = audit
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|record| record["kind"].as_str().unwrap().to_owned())
        .collect();
    assert!(kinds.iter().any(|kind| kind == "signature"), "{audit}");
    assert_eq!(kinds.last().map(String::as_str), Some("keys"), "{audit}");
    let text = sim.akira(path, &["audit"]).success();
    assert!(text.contains("the key alice") && text.contains("is trusted"), "{text}");
}
