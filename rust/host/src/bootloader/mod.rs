// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What MCUboot does before the firmware of a board runs, for the virtual device.
//!
//! It keeps MCUboot's rules: real signed images, the trailers' layout, a test swap that is undone at
//! the boot after it unless the image was confirmed, and a swap that goes on after a power cut at any
//! flash operation. An image that is to be swapped in is checked first, hash and signature; one that
//! does not pass is erased, and the device boots what it has. What is in the primary slot is never
//! run, of course: the virtual device's own program stands for it.
//!
//! * [`area`] - a partition of the chip,
//! * [`trailer`] - what the slots' ends say,
//! * [`journal`] - how far a swap has come,
//! * [`swap`] - the swap itself.
//!
//! Without a key nothing is swapped, and nothing is erased either.

pub mod area;
pub mod journal;
pub mod swap;
pub mod trailer;

use akira_core::firmware::slot::{self, Found};
use akira_core::firmware::{Image, ImageError, PublicKey, Swap};

use crate::flash::geometry::ERASE_BLOCK;
use crate::flash::{BootParts, FlashError, Layout, NorFlash, Partition};
use area::Area;
use journal::Task;
use trailer::Trailer;

/// What images must be signed by.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// The keys.
    pub keys: Vec<PublicKey>,
    /// Without keys: images need no signature.
    pub unsigned: bool,
}

impl Keys {
    fn is_empty(&self) -> bool {
        self.keys.is_empty() && !self.unsigned
    }
}

/// Boots: swaps the slots if they are to be swapped. `say` is told what a person at the console wants
/// to know. A chip without slots is left alone.
pub fn boot(chip: &mut NorFlash, keys: &Keys, mut say: impl FnMut(&str)) -> Result<(), FlashError> {
    let Some(parts) = Layout::of(chip.geometry()).boot else { return Ok(()) };
    if let Some((task, done)) = journal::read(&mut Area::new(chip, parts.scratch))? {
        say("goes on with a swap of the slots that was cut short");
        swap::finish(chip, parts, task, done)?;
        return chip.sync();
    }
    let swap = swap_type(chip, parts)?;
    if swap == Swap::None {
        return Ok(());
    }
    if keys.is_empty() {
        say("has no key to verify firmware with, so it does not swap the slots");
        return Ok(());
    }
    let (secondary, primary) = (look(chip, parts.secondary)?, look(chip, parts.primary)?);
    let image = match check(secondary, keys) {
        Ok(Some(image)) => image,
        // There is nothing to go back to, and no reason to lose it.
        refused if swap == Swap::Revert => {
            let why = refused.err().map_or("the other slot is empty".into(), |e| e.to_string());
            say(&format!("has no firmware to go back to: {why}"));
            return Ok(());
        }
        Ok(None) => return refuse(chip, parts, "the slot is empty", say),
        Err(error) => return refuse(chip, parts, &error.to_string(), say),
    };
    let of_primary = match &primary {
        Found::Image(image) => image.size,
        Found::Empty | Found::Bad(_) => 0,
    };
    let size = image.size.max(of_primary);
    let version = image.header.version;
    match swap {
        Swap::Test => say(&format!("swaps the slots: firmware {version} is on trial")),
        Swap::Revert => say(&format!("swaps the slots back to firmware {version}")),
        _ => say(&format!("swaps the slots: firmware {version}")),
    }
    swap::run(chip, parts, Task { swap, blocks: size.div_ceil(ERASE_BLOCK) })?;
    chip.sync()
}

/// What the trailers of both slots say.
pub fn swap_type(chip: &mut NorFlash, parts: BootParts) -> Result<Swap, FlashError> {
    let primary = Trailer::read(&mut Area::new(chip, parts.primary))?;
    let secondary = Trailer::read(&mut Area::new(chip, parts.secondary))?;
    Ok(trailer::swap_type(primary, secondary))
}

/// What is in a slot.
fn look(chip: &mut NorFlash, slot: Partition) -> Result<Found, FlashError> {
    let mut area = Area::new(chip, slot);
    slot::scan(trailer::image_max(slot.size), |offset, out| area.read(offset, out))
}

/// The image, if it may be booted; `None` for an empty slot.
fn check(found: Found, keys: &Keys) -> Result<Option<Image>, ImageError> {
    match found {
        Found::Empty => Ok(None),
        Found::Bad(error) => Err(error),
        Found::Image(image) => {
            image.verify(&keys.keys, keys.unsigned)?;
            Ok(Some(*image))
        }
    }
}

/// Erases what was to be swapped in and is no image to boot.
fn refuse(
    chip: &mut NorFlash,
    parts: BootParts,
    why: &str,
    mut say: impl FnMut(&str),
) -> Result<(), FlashError> {
    say(&format!("erases what was to be swapped in: {why}"));
    clear(&mut Area::new(chip, parts.secondary))?;
    chip.sync()
}

/// Erases header and trailer of a slot. The trailer goes first: what has none is never swapped.
pub fn clear(slot: &mut Area<'_>) -> Result<(), FlashError> {
    trailer::erase(slot)?;
    slot.erase_block(0)
}

#[cfg(test)]
mod tests;
