// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The trailer at the end of a slot, as MCUboot has it for flash that writes at most 8 bytes at once.
//!
//! | bytes before the end | what |
//! |---|---|
//! | 16 | magic number |
//! | 24 | image is confirmed: 1 in the first byte |
//! | 32 | swap is done: 1 in the first byte |
//! | 40 | kind of swap in the first byte: 2 test, 3 permanent, 4 revert |
//!
//! What is erased is not set. From the trailers of both slots together follows what the bootloader does
//! at the next boot. Zephyr writes the same: either device honours the other's requests.

use akira_core::firmware::Swap;

use super::area::Area;
use crate::flash::FlashError;
use crate::flash::geometry::ERASE_BLOCK;

/// Bytes at the end of a slot that are the trailer's.
const BYTES: u32 = 40;

const MAGIC: [u8; 16] = [
    0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2, 0xef, 0x7f, 0x35, 0x52, 0x50, 0x0f, 0x2c, 0xb6, 0x79, 0x80,
];
const MAGIC_AT: u32 = 16;
const IMAGE_OK_AT: u32 = 24;
const COPY_DONE_AT: u32 = 32;
const SWAP_INFO_AT: u32 = 40;
const SET: u8 = 1;

/// What a trailer begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Magic {
    /// The magic number.
    Good,
    /// Nothing.
    Unset,
    /// Something else.
    Bad,
}

/// A flag of a trailer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// It is set.
    Set,
    /// It is erased.
    Unset,
    /// It is neither.
    Bad,
}

/// What a slot's trailer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trailer {
    /// Whether there is one.
    pub magic: Magic,
    /// The image is confirmed; in the secondary slot: it is to be swapped in for good.
    pub image_ok: Flag,
    /// The image was swapped in.
    pub copy_done: Flag,
}

/// Bytes of the largest image in a slot of `size` bytes. MCUboot needs a block for moving the image
/// and one for the trailer, and images are to go from one device to the other.
pub const fn image_max(size: u32) -> u32 {
    size - 2 * ERASE_BLOCK
}

impl Trailer {
    /// Reads a slot's trailer.
    pub fn read(slot: &mut Area<'_>) -> Result<Self, FlashError> {
        let mut bytes = [0; BYTES as usize];
        slot.read(slot.size() - BYTES, &mut bytes)?;
        let at = |before_end: u32| (BYTES - before_end) as usize;
        let flag = |before_end| match bytes[at(before_end)] {
            0xFF => Flag::Unset,
            SET => Flag::Set,
            _ => Flag::Bad,
        };
        let magic = match &bytes[at(MAGIC_AT)..] {
            magic if *magic == MAGIC => Magic::Good,
            magic if magic.iter().all(|byte| *byte == 0xFF) => Magic::Unset,
            _ => Magic::Bad,
        };
        Ok(Self { magic, image_ok: flag(IMAGE_OK_AT), copy_done: flag(COPY_DONE_AT) })
    }
}

/// What the bootloader does with slots that have these trailers.
pub fn swap_type(primary: Trailer, secondary: Trailer) -> Swap {
    match (secondary.magic, secondary.image_ok) {
        (Magic::Good, Flag::Unset) => return Swap::Test,
        (Magic::Good, Flag::Set) => return Swap::Permanent,
        _ => {}
    }
    let on_trial = primary.magic == Magic::Good
        && primary.image_ok == Flag::Unset
        && primary.copy_done == Flag::Set;
    if on_trial { Swap::Revert } else { Swap::None }
}

/// The number of a kind of swap in a trailer.
const fn number(swap: Swap) -> u8 {
    match swap {
        Swap::None => 1,
        Swap::Test => 2,
        Swap::Permanent => 3,
        Swap::Revert => 4,
    }
}

/// Requests that the image in the secondary slot is tried at the next boot. A trailer that is none is
/// erased with the block it is in; `false` then.
pub fn request_test(secondary: &mut Area<'_>) -> Result<bool, FlashError> {
    let end = secondary.size();
    match Trailer::read(secondary)?.magic {
        Magic::Good => Ok(true),
        Magic::Unset => {
            secondary.write(end - MAGIC_AT, &MAGIC)?;
            secondary.write(end - SWAP_INFO_AT, &[number(Swap::Test)])?;
            Ok(true)
        }
        Magic::Bad => {
            erase(secondary)?;
            Ok(false)
        }
    }
}

