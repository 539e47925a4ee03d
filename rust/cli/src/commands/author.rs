// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `new`, `build`, `pack` and `abi`: what authors of apps use at their desks.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde_json::json;

use crate::abi;
use crate::args::{AbiArgs, BuildArgs, NewArgs, PackArgs};
use crate::build::{self, Built};
use crate::error::{CliError, Result};
use crate::module::{self, Embedded};
use crate::new;
use crate::output::{self, GOOD, STRONG, WARN};
use crate::source::{self, Source};

pub fn new(args: &NewArgs, json: bool) -> Result<()> {
    let project = new::create(&args.name, args.lang, args.dir.as_deref())?;
    let (name, dir) = (project.name.as_str(), project.dir.display());
    if json {
        output::print_json(&json!({ "name": name, "dir": project.dir, "files": project.files }));
        return Ok(());
    }
    output::print_line(&format!(
        "{GOOD}made{GOOD:#} {STRONG}{name}{STRONG:#}  {dir}, {} files",
        project.files.len()
    ));
    output::print_line(&format!(
        "Build it and run it:\n  cd {dir}\n  akira build\n  akira install --start\n\
         Or have that done whenever a file is saved: akira watch"
    ));
    Ok(())
}

pub fn build(args: &BuildArgs, json: bool) -> Result<()> {
    if args.output.is_some() && args.dirs.len() > 1 {
        return Err(CliError::usage("--output takes a single app; give one DIR."));
    }
    let mut results = Vec::new();
    // `akira build apps/*` also names folders with what the apps share.
    let dirs: Vec<&PathBuf> = match args.dirs.as_slice() {
        [one] => vec![one],
        several => several.iter().filter(|dir| dir.join(source::FILE).exists()).collect(),
    };
    if dirs.is_empty() {
        let message = format!("None of these folders has an {}.", source::FILE);
        return Err(CliError::local("file", message));
    }
    for dir in dirs {
        let built = build::build(dir, args.output.as_deref())?;
        if json {
            results.push(json!({
                "name": built.name, "file": built.path, "size": built.size,
                "warnings": built.warnings,
            }));
        } else {
            show(&built);
        }
    }
    if json {
        output::print_json(&json!({ "apps": results }));
    }
    Ok(())
}

pub fn show(built: &Built) {
    output::print_line(&format!(
        "{GOOD}built{GOOD:#} {STRONG}{}{STRONG:#}  {}  {}",
        built.name,
        built.path.display(),
        output::size(built.size as u64)
    ));
    warn(&built.warnings);
}

pub fn warn(warnings: &[String]) {
    for warning in warnings {
        anstream::eprintln!("{WARN}warning:{WARN:#} {}", output::clean(warning));
    }
}

pub fn pack(args: &PackArgs, json: bool) -> Result<()> {
    let manifest = manifest(&args.manifest)?;
    let module = module::read(&args.file)?;
    let app =
        module::embed(&module, &manifest).map_err(|error| error.about(args.file.display()))?;
    let mut report = module::check(&app);
    if module::is_signed(&module) {
        let text = "its signature was about the app before and is gone; sign it again with \
                    `akira sign`";
        report.warnings.push(text.into());
    }
    if !args.no_check
        && let Some(problem) = report.problems.into_iter().next()
    {
        let message = format!("A device would refuse this app: {}", problem.message);
        return Err(CliError::local(problem.code, message));
    }
    module::write(&args.output, &app)?;
    let name = manifest.manifest.name.as_str();
    if json {
        output::print_json(&json!({
            "name": name, "file": args.output, "size": app.len(), "warnings": report.warnings,
        }));
    } else {
        let size = output::size(app.len() as u64);
        let file = args.output.display();
        output::print_line(&format!(
            "{GOOD}packed{GOOD:#} {STRONG}{name}{STRONG:#}  {file}  {size}"
        ));
        warn(&report.warnings);
    }
    Ok(())
}

/// Reads a manifest; the file's ending tells the form.
fn manifest(path: &Path) -> Result<Embedded> {
    if path.extension().is_some_and(|extension| extension == "json") {
        let bytes =
            fs::read(path).map_err(|error| CliError::file("read the manifest", path, &error))?;
        return Embedded::from_json(bytes).map_err(|error| error.about(path.display()));
    }
    Ok(Source::read(path)?.embedded)
}

pub fn abi(args: &AbiArgs, json: bool) -> Result<()> {
    let text = abi::generate(args.language);
    let language = args.language.to_possible_value();
    let language = language.as_ref().map(PossibleValue::get_name);
    match &args.output {
        Some(path) => {
            fs::write(path, text).map_err(|error| CliError::file("write", path, &error))?;
            if json {
                output::print_json(&json!({ "language": language, "file": path }));
            }
        }
        None if json => output::print_json(&json!({ "language": language, "text": text })),
        None => output::print_line(text.trim_end()),
    }
    Ok(())
}
