// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Devices with names: the user's settings, and what they are good for.

mod common;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use common::sim::{Sim, TOKEN};
use common::{Run, command};
use serde_json::json;
use tempfile::TempDir;

/// Runs the program with its settings in this folder, and something on its standard input.
fn akira_with(folder: &Path, input: &str, args: &[&str]) -> Run {
    let mut process = command(args)
        .current_dir(folder)
        .env("XDG_CONFIG_HOME", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that reads nothing may be gone by now.
    let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
    let output = process.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn akira(folder: &Path, args: &[&str]) -> Run {
    akira_with(folder, "", args)
}

#[test]
fn a_device_with_a_name_needs_nothing_else() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = Sim::start(path);
    let token = format!("{TOKEN}\n");
    let args = ["device", "add", "desk", &sim.url, "--token-file", "-", "--json"];
    let added = akira_with(path, &token, &args).json();
    assert_eq!(
        (&added["name"], &added["token"], &added["default"]),
        (&json!("desk"), &json!(true), &json!(false))
    );
    let file = path.join("akira/config.toml");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "tokens are for their owner only");

    assert_eq!(akira(path, &["status", "--json", "--device", "desk"]).json()["device"], "virtual");
    let run = akira(path, &["device", "add", "desk", "http://127.0.0.1:1", "--json"]);
    assert_eq!(run.error(4), "exists");
    assert_eq!(akira(path, &["device", "default", "desk"]).success(), "desk\n");
    assert_eq!(akira(path, &["status", "--json"]).json()["device"], "virtual");
    let list = akira(path, &["device", "list"]).success();
    assert!(list.contains("desk") && list.contains("default"), "{list}");
    assert!(!list.contains(TOKEN), "{list}");

    // What was made for the name is kept for the name.
    let rotated = akira(path, &["token", "rotate", "--json"]).json();
    assert_eq!(rotated["kept_for"], "desk");
    assert_ne!(rotated["token"], TOKEN);
    akira(path, &["status"]).success();
    let old = akira(path, &["status", "--token", TOKEN, "--json"]);
    assert_eq!(old.error(5), "unauthorized");

    akira(path, &["device", "remove", "desk"]).success();
    let left = akira(path, &["device", "list", "--json"]).json();
    assert_eq!(left["devices"], json!([]));
    let run = akira(path, &["device", "default", "desk", "--json"]);
    assert_eq!(run.error(4), "no_device");
}

#[test]
fn a_file_written_by_hand_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = Sim::start(path);
    fs::create_dir(path.join("akira")).unwrap();
    let file = path.join("akira/config.toml");
    let url = &sim.url;
    let text = format!(
        "# mine\ndefault = \"desk\"\n\n[devices.desk]\nurl = \"{url}\"\ntoken_file = \"desk.token\"\n"
    );
    fs::write(&file, &text).unwrap();
    fs::write(path.join("akira/desk.token"), TOKEN).unwrap();
    akira(path, &["status"]).success();
    akira(path, &["device", "add", "wire", "serial:/dev/null"]).success();
    assert!(fs::read_to_string(&file).unwrap().starts_with(&text), "nothing is lost");
    let run = akira(path, &["status", "--device", "wire", "--json"]);
    assert!(run.err.contains("no serial line"), "{}", run.err);
    assert_eq!(run.error(3), "unreachable");

    for (text, code) in [
        ("default = \"nobody\"", "no_device"),
        ("devices = 3", "bad_settings"),
        ("[devices.desk]\nurl = \"http://x\"\nca = \"x\"", "bad_settings"),
        ("default = \"d\"\n[devices.d]\nurl = \"https://x\"\nfingerprint = \"00\"", "bad_settings"),
    ] {
        fs::write(&file, text).unwrap();
        assert_eq!(akira(path, &["status", "--json"]).error(4), code, "{text}");
        // Who names a device by its address needs no settings.
        let named = ["status", "--device", &sim.url, "--token", TOKEN];
        akira(path, &named).success();
    }
}

#[test]
fn tokens_others_can_read_are_warned_of() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = Sim::start(path);
    fs::write(path.join("token"), TOKEN).unwrap();
    akira(path, &["device", "add", "desk", &sim.url, "--token-file", "token"]).success();
    let file = path.join("akira/config.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let run = akira(path, &["status", "--device", "desk"]);
    assert!(run.err.contains("chmod 600"), "{}", run.err);
    run.success();
}

#[test]
fn names_and_addresses_that_cannot_be() {
    let folder = TempDir::new().unwrap();
    for args in [
        ["a b", "http://x"],
        ["-a", "http://x"],
        ["a.b", "http://x"],
        ["", "http://x"],
        ["a", "ftp://x"],
        ["a", "serial:tty"],
    ] {
        let run = akira(folder.path(), &["device", "add", "--", args[0], args[1]]);
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.err);
    }
    assert!(!folder.path().join("akira").exists());
}
