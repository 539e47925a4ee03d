// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! C, with clang and lld; no C library.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Job, tool};
use crate::abi::{self, Language};
use crate::error::{CliError, Result};

const CLANG: [&str; 9] = [
    "clang", "clang-22", "clang-21", "clang-20", "clang-19", "clang-18", "clang-16", "clang-15",
    "clang-14",
];

const INSTALL: &str = "Install both with: apt-get install clang lld";

pub fn compile(job: &Job<'_>) -> Result<()> {
    let clang = tool::find(&CLANG)
        .ok_or_else(|| tool::missing("C apps need clang, which is not here.", INSTALL))?;
    if !tool::output_of(&clang, &["--print-targets"]).is_some_and(|text| text.contains("wasm32")) {
        let what = format!("{} cannot compile for WebAssembly.", clang.display());
        return Err(tool::missing(&what, INSTALL));
    }
    if tool::find(&["wasm-ld"]).is_none() {
        return Err(tool::missing("C apps need the linker wasm-ld, which is not here.", INSTALL));
    }
    // The header that belongs to this tool, for apps that bring none of their own.
    let headers = job.work.join("include");
    let failed = |error| CliError::file("write into", &headers, &error);
    fs::create_dir_all(&headers).map_err(failed)?;
    fs::write(headers.join("akira.h"), abi::generate(Language::C)).map_err(failed)?;
    let memory = job.build.memory_pages * 65_536;
    let mut command = Command::new(clang);
    command
        .current_dir(job.dir)
        .args(["--target=wasm32", "-std=c11", "-Os", "-Wall", "-Wextra"])
        .args(["-ffreestanding", "-fvisibility=hidden", "-mbulk-memory", "-nostdlib"])
        .args(job.build.include.iter().map(|path| format!("-I{}", path.display())))
        .arg("-I")
        .arg(&headers)
        .arg(if tool::colours() { "-fcolor-diagnostics" } else { "-fno-color-diagnostics" })
        .args(&job.build.flags)
        .args(sources(job)?)
        // A stack below the data traps when it overflows, instead of writing over the data.
        .args(["-Wl,--no-entry", "-Wl,--stack-first", "-Wl,--gc-sections", "-Wl,--strip-all"])
        .arg(format!("-Wl,-z,stack-size={}", job.build.stack_bytes()))
        .arg(format!("-Wl,--initial-memory={memory},--max-memory={memory}"))
        // With these two the engine finds where the app's heap may begin, and needs no page more.
        .args(["-Wl,--export=__heap_base", "-Wl,--export=__data_end"])
        .args(job.exports().iter().map(|option| format!("-Wl,{option}")))
        .arg("-o")
        .arg(job.output);
    tool::run(&mut command)
}

fn sources(job: &Job<'_>) -> Result<Vec<PathBuf>> {
    if !job.build.sources.is_empty() {
        return Ok(job.build.sources.clone());
    }
    let failed = |error| CliError::file("list", job.dir, &error);
    let mut sources = Vec::new();
    for entry in fs::read_dir(job.dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "c") {
            sources.push(path);
        }
    }
    if sources.is_empty() {
        let message = format!("There is no C file in {}.", job.dir.display());
        return Err(CliError::local("build_failed", message));
    }
    sources.sort();
    Ok(sources)
}
