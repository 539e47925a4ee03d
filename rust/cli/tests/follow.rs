// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What goes on until it is ended: `logs -f`, `events` and `watch`.

mod common;

use std::path::Path;

use common::sim::Sim;
use common::{akira_in, built};
use tempfile::TempDir;

/// A C app that logs this, once.
fn write_app(path: &Path, says: &str) {
    let manifest = "name = \"sayer\"\nversion = \"1.0.0\"\n\n[build]\nlang = \"c\"\n";
    std::fs::write(path.join("app.toml"), manifest).unwrap();
    let source = format!(
        "#include \"akira.h\"\n\nvoid _start(void)\n{{\n\takira_log(\"{says}\", {});\n}}\n",
        says.len()
    );
    std::fs::write(path.join("main.c"), source).unwrap();
}

#[test]
fn logs_and_events_follow() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    write_app(path, "here I am");
    if !built(akira_in(path, &["build", "--json"]), "C") {
        return;
    }
    let sim = Sim::start_with(path, &["--serial"]);
    sim.akira(path, &["install"]).success();
    for (round, address) in [sim.url.clone(), sim.serial()].iter().enumerate() {
        let mut logs = sim.follow(address, path, &["logs", "-f", "sayer", "--json"]);
        let mut events = sim.follow(address, path, &["events", "--json"]);
        let mut text = sim.follow(address, path, &["events", "--types", "app,log"]);
        let hello = events.find_json(|message| message["type"] == "hello");
        assert_eq!(hello["device"], "virtual");
        events.find_json(|message| message["type"] == "app" && message["app"]["name"] == "sayer");
        events.find_json(|message| message["type"] == "status");
        sim.akira(path, &["start", "sayer"]).success();
        let line = logs.find_json(|line| line["seq"] == round);
        assert_eq!((&line["app"], &line["text"]), (&"sayer".into(), &"here I am".into()));
        events.find_json(|message| message["type"] == "log" && message["text"] == "here I am");
        text.find(|line| line.starts_with("log") && line.ends_with("here I am"));
    }
    let run = sim.akira(path, &["logs", "-f", "nobody", "--json"]);
    assert_eq!(run.error(1), "not_found");
    // A device that goes away ends what follows it, and that is no success.
    let mut logs = sim.follow(&sim.url, path, &["logs", "-f"]);
    logs.find(|line| line.contains("here I am"));
    drop(sim);
    assert_eq!(logs.end(), Some(3));
}

#[test]
fn whatever_is_saved_is_built_and_runs() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let app = path.join("app");
    std::fs::create_dir(&app).unwrap();
    write_app(&app, "the first");
    if !built(akira_in(&app, &["build", "--json"]), "C") {
        return;
    }
    let sim = Sim::start(path);
    let mut watch = sim.follow(&sim.url, path, &["watch", "app", "--json"]);
    watch.find_json(|event| event["event"] == "installed");
    watch.find_json(|event| event["event"] == "log" && event["text"] == "the first");
    write_app(&app, "the second");
    watch.find_json(|event| event["event"] == "updated");
    watch.find_json(|event| event["event"] == "log" && event["text"] == "the second");
    std::fs::write(app.join("main.c"), "nothing in C").unwrap();
    let failed = watch.find_json(|event| event["event"] == "failed");
    assert_eq!(failed["error"]["code"], "build_failed");
    write_app(&app, "the third");
    watch.find_json(|event| event["event"] == "log" && event["text"] == "the third");

    // A device that went away and is back gets the app again.
    let address = sim.url.trim_start_matches("http://").to_owned();
    drop(sim);
    let failed = watch.find_json(|event| event["event"] == "failed");
    assert_eq!(failed["error"]["code"], "unreachable");
    let sim = Sim::start_with(path, &["--listen", &address]);
    watch.find_json(|event| event["event"] == "unchanged");
    watch.find_json(|event| event["event"] == "log" && event["text"] == "the third");

    let run = sim.akira(path, &["watch", "nothing", "--json"]);
    assert_eq!(run.error(4), "file");
}
