// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a platform's display, input, radio and sensors look like to the runtime.

pub use akira_core::input::InputEvent;

/// A display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisplayInfo {
    /// Its width in pixels.
    pub width: u16,
    /// Its height in pixels.
    pub height: u16,
}

/// Which input a device has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputInfo {
    /// The buttons that are there, bit 0 to 7: A, B, C, D, up, down, left, right.
    pub buttons: u32,
    /// There is a touch panel.
    pub touch: bool,
    /// How many analog channels there are.
    pub analog: u8,
}

impl InputInfo {
    /// Whether there is any input at all.
    pub fn is_there(&self) -> bool {
        self.buttons != 0 || self.touch || self.analog != 0
    }
}

/// How a radio is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RfTuning {
    /// Frequency in hertz.
    pub frequency_hz: u32,
    /// Transmission power in dBm.
    pub power_dbm: i8,
}

impl RfTuning {
    /// How a radio is set at boot if nobody says otherwise: 868.1 MHz, a channel that every EU868
    /// device has, and 14 dBm, the most that band allows (ETSI EN 300 220-2, LoRaWAN regional
    /// parameters RP002).
    pub const DEFAULT: Self = Self { frequency_hz: 868_100_000, power_dbm: 14 };
}
