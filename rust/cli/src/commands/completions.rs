// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `completions`: what makes a shell complete commands, options and the names of apps and devices.
//!
//! What the shell gets asks this program at each tab, so it never grows old.

use std::env;
use std::path::Path;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use clap_complete::env::Shells;
use serde_json::json;

use crate::args::CompletionsArgs;
use crate::error::{CliError, Result};
use crate::module;
use crate::output;

/// The program's name, and the variable by which a shell asks it.
const NAME: &str = "akira";
const VARIABLE: &str = "COMPLETE";

pub fn run(args: &CompletionsArgs, json: bool) -> Result<()> {
    let value = args.shell.to_possible_value();
    let shell = value.as_ref().map_or("bash", PossibleValue::get_name);
    let failed = |error: std::io::Error| {
        CliError::local("file", format!("The completions cannot be made: {error}."))
    };
    let shells = Shells::builtins();
    let completer = shells
        .completer(shell)
        .ok_or_else(|| CliError::usage(format!("Nothing is known about the shell {shell}.")))?;
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, NAME, NAME, &program(), &mut script).map_err(failed)?;
    let script = String::from_utf8_lossy(&script);
    match &args.output {
        Some(path) => {
            module::write(path, script.as_bytes())?;
            if json {
                output::print_json(&json!({ "shell": shell, "file": path }));
            }
        }
        None if json => output::print_json(&json!({ "shell": shell, "script": script })),
        None => output::print_line(script.trim_end()),
    }
    Ok(())
}

/// How a shell calls this program: by its name where that finds it.
fn program() -> String {
    let own = env::current_exe().ok();
    let found = env::var_os("PATH").and_then(|folders| {
        env::split_paths(&folders).map(|folder| folder.join(NAME)).find(|file| file.is_file())
    });
    let same = |one: &Path, other: &Path| one.canonicalize().ok() == other.canonicalize().ok();
    match (own, found) {
        (Some(own), Some(found)) if same(&own, &found) => NAME.to_owned(),
        (Some(own), _) => own.display().to_string(),
        (None, _) => NAME.to_owned(),
    }
}
