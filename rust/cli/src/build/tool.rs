// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Finding and running compilers.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{CliError, Result};
use crate::progress::Bar;

/// The first of these programs that is in the search path.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    names.iter().find_map(|name| {
        env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
    })
}

/// What a program prints on standard output; `None` when it fails.
pub fn output_of(program: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// Runs a compiler. What it says goes to standard error, so that `--json` stays JSON; at its end,
/// since until then the line that says what goes on is there.
pub fn run(command: &mut Command) -> Result<()> {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let bar = Bar::busy(format!("{name} works"));
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| CliError::file("run", &program, &error))?;
    drop(bar);
    for said in [&output.stderr, &output.stdout] {
        anstream::eprint!("{}", String::from_utf8_lossy(said));
    }
    if output.status.success() {
        return Ok(());
    }
    Err(CliError::local("build_failed", format!("{name} failed ({}).", output.status))
        .hint("What it printed above says why."))
}

/// Whether a compiler's words may have colours: they end up on standard error.
pub fn colours() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}

/// A compiler that is not on this machine.
pub fn missing(what: &str, install: &str) -> CliError {
    CliError::local("no_compiler", what).hint(install)
}
