// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How a packet travels between simulated devices.
//!
//! ```text
//! "AKRF" | frequency in Hz u32 | power in dBm i8 | 0 u8 | length u16 | sender u64 | packet
//! ```
//! Numbers are little-endian. A frame ends where its length says.

pub use akira_abi::RF_PACKET_MAX as PACKET_MAX;

/// Longest frame.
pub const FRAME_MAX: usize = HEAD + PACKET_MAX;

const HEAD: usize = 20;
const MAGIC: &[u8; 4] = b"AKRF";

/// A packet on its way.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The frequency that it was sent on.
    pub frequency_hz: u32,
    /// The power that it was sent with.
    pub power_dbm: i8,
    /// Who sent it: a random number of each radio.
    pub sender: u64,
    /// The packet.
    pub packet: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The frame's bytes. The packet must not be longer than [`PACKET_MAX`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + self.packet.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.frequency_hz.to_le_bytes());
        bytes.extend_from_slice(&self.power_dbm.to_le_bytes());
        bytes.push(0);
        bytes.extend_from_slice(&(self.packet.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&self.sender.to_le_bytes());
        bytes.extend_from_slice(self.packet);
        bytes
    }

    /// Reads a frame; `None` when that is not one, in any point.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk()?;
        let (frequency, rest) = rest.split_first_chunk()?;
        let ([power, zero], rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (sender, packet) = rest.split_first_chunk()?;
        let whole = magic == MAGIC
            && *zero == 0
            && (1..=PACKET_MAX).contains(&packet.len())
            && usize::from(u16::from_le_bytes(*length)) == packet.len();
        whole.then(|| Self {
            frequency_hz: u32::from_le_bytes(*frequency),
            power_dbm: i8::from_le_bytes([*power]),
            sender: u64::from_le_bytes(*sender),
            packet,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame<'_> = Frame {
        frequency_hz: 868_100_000,
        power_dbm: -3,
        sender: 0x0102_0304_0506_0708,
        packet: b"hi",
    };

    #[test]
    fn the_bytes_are_those_that_every_simulated_device_knows() {
        let bytes = FRAME.to_bytes();
        let expected = b"AKRF\xa0\x27\xbe\x33\xfd\x00\x02\x00\x08\x07\x06\x05\x04\x03\x02\x01hi";
        assert_eq!(bytes, expected);
        assert_eq!(Frame::parse(&bytes), Some(FRAME));
        assert_eq!(bytes.len(), HEAD + 2);
    }

    #[test]
    fn anything_else_is_no_frame() {
        let good = FRAME.to_bytes();
        for length in 0..good.len() {
            assert_eq!(Frame::parse(&good[..length]), None, "cut to {length}");
        }
        assert_eq!(Frame::parse(&[&good[..], b"!"].concat()), None, "more than its length");
        for (place, byte) in [(0, b'a'), (3, 0), (9, 1), (10, 0), (10, 1), (10, 3), (11, 1)] {
            let mut odd = good.clone();
            odd[place] = byte;
            assert_eq!(Frame::parse(&odd), None, "byte {place} is {byte}");
        }
        let longest = Frame { packet: &[1; PACKET_MAX], ..FRAME };
        assert_eq!(Frame::parse(&longest.to_bytes()), Some(longest));
        let empty = Frame { packet: b"", ..FRAME };
        assert_eq!(Frame::parse(&empty.to_bytes()), None);
        let too_long = Frame { packet: &[1; PACKET_MAX + 1], ..FRAME };
        assert_eq!(Frame::parse(&too_long.to_bytes()), None);
    }
}
