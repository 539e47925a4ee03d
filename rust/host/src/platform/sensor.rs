// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The sensors: every kind that there is, each measuring what it was told to. They start as on a
//! desk in a room.

use akira_abi::Errno;
use parking_lot::Mutex;

/// The ids of all sensors.
pub const IDS: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// What they measure at the start, by id.
#[rustfmt::skip]
const START: [f32; IDS.len()] = [
    21.5, 45.0, 1013.25,
    0.0, 0.0, 9.81,
    0.0, 0.0, 0.0,
    20.0, 0.0, -43.0,
    300.0, 0.0, 3.3, 0.05,
];

/// The sensors.
pub struct Sensors {
    values: Mutex<[f32; IDS.len()]>,
}

impl Default for Sensors {
    fn default() -> Self {
        Self { values: Mutex::new(START) }
    }
}

impl Sensors {
    /// What a sensor measures now; `ENOENT` for one that is not there.
    pub fn read(&self, id: u8) -> Result<f32, Errno> {
        self.values.lock().get(usize::from(id)).copied().ok_or(Errno::ENOENT)
    }

    /// Says what a sensor measures from now on. `EINVAL` for what is no number.
    pub fn set(&self, id: u8, value: f32) -> Result<(), Errno> {
        if !value.is_finite() {
            return Err(Errno::EINVAL);
        }
        *self.values.lock().get_mut(usize::from(id)).ok_or(Errno::ENOENT)? = value;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_has_a_meaning_and_a_value() {
        let sensors = Sensors::default();
        assert_eq!(IDS.len(), akira_abi::sensor::SENSORS.len());
        assert!(IDS.iter().enumerate().all(|(place, &id)| place == usize::from(id)));
        assert_eq!(IDS.map(|id| sensors.read(id).unwrap()), START);
        assert_eq!(sensors.read(16), Err(Errno::ENOENT));
    }

    #[test]
    fn only_numbers_are_measured() {
        let sensors = Sensors::default();
        sensors.set(0, -40.25).unwrap();
        assert_eq!(sensors.read(0), Ok(-40.25));
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(sensors.set(0, odd), Err(Errno::EINVAL));
        }
        assert_eq!(sensors.set(16, 1.0), Err(Errno::ENOENT));
        assert_eq!(sensors.read(0), Ok(-40.25));
        assert_eq!(sensors.read(1), Ok(45.0));
    }
}
