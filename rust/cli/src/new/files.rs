// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is in a new project.
//!
//! Templates become the author's own: the comment that says whose they are here is left out, and
//! `@NAME@` is replaced. What belongs to the native API (the C headers, the AssemblyScript modules,
//! the crate akira-sdk) is copied as it is.

use akira_core::name::AppName;

use crate::abi::{self, Language};
use crate::source::Lang;

/// A file's path inside the project, and its text.
pub type File = (&'static str, String);

/// Pairs of a path and the text of the file of that path below a folder of this repository.
macro_rules! copies {
    ($from:literal, $to:literal: $($path:literal)*) => {
        [$((concat!($to, $path), include_str!(concat!("../../../../", $from, $path)))),*]
    };
}

const HEADERS: [(&str, &str); 2] =
    copies!("apps/include/", "include/": "akira_line.h" "akira_types.h");

const MODULES: [(&str, &str); 3] =
    copies!("apps/assembly/", "akira/": "bytes.ts" "device.ts" "line.ts");

/// The AssemblyScript compiler, pinned.
const PACKAGES: [(&str, &str); 2] =
    copies!("apps/assembly/", "": "package.json" "package-lock.json");

const SDK: [(&str, &str); 20] = copies!("rust/sdk/", "sdk/":
    "Cargo.toml" "src/app.rs" "src/display.rs" "src/error.rs" "src/event.rs" "src/fs.rs"
    "src/hid.rs" "src/input.rs" "src/ipc.rs" "src/kv.rs" "src/lib.rs" "src/log.rs" "src/mem.rs"
    "src/native.rs" "src/net.rs" "src/random.rs" "src/rf.rs" "src/sensor.rs" "src/text.rs" "src/time.rs"
);

macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("../../templates/", $path))
    };
}

/// All files of a project.
pub fn of(lang: Lang, name: &AppName) -> Vec<File> {
    let own = |path, template: &str| (path, filled(template, name));
    let copy = |(path, text): &(&'static str, &str)| (*path, (*text).to_owned());
    let mut files = vec![own(".gitignore", template!("gitignore.in"))];
    let (source, library) = match lang {
        Lang::C => {
            files.push(own("app.toml", template!("c/app.toml.in")));
            files.push(own("main.c", template!("c/main.c")));
            files.push(("include/akira.h", abi::generate(Language::C)));
            files.extend(HEADERS.iter().map(copy));
            ("`main.c`", "`include/`")
        }
        Lang::Rust => {
            files.push(own("app.toml", template!("rust/app.toml.in")));
            files.push(own("Cargo.toml", template!("rust/Cargo.toml.in")));
            files.push(("Cargo.lock", template!("rust/Cargo.lock").to_owned()));
            files.push(own("src/lib.rs", template!("rust/src/lib.rs")));
            files.extend(SDK.iter().map(copy));
            ("`src/lib.rs`", "`sdk/`")
        }
        Lang::As => {
            files.push(own("app.toml", template!("as/app.toml.in")));
            files.push(own("main.ts", template!("as/main.ts")));
            files.push(("tsconfig.json", template!("as/tsconfig.json").to_owned()));
            files.push(("akira/akira.ts", abi::generate(Language::As)));
            files.extend(MODULES.iter().map(copy));
            files.extend(PACKAGES.iter().map(copy));
            ("`main.ts`", "`akira/`")
        }
    };
    let readme = template!("README.md.in");
    let readme = readme.replace("@SOURCE@", source).replace("@LIBRARY@", library);
    files.push(own("README.md", &readme));
    files
}

/// A template without its first paragraph, for this app.
fn filled(template: &str, name: &AppName) -> String {
    let (_, text) = template.split_once("\n\n").unwrap_or(("", template));
    text.replace("@NAME@", name.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    const LANGUAGES: [Lang; 3] = [Lang::C, Lang::Rust, Lang::As];

    fn is_library(path: &str) -> bool {
        ["include/", "sdk/", "akira/"].iter().any(|folder| path.starts_with(folder))
    }

    #[test]
    fn what_the_author_writes_is_the_authors_own() {
        let name: AppName = "blinky".parse().unwrap();
        for lang in LANGUAGES {
            let files = of(lang, &name);
            let paths: BTreeSet<&str> = files.iter().map(|(path, _)| *path).collect();
            assert_eq!(paths.len(), files.len(), "{lang:?}");
            assert!(paths.contains("app.toml"));
            for (path, text) in files.iter().filter(|(path, _)| !is_library(path)) {
                assert!(!text.contains("Copyright") && !text.contains("SPDX"), "{path}");
                assert!(!text.contains('@') || path.ends_with(".lock"), "{path}: {text}");
                assert!(!text.starts_with('\n') && text.ends_with('\n'), "{path}");
            }
        }
    }

    #[test]
    fn the_whole_library_is_there() {
        let name: AppName = "blinky".parse().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (lang, from, to, ending) in [
            (Lang::C, "apps/include", "include/", "h"),
            (Lang::Rust, "rust/sdk/src", "sdk/src/", "rs"),
            (Lang::As, "apps/assembly", "akira/", "ts"),
        ] {
            let files = of(lang, &name);
            for entry in fs::read_dir(root.join(from)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|extension| extension == ending) {
                    let file = format!("{to}{}", path.file_name().unwrap().to_str().unwrap());
                    let (_, text) = files
                        .iter()
                        .find(|(path, _)| *path == file)
                        .unwrap_or_else(|| panic!("{file} is not in a new project"));
                    assert_eq!(*text, fs::read_to_string(&path).unwrap(), "{file}");
                }
            }
        }
    }
}
