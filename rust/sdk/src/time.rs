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

/// A timeout as the device wants it: milliseconds, negative for ever. What is shorter than a
/// millisecond still waits for one.
pub(crate) fn timeout_ms(timeout: Option<Duration>) -> i32 {
    timeout.map_or(-1, |time| i32::try_from(time.as_micros().div_ceil(1000)).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_milliseconds() {
        assert_eq!(timeout_ms(None), -1);
        assert_eq!(timeout_ms(Some(Duration::ZERO)), 0);
        assert_eq!(timeout_ms(Some(Duration::from_micros(1))), 1);
        assert_eq!(timeout_ms(Some(Duration::from_millis(1500))), 1500);
        assert_eq!(timeout_ms(Some(Duration::MAX)), i32::MAX);
    }
}
