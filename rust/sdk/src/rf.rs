// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The packet radio. Needs the capability `rf`.

use core::time::Duration;

use crate::error::{count, unless_again};
use crate::native;
use crate::{Error, Result, time};

/// Longest packet in bytes.
pub const PACKET_MAX: usize = native::RF_PACKET_MAX;

/// What the radio says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Frequency in hertz.
    pub frequency_hz: u32,
    /// Transmission power in dBm.
    pub power_dbm: i32,
    /// Signal strength of the last packet in dBm; `None` before the first one.
    pub rssi_dbm: Option<i32>,
    /// Packets for this app that were dropped because it did not fetch them.
    pub dropped: u32,
}

/// Sends a packet of 1 to [`PACKET_MAX`] bytes. [`Error::AGAIN`] when the app sends too much.
pub fn send(packet: &[u8]) -> Result<()> {
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    count(unsafe { native::rf_send(packet.as_ptr(), packet.len()) }).map(drop)
}

/// Waits for a packet, at most that long, without a limit for `None`. What is longer than `out` is
/// cut. Gives nothing when no packet came in time.
pub fn receive(out: &mut [u8], timeout: Option<Duration>) -> Result<Option<&[u8]>> {
    let (start, room) = (out.as_mut_ptr(), out.len());
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    let result = unsafe { native::rf_recv(start, room, time::timeout_ms(timeout)) };
    Ok(match unless_again(count(result))? {
        Some(length) => Some(out.get(..length).ok_or(Error::IO)?),
        None => None,
    })
}

/// How the radio is set up, and what it last heard.
pub fn status() -> Result<Status> {
    let mut bytes = [0; 16];
    // SAFETY: pointer and length are those of an array that lives until the call is over.
    count(unsafe { native::rf_status(bytes.as_mut_ptr(), bytes.len()) })?;
    Ok(Status::from_bytes(&bytes))
}

impl Status {
    fn from_bytes(bytes: &[u8; 16]) -> Self {
        let word = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        let rssi = i32::from_le_bytes(word(8));
        Self {
            frequency_hz: u32::from_le_bytes(word(0)),
            power_dbm: i32::from_le_bytes(word(4)),
            rssi_dbm: (rssi != 0).then_some(rssi),
            dropped: u32::from_le_bytes(word(12)),
        }
    }
}

/// Tunes the radio. [`Error::INVALID`] outside what it takes.
pub fn set_frequency(hertz: u32) -> Result<()> {
    let hertz = i32::try_from(hertz).map_err(|_| Error::INVALID)?;
    count(native::rf_set_frequency(hertz)).map(drop)
}

/// Sets the transmission power. [`Error::INVALID`] outside what the radio takes.
pub fn set_power(dbm: i32) -> Result<()> {
    count(native::rf_set_power(dbm)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read_as_the_device_writes_it() {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&868_100_000u32.to_le_bytes());
        bytes[4..8].copy_from_slice(&14i32.to_le_bytes());
        let status = Status::from_bytes(&bytes);
        assert_eq!((status.frequency_hz, status.power_dbm), (868_100_000, 14));
        assert_eq!((status.rssi_dbm, status.dropped), (None, 0));
        bytes[8..12].copy_from_slice(&(-46i32).to_le_bytes());
        bytes[12] = 3;
        let status = Status::from_bytes(&bytes);
        assert_eq!((status.rssi_dbm, status.dropped), (Some(-46), 3));
    }
}
