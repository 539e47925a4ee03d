// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The files that an app is built from, as far as a watcher has to know them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{CliError, Result};
use crate::source::{self, Source};

/// Folders that builds write into, or that are no sources.
const NOT_SOURCES: [&str; 3] = ["build", "target", "node_modules"];

/// Files that builds write.
const WRITTEN: [&str; 2] = ["Cargo.lock", "package-lock.json"];

/// No project has folders in folders deeper than this; a link in a circle does.
const DEPTH_MAX: usize = 16;

/// Where the sources of an app are.
pub struct Sources {
    dir: PathBuf,
    /// Files and folders elsewhere that the app.toml names.
    elsewhere: Vec<PathBuf>,
}

/// Every source with its size and its time, to see whether something is different.
#[derive(PartialEq, Eq)]
pub struct Print(BTreeMap<PathBuf, (u64, Option<SystemTime>)>);

impl Sources {
    /// Of the app whose `app.toml` is in `given`.
    pub fn of(given: &Path) -> Result<Self> {
        let source = Source::read(&given.join(source::FILE))?;
        let dir = fs::canonicalize(given).map_err(|error| CliError::file("find", given, &error))?;
        let named =
            source.build.iter().flat_map(|build| build.sources.iter().chain(&build.include));
        // What is not there is the compiler's to say.
        let named = named.filter_map(|path| fs::canonicalize(dir.join(path)).ok());
        let elsewhere = named.filter(|path| !path.starts_with(&dir)).collect();
        Ok(Self { dir, elsewhere })
    }

    /// The folders to watch, and whether with all folders in them. Files are replaced when they are
    /// saved, so it is the folders that are watched.
    pub fn folders(&self) -> Vec<(PathBuf, bool)> {
        let mut folders = vec![(self.dir.clone(), true)];
        for path in &self.elsewhere {
            if path.is_dir() {
                folders.push((path.clone(), true));
            } else if let Some(folder) = path.parent() {
                folders.push((folder.to_owned(), false));
            }
        }
        folders
    }

    /// How they are now.
    pub fn print(&self) -> Print {
        let mut files = BTreeMap::new();
        look(&self.dir, 0, &mut files);
        for path in &self.elsewhere {
            if path.is_dir() {
                look(path, 0, &mut files);
            } else {
                note(path, &mut files);
            }
        }
        Print(files)
    }
}

/// What cannot be read is not there, for the compiler neither.
fn look(folder: &Path, depth: usize, files: &mut BTreeMap<PathBuf, (u64, Option<SystemTime>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        // Hidden files and what editors keep beside a file are no sources.
        if name.starts_with('.') || name.ends_with('~') || name.starts_with('#') {
            continue;
        }
        if path.is_dir() {
            if depth < DEPTH_MAX && !NOT_SOURCES.contains(&&*name) {
                look(&path, depth + 1, files);
            }
        } else if !WRITTEN.contains(&&*name) {
            note(&path, files);
        }
    }
}

fn note(path: &Path, files: &mut BTreeMap<PathBuf, (u64, Option<SystemTime>)>) {
    if let Ok(facts) = fs::metadata(path) {
        files.insert(path.to_owned(), (facts.len(), facts.modified().ok()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "name = \"x\"\nversion = \"1.0.0\"\n\
        [build]\nlang = \"c\"\nsources = [\"main.c\", \"../common/c.c\"]\n";

    #[test]
    fn only_sources_count() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("app");
        for folder in ["app/src", "app/build", "common"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        fs::write(root.path().join("common/c.c"), "").unwrap();
        fs::write(dir.join("app.toml"), MANIFEST).unwrap();
        let sources = Sources::of(&dir).unwrap();
        assert_eq!(sources.folders().len(), 2);
        let before = sources.print();
        for name in ["build/x.wasm", "Cargo.lock", ".main.c.swp", "main.c~"] {
            fs::write(dir.join(name), "x").unwrap();
            assert!(sources.print() == before, "{name}");
        }
        for name in ["main.c", "src/lib.rs", "../common/c.c"] {
            let before = sources.print();
            fs::write(dir.join(name), "x").unwrap();
            assert!(sources.print() != before, "{name}");
        }
        fs::remove_file(dir.join("app.toml")).unwrap();
        assert!(Sources::of(&dir).is_err());
    }
}
