// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Random numbers from the device's generator, good enough for keys.

use crate::error::count;
use crate::native;
use crate::{Error, Result};

/// Fills `out`. [`Error::NO_DEVICE`] when the device has no generator.
pub fn fill(out: &mut [u8]) -> Result<()> {
    for part in out.chunks_mut(native::RANDOM_MAX) {
        // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
        let given = count(unsafe { native::random(part.as_mut_ptr(), part.len()) })?;
        if given != part.len() {
            return Err(Error::IO);
        }
    }
    Ok(())
}

/// A number from the whole range.
pub fn number() -> Result<u32> {
    let mut bytes = [0; 4];
    fill(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}
