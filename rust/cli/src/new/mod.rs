// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `akira new`: the folder of an app that builds, with everything in it that the app needs from
//! here. The files are inside this program, so that it is all a user has to have.
//!
//! Nothing that exists is overwritten: where one of the files is there already, none is written.

mod files;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use akira_core::name::AppName;

use crate::error::{CliError, Result};
use crate::source::Lang;

/// A new project.
#[derive(Debug)]
pub struct Project {
    pub name: AppName,
    pub dir: PathBuf,
    /// What was written, relative to the folder.
    pub files: Vec<&'static str>,
}

/// Writes the project of an app with this name into `dir`, or into a folder of its name.
pub fn create(name: &str, lang: Lang, dir: Option<&Path>) -> Result<Project> {
    let name: AppName = name
        .parse()
        .map_err(|error| CliError::local("bad_name", format!("{name:?} is no name: {error}")))?;
    let dir = dir.map_or_else(|| PathBuf::from(name.as_str()), Path::to_owned);
    let files = files::of(lang, &name);
    let taken: Vec<String> = files
        .iter()
        .map(|(path, _)| dir.join(path))
        // A link that leads nowhere is in the way too.
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| path.display().to_string())
        .collect();
    if !taken.is_empty() {
        return Err(CliError::local("exists", format!("There is already {}.", taken.join(", ")))
            .hint("Nothing was written. Name another folder: akira new NAME DIR"));
    }
    for (path, text) in &files {
        write_new(&dir.join(path), text)?;
    }
    Ok(Project { name, dir, files: files.into_iter().map(|(path, _)| path).collect() })
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    let failed = |error| CliError::file("write", path, &error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| CliError::file("make the folder", folder, &error))?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}
