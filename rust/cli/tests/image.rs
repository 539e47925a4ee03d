// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Flash images of devices that are off: made, looked over, mended.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::sim::{Sim, TOKEN};
use common::{Run, akira_in, pack_empty};
use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    pack_empty(folder.path());
    akira_in(folder.path(), &["keygen", "alice"]).success();
    folder
}

fn image(folder: &Path, more: &[&str]) -> Run {
    akira_in(folder, &[&["image", "--output", "flash.bin", "app.wasm"], more].concat())
}

#[test]
fn an_image_boots_with_what_it_was_given() {
    let folder = folder();
    let path = folder.path();
    let given = [
        "--name=kitchen",
        "--origin=https://example.com",
        "--key=alice=alice.pub.pem",
        "--deny=empty=fs_read",
        "--token",
        TOKEN,
    ];
    let made = image(path, &given).success();
    assert!(made.contains("4.0 MiB") && made.contains("empty"), "{made}");
    let mode = fs::metadata(path.join("flash.bin")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(akira_in(path, &["fsck", "flash.bin", "--json"]).json()["sound"], true);

    let sim = Sim::start(path);
    // The environment gives the same token, which is there already.
    assert!(!sim.console.iter().any(|line| line.contains("token")), "{:?}", sim.console);
    let apps = sim.akira(path, &["apps", "--json"]).json();
    assert_eq!(apps["apps"][0]["version"], "1.2.3");
    assert_eq!(apps["apps"][0]["capabilities"], serde_json::json!([]));
    let config = sim.akira(path, &["config", "get", "--json"]).json();
    assert_eq!(config["name"], "kitchen");
    assert!(sim.akira(path, &["keys"]).success().contains("alice"));
    let busy = akira_in(path, &["fsck", "flash.bin", "--json"]);
    assert!(busy.err.contains("in use"), "{}", busy.err);
    assert_eq!(busy.error(4), "image");
    sim.akira(path, &["start", "empty"]).success();
}

#[test]
fn images_are_the_same_for_the_same_parts_and_take_no_token_from_the_environment() {
    let folder = folder();
    let path = folder.path();
    let make = |name: &str| {
        let mut command = common::command(&["image", "-o", name, "app.wasm", "--size", "256K"]);
        assert!(command.current_dir(path).env("AKIRA_TOKEN", TOKEN).status().unwrap().success());
        fs::read(path.join(name)).unwrap()
    };
    let first = make("a.bin");
    assert_eq!(first.len(), 256 * 1024);
    assert!(first == make("b.bin"));
    fs::rename(path.join("a.bin"), path.join("flash.bin")).unwrap();
    let sim = Sim::start_with(path, &[]);
    assert!(sim.console.iter().any(|line| line.contains("token provisioned")));
}

#[test]
fn what_a_device_refuses_is_refused() {
    let folder = folder();
    let path = folder.path();
    assert_eq!(image(path, &["--signatures=require", "--json"]).error(4), "unsigned");
    assert_eq!(image(path, &["empty.wasm", "--json"]).error(4), "no_manifest");
    assert_eq!(image(path, &["app.wasm", "--json"]).error(4), "bad_request");
    assert_eq!(image(path, &["--size=100", "--json"]).error(2), "usage");
    assert_eq!(image(path, &["--deny=nobody=rf", "--json"]).error(2), "usage");
    assert_eq!(image(path, &["--deny=empty=root"]).code, Some(2));
    assert_eq!(image(path, &["--origin=https://example.com"]).code, Some(2), "without a name");
    assert!(!path.join("flash.bin").exists());
    image(path, &[]).success();
    assert_eq!(image(path, &["--json"]).error(4), "file");
    image(path, &["--force"]).success();
    akira_in(path, &["sign", "app.wasm", "--key", "alice.pem"]).success();
    let signed = ["--force", "--signatures=require", "--key=alice=alice.pub.pem", "--json"];
    assert_eq!(image(path, &signed).json()["apps"][0]["signer"], "alice");
}

#[test]
fn a_damaged_image_is_told_and_mended() {
    let folder = folder();
    let path = folder.path();
    assert_eq!(akira_in(path, &["fsck", "none.bin", "--json"]).error(4), "image");
    assert!(!path.join("none.bin").exists());
    assert_eq!(akira_in(path, &["fsck", "app.toml", "--json"]).error(4), "image");

    image(path, &["--name=kitchen", "--key=alice=alice.pub.pem"]).success();
    let sound = akira_in(path, &["fsck", "flash.bin"]).success();
    assert!(sound.contains("nothing is wrong") && sound.contains("empty"), "{sound}");
    let good = fs::read(path.join("flash.bin")).unwrap();
    // A page of the audit log begins so.
    let at = good.windows(4).position(|four| four == b"AKA1").unwrap();
    let mut bad = good.clone();
    bad[at + 20] ^= 1;
    fs::write(path.join("flash.bin"), &bad).unwrap();
    let told = akira_in(path, &["fsck", "flash.bin"]);
    assert_eq!(told.code, Some(4));
    assert!(told.out.contains("warning: /logs/audit.0"), "{}", told.out);
    assert_eq!(fs::read(path.join("flash.bin")).unwrap(), bad, "only looked at");
    let json = akira_in(path, &["fsck", "flash.bin", "--json"]);
    assert_eq!(json.code, Some(4));
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (&json["sound"], &json["findings"][0]["severity"]),
        (&false.into(), &"warning".into())
    );

    let mended = akira_in(path, &["fsck", "flash.bin", "--repair"]).success();
    assert!(mended.contains("mended: /logs/audit.0"), "{mended}");
    assert!(akira_in(path, &["fsck", "flash.bin"]).success().contains("nothing is wrong"));
    let sim = Sim::start(path);
    assert_eq!(sim.akira(path, &["apps", "--json"]).json()["apps"][0]["name"], "empty");
}
