// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Entity tags (RFC 9110, 8.8.3): how a client says what it has already.

use alloc::format;
use alloc::string::String;

use sha2::{Digest, Sha256};

use super::view;
use crate::hex;

/// The tags that an `If-None-Match` names, without quotes; `*` stands for any.
fn tags(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').filter_map(|tag| {
        let tag = tag.trim();
        if tag == "*" {
            return Some(tag);
        }
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        tag.strip_prefix('"')?.strip_suffix('"')
    })
}

/// Whether an `If-None-Match` names this tag, compared weakly (RFC 9110, 13.1.2).
pub fn names(header: &str, tag: &str) -> bool {
    let bare = |tag: &str| -> Option<String> {
        Some(tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?.into())
    };
    let tag = bare(tag);
    tags(header).any(|named| named == "*" || tag.as_deref() == Some(named))
}

/// Whether an `If-None-Match` names an app's module: any app's by `*`, this one by its SHA-256 or by
/// the tag of the app, which begins with it.
pub fn names_module(header: &str, sha256: &str) -> bool {
    tags(header).any(|named| {
        let rest = named.strip_prefix(sha256);
        named == "*" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// Whether an `If-None-Match` says `*`: whatever there is.
pub fn names_any(header: &str) -> bool {
    tags(header).any(|named| named == "*")
}

/// The tag of what an app is: its module, its grants and its state. What it costs and how long it runs
/// changes by itself all the time and is no part of it, so the tag is a weak one.
pub fn of_app(app: &view::App) -> String {
    let still = view::App {
        memory_used: 0,
        memory_peak: 0,
        run_ms: 0,
        restart_in_ms: app.restart_in_ms.map(|_| 0),
        ..app.clone()
    };
    // A view can be said in JSON.
    let text = serde_json::to_vec(&still).unwrap_or_default();
    let rest: String = hex::encode(&Sha256::digest(text)[..4]);
    format!("W/\"{}-{rest}\"", app.sha256)
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
    fn a_tag_stands_for_what_does_not_change_by_itself() {
        let tag = of_app(&app());
        assert_eq!(tag, of_app(&view::App { memory_used: 7, run_ms: 9, ..app() }));
        assert_ne!(tag, of_app(&view::App { state: "stopped", ..app() }));
        assert_ne!(tag, of_app(&view::App { capabilities: alloc::vec![], ..app() }));
        assert_ne!(tag, of_app(&view::App { sha256: "60".repeat(32), ..app() }));
        assert!(names(&tag, &tag));
        assert!(names_module(&tag, &app().sha256));
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
