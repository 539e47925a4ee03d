// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Time since boot, and waiting.

use core::time::Duration;

use crate::native;

/// How long the device has been up.
pub fn since_boot() -> Duration {
    Duration::from_millis(native::time_ms().unsigned_abs())
}

/// Sleeps, with a resolution of a millisecond. Ends early when the app is stopped.
pub fn sleep(time: Duration) {
    native::sleep_ms(i32::try_from(time.as_millis()).unwrap_or(i32::MAX));
}
