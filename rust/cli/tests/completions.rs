// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a shell offers at the tab key, in a real one.

mod common;

use std::path::Path;
use std::process::Command;

use common::sim::{Sim, TOKEN};
use common::{akira, command, pack_empty};
use tempfile::TempDir;

/// What bash offers at the end of this line, which has no quotes.
fn offered(folder: &Path, device: &str, line: &str) -> Vec<String> {
    let script = format!(
        "source <(\"$AKIRA\" completions bash)\n\
         IFS=' ' COMP_WORDS=({line})\n[[ '{line}' == *' ' ]] && COMP_WORDS+=('')\n\
         COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) COMP_TYPE=9\n\
         _clap_complete_akira akira \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    );
    let tool = command(&[]);
    let mut bash = Command::new("bash");
    bash.envs(tool.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = bash
        .args(["--norc", "-c", &script])
        .env("AKIRA", tool.get_program())
        .env("XDG_CONFIG_HOME", folder)
        .env("AKIRA_DEVICE", device)
        .env("AKIRA_TOKEN", TOKEN)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

#[test]
fn commands_names_of_apps_and_of_devices() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    pack_empty(path);
    let sim = Sim::start(path);
    sim.akira(path, &["install", "app.wasm"]).success();
    let mut add = command(&["device", "add", "desk", &sim.url]);
    assert!(add.env("XDG_CONFIG_HOME", path).output().unwrap().status.success());

    let at = |device: &str, line: &str| offered(path, device, line);
    let offered = |line: &str| at(&sim.url, line);
    let mut commands = offered("akira sta");
    commands.sort();
    assert_eq!(commands, ["start", "status"]);
    assert_eq!(offered("akira stop em"), ["empty"]);
    assert_eq!(offered("akira grants ")[0], "empty");
    assert_eq!(offered("akira --device de"), ["desk"]);
    assert_eq!(offered("akira config set n"), ["name"]);
    assert_eq!(offered("akira firmware up"), ["upload"]);
    assert_eq!(offered("akira firmware upload --re"), ["--reboot"]);
    assert_eq!(offered("akira install --deny fs_w"), ["fs_write"]);
    // A device that is not there spoils no prompt.
    assert_eq!(at("http://127.0.0.1:1", "akira stop em"), [""; 0]);
}

#[test]
fn scripts_for_every_shell() {
    for shell in ["bash", "zsh", "fish"] {
        let script = akira(&["completions", shell]).success();
        assert!(script.contains("COMPLETE") && script.contains("akira"), "{shell}: {script}");
        let json = akira(&["completions", shell, "--json"]).json();
        assert_eq!(json["script"].as_str().map(str::trim_end), Some(script.trim_end()));
    }
    assert_eq!(akira(&["completions", "cmd"]).code, Some(2));
}
