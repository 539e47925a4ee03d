// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Sizes of a flash chip and the range checks that follow from them.

use super::error::FlashError;

/// Bytes that one erase sets to 0xFF.
pub const ERASE_BLOCK: u32 = 4096;
/// Program operations start and end at multiples of this.
pub const PROGRAM_UNIT: u32 = 16;
/// Size of a new chip, the same as on the simulated Zephyr device.
pub const DEFAULT_SIZE: u32 = 4 * 1024 * 1024;
/// The smallest chip that is worth a file system.
pub const MIN_SIZE: u32 = 16 * ERASE_BLOCK;
/// The largest chip that is emulated; its cells are kept in memory too.
pub const MAX_SIZE: u32 = 64 * 1024 * 1024;

/// The sizes of a chip. Always valid: a whole number of erase blocks between [`MIN_SIZE`] and
/// [`MAX_SIZE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    size: u32,
}

impl Default for Geometry {
    fn default() -> Self {
        Self { size: DEFAULT_SIZE }
    }
}

impl Geometry {
    /// A chip of `size` bytes; `None` when no such chip is emulated.
    pub fn new(size: u64) -> Option<Self> {
        let size = u32::try_from(size).ok()?;
        let fits = (MIN_SIZE..=MAX_SIZE).contains(&size) && size.is_multiple_of(ERASE_BLOCK);
        fits.then_some(Self { size })
    }

    /// Size of the chip in bytes.
    pub fn size(self) -> u32 {
        self.size
    }

    /// Number of erase blocks.
    pub fn blocks(self) -> u32 {
        self.size / ERASE_BLOCK
    }

    /// Checks that `len` bytes at `offset` lie on the chip and both ends on a multiple of `unit`.
    pub(super) fn check(self, offset: u32, len: usize, unit: u32) -> Result<(), FlashError> {
        let end = u32::try_from(len).ok().and_then(|len| offset.checked_add(len));
        let Some(end) = end.filter(|&end| end <= self.size) else {
            return Err(FlashError::OutOfRange { offset, len });
        };
        if !offset.is_multiple_of(unit) || !end.is_multiple_of(unit) {
            return Err(FlashError::Misaligned { offset, len, unit });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_blocks_within_the_limits_make_a_chip() {
        assert_eq!(Geometry::new(u64::from(DEFAULT_SIZE)), Some(Geometry::default()));
        assert_eq!(Geometry::default().blocks(), 1024);
        for bad in [0, 4096, 65_535, 65_537, u64::from(MAX_SIZE) + 4096, u64::MAX] {
            assert_eq!(Geometry::new(bad), None, "{bad}");
        }
    }

    #[test]
    fn ranges_are_checked_without_overflow() {
        let chip = Geometry::new(65_536).unwrap();
        assert!(chip.check(0, 65_536, ERASE_BLOCK).is_ok());
        assert!(chip.check(65_520, 16, PROGRAM_UNIT).is_ok());
        assert!(chip.check(65_520, 32, PROGRAM_UNIT).is_err());
        assert!(chip.check(u32::MAX - 15, 16, PROGRAM_UNIT).is_err());
        assert!(chip.check(16, usize::MAX, 1).is_err());
        assert!(matches!(chip.check(8, 16, PROGRAM_UNIT), Err(FlashError::Misaligned { .. })));
        assert!(matches!(chip.check(16, 8, PROGRAM_UNIT), Err(FlashError::Misaligned { .. })));
    }
}
