// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The commands against a real virtual device, as one user's session. The end-to-end suite goes
//! further; this keeps `cargo test` honest about the tool itself.

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use common::{EMPTY, MANIFEST, Run, akira_in, command};
use tempfile::TempDir;

const TOKEN: &str = "00112233445566778899aabbccddeeff";

/// A virtual device in a process of its own, which ends with the test.
struct Sim {
    process: Child,
    url: String,
}

impl Sim {
    fn start(folder: &Path) -> Self {
        let mut process = command(&["sim", "--listen", "127.0.0.1:0", "--flash", "flash.bin"])
            .current_dir(folder)
            .env("AKIRA_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("HTTP API at ")?.1.to_owned()))
            .expect("the device comes up");
        // The rest of its console has to go somewhere, or the device waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url }
    }

    fn akira(&self, folder: &Path, args: &[&str]) -> Run {
        let with_device = [args, &["--device", &self.url, "--token", TOKEN]].concat();
        akira_in(folder, &with_device)
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        // Killed like a device that loses its power. It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_session() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    std::fs::write(path.join("empty.wasm"), EMPTY).unwrap();
    std::fs::write(path.join("app.toml"), MANIFEST).unwrap();
    akira_in(path, &["pack", "empty.wasm", "-o", "app.wasm"]).success();

    let sim = Sim::start(path);
    assert!(sim.akira(path, &["apps"]).success().contains("No app is installed"));
    let installed = sim.akira(path, &["install", "app.wasm"]).success();
    assert!(installed.contains("installed empty 1.2.3"), "{installed}");
    assert!(installed.contains("asks for  fs_read\n  granted   fs_read"), "{installed}");
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
