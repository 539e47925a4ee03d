// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `akira abi`: everything an app author needs to call the native API, made from the one table in
//! `akira-abi`.
//!
//! The results are checked in (`apps/include/akira.h`, `rust/sdk/src/native.rs`,
//! `apps/assembly/akira.ts`, `docs/src/native-api.md`); a test fails when one of them is stale.

mod assembly;
mod c;
mod cells;
mod constants;
mod markdown;
mod rust;

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
