// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The app's heap inside its linear memory, which `mem_alloc` and `mem_free` hand out.
//!
//! The app can write every byte of that heap, so nothing about it is kept there: which parts are in
//! use is in two bitmaps outside, charged to the app like all that it costs. Whatever the app does
//! to its memory, an address that comes out of here is inside the heap and belongs to one block, and
//! what is no block is not freed. (WAMR's own heap allocator keeps sizes and pointers in the linear
//! memory and follows them, also out of it; see [`crate::region`] for how it is kept out of this.)

use crate::heap::Buffer;

/// What blocks are counted in, in bytes. Addresses are multiples of it, as C's `max_align_t` asks.
const UNIT: u32 = 16;

/// The heap of one instance.
pub(crate) struct AppHeap {
    /// Address of the first unit in the app's memory.
    start: u32,
    units: usize,
    /// One bit for each unit that is in use, then one for each unit that a block begins with.
    bits: Buffer,
}

/// Which of the two bitmaps.
#[derive(Clone, Copy)]
enum Map {
    Used,
    First,
}

impl AppHeap {
    /// A heap of the `size` bytes at `address` of the app's memory; `None` when there is no room to
    /// keep account of it.
    pub(crate) fn new(address: u32, size: u32) -> Option<Self> {
        let end = address.checked_add(size)?;
        // Address 0 means that there was no room, so nothing may be there.
        let start = address.max(1).checked_next_multiple_of(UNIT)?;
        let units = (end.saturating_sub(start) / UNIT) as usize;
        Some(Self { start, units, bits: Buffer::new(2 * units.div_ceil(8))? })
    }

    /// The address of `size` bytes that were not in use (one unit when `size` is 0).
    pub(crate) fn alloc(&mut self, size: u32) -> Option<u32> {
        let wanted = size.div_ceil(UNIT).max(1) as usize;
        let mut run = 0;
        for unit in 0..self.units {
            run = if self.get(Map::Used, unit) { 0 } else { run + 1 };
            if run == wanted {
                let first = unit + 1 - wanted;
                (first..=unit).for_each(|unit| self.set(Map::Used, unit, true));
                self.set(Map::First, first, true);
                return Some(self.start + first as u32 * UNIT);
            }
        }
        None
    }

    /// Frees the block at `address`; whatever is no block's address is ignored.
    pub(crate) fn free(&mut self, address: u32) {
        let Some(offset) = address.checked_sub(self.start) else { return };
        let first = (offset / UNIT) as usize;
        if offset % UNIT != 0 || first >= self.units || !self.get(Map::First, first) {
            return;
        }
        self.set(Map::First, first, false);
        let mut unit = first;
        while unit < self.units && self.get(Map::Used, unit) && !self.get(Map::First, unit) {
            self.set(Map::Used, unit, false);
            unit += 1;
        }
    }

    fn place(&self, map: Map, unit: usize) -> (usize, u8) {
        let map = match map {
            Map::Used => 0,
            Map::First => self.units.div_ceil(8),
        };
        (map + unit / 8, 1 << (unit % 8))
    }

    fn get(&self, map: Map, unit: usize) -> bool {
        let (byte, bit) = self.place(map, unit);
        self.bits[byte] & bit != 0
    }

