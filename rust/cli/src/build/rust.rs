// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Rust, with a toolchain that has a bare WebAssembly target (rustup), or else one that has the
//! sources of the standard library, from which cargo builds `core` and `alloc` (Debian).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Job, tool};
use crate::error::{CliError, Result};

/// Bare targets, the better first: the second has language features switched on that a device
/// need not have.
const TARGETS: [&str; 2] = ["wasm32v1-none", "wasm32-unknown-unknown"];

const INSTALL: &str = "With rustup: rustup target add wasm32v1-none\n\
     On Debian: apt-get install rustc-web cargo-web rust-web-src lld";

/// How apps are compiled on this machine.
struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    target: &'static str,
    /// The library's sources, when `core` has to be built.
    library: Option<PathBuf>,
}

pub fn compile(job: &Job<'_>) -> Result<()> {
    let toolchain = Toolchain::find()?;
    let mut command = toolchain.command(job);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| CliError::file("run", &toolchain.cargo, &error))?;
    if !output.status.success() {
        return Err(CliError::local("build_failed", format!("cargo failed ({}).", output.status))
            .hint("What it printed above says why."));
    }
    let module = artifact(&output.stdout).ok_or_else(|| {
        CliError::local("build_failed", "cargo made no WebAssembly module.")
            .hint("The app's Cargo.toml needs: [lib] with crate-type = [\"cdylib\"].")
    })?;
    fs::copy(&module, job.output).map(drop).map_err(|error| CliError::file("copy", &module, &error))
}

impl Toolchain {
    fn find() -> Result<Self> {
        let cargo = |names: &[&str]| tool::find(names);
        // Debian's compiler may be hidden behind rustup's in the search path.
        let candidates = [
            (cargo(&["cargo"]), tool::find(&["rustc"])),
            (Some(PathBuf::from("/usr/bin/cargo")), Some(PathBuf::from("/usr/bin/rustc"))),
        ];
        let pairs: Vec<(PathBuf, PathBuf)> = candidates
            .into_iter()
            .filter_map(|(cargo, rustc)| Some((cargo?, rustc?)))
            .filter(|(cargo, rustc)| cargo.is_file() && rustc.is_file())
            .collect();
        let ready = pairs.iter().find_map(|(cargo, rustc)| Self::with_target(cargo, rustc));
        let sources = || pairs.iter().find_map(|(cargo, rustc)| Self::with_sources(cargo, rustc));
        let toolchain = ready.or_else(sources).ok_or_else(|| {
            let what = "Rust apps need a Rust compiler for WebAssembly, which is not here.";
            tool::missing(what, INSTALL)
        })?;
        if toolchain.library.is_some() && tool::find(&["wasm-ld"]).is_none() {
            let what = "Rust apps need the linker wasm-ld, which is not here.";
            return Err(tool::missing(what, "Install it with: apt-get install lld"));
        }
        Ok(toolchain)
    }

    fn with_target(cargo: &Path, rustc: &Path) -> Option<Self> {
        let libraries = sysroot(rustc)?.join("lib/rustlib");
        let target =
            TARGETS.into_iter().find(|target| libraries.join(target).join("lib").is_dir())?;
        Some(Self { cargo: cargo.into(), rustc: rustc.into(), target, library: None })
    }

    fn with_sources(cargo: &Path, rustc: &Path) -> Option<Self> {
        let library = sysroot(rustc)?.join("lib/rustlib/src/rust/library");
        let target = TARGETS[0];
        let known = tool::output_of(rustc, &["--print", "target-list"])?;
        let usable = library.join("core").is_dir() && known.lines().any(|line| line == target);
        usable.then(|| Self {
            cargo: cargo.into(),
            rustc: rustc.into(),
            target,
            library: Some(library),
        })
    }

    fn command(&self, job: &Job<'_>) -> Command {
        let mut command = Command::new(&self.cargo);
        command
            .current_dir(job.dir)
            .env("RUSTC", &self.rustc)
            .env("CARGO_ENCODED_RUSTFLAGS", rustflags(job).join("\x1f"))
            // Set by rustup and cargo when they run this program; they speak of its own build.
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("CARGO")
            .args(["build", "--release", "--target", self.target])
            .arg("--message-format=json-render-diagnostics");
        if env::var_os("CARGO_TARGET_DIR").is_none() {
            command.arg("--target-dir").arg(job.work.join("cargo"));
        }
        if let Some(library) = &self.library {
            // Debian's compiler is a release build; this opens `-Z` and changes nothing else.
            command.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=core,alloc");
            command.arg("--config").arg(format!("target.{}.linker = 'wasm-ld'", self.target));
            let vendored = library.join("vendor");
            // The library's own dependencies come with it. That is a replacement for the registry
            // as a whole, so it is used only for apps that take nothing from there.
            if vendored.is_dir() && !uses_registry(job.dir) {
                command
                    .arg("--offline")
                    .args(["--config", "source.crates-io.replace-with = 'library'"])
                    .arg("--config")
                    .arg(format!("source.library.directory = '{}'", vendored.display()));
            }
        }
        command.args(&job.build.flags);
        command
    }
}

fn sysroot(rustc: &Path) -> Option<PathBuf> {
    tool::output_of(rustc, &["--print", "sysroot"]).map(|text| PathBuf::from(text.trim()))
}

/// Whether the app's lock file names a crate from the registry. Without a lock file it may.
fn uses_registry(dir: &Path) -> bool {
    let manifest = fs::read_to_string(dir.join("Cargo.lock"));
    manifest.map_or(true, |text| text.contains("source = \"registry+"))
}

fn rustflags(job: &Job<'_>) -> Vec<String> {
    let memory = job.build.memory_pages * 65_536;
    let mut flags = vec![
        format!("-Clink-arg=-zstack-size={}", job.build.stack_bytes()),
        format!("-Clink-arg=--initial-memory={memory}"),
        format!("-Clink-arg=--max-memory={memory}"),
    ];
    flags.extend(job.exports().iter().map(|option| format!("-Clink-arg={option}")));
    flags
}

/// The WebAssembly file among what cargo says it made.
fn artifact(messages: &[u8]) -> Option<PathBuf> {
    let text = String::from_utf8_lossy(messages);
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter_map(|message| {
            let files = message["filenames"].as_array()?;
            let file = files.iter().filter_map(Value::as_str).find(|f| f.ends_with(".wasm"))?;
            Some(PathBuf::from(file))
        })
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_module_that_cargo_made_is_taken() {
        let messages = br#"{"reason":"compiler-artifact","filenames":["/t/libdep.rlib"]}
not json
{"reason":"compiler-artifact","filenames":["/t/app.wasm"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(artifact(messages), Some(PathBuf::from("/t/app.wasm")));
        assert_eq!(artifact(b""), None);
    }

    #[test]
    fn only_a_lock_file_without_registry_crates_lets_an_app_build_offline() {
        let dir = tempfile::tempdir().unwrap();
        assert!(uses_registry(dir.path()));
        let lock = dir.path().join("Cargo.lock");
        fs::write(&lock, "[[package]]\nname = \"x\"\n").unwrap();
        assert!(!uses_registry(dir.path()));
        fs::write(&lock, "source = \"registry+https://example.org\"\n").unwrap();
        assert!(uses_registry(dir.path()));
    }
}
