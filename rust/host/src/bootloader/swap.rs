// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Swapping the slots, block by block, by way of a block of the scratch partition.
//!
//! Each block takes three steps: primary to scratch, secondary to primary, scratch to secondary. A step
//! that the power was cut in is done again from its beginning, and what it reads is untouched until
//! its mark is in the [`journal`]. At the end come the trailers: the primary slot's is
//! written anew, the secondary slot's is erased.

use super::area::Area;
use super::journal::{self, BLOCKS, STEPS_MAX, Task};
use super::trailer;
use crate::flash::geometry::ERASE_BLOCK;
use crate::flash::{BootParts, FlashError, NorFlash, Partition};

/// Bytes that are programmed at once, as a chip would.
const PAGE: usize = 256;

/// Where in the scratch partition a block waits.
const WAITING: u32 = BLOCKS * ERASE_BLOCK;

/// Begins a swap and brings it to its end.
pub fn run(chip: &mut NorFlash, parts: BootParts, task: Task) -> Result<(), FlashError> {
    journal::begin(&mut Area::new(chip, parts.scratch), task)?;
    finish(chip, parts, task, 0)
}

/// Brings a swap to its end of which `done` steps are done.
pub fn finish(
    chip: &mut NorFlash,
    parts: BootParts,
    task: Task,
    done: u32,
) -> Result<(), FlashError> {
    // A journal that asks for more is none of ours.
    let most = (parts.primary.blocks() - 1).min((STEPS_MAX - 2) / 3);
    let copies = task.blocks.min(most) * 3;
    for step in done..copies + 2 {
        let block = step / 3 * ERASE_BLOCK;
        if step == copies {
            trailer::write_swapped(&mut Area::new(chip, parts.primary), task.swap)?;
        } else if step == copies + 1 {
            trailer::erase(&mut Area::new(chip, parts.secondary))?;
        } else {
            match step % 3 {
                0 => copy(chip, (parts.primary, block), (parts.scratch, WAITING))?,
                1 => copy(chip, (parts.secondary, block), (parts.primary, block))?,
                _ => copy(chip, (parts.scratch, WAITING), (parts.secondary, block))?,
            }
        }
        journal::note(&mut Area::new(chip, parts.scratch), step)?;
    }
    journal::end(&mut Area::new(chip, parts.scratch))
}

/// Copies a block.
fn copy(
    chip: &mut NorFlash,
    from: (Partition, u32),
    to: (Partition, u32),
) -> Result<(), FlashError> {
    let mut block = [0; ERASE_BLOCK as usize];
    Area::new(chip, from.0).read(from.1, &mut block)?;
    let mut target = Area::new(chip, to.0);
    target.erase_block(to.1)?;
    for (page, offset) in block.chunks(PAGE).zip((to.1..).step_by(PAGE)) {
        if page.iter().any(|byte| *byte != 0xFF) {
            target.write(offset, page)?;
        }
    }
    Ok(())
}
