// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a device shows and senses, seen and set with the tool.

mod common;

use common::sim::Sim;
use common::{akira, akira_in, command};
use serde_json::json;
use tempfile::TempDir;

#[test]
fn a_picture_of_the_display() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = Sim::start(path);
    let text = sim.akira(path, &["screenshot"]).success();
    assert!(text.contains("virtual.png") && text.contains("320 x 240"), "{text}");
    let picture = std::fs::read(path.join("virtual.png")).unwrap();

    let report = sim.akira(path, &["screenshot", "-o", "new/p.png", "--json"]).json();
    let size = picture.len();
    let expected = json!({ "file": "new/p.png", "width": 320, "height": 240, "size": size });
    assert_eq!(report, expected);
    assert_eq!(std::fs::read(path.join("new/p.png")).unwrap(), picture);

    let mut piped = command(&["screenshot", "-o", "-", "--device", &sim.url]);
    let piped = piped.env("AKIRA_TOKEN", common::sim::TOKEN).output().unwrap();
    assert!(piped.status.success());
    assert_eq!(piped.stdout, picture, "the picture and nothing else");
    let run = sim.akira(path, &["screenshot", "-o", "-", "--json"]);
    assert_eq!(run.error(2), "usage");
    let run = akira_in(path, &["screenshot", "--device", &sim.url, "--json", "--token", "wrong"]);
    assert_eq!(run.error(5), "unauthorized");
    let run = sim.akira(path, &["screenshot", "-o", "virtual.png/x.png", "--json"]);
    assert_eq!(run.error(4), "file");
}

#[test]
fn sensors_measure_what_they_are_told() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = Sim::start(path);
    let table = sim.akira(path, &["sensors"]).success();
    let cells: Vec<Vec<_>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(cells.len(), 17, "{table}");
    assert_eq!(cells[1], ["0", "temperature", "21.5", "C"]);
    assert_eq!(cells[14], ["13", "proximity", "0"]);

    let text = sim.akira(path, &["sensors", "set", "0", "-3.25"]).success();
    assert_eq!(text, "set temperature to -3.25 C\n");
    let set = sim.akira(path, &["sensors", "set", "15", "1e3", "--json"]).json();
    assert_eq!(set, json!({ "id": 15, "name": "current", "unit": "A", "value": 1000.0 }));
    let list = sim.akira(path, &["sensors", "--json"]).json();
    assert_eq!(list["sensors"][0]["value"], -3.25);
    assert_eq!(list["sensors"][15], set);

    let run = sim.akira(path, &["sensors", "set", "16", "1", "--json"]);
    assert!(run.err.contains("There is no sensor 16"), "the device's words: {}", run.err);
    assert_eq!(run.error(1), "not_found");
    for value in ["nan", "inf", "-inf", "1e39", "warm", ""] {
        assert_eq!(akira(&["sensors", "set", "0", value]).code, Some(2), "{value}");
    }
    assert_eq!(akira(&["sensors", "set", "256", "1"]).code, Some(2));
}

#[test]
fn inputs_are_moved() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = Sim::start(path);
    for (args, text) in [
        (&["button", "a", "--hold", "0"][..], "pressed and let go of A\n"),
        (&["button", "LEFT", "--press"], "pressed left\n"),
        (&["button", "left", "--release"], "let go of left\n"),
        (&["touch", "319", "239", "--press"], "pressed the panel at 319, 239\n"),
        (&["analog", "1", "65535"], "moved channel 1 to 65535\n"),
    ] {
        assert_eq!(sim.akira(path, &[&["input"], args].concat()).success(), text);
        let answer = sim.akira(path, &[&["input", "--json"], args].concat()).json();
        assert_eq!(answer, json!({}));
    }
    for (args, code) in
        [(["touch", "320", "0"], "bad_request"), (["analog", "2", "0"], "not_found")]
    {
        let run = sim.akira(path, &[&["input", "--json"], &args[..]].concat());
        assert_eq!(run.error(1), code);
    }
    for args in [
        &["button"][..],
        &["button", "E"],
        &["button", "A", "--press", "--release"],
        &["button", "A", "--press", "--hold", "5"],
        &["touch", "1"],
        &["touch", "-1", "0"],
        &["analog", "0", "65536"],
        &["shake"],
    ] {
        assert_eq!(akira(&[&["input"], args].concat()).code, Some(2), "{args:?}");
    }
}

#[test]
fn options_of_the_device_that_cannot_be() {
    for args in [
        &["--rf-port", "0"][..],
        &["--rf-port", "65536"],
        &["--signatures", "maybe"],
        &["--grant", "rf,everything"],
        &["--grant", "*"],
        &["--grant", ""],
        &["--pool", "63"],
        &["--pool", "x"],
    ] {
        assert_eq!(akira(&[&["sim"], args].concat()).code, Some(2), "{args:?}");
    }
}
