// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The manifest in CBOR: hostile bytes are refused with a sentence, or are a manifest within its ranges.

#![no_main]

use akira_core::manifest::Manifest;
use akira_core::module::ManifestFormat;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match Manifest::read(ManifestFormat::Cbor, data) {
        Ok(manifest) => akira_fuzz::check_manifest(&manifest),
        Err(why) => assert!(why.0.ends_with('.'), "no sentence: {}", why.0),
    }
});
