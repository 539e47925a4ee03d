// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Radio frames of simulated devices: what is taken for one is written the same way again.

#![no_main]

use akira_host::platform::rf::frame::{FRAME_MAX, Frame, PACKET_MAX};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(frame) = Frame::parse(data) else { return };
    assert!((1..=PACKET_MAX).contains(&frame.packet.len()) && data.len() <= FRAME_MAX);
    assert_eq!(frame.to_bytes(), data);
});
