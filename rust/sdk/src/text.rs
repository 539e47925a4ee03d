// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Text that is put together without a heap.

use core::fmt::{self, Write};
use core::ops::Deref;

/// At most `N` bytes of text. Use it with `write!`; what does not fit is left out, between letters,
/// and is an error there.
#[derive(Clone, Copy, Debug)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    /// No text yet.
    pub const fn new() -> Self {
        Self { bytes: [0; N], length: 0 }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Only whole letters are ever written.
        core::str::from_utf8(&self.bytes[..self.length]).unwrap_or("")
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        self.length = 0;
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Deref for Text<N> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> Write for Text<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut taken = text.len().min(N - self.length);
        while !text.is_char_boundary(taken) {
            taken -= 1;
        }
        self.bytes[self.length..self.length + taken].copy_from_slice(&text.as_bytes()[..taken]);
        self.length += taken;
        if taken == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// A number that is shown with `decimals` digits after the point, without the code that it takes to
/// show every float exactly. Rounds; what 32 bits cannot hold is shown as the nearest that they can.
#[derive(Clone, Copy, Debug)]
pub struct Fixed {
    scaled: i32,
    decimals: u32,
}

impl Fixed {
    /// Of this number; at most 6 digits.
    pub fn new(number: f32, decimals: u32) -> Self {
        let decimals = decimals.min(6);
        let scaled = number * 10i32.pow(decimals) as f32;
        let half = if scaled < 0.0 { -0.5 } else { 0.5 };
        Self { scaled: (scaled + half) as i32, decimals }
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10u32.pow(self.decimals);
        let (whole, rest) = (self.scaled.unsigned_abs() / unit, self.scaled.unsigned_abs() % unit);
        let sign = if self.scaled < 0 { "-" } else { "" };
        match self.decimals as usize {
            0 => write!(f, "{sign}{whole}"),
            width => write!(f, "{sign}{whole}.{rest:0width$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString;

    use super::*;

    #[test]
    fn text_takes_what_fits_and_cuts_no_letter() {
        let mut text = Text::<8>::new();
        for _ in 0..7 {
            text.write_char('x').unwrap();
        }
        assert!(text.write_str("ä").is_err());
        assert_eq!(text.len(), 7);
        assert!(text.write_str("yz").is_err());
        assert_eq!(text.as_str(), "xxxxxxxy");
        text.clear();
        assert!(text.is_empty());
    }

    #[test]
    fn fixed_point_numbers_are_rounded() {
        for (number, decimals, text) in [
            (21.5, 1, "21.5"),
            (21.5, 0, "22"),
            (-0.04, 1, "0.0"),
            (-0.06, 1, "-0.1"),
            (1013.25, 2, "1013.25"),
            (0.005, 3, "0.005"),
            (-43.0, 2, "-43.00"),
            (f32::NAN, 1, "0.0"),
            (f32::INFINITY, 0, "2147483647"),
        ] {
            assert_eq!(Fixed::new(number, decimals).to_string(), text, "{number}");
        }
    }
}
