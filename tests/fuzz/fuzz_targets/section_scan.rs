// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The scan of a module as it streams in: the first byte says how it is cut into pieces, and no cut
//! may change what comes out. A manifest that is found goes on to be read.

#![no_main]

use akira_core::manifest::Manifest;
use akira_core::module::{MANIFEST_MAX, Scanner, scan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&piece, module)) = data.split_first() else { return };
    let whole = scan(module);
    let mut scanner = Scanner::new();
    let in_pieces = module
        .chunks(usize::from(piece).max(1))
        .try_for_each(|bytes| scanner.push(bytes))
        .and_then(|()| scanner.finish());
    assert_eq!(whole, in_pieces);
    let Ok(facts) = whole else { return };
    assert!(module.starts_with(b"\0asm\x01\0\0\0"));
    if let Some((format, bytes)) = facts.manifest {
        assert!(bytes.len() <= MANIFEST_MAX);
        assert!(bytes.is_empty() || module.windows(bytes.len()).any(|window| window == bytes));
        if let Ok(manifest) = Manifest::read(format, &bytes) {
            akira_fuzz::check_manifest(&manifest);
        }
    }
});
