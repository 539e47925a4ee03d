// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `akira new`: what it makes, what it refuses, and that each project builds and runs far from this
//! repository.

mod common;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use common::sim::Sim;
use common::{akira_in, built};
use tempfile::TempDir;

/// Makes, builds, installs and starts a project, twice as its author would.
fn builds_and_runs(lang: &str) {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let name = format!("my-{lang}");
    let made = akira_in(path, &["new", &name, "--lang", lang]).success();
    assert!(made.contains("akira install --start"), "{made}");
    let project = path.join(&name);
    if !built(akira_in(&project, &["build", "--json"]), lang) {
        return;
    }
    let report = akira_in(&project, &["inspect", &format!("build/{name}.wasm"), "--json"]).json();
    assert_eq!(report["problems"], serde_json::json!([]));
    let sim = Sim::start(path);
    for start in 1..=2 {
        sim.akira(&project, &["install", "--start"]).success();
        let expected = format!("Hello from {name}, start number {start}");
        assert!(logged(&sim, &project, &name, &expected), "it did not say {expected:?}");
    }
}

#[test]
fn a_c_project_builds_and_runs() {
    builds_and_runs("c");
}

#[test]
fn a_rust_project_builds_and_runs() {
    builds_and_runs("rust");
}

#[test]
fn an_assemblyscript_project_builds_and_runs() {
    builds_and_runs("as");
}

/// Whether the app logs this line; gives up after some seconds.
fn logged(sim: &Sim, folder: &Path, name: &str, line: &str) -> bool {
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        if sim.akira(folder, &["logs", name]).success().contains(line) {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn nothing_is_overwritten() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let notes = path.join("blinky/README.md");
    fs::create_dir(path.join("blinky")).unwrap();
    fs::write(&notes, "mine").unwrap();
    let run = akira_in(path, &["new", "blinky", "--json"]);
    assert!(run.err.contains("README.md"), "{}", run.err);
    assert_eq!(run.error(4), "exists");
    assert_eq!(fs::read_to_string(&notes).unwrap(), "mine");
    assert_eq!(fs::read_dir(path.join("blinky")).unwrap().count(), 1, "nothing was written");

    // Beside files of other names a project may be made.
    fs::rename(&notes, path.join("blinky/notes.md")).unwrap();
    let made = akira_in(path, &["new", "blinky", "--json"]).json();
    assert_eq!(made["name"], "blinky");
    assert_eq!(fs::read_to_string(path.join("blinky/notes.md")).unwrap(), "mine");
    assert_eq!(akira_in(path, &["new", "blinky", "--json"]).error(4), "exists");
}

#[cfg(unix)]
#[test]
fn a_link_is_not_written_through() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("app")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", path.join("app/app.toml")).unwrap();
    assert_eq!(akira_in(path, &["new", "app", "--json"]).error(4), "exists");
    assert!(!path.join("elsewhere").exists());
}

#[test]
fn names_are_those_of_apps() {
    let folder = TempDir::new().unwrap();
    let long = "x".repeat(32);
    for name in ["", "Upper", "../escape", "a/b", "akira", "-dash", "with space", &long] {
        let run = akira_in(folder.path(), &["new", "--json", "--", name]);
        assert_eq!(run.error(4), "bad_name", "{name:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_folder_can_be_chosen() {
    let folder = TempDir::new().unwrap();
    akira_in(folder.path(), &["new", "3d", "deep/inside", "--lang", "c"]).success();
    let manifest = fs::read_to_string(folder.path().join("deep/inside/app.toml")).unwrap();
    assert!(manifest.contains("name = \"3d\""), "{manifest}");
    let run = akira_in(folder.path(), &["new", "x", "--lang", "go"]);
    assert_eq!(run.code, Some(2), "an unknown language is a usage error");
}

#[test]
fn what_was_not_built_cannot_be_installed() {
    let folder = TempDir::new().unwrap();
    akira_in(folder.path(), &["new", "x"]).success();
    let token = ["--token", "00112233445566778899aabbccddeeff"];
    let run = akira_in(&folder.path().join("x"), &["install", token[0], token[1]]);
    assert_eq!(run.code, Some(4));
    assert!(run.err.contains("akira build"), "{}", run.err);
}
