// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Sensors: what each id measures, and in which unit.

/// What a sensor id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensor {
    /// Its name.
    pub name: &'static str,
    /// Its unit, as an answer shows it.
    pub unit: &'static str,
}

const fn sensor(name: &'static str, unit: &'static str) -> Sensor {
    Sensor { name, unit }
}

/// Every sensor id, which is the place in this list. An id never changes its meaning.
pub const SENSORS: [Sensor; 16] = [
    sensor("temperature", "C"),
    sensor("humidity", "%"),
    sensor("pressure", "hPa"),
    sensor("acceleration_x", "m/s2"),
    sensor("acceleration_y", "m/s2"),
    sensor("acceleration_z", "m/s2"),
    sensor("rotation_x", "deg/s"),
    sensor("rotation_y", "deg/s"),
    sensor("rotation_z", "deg/s"),
    sensor("magnetic_x", "uT"),
    sensor("magnetic_y", "uT"),
    sensor("magnetic_z", "uT"),
    sensor("light", "lux"),
    sensor("proximity", ""),
    sensor("voltage", "V"),
    sensor("current", "A"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (id, sensor) in SENSORS.iter().enumerate() {
            assert!(SENSORS[..id].iter().all(|other| other.name != sensor.name));
        }
    }
}
