// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The firmware slots of the virtual device: partitions of its flash, beside the storage.
//!
//! Blocks of the secondary slot are erased as bytes come for them, the trailer's before any of them.
//! Nothing is buffered, so what was written is on the flash.

use akira_abi::Errno;
use akira_runtime::platform::{PublicKey, Slot, SlotInfo, Swap};
use parking_lot::Mutex;

use crate::bootloader::area::Area;
use crate::bootloader::{self, Keys, trailer};
use crate::flash::geometry::ERASE_BLOCK;
use crate::flash::{BootParts, FlashError, Layout, NorFlash};
use crate::storage::Storage;

/// The slots of a device, and what its firmware must be signed by.
pub struct Slots {
    parts: Option<BootParts>,
    keys: Keys,
    /// Where the next bytes go.
    at: Mutex<u32>,
}

impl Slots {
    /// The slots on the chip of `storage`.
    pub fn new(storage: &Storage, keys: Keys) -> Self {
        let parts = storage.with_chip(|chip| Layout::of(chip.geometry()).boot);
        Self { parts, keys, at: Mutex::new(0) }
    }

    /// The keys.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys.keys
    }

    /// Whether images need no signature.
    pub fn unsigned(&self) -> bool {
        self.keys.unsigned
    }

    /// The sizes.
    pub fn info(&self) -> Option<SlotInfo> {
        let size = self.parts?.secondary.size;
        Some(SlotInfo {
            size,
            erase_block: ERASE_BLOCK,
            write_block: 1,
            image_max: trailer::image_max(size),
        })
    }

    fn with<R>(
        &self,
        storage: &Storage,
        work: impl FnOnce(&mut NorFlash, BootParts) -> Result<R, FlashError>,
    ) -> Result<R, Errno> {
        let parts = self.parts.ok_or(Errno::ENOTSUP)?;
        storage.with_chip(|chip| work(chip, parts)).map_err(errno)
    }

    /// Reads a slot.
    pub fn read(
        &self,
        storage: &Storage,
        slot: Slot,
        offset: u32,
        out: &mut [u8],
    ) -> Result<(), Errno> {
        self.with(storage, |chip, parts| {
            let part = if slot == Slot::Primary { parts.primary } else { parts.secondary };
            Area::new(chip, part).read(offset, out)
        })
    }

    /// Begins to write the secondary slot.
    pub fn open(&self, storage: &Storage, offset: u32) -> Result<(), Errno> {
        let size = self.info().ok_or(Errno::ENOTSUP)?.image_max;
        if !offset.is_multiple_of(ERASE_BLOCK) || offset > size {
            return Err(Errno::EINVAL);
        }
        if offset == 0 {
            self.with(storage, |chip, parts| {
                trailer::erase(&mut Area::new(chip, parts.secondary))
            })?;
        }
        *self.at.lock() = offset;
        Ok(())
    }

    /// Writes the next bytes.
    pub fn write(&self, storage: &Storage, bytes: &[u8]) -> Result<(), Errno> {
        let mut at = self.at.lock();
        let end = self.info().ok_or(Errno::ENOTSUP)?.image_max;
        if bytes.len() as u64 > u64::from(end.saturating_sub(*at)) {
            return Err(Errno::EINVAL);
        }
        let mut bytes = bytes;
        while !bytes.is_empty() {
            let room = (ERASE_BLOCK - *at % ERASE_BLOCK) as usize;
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.with(storage, |chip, parts| {
                let mut slot = Area::new(chip, parts.secondary);
                if at.is_multiple_of(ERASE_BLOCK) {
                    slot.erase_block(*at)?;
                }
                slot.write(*at, now)
            })?;
            *at += now.len() as u32;
            bytes = rest;
        }
        Ok(())
    }

    /// Returns when what was written is kept.
    pub fn flush(&self, storage: &Storage) -> Result<(), Errno> {
        self.with(storage, |chip, _| chip.sync())
    }

    /// Makes that the secondary slot holds no image.
    pub fn erase(&self, storage: &Storage) -> Result<(), Errno> {
        self.with(storage, |chip, parts| {
            bootloader::clear(&mut Area::new(chip, parts.secondary))?;
            chip.sync()
        })
    }

    /// Has the bootloader swap the slots at the next boot, on trial.
    pub fn request_test(&self, storage: &Storage) -> Result<(), Errno> {
        self.change(storage, |chip, parts| {
            trailer::request_test(&mut Area::new(chip, parts.secondary))
        })
    }

    /// Confirms the running image.
    pub fn confirm(&self, storage: &Storage) -> Result<(), Errno> {
        self.change(storage, |chip, parts| trailer::confirm(&mut Area::new(chip, parts.primary)))
    }

    fn change(
        &self,
        storage: &Storage,
        work: impl FnOnce(&mut NorFlash, BootParts) -> Result<bool, FlashError>,
    ) -> Result<(), Errno> {
        let done = self.with(storage, |chip, parts| {
            let done = work(chip, parts)?;
            chip.sync()?;
            Ok(done)
        })?;
        if done { Ok(()) } else { Err(Errno::EIO) }
    }

    /// What the bootloader does at the next boot.
    pub fn swap(&self, storage: &Storage) -> Result<Swap, Errno> {
        self.with(storage, bootloader::swap_type)
    }

    /// Whether the primary slot's trailer says that its image is confirmed.
    pub fn confirmed(&self, storage: &Storage) -> Result<bool, Errno> {
        let trailer = self.with(storage, |chip, parts| {
            trailer::Trailer::read(&mut Area::new(chip, parts.primary))
        })?;
        Ok(trailer.image_ok == trailer::Flag::Set)
    }
}

