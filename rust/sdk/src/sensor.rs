// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Sensors. Needs the capability `sensor`; the manifest's scope may narrow it to some of them.

use crate::error::count;
use crate::native::{self, sensor};
use crate::{Error, Result};

macro_rules! sensors {
    ($($(#[$doc:meta])* $name:ident = $id:ident,)*) => {
        /// What a sensor measures.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Sensor {
            $($(#[$doc])* $name = sensor::$id as u8,)*
        }

        impl Sensor {
            /// Every sensor in the order of its id.
            pub const ALL: &'static [Sensor] = &[$(Sensor::$name),*];
        }
    };
}

sensors! {
    /// Temperature in degrees Celsius.
    Temperature = TEMPERATURE,
    /// Relative humidity in percent.
    Humidity = HUMIDITY,
    /// Air pressure in hectopascal.
    Pressure = PRESSURE,
    /// Acceleration to the right, in metres per second squared.
    AccelerationX = ACCELERATION_X,
    /// Acceleration to the top.
    AccelerationY = ACCELERATION_Y,
    /// Acceleration to the viewer.
    AccelerationZ = ACCELERATION_Z,
    /// Rotation in degrees per second.
    RotationX = ROTATION_X,
    /// Rotation in degrees per second.
    RotationY = ROTATION_Y,
    /// Rotation in degrees per second.
    RotationZ = ROTATION_Z,
    /// Magnetic field in microtesla.
    MagneticX = MAGNETIC_X,
    /// Magnetic field in microtesla.
    MagneticY = MAGNETIC_Y,
    /// Magnetic field in microtesla.
    MagneticZ = MAGNETIC_Z,
    /// Light in lux.
    Light = LIGHT,
    /// Proximity, without a unit.
    Proximity = PROXIMITY,
    /// Voltage in volt.
    Voltage = VOLTAGE,
    /// Current in ampere.
    Current = CURRENT,
}

impl Sensor {
    /// Its number.
    pub const fn id(self) -> u8 {
        self as u8
    }

    /// The sensor with this number.
    pub fn from_id(id: u8) -> Option<Self> {
        Self::ALL.get(usize::from(id)).copied()
    }

    /// Its name, for example `temperature`.
    pub const fn name(self) -> &'static str {
        sensor::ALL[self as usize].0
    }

    /// The unit of its values; empty when they have none.
    pub const fn unit(self) -> &'static str {
        sensor::ALL[self as usize].1
    }

    /// Reads it. [`Error::NOT_FOUND`] when the device lacks it, [`Error::ACCESS`] when the app's
    /// scope does.
    pub fn read(self) -> Result<f32> {
        read(self.id())
    }
}

/// Reads the sensor with this number.
pub fn read(id: u8) -> Result<f32> {
    let mut value = 0.0;
    count(native::sensor_read(id.into(), &mut value))?;
    Ok(value)
}

/// The numbers of the sensors that the device has and the app may read, written into `out`, lowest
/// first. [`Error::INVALID`] when `out` is too small.
pub fn ids(out: &mut [u8]) -> Result<&[u8]> {
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    let found = count(unsafe { native::sensor_list(out.as_mut_ptr(), out.len()) })?;
    out.get(..found).ok_or(Error::INVALID)
}

/// The sensors that the device has and the app may read.
pub fn available() -> Result<impl Iterator<Item = Sensor>> {
    let mut numbers = [0; 64];
    let found = ids(&mut numbers)?.len();
    Ok(numbers.into_iter().take(found).filter_map(Sensor::from_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_names_and_units_belong_together() {
        assert_eq!(Sensor::ALL.len(), sensor::ALL.len());
        for (id, sensor) in (0..).zip(Sensor::ALL) {
            assert_eq!(sensor.id(), id);
            assert_eq!(Sensor::from_id(id), Some(*sensor));
        }
        assert_eq!(Sensor::from_id(16), None);
        assert_eq!((Sensor::Pressure.name(), Sensor::Pressure.unit()), ("pressure", "hPa"));
        assert_eq!((Sensor::Current.name(), Sensor::Current.unit()), ("current", "A"));
    }
}
