// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Wrong tokens: how many there were, and what the next one is answered.
//!
//! After [`FREE`] wrong ones within a minute each further one is followed by a time in which others
//! are only told to wait; it doubles up to [`WAIT_MAX_MS`]. The right token is admitted at all times:
//! whoever does not know it must not be able to keep out whoever does. What makes guessing hopeless
//! is the token's length, not the waiting.

/// Wrong tokens within [`FORGET_MS`] that have no consequence.
pub const FREE: u32 = 5;

/// A quiet time after which all is forgotten, in milliseconds.
pub const FORGET_MS: u64 = 60_000;

/// Longest time to wait, in milliseconds.
pub const WAIT_MAX_MS: u64 = 60_000;

const WAIT_FIRST_MS: u64 = 1000;

/// What came with wrong tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attempts {
    wrong: u32,
    /// When the last wrong one came that counted.
    last_ms: u64,
    wait_until_ms: u64,
}

impl Attempts {
    /// None so far.
    pub const fn new() -> Self {
        Self { wrong: 0, last_ms: 0, wait_until_ms: 0 }
    }

    /// A wrong token came. `Some` with a number of seconds: nothing is looked at before.
    pub fn wrong(&mut self, now_ms: u64) -> Option<u32> {
        if now_ms < self.wait_until_ms {
            return Some((self.wait_until_ms - now_ms).div_ceil(1000) as u32);
        }
        if now_ms.saturating_sub(self.last_ms.max(self.wait_until_ms)) >= FORGET_MS {
            self.wrong = 0;
        }
        self.wrong = self.wrong.saturating_add(1);
        self.last_ms = now_ms;
        if let Some(over) = self.wrong.checked_sub(FREE) {
            let wait = (WAIT_FIRST_MS << over.min(16)).min(WAIT_MAX_MS);
            self.wait_until_ms = now_ms + wait;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_are_free_then_the_wait_doubles_up_to_a_minute() {
        let mut attempts = Attempts::new();
        for _ in 0..FREE {
            assert_eq!(attempts.wrong(0), None);
        }
        assert_eq!(attempts.wrong(0), Some(1));
        assert_eq!(attempts.wrong(999), Some(1));
        let mut now = 1000;
        for wait in [2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(attempts.wrong(now), None);
            assert_eq!(attempts.wrong(now), Some(wait));
            now += u64::from(wait) * 1000;
        }
        // A quiet minute, and all is forgotten.
        now += FORGET_MS;
        for _ in 0..FREE {
            assert_eq!(attempts.wrong(now), None);
        }
        assert_eq!(attempts.wrong(now), Some(1));
    }

    #[test]
    fn seldom_ones_have_no_consequence() {
        let mut attempts = Attempts::new();
        for minute in 1..100 {
            assert_eq!(attempts.wrong(minute * FORGET_MS), None);
        }
    }
}
