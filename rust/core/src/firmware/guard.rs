// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The boot guard: it counts boots that did not last, so that a device which crashes at every boot
//! comes to rest.
//!
//! Each boot is counted before anything that could fail, and the count is cleared when the device has
//! been up for long enough, or is switched off in order. After [`BOOTS_MAX`] boots in a row that did
//! not last, no app starts by itself (safe mode), and the firmware from before the last update comes
//! back if there is one. That happens once in such a row: when the other firmware does not last
//! either, going back and forth would not help.
//!
//! The record is 8 bytes: the four bytes `AKG1` (the version is the last one), the count, 1 when the
//! firmware was taken back, and the two bytes inverted.

/// Boots in a row that did not last, after which apps do not start by themselves.
pub const BOOTS_MAX: u8 = 3;

/// Size of a record.
pub const RECORD_BYTES: usize = 8;

const MAGIC: &[u8; 4] = b"AKG1";

/// What is known about the boots before this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Boots in a row that did not last, this one included until it has.
    pub boots: u8,
    /// Because of them the firmware was taken back to the one before.
    pub taken_back: bool,
}

impl Guard {
    /// The device boots. Returns what to store at once.
    #[must_use]
    pub fn booted(self) -> Self {
        Self { boots: self.boots.saturating_add(1), ..self }
    }

    /// Whether so many boots did not last that this one is in safe mode. To be asked of what
    /// [`Guard::booted`] returned.
    pub fn is_safe_mode(self) -> bool {
        self.boots > BOOTS_MAX
    }

    /// Whether the firmware before the last update is to come back, if there is one.
    pub fn wants_back(self) -> bool {
        self.is_safe_mode() && !self.taken_back
    }

    /// The firmware is taken back: it gets the same number of boots.
    #[must_use]
    pub fn took_back(self) -> Self {
        Self { boots: 0, taken_back: true }
    }

    /// The device ends in order before it was up for long: this boot does not count.
    #[must_use]
    pub fn ended(self) -> Self {
        Self { boots: self.boots.saturating_sub(1), ..self }
    }

    /// The bytes to store.
    pub fn encode(self) -> [u8; RECORD_BYTES] {
        let mut bytes = [0; RECORD_BYTES];
        bytes[..4].copy_from_slice(MAGIC);
        bytes[4] = self.boots;
        bytes[5] = self.taken_back.into();
        bytes[6] = !bytes[4];
        bytes[7] = !bytes[5];
        bytes
    }

    /// Reads what [`Guard::encode`] wrote; `None` when it is damaged.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let &[boots, taken_back @ 0..=1, a, b] = bytes.strip_prefix(MAGIC)? else { return None };
        (a == !boots && b == !taken_back).then_some(Self { boots, taken_back: taken_back == 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_boots_that_do_not_last_are_one_too_many_for_apps() {
        let mut guard = Guard::default();
        for boot in 1..=BOOTS_MAX {
            guard = guard.booted();
            assert_eq!((guard.boots, guard.is_safe_mode()), (boot, false));
        }
        guard = guard.booted();
        assert!(guard.is_safe_mode() && guard.wants_back());
        guard = guard.took_back().booted();
        assert!(!guard.is_safe_mode(), "the other firmware gets its chance");
        for _ in 0..BOOTS_MAX {
            guard = guard.booted();
        }
        assert!(guard.is_safe_mode() && !guard.wants_back(), "not back and forth");
        for _ in 0..1000 {
            guard = guard.booted();
        }
        assert!(guard.is_safe_mode());
    }

    #[test]
    fn a_device_that_is_switched_off_in_order_is_not_suspected() {
        let mut guard = Guard::default();
        for _ in 0..10 {
            guard = guard.booted().ended();
        }
        assert_eq!(guard, Guard::default());
    }

    #[test]
    fn round_trip_and_every_damage_is_seen() {
        for guard in [Guard::default(), Guard { boots: 200, taken_back: true }] {
            let good = guard.encode();
            assert_eq!(Guard::decode(&good), Some(guard));
            for bit in 0..good.len() * 8 {
                let mut bad = good;
                bad[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(Guard::decode(&bad), None, "bit {bit}");
            }
        }
        for length in 0..RECORD_BYTES {
            assert_eq!(Guard::decode(&Guard::default().encode()[..length]), None);
        }
        assert_eq!(Guard::decode(&[0xFF; 9]), None);
    }
}
