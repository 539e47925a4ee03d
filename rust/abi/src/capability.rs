// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Capabilities: what an app may do at all.

use core::fmt;

/// One capability. Its number is its bit in a [`CapSet`] and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Capability {
    /// Draw on the display.
    Display = 0,
    /// Read buttons, touch and analog input.
    Input = 1,
    /// Read sensors.
    Sensor = 2,
    /// Send and receive radio packets.
    Rf = 3,
    /// Read files in the app's own folder.
    FsRead = 4,
    /// Write files in the app's own folder.
    FsWrite = 5,
    /// Open connections to the network.
    NetworkClient = 6,
    /// Listen on a network port.
    NetworkServer = 7,
    /// Act as a keyboard, mouse or gamepad.
    Hid = 8,
    /// Exchange messages with other apps.
    Ipc = 9,
}

impl Capability {
    /// Every capability in the order of its bit.
    pub const ALL: [Capability; 10] = [
        Capability::Display,
        Capability::Input,
        Capability::Sensor,
        Capability::Rf,
        Capability::FsRead,
        Capability::FsWrite,
        Capability::NetworkClient,
        Capability::NetworkServer,
        Capability::Hid,
        Capability::Ipc,
    ];

    /// The name used in manifests.
    pub const fn name(self) -> &'static str {
        match self {
            Capability::Display => "display",
            Capability::Input => "input",
            Capability::Sensor => "sensor",
            Capability::Rf => "rf",
            Capability::FsRead => "fs_read",
            Capability::FsWrite => "fs_write",
            Capability::NetworkClient => "network_client",
            Capability::NetworkServer => "network_server",
            Capability::Hid => "hid",
            Capability::Ipc => "ipc",
        }
    }

    /// The capability of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Capability> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }

    /// Its bit.
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// A set of capabilities as a bit mask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CapSet(u32);

impl CapSet {
    /// Nothing: what an app has by default.
    pub const EMPTY: CapSet = CapSet(0);

    /// All there are.
    pub const ALL: CapSet = CapSet(Self::KNOWN);

    const KNOWN: u32 = (1 << Capability::ALL.len()) - 1;

    /// The set with these bits; `None` when a bit is no capability.
    pub const fn from_bits(bits: u32) -> Option<CapSet> {
        if bits & !Self::KNOWN == 0 { Some(CapSet(bits)) } else { None }
    }

    /// The bits.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `capability` is in it.
    pub const fn has(self, capability: Capability) -> bool {
        self.0 & capability.bit() != 0
    }

    /// The set with `capability` added.
    #[must_use]
    pub const fn with(self, capability: Capability) -> CapSet {
        CapSet(self.0 | capability.bit())
    }

    /// What is in both sets.
    #[must_use]
    pub const fn intersection(self, other: CapSet) -> CapSet {
        CapSet(self.0 & other.0)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub const fn without(self, other: CapSet) -> CapSet {
        CapSet(self.0 & !other.0)
    }

    /// Its capabilities in the order of their bits.
    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(move |capability| self.has(*capability))
    }
}

/// The names of its capabilities with "or" between them, as in what a function needs.
impl fmt::Display for CapSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, capability) in self.iter().enumerate() {
            write!(f, "{}{}", if place == 0 { "" } else { " or " }, capability.name())?;
        }
        Ok(())
    }
}

impl FromIterator<Capability> for CapSet {
    fn from_iter<I: IntoIterator<Item = Capability>>(iter: I) -> Self {
        iter.into_iter().fold(CapSet::EMPTY, CapSet::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_follow_the_order_and_names_are_unique() {
        for (bit, capability) in Capability::ALL.into_iter().enumerate() {
            assert_eq!(capability.bit(), 1 << bit);
            assert_eq!(Capability::from_name(capability.name()), Some(capability));
        }
        assert_eq!(Capability::from_name("*"), None);
    }

    #[test]
    fn unknown_bits_are_refused() {
        assert_eq!(CapSet::from_bits(1 << 10), None);
        assert_eq!(CapSet::from_bits(1 << 31), None);
        let set = CapSet::from_bits(0x3ff).unwrap();
        assert_eq!(set.iter().count(), 10);
    }
}
