// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `app.toml`: the manifest as an author writes it, and how the app is built.

use std::fs;
use std::path::{Path, PathBuf};

use akira_core::manifest::{Draft, Manifest};
use serde::Deserialize;

use crate::error::{CliError, Result};
use crate::module::Embedded;

/// The file's usual name.
pub const FILE: &str = "app.toml";

/// What an `app.toml` says.
pub struct Source {
    /// The manifest, in the form in which it is packed.
    pub embedded: Embedded,
    /// The table `[build]`.
    pub build: Option<Build>,
}

/// The language of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// C, with clang
    C,
    /// Rust, without the standard library
    Rust,
    /// AssemblyScript
    As,
}

/// How an app is compiled. Paths are relative to the folder of the `app.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    pub lang: Lang,
    /// A manifest in AkiraOS's JSON form, which is packed as it is. Then the `app.toml` has this
    /// table and nothing else.
    pub manifest: Option<PathBuf>,
    /// Source files of C and AssemblyScript. C: by default each *.c in the folder.
    /// AssemblyScript: by default main.ts.
    #[serde(default)]
    pub sources: Vec<PathBuf>,
    /// C: folders with headers.
    #[serde(default)]
    pub include: Vec<PathBuf>,
    /// AssemblyScript: the folder whose node_modules has the compiler. By default the app's
    /// folder or one above it.
    pub packages: Option<PathBuf>,
    /// More flags for clang, cargo or asc.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Linear memory in pages of 64 KiB. It does not grow.
    #[serde(default = "one")]
    pub memory_pages: u32,
    /// C and Rust: the part of the linear memory that holds the stack, in bytes. By default 4096
    /// for C and 8192 for Rust, whose formatting takes more.
    stack_bytes: Option<u32>,
}

impl Build {
    /// The size of the stack in bytes.
    pub fn stack_bytes(&self) -> u32 {
        self.stack_bytes.unwrap_or(match self.lang {
            Lang::Rust => 8192,
            Lang::C | Lang::As => 4096,
        })
    }
}

const fn one() -> u32 {
    1
}

impl Source {
    /// The manifest after all checks.
    pub fn manifest(&self) -> &Manifest {
        &self.embedded.manifest
    }

    /// Reads and checks an `app.toml`.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)
            .map_err(|error| CliError::file("read the manifest", path, &error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder).map_err(|error| error.about(path.display()))
    }

    fn parse(text: &str, folder: &Path) -> Result<Self> {
        let bad = |message: String| CliError::local("bad_manifest", message);
        let mut table: toml::Table =
            text.parse().map_err(|error| bad(format!("This is no valid TOML: {error}")))?;
        let build = table
            .remove("build")
            .map(toml::Value::try_into::<Build>)
            .transpose()
            .map_err(|error| bad(format!("The table [build] is wrong: {error}")))?;
        let embedded = match build.as_ref().and_then(|build| build.manifest.as_ref()) {
            Some(_) if !table.is_empty() => {
                return Err(bad("The manifest is in the file that [build] names; leave out \
                     everything else."
                    .into()));
            }
            Some(path) => {
                let path = folder.join(path);
                let json = fs::read(&path)
                    .map_err(|error| CliError::file("read the manifest", &path, &error))?;
                Embedded::from_json(json).map_err(|error| error.about(path.display()))?
            }
            None => {
                let draft: Draft = table
                    .try_into()
                    .map_err(|error| bad(format!("The manifest is wrong: {error}")))?;
                let manifest = draft.clone().check().map_err(|error| bad(error.to_string()))?;
                Embedded::from_draft(&draft, manifest)?
            }
        };
        if let Some(build) = &build {
            if !(1..=16).contains(&build.memory_pages) {
                return Err(bad("memory_pages in [build] must be 1 to 16.".into()));
            }
            let memory = build.memory_pages * 65_536;
            let stack = build.stack_bytes();
            if stack < 256 || stack >= memory || !stack.is_multiple_of(16) {
                return Err(bad("stack_bytes in [build] must be a multiple of 16, at least 256 \
                     and less than the linear memory."
                    .into()));
            }
        }
        Ok(Self { embedded, build })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"hello\"\nversion = \"1.0.0\"\ncapabilities = [\"fs_read\"]\n";

    fn parse(text: &str) -> Result<Source> {
        Source::parse(text, Path::new("no such folder"))
    }

    #[test]
    fn a_scope_narrows_what_the_manifest_asks_for() {
        let text = "[scope]\nsensors = [0, 12]\nhosts = [\"127.0.0.1:8000\"]\npeers = [\"chat\"]\n\
                    [build]\nlang = \"c\"\n";
        let source = parse(&format!("{GOOD}{text}")).unwrap();
        let scope = &source.manifest().scope;
        assert!(scope.admits_sensor(12) && !scope.admits_sensor(1));
        assert!(scope.admits_host("127.0.0.1", 8000) && !scope.admits_host("127.0.0.1", 8001));
        assert!(source.build.is_some());
    }

    #[test]
    fn a_manifest_in_json_stands_alone() {
        let folder = tempfile::tempdir().unwrap();
        let json = r#"{"name":"old","version":"1.4.0","capabilities":["storage.read"]}"#;
        fs::write(folder.path().join("old.json"), json).unwrap();
        let table = "[build]\nlang = \"c\"\nmanifest = \"old.json\"\n";
        let source = Source::parse(table, folder.path()).unwrap();
        assert_eq!(source.manifest().name.as_str(), "old");
        let both = Source::parse(&format!("{GOOD}{table}"), folder.path()).err().unwrap();
        assert!(both.message.contains("leave out"), "{}", both.message);
        assert_eq!(parse(table).err().unwrap().code, "file");
    }

    #[test]
    fn a_manifest_with_and_without_a_build_table() {
        let source = parse(GOOD).unwrap();
        assert_eq!(source.manifest().name.as_str(), "hello");
        assert!(source.build.is_none());
        let source = parse(&format!("{GOOD}[build]\nlang = \"as\"\n")).unwrap();
        let build = source.build.unwrap();
        assert_eq!((build.lang, build.memory_pages, build.stack_bytes()), (Lang::As, 1, 4096));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, word) in [
            ("name = ", "TOML"),
            ("version = \"1.0.0\"", "no name"),
            ("name = \"hello\"\nversion = \"1.0.0\"\ncapabilitys = []", "capabilitys"),
            ("name = \"hello\"\nversion = \"1.0.0\"\ncapabilities = [\"*\"]", "everything"),
            ("name = \"hello\"\nversion = \"1.0.0\"\n[build]\nlang = \"go\"", "lang"),
            ("name = \"hello\"\nversion = \"1.0.0\"\n[scope]\nsensor = [1]", "sensor"),
            ("name = \"hello\"\nversion = \"1.0.0\"\n[scope]\nhosts = [\"*\"]", "*"),
            ("name = \"hello\"\nversion = \"1.0.0\"\n[build]\nlang = \"c\"\nlto = 1", "lto"),
            (
                "name = \"hello\"\nversion = \"1.0.0\"\n[build]\nlang = \"c\"\nmemory_pages = 0",
                "16",
            ),
            (
                "name = \"hello\"\nversion = \"1.0.0\"\n[build]\nlang = \"c\"\nstack_bytes = 7",
                "256",
            ),
        ] {
            let error = parse(text).err().unwrap();
            assert!(error.message.contains(word), "{text}: {}", error.message);
            assert_eq!(error.code, "bad_manifest");
        }
    }
}
