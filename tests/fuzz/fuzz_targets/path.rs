// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Paths of an app's files: whatever is let through lies in the app's folder and says nothing twice.

#![no_main]

use akira_abi::PATH_MAX;
use akira_core::name::AppName;
use akira_core::path::resolve;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let app: AppName = "keeper".parse().expect("a name");
    let Ok(path) = resolve(&app, data) else { return };
    assert!(data.len() <= PATH_MAX);
    let inside = path.strip_prefix("/data/keeper").expect("in the app's folder");
    assert!(inside.is_empty() || inside.starts_with('/'));
    for part in inside.split('/').skip(1) {
        assert!(!part.is_empty() && part != "." && part != "..", "{path}");
        assert!(
            part.len() <= 64 && !part.contains(['\\', '\0']) && !part.chars().any(char::is_control)
        );
    }
    // What it became is what it is called: normalising is done once.
    assert_eq!(resolve(&app, inside.trim_start_matches('/').as_bytes()).as_ref(), Ok(&path));
});
