// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Rates: how often an app may do something, as a token bucket.

/// How much is allowed: so many at once after a quiet time, so many a second in the long run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The bucket's size.
    pub burst: u32,
    /// Tokens that come in each second.
    pub per_second: u32,
}

/// Thousandths of a token in one token.
const MILLI: u32 = 1000;

/// A bucket: each use takes a token out, time puts tokens in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Thousandths of a token.
    pub millitokens: u32,
    /// When it was last looked at: the low bits of the uptime in milliseconds.
    pub at_ms: u32,
}

impl Bucket {
    /// A full bucket.
    pub const fn full(rate: Rate, at_ms: u32) -> Self {
        Self { millitokens: rate.burst * MILLI, at_ms }
    }

    /// The bucket after a use at `now_ms`, and whether that use is allowed: when there are `least`
    /// tokens (1 or more) in it. One that is not allowed takes none.
    #[must_use]
    pub fn take(self, rate: Rate, now_ms: u32, least: u32) -> (Self, bool) {
        // A token each 1000 / rate milliseconds is `rate` thousandths of one each millisecond.
        let gained = now_ms.wrapping_sub(self.at_ms).saturating_mul(rate.per_second);
        let millitokens = self.millitokens.saturating_add(gained).min(rate.burst * MILLI);
        let enough = millitokens >= MILLI * least.max(1);
        let left = if enough { millitokens - MILLI } else { millitokens };
        (Self { millitokens: left, at_ms: now_ms }, enough)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 10, per_second: 4 };

    #[test]
    fn a_burst_then_a_steady_rate() {
        let mut bucket = Bucket::full(RATE, 0);
        let mut allowed = |now| {
            let (next, allowed) = bucket.take(RATE, now, 1);
            bucket = next;
            allowed
        };
        assert_eq!((0..100).filter(|_| allowed(0)).count(), 10);
        let later = (0..10_000).filter(|ms| allowed(1 + ms)).count();
        assert!((39..=40).contains(&later), "{later}");
        // A quiet hour fills the bucket once, not more.
        assert_eq!((0..100).filter(|_| allowed(3_600_000)).count(), 10);
    }

    #[test]
    fn the_clock_may_wrap_and_an_empty_bucket_may_have_to_fill_first() {
        let low = Bucket { millitokens: 0, at_ms: u32::MAX - 249 };
        assert!(low.take(RATE, 0, 1).1, "250 ms are one token at 4 a second");
        assert!(!low.take(RATE, 0, 2).1);
        assert_eq!(low.take(RATE, 0, 2).0.millitokens, 1000, "nothing is lost by asking");
    }
}
