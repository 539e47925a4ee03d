// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! From a request's first line to what is meant. The input is "METHOD TARGET".

#![no_main]

use akira_core::http::route;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let (method, target) = data.split_once(' ').unwrap_or(("GET", data));
    match route::parse(method, target) {
        Ok(meant) => {
            assert!(matches!(method, "GET" | "PUT" | "POST" | "DELETE"));
            // Outside of the API there are the dashboard and the original's paths.
            let path = target.split('?').next().unwrap_or_default();
            let others = ["/", "/index.html", "/status", "/upload", "/ota/upload"];
            assert!(path.starts_with("/api/v1/") || others.contains(&path), "{path}");
            drop(meant);
        }
        Err(error) => {
            assert!((400..=599).contains(&error.code.status()));
            // JSON with a sentence, whatever was asked for.
            let body = error.body();
            assert!(body.starts_with(b"{\"error\":{") && body.ends_with(b"}}"), "{body:?}");
        }
    }
});
