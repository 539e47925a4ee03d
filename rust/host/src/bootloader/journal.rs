// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How far a swap has come, so that it goes on after a power cut at any flash operation.
//!
//! The journal is the beginning of the scratch partition: a head of 64 bytes that says what is being
//! swapped, and then a mark of 16 bytes for each step that is done. A head or a mark that the power
//! was cut in is none: its step is done again. A swap that is done has its head overwritten before
//! anything else, so that no erase that the power was cut in brings an old one back.
//!
//! (MCUboot keeps this in the trailers, in a way that depends on how it was built. So a swap that was
//! cut short is finished by whoever began it.)

use akira_core::firmware::Swap;
use sha2::{Digest, Sha256};

use super::area::Area;
use crate::flash::FlashError;
use crate::flash::geometry::ERASE_BLOCK;

/// Blocks of the scratch partition that are the journal's.
pub const BLOCKS: u32 = 2;

const HEAD_BYTES: u32 = 64;
const MARK_BYTES: u32 = 16;
/// Steps that there is room for.
pub const STEPS_MAX: u32 = (BLOCKS * ERASE_BLOCK - HEAD_BYTES) / MARK_BYTES;

const MAGIC: &[u8; 8] = b"AKSWAP1\n";
const CHECKED: usize = HEAD_BYTES as usize - 8;

/// What is being swapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// How it came to be.
    pub swap: Swap,
    /// Blocks of either slot, from its beginning.
    pub blocks: u32,
}

impl Task {
    fn head(self) -> [u8; HEAD_BYTES as usize] {
        let mut head = [0; HEAD_BYTES as usize];
        head[..8].copy_from_slice(MAGIC);
        head[8] = match self.swap {
            Swap::None => 1,
            Swap::Test => 2,
            Swap::Permanent => 3,
            Swap::Revert => 4,
        };
        head[12..16].copy_from_slice(&self.blocks.to_le_bytes());
        let check = Sha256::digest(&head[..CHECKED]);
        head[CHECKED..].copy_from_slice(&check[..8]);
        head
    }
}

/// The mark of a step.
fn mark(step: u32) -> [u8; MARK_BYTES as usize] {
    let mut mark = [0x5A; MARK_BYTES as usize];
    mark[..4].copy_from_slice(&step.to_le_bytes());
    mark
}

/// The swap that is under way, if there is one, and how many of its steps are done.
pub fn read(scratch: &mut Area<'_>) -> Result<Option<(Task, u32)>, FlashError> {
    let mut head = [0; HEAD_BYTES as usize];
    scratch.read(0, &mut head)?;
    let swap = match head[8] {
        2 => Swap::Test,
        3 => Swap::Permanent,
        4 => Swap::Revert,
        _ => return Ok(None),
    };
    let blocks = u32::from_le_bytes([head[12], head[13], head[14], head[15]]);
    let task = Task { swap, blocks };
    if task.head() != head {
        return Ok(None);
    }
    let mut done = 0;
    let mut found = [0; MARK_BYTES as usize];
    while done < STEPS_MAX {
        scratch.read(HEAD_BYTES + done * MARK_BYTES, &mut found)?;
        if found != mark(done) {
            break;
        }
        done += 1;
    }
    Ok(Some((task, done)))
}

/// Begins the journal of a swap. None is under way.
pub fn begin(scratch: &mut Area<'_>, task: Task) -> Result<(), FlashError> {
    for block in 0..BLOCKS {
        scratch.erase_block(block * ERASE_BLOCK)?;
    }
    scratch.write(0, &task.head())
}

/// The step with that number is done.
pub fn note(scratch: &mut Area<'_>, step: u32) -> Result<(), FlashError> {
    scratch.write(HEAD_BYTES + step * MARK_BYTES, &mark(step))
}

/// The swap is done.
pub fn end(scratch: &mut Area<'_>) -> Result<(), FlashError> {
    scratch.write(0, &[0; HEAD_BYTES as usize])
}
