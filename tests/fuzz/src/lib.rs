// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What several fuzz targets share.

pub mod script;
pub mod signing;

use akira_core::manifest::{
    Draft, EXEC_TIMEOUT_RANGE, HEAP_KB_MAX, MEMORY_QUOTA_RANGE, Manifest, PRIORITY_RANGE,
    STACK_KB_RANGE, TEXT_MAX,
};
use akira_core::module::MANIFEST_MAX;
use akira_core::name::NAME_MAX;

/// A manifest that was let through is within its ranges, and what is stored of it reads back as the
/// same.
pub fn check_manifest(manifest: &Manifest) {
    let within = |value: u32, (low, high): (u32, u32)| (low..=high).contains(&value);
    assert!((1..=NAME_MAX).contains(&manifest.name.as_str().len()));
    assert!(within(manifest.memory_quota, MEMORY_QUOTA_RANGE));
    assert!(within(u32::from(manifest.priority), PRIORITY_RANGE));
    assert!(within(manifest.stack_kb, STACK_KB_RANGE));
    assert!(manifest.heap_kb <= HEAP_KB_MAX);
    assert!(manifest.exec_timeout_ms.is_none_or(|limit| within(limit, EXEC_TIMEOUT_RANGE)));
    assert!(manifest.abi <= akira_abi::VERSION);
    for text in [&manifest.version, &manifest.description, &manifest.author] {
        assert!(text.len() <= TEXT_MAX && !text.chars().any(char::is_control));
    }
    let stored = manifest.to_draft().to_cbor().expect("a checked manifest can be written");
    assert!(stored.len() <= MANIFEST_MAX, "{} bytes", stored.len());
    let read = Draft::from_cbor(&stored).and_then(Draft::check);
    assert_eq!(read.as_ref(), Ok(manifest));
}
