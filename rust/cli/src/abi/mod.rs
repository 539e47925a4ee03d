// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `akira abi`: everything an app author needs to call the native API, made from the one table in
//! `akira-abi`.
//!
//! The results are checked in (`apps/include/akira.h`, `rust/sdk/src/native.rs`,
//! `apps/assembly/akira.ts`, `docs/src/native-api.md`); a test fails when one of them is stale.

mod assembly;
mod c;
mod markdown;
mod rust;

use akira_abi::{open_flags, whence};

/// What can be made from the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// The C header akira.h
    C,
    /// The raw bindings inside the guest crate akira-sdk
    Rust,
    /// The AssemblyScript module akira.ts
    As,
    /// The reference page of the documentation
    Markdown,
}

/// Makes the text for `language`.
pub fn generate(language: Language) -> String {
    match language {
        Language::C => c::generate(),
        Language::Rust => rust::generate(),
        Language::As => assembly::generate(),
        Language::Markdown => markdown::generate(),
    }
}

/// A named number of the API with its meaning.
struct Constant {
    name: &'static str,
    value: i32,
    doc: &'static str,
}

const OPEN_FLAGS: &[Constant] = &[
    Constant { name: "READ", value: open_flags::READ, doc: "Reads are allowed." },
    Constant { name: "WRITE", value: open_flags::WRITE, doc: "Writes are allowed." },
    Constant {
        name: "CREATE",
        value: open_flags::CREATE,
        doc: "Create the file when it is not there.",
    },
    Constant { name: "TRUNCATE", value: open_flags::TRUNCATE, doc: "Cut the file to zero length." },
    Constant { name: "APPEND", value: open_flags::APPEND, doc: "Every write goes to the end." },
];

const SEEK_FROM: &[Constant] = &[
    Constant { name: "START", value: whence::START, doc: "From the first byte." },
    Constant { name: "CURRENT", value: whence::CURRENT, doc: "From the current position." },
    Constant { name: "END", value: whence::END, doc: "From the end." },
];

/// The documentation of a table entry, line by line, without the macro's leading blanks.
fn doc_lines(doc: &str) -> impl Iterator<Item = &str> {
    doc.trim_end().lines().map(str::trim)
}

#[cfg(test)]
mod tests {
    use akira_abi::TABLE;

    use super::*;

    #[test]
    fn every_function_is_in_every_language() {
        for function in TABLE {
            let name = function.name;
            assert!(generate(Language::C).contains(&format!("AKIRA_IMPORT({name})")), "{name}");
            assert!(generate(Language::Rust).contains(&format!(" fn {name}(")), "{name}");
            assert!(
                generate(Language::As).contains(&format!("@external(\"akira\", \"{name}\")")),
                "{name}"
            );
            assert!(generate(Language::Markdown).contains(&format!("### `{name}`")), "{name}");
        }
    }

    #[test]
    fn no_generated_line_is_longer_than_the_house_allows() {
        for language in [Language::C, Language::Rust, Language::As] {
            for line in generate(language).lines() {
                let columns: usize = line.chars().map(|c| if c == '\t' { 8 } else { 1 }).sum();
                assert!(columns <= 100, "{line}");
            }
        }
    }
}
