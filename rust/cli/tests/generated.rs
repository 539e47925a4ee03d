// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The files made from the table of native functions are checked in and never stale.

mod common;

use std::fs;
use std::path::Path;

use common::akira;

#[test]
fn the_checked_in_files_are_what_the_generators_make() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (language, file) in [
        ("c", "apps/include/akira.h"),
        ("rust", "rust/sdk/src/native.rs"),
        ("as", "apps/assembly/akira.ts"),
        ("markdown", "docs/src/native-api.md"),
    ] {
        let fresh = akira(&["abi", language]).success();
        let checked_in = fs::read_to_string(root.join(file)).unwrap();
        assert!(
            fresh == checked_in,
            "{file} is stale; make it anew with: akira abi {language} -o {file}"
        );
    }
}
