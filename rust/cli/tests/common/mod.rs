// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Runs the `akira` program as a user does, with nothing of the caller's environment that could
//! change what it does.

// Each test program uses its own part of this.
#![allow(dead_code)]

pub mod sim;

use std::path::Path;
use std::process::{Command, Output};

/// A module with an empty `_start` and nothing else.
pub const EMPTY: &[u8] = &[
    0, b'a', b's', b'm', 1, 0, 0, 0, // header
    1, 4, 1, 0x60, 0, 0, // type ()
    3, 2, 1, 0, // a function of it
    7, 10, 1, 6, b'_', b's', b't', b'a', b'r', b't', 0, 0, // export
    10, 4, 1, 2, 0, 0x0b, // an empty body
];

/// A manifest for it.
pub const MANIFEST: &str = "name = \"empty\"\nversion = \"1.2.3\"\ncapabilities = [\"fs_read\"]\n";

/// What a run of the program gave.
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The program with these arguments, not yet started.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_akira"));
    command.args(args);
    for name in ["AKIRA_DEVICE", "AKIRA_TOKEN", "CLICOLOR_FORCE", "COMPLETE"] {
        command.env_remove(name);
    }
    // Nobody's settings; tests that have some say so.
    command.env("XDG_CONFIG_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-settings"));
    // Where cargo keeps what it compiled for Rust apps, so that their standard library is compiled
    // once and not for each test.
    command.env("CARGO_TARGET_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/guests"));
    command
}

/// Runs the program to its end.
pub fn akira(args: &[&str]) -> Run {
    run(&mut command(args))
}

/// Runs the program to its end in a folder.
pub fn akira_in(folder: &Path, args: &[&str]) -> Run {
    run(command(args).current_dir(folder))
}

/// Puts the empty module, its manifest and both packed as `app.wasm` into a folder.
#[track_caller]
pub fn pack_empty(folder: &Path) {
    std::fs::write(folder.join("empty.wasm"), EMPTY).unwrap();
    std::fs::write(folder.join("app.toml"), MANIFEST).unwrap();
    akira_in(folder, &["pack", "empty.wasm", "-o", "app.wasm"]).success();
}

fn run(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } = command.output().expect("akira runs");
    Run {
        code: status.code(),
        out: String::from_utf8(stdout).expect("text on standard output"),
        err: String::from_utf8(stderr).expect("text on standard error"),
    }
}

/// Whether a build went well; a machine without the compiler says so and `false`. The test scripts
/// install the compilers first.
#[track_caller]
pub fn built(run: Run, lang: &str) -> bool {
    if run.code == Some(4) && run.out.contains("\"no_compiler\"") {
        eprintln!("not tried: {lang}: {}", run.err);
        return false;
    }
    run.success();
    true
}

impl Run {
    /// Standard output of a run that must have gone well.
    #[track_caller]
    pub fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self.out
    }

    /// Standard output of a run that must have gone well, as JSON.
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.success()).expect("one JSON document")
    }

    /// The error in JSON of a run that must have failed with this exit code.
    #[track_caller]
    pub fn error(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        assert!(self.err.contains("error: "), "{}", self.err);
        let value: serde_json::Value = serde_json::from_str(&self.out).expect("a JSON error");
        assert!(value["error"]["message"].as_str().is_some_and(|text| !text.is_empty()));
        value["error"]["code"].as_str().expect("a code").to_owned()
    }
}
