// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The registry's record: as bytes, and again with the right head and checksum around them, so that
//! what lies behind these is reached too.

#![no_main]

use akira_core::registry::{RECORD_MAX, Record};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|data: &[u8]| {
    check(data);
    let mut framed = b"AKR1".to_vec();
    framed.extend_from_slice(data);
    let digest = Sha256::digest(&framed);
    framed.extend_from_slice(&digest[..8]);
    check(&framed);
});

fn check(bytes: &[u8]) {
    let Ok(record) = Record::decode(bytes) else { return };
    akira_fuzz::check_manifest(&record.manifest);
    let beyond = record.granted.iter().find(|c| !record.manifest.capabilities.has(*c));
    assert_eq!(beyond, None, "granted beyond the manifest");
    let stored = record.encode();
    assert!(stored.len() <= RECORD_MAX, "{} bytes", stored.len());
    assert_eq!(Record::decode(&stored), Ok(record));
}
