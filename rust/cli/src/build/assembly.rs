// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! AssemblyScript, with the compiler from npm.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Job, tool};
use crate::abi::{self, Language};
use crate::error::{CliError, Result};

const COMPILER: &str = "node_modules/assemblyscript/bin/asc.js";

/// What npm needs to install exactly the versions that were tried.
const LOCK: &str = "package-lock.json";

/// Without it each app would import `env.abort`, which no device has.
const ABORT: &str = "\
// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What a failed assertion does: it logs its message and traps. Nothing is allocated, since that
// may be what failed.

import { log_error } from \"akira\";

const text = memory.data(192);

export function akiraAbort(message: string | null, file: string | null, line: u32, col: u32): void {
  if (message !== null) {
    // A UTF-16 unit takes at most three bytes in UTF-8.
    const length = min<i32>(message.length, 64);
    log_error(text, <i32>String.UTF8.encodeUnsafe(changetype<usize>(message), length, text));
  }
  unreachable();
}
";

pub fn compile(job: &Job<'_>) -> Result<()> {
    let node = tool::find(&["node", "nodejs"]).ok_or_else(|| {
        let what = "AssemblyScript apps need Node.js, which is not here.";
        tool::missing(what, "Install it with: apt-get install nodejs npm")
    })?;
    let compiler = find_compiler(job)?;
    let library = job.work.join("assembly");
    let failed = |error| CliError::file("write into", &library, &error);
    fs::create_dir_all(&library).map_err(failed)?;
    fs::write(library.join("akira.ts"), abi::generate(Language::As)).map_err(failed)?;
    fs::write(library.join("akira_abort.ts"), ABORT).map_err(failed)?;

    let main = [PathBuf::from("main.ts")];
    let sources = if job.build.sources.is_empty() { &main[..] } else { &job.build.sources };
    let pages = job.build.memory_pages.to_string();
    let mut command = Command::new(node);
    command
        .current_dir(job.dir)
        .arg(compiler)
        .args(sources)
        // asc takes library folders only relative to where it runs.
        .arg("--lib")
        .arg(library.strip_prefix(job.dir).unwrap_or(&library))
        .args(["--use", "abort=~lib/akira_abort/akiraAbort"])
        // The top level of the program becomes a function: a start section would run before the
        // app is watched.
        .args(["--exportStart", job.entry.unwrap_or("_start"), "--runtime", "stub", "-Osize"])
        .args(["--initialMemory", &pages, "--maximumMemory", &pages])
        .args(&job.build.flags)
        .arg("--outFile")
        .arg(job.output);
    tool::run(&mut command)
}

/// The compiler of the app's npm packages. Packages that are locked but not there yet are
/// installed, as cargo does by itself for Rust.
fn find_compiler(job: &Job<'_>) -> Result<PathBuf> {
    let candidates: Vec<PathBuf> = match &job.build.packages {
        Some(packages) => vec![job.dir.join(packages)],
        None => job.dir.ancestors().map(PathBuf::from).collect(),
    };
    let installed =
        || candidates.iter().map(|folder| folder.join(COMPILER)).find(|path| path.is_file());
    if let Some(compiler) = installed() {
        return Ok(compiler);
    }
    let what = "AssemblyScript apps need the compiler asc, which is not here.";
    let Some(folder) = candidates.iter().find(|folder| folder.join(LOCK).is_file()) else {
        let hint = format!(
            "Install it with: npm install --save-dev --prefix {} assemblyscript@0.27.32",
            job.dir.display()
        );
        return Err(tool::missing(what, &hint));
    };
    let npm = tool::find(&["npm"]).ok_or_else(|| {
        tool::missing(
            "Node.js is here without npm, which installs the compiler asc.",
            "Install it with: apt-get install npm",
        )
    })?;
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
    let by_hand = format!("npm ci --prefix {}", folder.display());
    eprintln!("installing the AssemblyScript compiler: {by_hand}");
    let mut command = Command::new(npm);
    command.args(["ci", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]).arg(&folder);
    let hint = format!("It can also be done by hand: {by_hand}");
    tool::run(&mut command).map_err(|error| error.hint(hint.clone()))?;
    installed().ok_or_else(|| tool::missing(what, &hint))
}
