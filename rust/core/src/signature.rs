// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Signatures of apps: what one looks like, and what a device does about it.

/// What a device does about signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignaturePolicy {
    /// Nothing, except that a broken signature is refused.
    #[default]
    Off,
    /// Takes apps without a good one, and tells.
    Warn,
    /// Takes only apps that a trusted key has signed.
    Require,
}

impl SignaturePolicy {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Off, Self::Warn, Self::Require];

    /// The name in answers and options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Require => "require",
        }
    }

    /// The policy of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// The policy of that number, as Kconfig counts them. One that there is not requires.
    pub fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Off,
            1 => Self::Warn,
            _ => Self::Require,
        }
    }
}
