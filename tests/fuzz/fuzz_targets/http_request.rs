// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The JSON bodies of requests, each as every request that takes one reads it.

#![no_main]

use akira_core::http::request;
use akira_core::input::{BUTTON_NAMES, InputEvent};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(value) = request::sensor_value(data) {
        assert!(value.is_finite());
    }
    if let Ok(InputEvent::Button { number, .. }) = request::input(data) {
        assert!(usize::from(number) < BUTTON_NAMES.len());
    }
});
