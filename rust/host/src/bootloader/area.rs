// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A partition of the chip, read and written by offsets of its own, in pieces of any size.
//!
//! The chip programs whole units. What a piece leaves of a unit is programmed with what is there
//! already, which changes nothing on NOR flash.

use crate::flash::geometry::{ERASE_BLOCK, PROGRAM_UNIT};
use crate::flash::{FlashError, NorFlash, Partition};

/// A partition of a chip.
pub struct Area<'a> {
    /// The chip.
    pub chip: &'a mut NorFlash,
    part: Partition,
}

impl<'a> Area<'a> {
    /// That partition of the chip.
    pub fn new(chip: &'a mut NorFlash, part: Partition) -> Self {
        Self { chip, part }
    }

    /// Its bytes.
    pub fn size(&self) -> u32 {
        self.part.size
    }

    fn address(&self, offset: u32, len: usize) -> Result<u32, FlashError> {
        self.part.address(offset, len).ok_or(FlashError::OutOfRange { offset, len })
    }

    /// Reads what is at `offset`.
    pub fn read(&mut self, offset: u32, out: &mut [u8]) -> Result<(), FlashError> {
        let address = self.address(offset, out.len())?;
        self.chip.read(address, out)
    }

    /// Writes to erased flash at `offset`.
    pub fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), FlashError> {
        let address = self.address(offset, bytes.len())?;
        let (before, len) = (address % PROGRAM_UNIT, bytes.len() as u32);
        let whole = (before + len).next_multiple_of(PROGRAM_UNIT);
        if before == 0 && whole == len {
            return self.chip.program(address, bytes);
        }
        let mut units = vec![0; whole as usize];
        self.chip.read(address - before, &mut units)?;
        units[before as usize..][..bytes.len()].copy_from_slice(bytes);
        self.chip.program(address - before, &units)
    }

    /// Erases the block at `offset`, unless it is erased.
    pub fn erase_block(&mut self, offset: u32) -> Result<(), FlashError> {
        let len = ERASE_BLOCK as usize;
        let address = self.address(offset, len)?;
        let blank = Partition { offset: address, size: ERASE_BLOCK };
        if self.chip.is_blank(blank) { Ok(()) } else { self.chip.erase(address, len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flash::Geometry;

    #[test]
    fn pieces_of_any_size_leave_their_neighbours_alone() {
        let mut chip = NorFlash::in_memory(Geometry::new(65_536).unwrap());
        let mut area = Area::new(&mut chip, Partition { offset: 4096, size: 8192 });
        let all: Vec<u8> = (0..205).collect();
        let mut offset = 5;
        for len in [1, 2, 15, 16, 17, 30, 3, 100, 16] {
            area.write(offset, &all[offset as usize..][..len]).unwrap();
            offset += len as u32;
        }
        let mut back = vec![0; 210];
        area.read(0, &mut back).unwrap();
        assert_eq!(back[5..205], all[5..]);
        assert!(back[..5].iter().chain(&back[205..]).all(|byte| *byte == 0xFF));
        assert!(area.write(5, &[0xFF]).is_err(), "not erased");
        assert!(area.write(8191, &[0; 2]).is_err() && area.read(8192, &mut [0]).is_err());
        area.erase_block(0).unwrap();
        area.erase_block(4096).unwrap();
        assert_eq!((chip.stats().erases, chip.stats().refused), (1, 1), "what is blank stays");
    }
}
