// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! From a folder with an `app.toml` to an app file: compile, embed the manifest, check.
//!
//! The compilers are the machine's own. Where one is missing, the error says how to install it.

mod assembly;
mod c;
mod rust;
mod sources;
mod tool;

use std::fs;
use std::path::{Path, PathBuf};

pub use self::sources::Sources;
use crate::error::{CliError, Result};
use crate::module;
use crate::source::{self, Build, Lang, Source};

/// Functions that a device calls when the app exports them.
const OPTIONAL_EXPORTS: [&str; 2] = ["on_stop", "on_event"];

/// Where an app starts when its manifest does not say so; the first of them counts.
const USUAL_ENTRIES: [&str; 2] = ["_start", "main"];

/// What a compiler gets to know.
struct Job<'a> {
    /// The folder of the `app.toml`.
    dir: &'a Path,
    /// A folder for whatever comes up on the way.
    work: &'a Path,
    build: &'a Build,
    /// The entry point that the manifest names.
    entry: Option<&'a str>,
    /// Where the module goes.
    output: &'a Path,
}

impl Job<'_> {
    /// Options of the linker for what the module has to export: the entry point, and what else the
    /// device calls where it is there.
    fn exports(&self) -> Vec<String> {
        let mut options: Vec<String> =
            OPTIONAL_EXPORTS.iter().map(|name| format!("--export-if-defined={name}")).collect();
        match self.entry {
            Some(name) => options.push(format!("--export={name}")),
            // Whether there is one of them is checked with the module.
            None => options.extend(USUAL_ENTRIES.map(|name| format!("--export-if-defined={name}"))),
        }
        options
    }
}

/// A built app.
pub struct Built {
    pub name: String,
    pub path: PathBuf,
    pub size: usize,
    pub warnings: Vec<String>,
}

/// Builds the app in `dir` into `output`, or into its own `build` folder.
pub fn build(given: &Path, output: Option<&Path>) -> Result<Built> {
    let source = Source::read(&given.join(source::FILE))?;
    let name = source.manifest().name.to_string();
    let Some(build) = &source.build else {
        return Err(CliError::local(
            "bad_manifest",
            "The app.toml has no table [build].".to_string(),
        )
        .hint("Add one, for example: [build] with lang = \"c\".")
        .about(given.display()));
    };
    // Compilers run in other folders and want whole paths.
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|error| CliError::file("find", path, &error))
    };
    let dir = absolute(given)?;
    let work = dir.join("build");
    fs::create_dir_all(&work).map_err(|error| CliError::file("make the folder", &work, &error))?;
    let compiled = work.join(format!("{name}.unpacked.wasm"));
    let job = Job {
        dir: &dir,
        work: &work,
        build,
        entry: source.manifest().entry.as_deref(),
        output: &compiled,
    };
    match build.lang {
        Lang::C => c::compile(&job),
        Lang::Rust => rust::compile(&job),
        Lang::As => assembly::compile(&job),
    }
    .map_err(|error| error.about(format!("Building {name}")))?;

    let app = module::embed(&module::read(&compiled)?, &source.embedded)?;
    let report = module::check(&app);
    if let Some(problem) = report.problems.into_iter().next() {
        let message = format!("A device would refuse {name}: {}", problem.message);
        return Err(CliError::local(problem.code, message));
    }
    let path = match output {
        Some(path) => path.to_owned(),
        None => path_in(given, &name),
    };
    module::write(&path, &app)?;
    Ok(Built { name, path, size: app.len(), warnings: report.warnings })
}

/// The app that was built from the `app.toml` in `dir`.
pub fn result(dir: &Path) -> Result<PathBuf> {
    let source = Source::read(&dir.join(source::FILE))?;
    let path = path_in(dir, source.manifest().name.as_str());
    if path.is_file() {
        return Ok(path);
    }
    let message = format!("There is no {}: the app has not been built.", path.display());
    Err(CliError::local("file", message).hint("Build it first: akira build"))
}

fn path_in(dir: &Path, name: &str) -> PathBuf {
    dir.join("build").join(format!("{name}.wasm"))
}