/// Confirms the image in the primary slot, if it has a trailer at all; `false` for one that is broken.
pub fn confirm(primary: &mut Area<'_>) -> Result<bool, FlashError> {
    let trailer = Trailer::read(primary)?;
    match (trailer.magic, trailer.image_ok) {
        (Magic::Good, Flag::Unset) => {
            primary.write(primary.size() - IMAGE_OK_AT, &[SET])?;
            Ok(true)
        }
        (Magic::Bad, _) => Ok(false),
        _ => Ok(true),
    }
}

/// Erases a slot's trailer.
pub fn erase(slot: &mut Area<'_>) -> Result<(), FlashError> {
    slot.erase_block(slot.size() - ERASE_BLOCK)
}

/// Writes the primary slot's trailer anew, as it is after a swap of that kind.
pub fn write_swapped(primary: &mut Area<'_>, swap: Swap) -> Result<(), FlashError> {
    erase(primary)?;
    let mut bytes = [0xFF; BYTES as usize];
    let at = |before_end: u32| (BYTES - before_end) as usize;
    bytes[at(SWAP_INFO_AT)] = number(swap);
    bytes[at(COPY_DONE_AT)] = SET;
    if swap != Swap::Test {
        bytes[at(IMAGE_OK_AT)] = SET;
    }
    bytes[at(MAGIC_AT)..].copy_from_slice(&MAGIC);
    primary.write(primary.size() - BYTES, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flash::{Geometry, NorFlash, Partition};

    const NONE: Trailer =
        Trailer { magic: Magic::Unset, image_ok: Flag::Unset, copy_done: Flag::Unset };

    #[test]
    fn trailers_tell_what_happens_at_the_next_boot() {
        let good = Trailer { magic: Magic::Good, ..NONE };
        let ok = Trailer { image_ok: Flag::Set, ..good };
        let swapped = Trailer { copy_done: Flag::Set, ..good };
        let kept = Trailer { copy_done: Flag::Set, ..ok };
        let bad = Trailer { magic: Magic::Bad, ..swapped };
        for (primary, secondary, swap) in [
            (NONE, NONE, Swap::None),
            (good, NONE, Swap::None),
            (ok, NONE, Swap::None),
            (kept, NONE, Swap::None),
            (bad, NONE, Swap::None),
            (swapped, NONE, Swap::Revert),
            (swapped, bad, Swap::Revert),
            (NONE, good, Swap::Test),
            (kept, good, Swap::Test),
            (swapped, good, Swap::Test),
            (NONE, ok, Swap::Permanent),
            (bad, ok, Swap::Permanent),
            (NONE, Trailer { image_ok: Flag::Bad, ..good }, Swap::None),
        ] {
            assert_eq!(swap_type(primary, secondary), swap, "{primary:?} {secondary:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_and_where_mcuboot_has_it() {
        let mut chip = NorFlash::in_memory(Geometry::new(65_536).unwrap());
        let part = Partition { offset: 8192, size: 8192 };
        let mut slot = Area::new(&mut chip, part);
        assert_eq!(Trailer::read(&mut slot).unwrap(), NONE);
        assert!(confirm(&mut slot).unwrap(), "one without a trailer needs no confirming");
        assert_eq!(Trailer::read(&mut slot).unwrap(), NONE);
        assert!(request_test(&mut slot).unwrap() && request_test(&mut slot).unwrap());
        assert_eq!(Trailer::read(&mut slot).unwrap().magic, Magic::Good);
        let end = 16_384;
        assert_eq!(slot.chip.cells()[end - 16..end], MAGIC);
        assert_eq!(slot.chip.cells()[end - 40..end - 32], [2, 255, 255, 255, 255, 255, 255, 255]);
        assert_eq!(slot.chip.cells()[end - 32..end - 16], [0xFF; 16]);
        assert!(confirm(&mut slot).unwrap());
        assert_eq!(slot.chip.cells()[end - 24], 1);
        for (swap, image_ok) in [(Swap::Test, Flag::Unset), (Swap::Revert, Flag::Set)] {
            write_swapped(&mut slot, swap).unwrap();
            let found = Trailer::read(&mut slot).unwrap();
            let wanted = Trailer { magic: Magic::Good, image_ok, copy_done: Flag::Set };
            assert_eq!(found, wanted);
        }
        assert_eq!(slot.chip.cells()[end - 40], 4);
        erase(&mut slot).unwrap();
        slot.write(8192 - 3, &[0; 3]).unwrap();
        assert_eq!(Trailer::read(&mut slot).unwrap().magic, Magic::Bad);
        assert!(!confirm(&mut slot).unwrap() && !request_test(&mut slot).unwrap());
        assert_eq!(Trailer::read(&mut slot).unwrap(), NONE, "what is broken is erased");
    }
}
