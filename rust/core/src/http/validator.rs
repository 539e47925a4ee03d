// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Entity tags (RFC 9110, 8.8.3): how a client says what it has already.

use alloc::format;
use alloc::string::String;

use sha2::{Digest, Sha256};

use super::view;
use crate::hex;

/// What an `If-None-Match` names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named<'a> {
    /// `*`: whatever there is.
    Any,
    /// A tag, without its quotes.
    Tag(&'a str),
}

/// Takes the quotes from a tag. Whether it is a weak one does not matter here (RFC 9110, 13.1.2).
fn bare(tag: &str) -> Option<&str> {
    tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')
}

fn named(header: &str) -> impl Iterator<Item = Named<'_>> {
    header.split(',').filter_map(|item| match item.trim() {
        "*" => Some(Named::Any),
        tag => bare(tag).map(Named::Tag),
    })
}

/// Whether an `If-None-Match` names this tag.
pub fn names(header: &str, tag: &str) -> bool {
    let tag = bare(tag).map(Named::Tag);
    named(header).any(|named| named == Named::Any || Some(named) == tag)
}

/// Whether an `If-None-Match` names an app's module: any app's by `*`, this one by its SHA-256 or by
/// the tag of the app, which begins with it.
pub fn names_module(header: &str, sha256: &str) -> bool {
    named(header).any(|named| match named {
        Named::Any => true,
        Named::Tag(tag) => {
            tag.strip_prefix(sha256).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        }
    })
}

/// Whether an `If-None-Match` says `*`.
pub fn names_any(header: &str) -> bool {
    named(header).any(|named| named == Named::Any)
}

/// The tag of an answer about an app: the SHA-256 of its module, and a digest of all of the answer.
/// That of an app that runs changes all the time, as what it costs and how long it runs does.
pub fn of_app(app: &view::App, body: &[u8]) -> String {
    let rest: String = hex::encode(&Sha256::digest(body)[..8]);
    format!("\"{}-{rest}\"", app.sha256)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn app() -> view::App {
        view::App {
            name: "hello".into(),
            version: "1.0.0".into(),
            state: "running",
            reason: None,
            exit_code: None,
            size: 100,
            sha256: "5f".repeat(32),
            previous: None,
            capabilities: alloc::vec!["fs_read"],
            requested: alloc::vec!["fs_read"],
            scope: crate::scope::ScopeDraft::default().into(),
            signer: None,
            memory_quota: 65_536,
            memory_requested: 65_536,
            memory_used: 1,
            memory_peak: 2,
            autostart: false,
            restart: "never",
            restart_in_ms: None,
            priority: 5,
            run_ms: 3,
            description: String::new(),
        }
    }

    #[test]
    fn a_tag_stands_for_the_module_and_the_answer() {
        let of = |app: view::App| of_app(&app, &serde_json::to_vec(&app).unwrap());
        let tag = of(app());
        assert_eq!(tag, of(app()));
        assert_ne!(tag, of(view::App { state: "stopped", ..app() }));
        assert_ne!(tag, of(view::App { capabilities: alloc::vec![], ..app() }));
        assert_ne!(tag, of(view::App { sha256: "60".repeat(32), ..app() }));
        assert!(names(&tag, &tag));
        assert!(names_module(&tag, &app().sha256));
        assert!(!names_module(&tag, &"60".repeat(32)));
    }

    #[test]
    fn lists_of_tags() {
        assert!(names("\"a\", W/\"b\"", "W/\"a\""));
        assert!(names("\"a\",\"b\"", "\"b\""));
        assert!(names(" * ", "\"x\""));
        for header in ["", "a", "\"a", "\"ab\"", "W/a", "w/\"a\"", "\"*\""] {
            assert!(!names(header, "\"a\""), "{header}");
        }
        let sha256 = "5f".repeat(32);
        assert!(names_module(&format!("\"{sha256}\""), &sha256));
        assert!(names_module(&format!("\"x\", W/\"{sha256}-0123abcd\""), &sha256));
        assert!(names_module("*", &sha256) && names_any("\"a\", *"));
        for header in [sha256.clone(), format!("\"{sha256}0\""), "\"\"".into(), "\"-\"".into()] {
            assert!(!names_module(&header, &sha256), "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(header in "[\"W/*, a-f-]{0,30}") {
            let _ = (names(&header, "\"a\""), names_module(&header, "a"), names_any(&header));
        }
    }
}
