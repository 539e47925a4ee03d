// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Which part of a chip is whose.
//!
//! A chip of 4 MiB or more is laid out as the simulated Zephyr device's flash is (Zephyr's board
//! `native_sim` and `boards/native_sim_native_64.overlay`), so that either opens the other's image:
//! bootloader, two firmware slots and the bootloader's scratch in the lower 2 MiB, storage in the
//! rest. All of a smaller chip is storage, as on images of earlier versions, and there are no slots.

use super::geometry::{ERASE_BLOCK, Geometry};

/// The smallest chip with firmware slots.
pub const SLOTS_MIN_SIZE: u32 = 4 * 1024 * 1024;

/// A part of a chip: whole erase blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its first byte.
    pub offset: u32,
    /// Number of bytes.
    pub size: u32,
}

impl Partition {
    const fn new(offset: u32, size: u32) -> Self {
        Self { offset, size }
    }

    /// Number of erase blocks.
    pub const fn blocks(self) -> u32 {
        self.size / ERASE_BLOCK
    }

    /// The partition without that many blocks at its start, of which it must have more.
    pub const fn without(self, blocks: u32) -> Self {
        let bytes = blocks * ERASE_BLOCK;
        Self::new(self.offset + bytes, self.size - bytes)
    }

    /// Where on the chip `len` bytes at `offset` of the partition are; `None` when they leave it.
    pub fn address(self, offset: u32, len: usize) -> Option<u32> {
        let end = u32::try_from(len).ok().and_then(|len| offset.checked_add(len))?;
        (end <= self.size).then_some(self.offset + offset)
    }
}

/// The parts that belong to the bootloader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootParts {
    /// Where a chip's bootloader would be.
    pub boot: Partition,
    /// The slot that is booted from.
    pub primary: Partition,
    /// The slot that an update is written to.
    pub secondary: Partition,
    /// What a swap uses.
    pub scratch: Partition,
}

const BOOT_PARTS: BootParts = BootParts {
    boot: Partition::new(0, 0xC000),
    primary: Partition::new(0xC000, 0x6_9000),
    secondary: Partition::new(0x7_5000, 0x6_9000),
    scratch: Partition::new(0xD_E000, 0x1_E000),
};

/// Where the storage of a chip with slots begins.
const STORAGE_OFFSET: u32 = 0x20_0000;

/// How a chip is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The bootloader's parts; `None` on a chip that is too small for them.
    pub boot: Option<BootParts>,
    /// The LittleFS file system.
    pub storage: Partition,
}

impl Layout {
    /// The layout of a chip of that size.
    pub fn of(geometry: Geometry) -> Self {
        let size = geometry.size();
        if size < SLOTS_MIN_SIZE {
            return Self { boot: None, storage: Partition::new(0, size) };
        }
        let storage = Partition::new(STORAGE_OFFSET, size - STORAGE_OFFSET);
        Self { boot: Some(BOOT_PARTS), storage }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_whole_blocks_and_do_not_overlap() {
        for size in [4 << 20, 6 << 20] {
            let layout = Layout::of(Geometry::new(size).unwrap());
            let parts = layout.boot.unwrap();
            let all = [parts.boot, parts.primary, parts.secondary, parts.scratch, layout.storage];
            let mut end = 0;
            for part in all {
                assert!(part.offset >= end && part.blocks() > 0);
                assert!(part.offset.is_multiple_of(ERASE_BLOCK));
                assert!(part.size.is_multiple_of(ERASE_BLOCK));
                end = part.offset + part.size;
            }
            assert_eq!(u64::from(end), size);
            assert_eq!(parts.primary.size, parts.secondary.size);
        }
    }

    #[test]
    fn a_chip_of_four_mebibytes_has_two_for_the_storage() {
        let layout = Layout::of(Geometry::default());
        assert_eq!(layout.storage, Partition::new(2 << 20, 2 << 20));
    }

    #[test]
    fn a_small_chip_is_all_storage() {
        let layout = Layout::of(Geometry::new((4 << 20) - 4096).unwrap());
        assert_eq!(layout.boot, None);
        assert_eq!(layout.storage, Partition::new(0, (4 << 20) - 4096));
    }

    #[test]
    fn nothing_reaches_past_a_partition() {
        let part = Partition::new(4096, 8192);
        assert_eq!(part.address(8191, 1), Some(12_287));
        assert_eq!(part.address(8192, 0), Some(12_288));
        for (offset, len) in [(8192, 1), (0, 8193), (u32::MAX, 2), (0, usize::MAX)] {
            assert_eq!(part.address(offset, len), None);
        }
    }
}