fn errno(error: FlashError) -> Errno {
    match error {
        FlashError::OutOfRange { .. } => Errno::EINVAL,
        _ => Errno::EIO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flash::Geometry;

    fn device(size: u64) -> (Storage, Slots) {
        let chip = NorFlash::in_memory(Geometry::new(size).unwrap());
        let storage = Storage::mount(chip).unwrap();
        let slots = Slots::new(&storage, Keys::default());
        (storage, slots)
    }

    #[test]
    fn what_is_written_is_in_the_slot_whatever_was_there() {
        let (storage, slots) = device(4 << 20);
        let info = slots.info().unwrap();
        assert_eq!((info.size, info.image_max), (430_080, 421_888));
        for round in 0..3u8 {
            let image: Vec<u8> = (0..20_000u32).map(|i| (i * 7) as u8 ^ round).collect();
            slots.open(&storage, 0).unwrap();
            for piece in image.chunks(777) {
                slots.write(&storage, piece).unwrap();
            }
            slots.flush(&storage).unwrap();
            let mut back = vec![0; image.len()];
            slots.read(&storage, Slot::Secondary, 0, &mut back).unwrap();
            assert!(back == image, "round {round}");
            assert_eq!(slots.swap(&storage), Ok(Swap::None));
            slots.request_test(&storage).unwrap();
            assert_eq!(slots.swap(&storage), Ok(Swap::Test));
        }
        slots.open(&storage, 8192).unwrap();
        slots.write(&storage, &[9; 100]).unwrap();
        let mut back = [0; 101];
        slots.read(&storage, Slot::Secondary, 8192, &mut back).unwrap();
        assert!(back[..100] == [9; 100] && back[100] == 0xFF, "the block was erased");
        slots.read(&storage, Slot::Secondary, 8091, &mut back).unwrap();
        assert!(back[..100].iter().any(|byte| *byte != 0xFF), "the one before was not");
        slots.erase(&storage).unwrap();
        assert_eq!(slots.swap(&storage), Ok(Swap::None));
    }

    #[test]
    fn nothing_leaves_the_slot() {
        let (storage, slots) = device(4 << 20);
        let info = slots.info().unwrap();
        assert_eq!(slots.open(&storage, 100), Err(Errno::EINVAL));
        assert_eq!(slots.open(&storage, info.size), Err(Errno::EINVAL));
        slots.open(&storage, info.image_max - 4096).unwrap();
        assert_eq!(slots.write(&storage, &[0; 4097]), Err(Errno::EINVAL));
        slots.write(&storage, &[0; 4096]).unwrap();
        assert_eq!(slots.write(&storage, &[0]), Err(Errno::EINVAL));
        let outside = slots.read(&storage, Slot::Primary, info.size - 1, &mut [0; 2]);
        assert_eq!(outside, Err(Errno::EINVAL));
    }

    #[test]
    fn a_small_chip_has_no_slots() {
        let (storage, slots) = device(2 << 20);
        assert_eq!(slots.info(), None);
        assert_eq!(slots.open(&storage, 0), Err(Errno::ENOTSUP));
        assert_eq!(slots.swap(&storage), Err(Errno::ENOTSUP));
        assert_eq!(slots.read(&storage, Slot::Primary, 0, &mut [0]), Err(Errno::ENOTSUP));
    }
}
