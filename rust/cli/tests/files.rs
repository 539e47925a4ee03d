// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Commands that work on files alone: pack, inspect, and what build says before it compiles.

mod common;

use std::fs;

use common::{EMPTY, MANIFEST, akira, akira_in};
use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("empty.wasm"), EMPTY).unwrap();
    fs::write(folder.path().join("app.toml"), MANIFEST).unwrap();
    folder
}

#[test]
fn what_pack_writes_inspect_reads() {
    let folder = folder();
    akira_in(folder.path(), &["pack", "empty.wasm", "-o", "out/app.wasm"]).success();
    let report = akira_in(folder.path(), &["inspect", "out/app.wasm", "--json"]).json();
    assert_eq!(report["manifest"]["name"], "empty");
    assert_eq!(report["manifest"]["version"], "1.2.3");
    assert_eq!(report["manifest"]["capabilities"][0], "fs_read");
    assert_eq!(report["problems"], serde_json::json!([]));
    assert_eq!(report["module"]["exports"][0]["name"], "_start");

    let text = akira_in(folder.path(), &["inspect", "out/app.wasm"]).success();
    assert!(text.contains("empty 1.2.3") && text.contains("would take this app"), "{text}");
    assert!(!text.contains('\x1b'), "no colours in a pipe");
    let left: Vec<_> = fs::read_dir(folder.path().join("out")).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file is left");
}

#[test]
fn the_original_systems_manifest_can_be_packed_too() {
    let folder = folder();
    let json = r#"{"name":"old","version":"1.4.0","capabilities":["storage.read"]}"#;
    fs::write(folder.path().join("old.json"), json).unwrap();
    akira_in(folder.path(), &["pack", "empty.wasm", "--manifest", "old.json", "-o", "old.wasm"])
        .success();
    let report = akira_in(folder.path(), &["inspect", "old.wasm", "--json"]).json();
    assert_eq!(report["manifest"]["capabilities"][0], "fs_read");
}

#[test]
fn packing_twice_replaces_the_manifest() {
    let folder = folder();
    let path = folder.path();
    akira_in(path, &["pack", "empty.wasm", "-o", "one.wasm"]).success();
    fs::write(path.join("app.toml"), MANIFEST.replace("empty", "renamed")).unwrap();
    akira_in(path, &["pack", "one.wasm", "-o", "two.wasm"]).success();
    let report = akira_in(path, &["inspect", "two.wasm", "--json"]).json();
    assert_eq!(report["manifest"]["name"], "renamed");
    assert_eq!(report["problems"], serde_json::json!([]));
}

#[test]
fn what_a_device_would_refuse_is_refused_here() {
    let folder = folder();
    let path = folder.path();
    let run = akira_in(path, &["inspect", "empty.wasm", "--json"]);
    assert_eq!(run.code, Some(4));
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["problems"][0]["code"], "no_manifest");

    fs::write(path.join("start.wasm"), [EMPTY, &[8, 1, 0]].concat()).unwrap();
    fs::write(path.join("cut.wasm"), &EMPTY[..EMPTY.len() - 2]).unwrap();
    fs::write(path.join("text.wasm"), "hello").unwrap();
    for bad in ["start.wasm", "cut.wasm", "text.wasm"] {
        let run = akira_in(path, &["pack", bad, "-o", "never.wasm", "--json"]);
        assert_eq!(run.error(4), "bad_module", "{bad}");
        assert!(!path.join("never.wasm").exists());
    }
}

#[test]
fn mistakes_in_a_manifest_are_named() {
    let folder = folder();
    let path = folder.path();
    for (manifest, word) in [
        ("name = \"../x\"\nversion = \"1.0.0\"\n", "name"),
        ("name = \"x\"\nversion = \"1.0.0\"\ncapabilities = [\"*\"]\n", "everything"),
        ("name = \"x\"\nversion = \"1.0.0\"\ncolour = 1\n", "colour"),
    ] {
        fs::write(path.join("app.toml"), manifest).unwrap();
        let run = akira_in(path, &["pack", "empty.wasm", "-o", "never.wasm", "--json"]);
        assert!(run.err.contains(word), "{}", run.err);
        assert_eq!(run.error(4), "bad_manifest");
        let run = akira_in(path, &["build", ".", "--json"]);
        assert_eq!(run.error(4), "bad_manifest");
    }
}

#[test]
fn an_app_without_a_build_table_says_so() {
    let folder = folder();
    let run = akira_in(folder.path(), &["build", "."]);
    assert_eq!(run.code, Some(4));
    assert!(run.err.contains("[build]"), "{}", run.err);
}

#[test]
fn a_missing_compiler_is_named_with_the_line_that_installs_it() {
    let folder = folder();
    for (lang, install) in
        [("c", "apt-get install clang lld"), ("as", "apt-get install nodejs npm")]
    {
        let manifest = format!("{MANIFEST}[build]\nlang = \"{lang}\"\n");
        fs::write(folder.path().join("app.toml"), manifest).unwrap();
        let mut command = common::command(&["build", "."]);
        let output = command.current_dir(folder.path()).env("PATH", "").output().unwrap();
        assert_eq!(output.status.code(), Some(4));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(install), "{text}");
    }
}

#[test]
fn files_that_are_not_there() {
    for args in [
        &["inspect", "no-such-file.wasm", "--json"][..],
        &["pack", "no-such-file.wasm", "-o", "x.wasm", "--json"],
        &["install", "no-such-file.wasm", "--json"],
        &["build", "no-such-folder", "--json"],
    ] {
        assert_eq!(akira(args).error(4), "file", "{args:?}");
    }
}

#[test]
fn of_several_folders_those_without_an_app_are_left_out() {
    let folder = folder();
    let path = folder.path();
    fs::create_dir(path.join("shared")).unwrap();
    // `.` is an app, but has no table [build]: the error shows which one was tried.
    let run = akira_in(path, &["build", "shared", "."]);
    assert!(run.err.contains("[build]"), "{}", run.err);
    let run = akira_in(path, &["build", "shared", "shared", "--json"]);
    assert_eq!(run.error(4), "file");
    assert_eq!(akira_in(path, &["build", "shared", "--json"]).error(4), "file");
}
