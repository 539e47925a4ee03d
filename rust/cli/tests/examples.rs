// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The examples on the documentation's page about languages are whole apps, and build.

mod common;

use std::fs;
use std::path::Path;

use common::{akira_in, built};
use tempfile::TempDir;

/// Builds the page's only example in a language, as the main source file of a new project.
fn builds(fence: &str, lang: &str, file: &str, capabilities: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/authors/languages.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once(&format!("```{fence}\n")).expect("an example");
    let (example, rest) = rest.split_once("```").expect("its end");
    assert!(!rest.contains(&format!("```{fence}\n")), "a second example would not be tried");

    let folder = TempDir::new().unwrap();
    akira_in(folder.path(), &["new", "example", "--lang", lang]).success();
    let project = folder.path().join("example");
    fs::write(project.join(file), example).unwrap();
    let manifest = project.join("app.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"fs_read\", \"fs_write\"", capabilities)).unwrap();
    if built(akira_in(&project, &["build", "--json"]), lang) {
        let app = project.join("build/example.wasm");
        let report = akira_in(&project, &["inspect", app.to_str().unwrap(), "--json"]).json();
        assert_eq!(report["problems"], serde_json::json!([]));
        assert_eq!(report["warnings"], serde_json::json!([]), "it has the capabilities it needs");
    }
}

#[test]
fn the_example_in_c() {
    builds("c", "c", "main.c", "\"display\", \"input\"");
}

#[test]
fn the_example_in_rust() {
    builds("rust", "rust", "src/lib.rs", "\"rf\"");
}

#[test]
fn the_example_in_assemblyscript() {
    builds("ts", "as", "main.ts", "\"rf\"");
}
