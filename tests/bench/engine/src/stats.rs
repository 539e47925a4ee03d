// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Medians and spreads.

/// What several rounds of one measurement gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The middle value.
    pub median: f64,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
}

/// Summarises the rounds; there must be one at least.
pub fn summary(rounds: &[f64]) -> Summary {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(f64::total_cmp);
    Summary { median: sorted[sorted.len() / 2], min: sorted[0], max: sorted[sorted.len() - 1] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(summary(&[3.0, 1.0, 9.0]), Summary { median: 3.0, min: 1.0, max: 9.0 });
    }
}
