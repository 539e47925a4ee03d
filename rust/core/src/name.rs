// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Names of apps. A name becomes part of paths and of answers, so it is checked once, here, and
//! travels as an [`AppName`] from then on.

use core::fmt;
use core::str::FromStr;

/// Longest name in bytes.
pub const NAME_MAX: usize = 31;

/// The name under which the device itself writes to its console. An app of that name could pass its
/// lines off as the device's.
const RESERVED: &str = "akira";

/// A name that matches `[a-z0-9][a-z0-9_-]{0,30}` and is not `akira`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppName(heapless::String<NAME_MAX>);

/// The text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadName;

impl AppName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AppName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let bytes = text.as_bytes();
        let inner =
            |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_' || *b == b'-';
        let starts_well =
            bytes.first().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !starts_well || !bytes.iter().all(inner) || text == RESERVED {
            return Err(BadName);
        }
        heapless::String::try_from(text).map(Self).map_err(|_| BadName)
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "An app's name is 1 to 31 characters, a to z, 0 to 9, '_' and '-', and starts with a \
             letter or a digit. The name akira is the device's own.",
        )
    }
}

impl core::error::Error for BadName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_names() {
        for name in ["a", "0", "hello", "akira2", "a-b_c9", &"x".repeat(31)] {
            assert_eq!(name.parse::<AppName>().unwrap().as_str(), name);
        }
    }

    #[test]
    fn bad_names() {
        let long = "x".repeat(32);
        let very_long = "x".repeat(200);
        for name in [
            "", "../x", "akira", "a/b", "-a", "_a", "A", "ä", "a b", "a.b", "a\0", "a%2f", &long,
            &very_long,
        ] {
            assert_eq!(name.parse::<AppName>(), Err(BadName), "{name:?}");
        }
    }
}
