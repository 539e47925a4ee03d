// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Counts how often the app was started, in the device's key-value store, and says so in its log.

#![no_std]

use akira_sdk::{Result, kv, log};

akira_sdk::entry!(main);

fn main() -> Result<()> {
    let mut bytes = [0; 4];
    // Nothing is stored before the first start.
    let starts = match kv::get("starts", &mut bytes)? {
        Some(stored) => stored.try_into().map_or(0, u32::from_le_bytes),
        None => 0,
    };
    let starts = starts.wrapping_add(1);
    kv::set("starts", &starts.to_le_bytes())?;
    log!("Hello from @NAME@, start number {starts}");
    Ok(())
}
