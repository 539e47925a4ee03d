// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `https://`: only a certificate that somebody vouches for is good.

mod common;

use std::fs;

use common::sim::{Sim, TOKEN};
use common::{akira_in, command};
use tempfile::TempDir;

#[test]
fn a_certificate_is_good_when_it_is_pinned_or_vouched_for() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = Sim::start_with(path, &["--tls"]);
    assert!(sim.url.starts_with("https://"), "{}", sim.url);
    let shown = sim.said("SHA-256: ").to_owned();

    let run = sim.akira(path, &["status", "--json"]);
    assert!(run.err.contains(&shown), "it says what to pin: {}", run.err);
    assert!(run.err.contains("--fingerprint"), "{}", run.err);
    assert_eq!(run.error(3), "untrusted_certificate");
    let follow = sim.akira(path, &["logs", "-f", "--json"]);
    assert_eq!(follow.error(3), "untrusted_certificate");

    let status = sim.akira(path, &["status", "--json", "--fingerprint", &shown]).json();
    assert_eq!(status["device"], "virtual");
    let colons: Vec<_> = shown.as_bytes().chunks(2).map(String::from_utf8_lossy).collect();
    sim.akira(path, &["status", "--fingerprint", &colons.join(":").to_uppercase()]).success();
    let other = format!("{:0>64}", 1);
    let run = sim.akira(path, &["status", "--json", "--fingerprint", &other]);
    assert!(run.err.contains("another one than"), "{}", run.err);
    assert_eq!(run.error(3), "untrusted_certificate");

    let mut events = sim.follow(&sim.url, path, &["events", "--json", "--fingerprint", &shown]);
    events.find_json(|message| message["type"] == "status");
    drop(events);

    // Kept for a name, in a process that is told nothing else.
    let args = ["device", "add", "desk", &sim.url, "--fingerprint", &shown, "--token", TOKEN];
    let mut add = command(&args);
    assert!(add.env("XDG_CONFIG_HOME", path).status().unwrap().success());
    let mut named = command(&["status", "--device", "desk"]);
    assert!(named.env("XDG_CONFIG_HOME", path).output().unwrap().status.success());

    let plain = sim.url.replace("https", "http");
    let run = sim.akira_over(&plain, path, &["status", "--json", "--fingerprint", &shown]);
    assert_eq!(run.error(2), "usage", "who pins a certificate gets one");
    let run = sim.akira_over(&plain, path, &["status", "--json"]);
    assert_eq!(run.error(3), "unreachable");
}

#[test]
fn a_device_gets_a_certificate_of_its_owner() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let names = vec!["127.0.0.1".to_owned()];
    let pair = rcgen::generate_simple_self_signed(names).unwrap();
    let (certificate, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
    fs::write(path.join("both.pem"), format!("{certificate}{key}")).unwrap();
    fs::write(path.join("certificate.pem"), &certificate).unwrap();

    let sim = Sim::start(path);
    sim.akira(path, &["config", "tls", "both.pem"]).success();
    let run = sim.akira(path, &["config", "tls", "certificate.pem", "--json"]);
    assert_eq!(run.code, Some(1), "a certificate alone is of no use");
    drop(sim);
    let sim = Sim::start_with(path, &["--tls"]);
    sim.akira(path, &["status", "--ca", "certificate.pem"]).success();
    let run = sim.akira(path, &["status", "--json"]);
    assert_eq!(run.error(3), "untrusted_certificate");
    let shown = sim.said("SHA-256: ").to_owned();
    let config = sim.akira(path, &["config", "get", "--json", "--ca", "certificate.pem"]).json();
    assert_eq!(config["tls"]["certificate_sha256"], shown.as_str());
    sim.akira(path, &["config", "tls", "--remove", "--fingerprint", &shown]).success();
}

#[test]
fn files_of_certificates_that_are_none() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    fs::write(path.join("empty.pem"), "nothing").unwrap();
    for file in ["empty.pem", "none.pem"] {
        let args = ["status", "--device", "https://127.0.0.1:1", "--ca", file, "--json"];
        assert_eq!(akira_in(path, &args).error(4), "bad_certificate", "{file}");
    }
    for pin in ["00", "", &"0g".repeat(32), &"00".repeat(33)] {
        let args = ["status", "--device", "https://127.0.0.1:1", "--fingerprint", pin];
        assert_eq!(akira_in(path, &args).code, Some(2), "{pin}");
    }
}