    fn set(&mut self, map: Map, unit: usize, value: bool) {
        let (byte, bit) = self.place(map, unit);
        if value {
            self.bits[byte] |= bit;
        } else {
            self.bits[byte] &= !bit;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blocks_are_aligned_apart_and_inside() {
        let mut heap = AppHeap::new(1001, 90).unwrap();
        // Units at 1008, 1024, 1040, 1056, 1072: the last ends at 1088, 3 bytes are left.
        assert_eq!(heap.alloc(17), Some(1008));
        assert_eq!(heap.alloc(0), Some(1040));
        assert_eq!(heap.alloc(33), None);
        assert_eq!(heap.alloc(32), Some(1056));
        assert_eq!(heap.alloc(1), None);
        heap.free(1040);
        assert_eq!(heap.alloc(17), None, "neighbours are in use");
        assert_eq!(heap.alloc(16), Some(1040));
        heap.free(1008);
        heap.free(1040);
        assert_eq!(heap.alloc(48), Some(1008), "free neighbours are one");
    }

    #[test]
    fn what_is_no_block_is_not_freed() {
        let mut heap = AppHeap::new(64, 64).unwrap();
        assert_eq!(heap.alloc(32), Some(64));
        assert_eq!(heap.alloc(32), Some(96));
        for address in [0, 1, 63, 65, 80, 112, 128, 129, u32::MAX, u32::MAX - 15] {
            heap.free(address);
        }
        assert_eq!(heap.alloc(1), None);
        heap.free(64);
        heap.free(64);
        assert_eq!(heap.alloc(64), None, "the other block is still there");
        assert_eq!(heap.alloc(32), Some(64));
    }

    #[test]
    fn edges() {
        assert!(AppHeap::new(u32::MAX, 2).is_none());
        for mut none in [AppHeap::new(0, 0), AppHeap::new(8, 15), AppHeap::new(u32::MAX, 0)]
            .into_iter()
            .flatten()
        {
            assert_eq!(none.alloc(0), None);
            none.free(0);
        }
        let mut heap = AppHeap::new(0, 1 << 20).unwrap();
        assert_eq!(heap.alloc(u32::MAX), None);
        assert_eq!(heap.alloc(1 << 20), None, "address 0 is never given");
        assert_eq!(heap.alloc((1 << 20) - 16), Some(16));
    }
    /// What may be asked of a heap.
    #[derive(Clone, Debug)]
    enum Ask {
        Alloc(u32),
        Free(usize),
        FreeAddress(u32),
    }

    fn ask() -> impl Strategy<Value = Ask> {
        prop_oneof![
            4 => (0u32..300).prop_map(Ask::Alloc),
            1 => any::<u32>().prop_map(Ask::Alloc),
            3 => any::<usize>().prop_map(Ask::Free),
            2 => (0u32..5_000).prop_map(Ask::FreeAddress),
            1 => any::<u32>().prop_map(Ask::FreeAddress),
        ]
    }

    proptest! {
        /// Against a list of blocks: none overlaps another or leaves the heap, what is no block is
        /// not freed, and there is room exactly when enough free units lie side by side.
        #[test]
        fn blocks_never_meet(
            address in 0u32..100,
            size in 0u32..4_000,
            asks in proptest::collection::vec(ask(), 0..80),
        ) {
            let mut heap = AppHeap::new(address, size).unwrap();
            let mut blocks: Vec<(u32, u32)> = Vec::new();
            let units = heap.units as u32;
            let start = heap.start;
            for ask in asks {
                match ask {
                    Ask::Alloc(bytes) => {
                        let wanted = bytes.div_ceil(UNIT).max(1);
                        let free = |unit: u32| {
                            let at = start + unit * UNIT;
                            blocks.iter().all(|(from, to)| at < *from || at >= *to)
                        };
                        let fits = wanted <= units
                            && (0..=units - wanted).any(|first| (first..first + wanted).all(free));
                        let got = heap.alloc(bytes);
                        prop_assert_eq!(got.is_some(), fits, "{} bytes", bytes);
                        if let Some(at) = got {
                            let end = at + wanted * UNIT;
                            prop_assert!(at > 0 && at % UNIT == 0 && at >= address);
                            prop_assert!(end <= address + size);
                            prop_assert!(blocks.iter().all(|(from, to)| end <= *from || at >= *to));
                            blocks.push((at, end));
                        }
                    }
                    Ask::Free(which) if !blocks.is_empty() => {
                        let (at, _) = blocks.swap_remove(which % blocks.len());
                        heap.free(at);
                    }
                    Ask::Free(_) => {}
                    Ask::FreeAddress(at) => {
                        heap.free(at);
                        blocks.retain(|(from, _)| *from != at);
                    }
                }
            }
        }
    }
}
