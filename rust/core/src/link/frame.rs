// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Frames: a message and its CRC-32 (little-endian), in COBS, between two zero bytes.
//!
//! A zero stands only between frames, so a receiver that came in late or lost bytes finds the next
//! frame. What has no right CRC is dropped without a word.

use alloc::vec::Vec;

use serde::Serialize;

use super::VERSION;

/// Longest message in bytes, its version included.
pub const MESSAGE_MAX: usize = 1280;

const CRC: usize = 4;
/// Longest frame between its zeros.
pub const FRAME_MAX: usize = cobs::max_encoding_length(MESSAGE_MAX + CRC);

/// Writes a message as a frame to `frame`, which is emptied first. `false` when it is too long.
pub fn encode<T: Serialize>(message: &T, scratch: &mut Vec<u8>, frame: &mut Vec<u8>) -> bool {
    frame.clear();
    scratch.clear();
    scratch.push(VERSION);
    let Ok(plain) = postcard::to_extend(message, core::mem::take(scratch)) else { return false };
    *scratch = plain;
    if scratch.len() > MESSAGE_MAX {
        return false;
    }
    scratch.extend(crc32fast::hash(scratch).to_le_bytes());
    frame.resize(cobs::max_encoding_length(scratch.len()) + 2, 0);
    let length = cobs::encode(scratch, &mut frame[1..]);
    frame.truncate(length + 2);
    frame[length + 1] = 0;
    true
}

/// Finds frames in what a line gives.
#[derive(Debug, Default)]
pub struct Deframer {
    bytes: Vec<u8>,
    /// What has come is longer than any frame.
    too_long: bool,
}

impl Deframer {
    /// At the beginning of a line.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), too_long: false }
    }

    /// Takes bytes up to the end of the first frame that is good; how many were taken, and whether
    /// [`Deframer::message`] has a message now.
    pub fn push(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            let end = rest.iter().position(|byte| *byte == 0);
            let part = &rest[..end.unwrap_or(rest.len())];
            if self.bytes.len() + part.len() > FRAME_MAX {
                self.too_long = true;
                self.bytes.clear();
            } else if !self.too_long {
                self.bytes.extend_from_slice(part);
            }
            taken += part.len();
            if end.is_some() {
                taken += 1;
                if self.close() {
                    return (taken, true);
                }
            }
        }
        (taken, false)
    }

    /// The frame has ended: whether it is good.
    fn close(&mut self) -> bool {
        let too_long = core::mem::take(&mut self.too_long);
        if !too_long && !self.bytes.is_empty() {
            let length = cobs::decode_in_place(&mut self.bytes).unwrap_or(0);
            self.bytes.truncate(length);
            if let Some((message, crc)) = self.bytes.split_last_chunk::<CRC>()
                && !message.is_empty()
                && crc32fast::hash(message).to_le_bytes() == *crc
            {
                return true;
            }
        }
        self.bytes.clear();
        false
    }

    /// The message that has come: its version and the rest. It is given once.
    pub fn take(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut bytes = core::mem::take(&mut self.bytes);
        let end = bytes.len().checked_sub(CRC)?;
        bytes.truncate(end);
        Some((*bytes.first()?, bytes))
    }

    /// Gives the buffer of a message back that is no longer needed.
    pub fn give_back(&mut self, mut bytes: Vec<u8>) {
        bytes.clear();
        self.bytes = bytes;
    }
}

/// What is being sent: one frame at a time, taken in pieces of any size.
#[derive(Debug, Default)]
pub struct Outgoing {
    scratch: Vec<u8>,
    frame: Vec<u8>,
    sent: usize,
}

impl Outgoing {
    /// Makes `message` the next frame. To be called when all of the one before has been taken.
    pub fn set<T: Serialize>(&mut self, message: &T) -> bool {
        self.sent = 0;
        let fits = encode(message, &mut self.scratch, &mut self.frame);
        if !fits {
            self.frame.clear();
        }
        fits
    }

    /// Copies to `out` what there is room for.
    pub fn take(&mut self, out: &mut [u8]) -> usize {
        let rest = self.frame.get(self.sent..).unwrap_or_default();
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.sent += count;
        count
    }

    /// Whether a new frame may be set.
    pub fn is_empty(&self) -> bool {
        self.sent >= self.frame.len()
    }
}
