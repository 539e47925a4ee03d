// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Where the pool's blocks are: with the global allocator, or in memory of another kind that a device
//! has for what is large.

use alloc::alloc::{Layout, alloc, dealloc, realloc};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

/// Memory beside the global allocator's, such as external RAM: larger, and perhaps slower.
pub struct BulkMemory {
    allocate: unsafe fn(usize) -> *mut u8,
    resize: unsafe fn(*mut u8, usize, usize) -> *mut u8,
    release: unsafe fn(*mut u8),
    inner_limit: usize,
}

impl BulkMemory {
    /// Memory behind three functions. `allocate` is given a size above zero; `resize` a block, its
    /// size and the new one, and leaves the block alone when it gives null. `inner_limit` is what
    /// the pool may take of the global allocator from then on.
    ///
    /// # Safety
    ///
    /// The functions may be called from any thread. Blocks have at least the size that was asked for
    /// and an alignment of 8, and are the caller's alone until they are released.
    pub const unsafe fn new(
        allocate: unsafe fn(usize) -> *mut u8,
        resize: unsafe fn(*mut u8, usize, usize) -> *mut u8,
        release: unsafe fn(*mut u8),
        inner_limit: usize,
    ) -> Self {
        Self { allocate, resize, release, inner_limit }
    }

    pub(crate) fn inner_limit(&self) -> usize {
        self.inner_limit
    }
}

/// What [`BulkMemory`] promises of a block.
const ALIGN: usize = 8;

static BULK: AtomicPtr<BulkMemory> = AtomicPtr::new(ptr::null_mut());

/// `false` when there is such memory already: blocks go back to where they came from.
pub(crate) fn set(memory: &'static BulkMemory) -> bool {
    let memory = ptr::from_ref(memory).cast_mut();
    BULK.compare_exchange(ptr::null_mut(), memory, Ordering::AcqRel, Ordering::Relaxed).is_ok()
}

/// Where a block is.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// With the global allocator.
    Global,
    /// In bulk memory.
    Bulk(&'static BulkMemory),
}

impl Place {
    /// Where a large block is to be.
    pub(crate) fn large() -> Self {
        // SAFETY: null, or a reference that `set` was given, which lives for ever.
        match unsafe { BULK.load(Ordering::Acquire).as_ref() } {
            Some(memory) => Self::Bulk(memory),
            None => Self::Global,
        }
    }

    /// Where a block is that was noted down as being in bulk memory, or not. There is only one such
    /// memory, and once it is set it stays.
    pub(crate) fn of(in_bulk: bool) -> Self {
        if in_bulk { Self::large() } else { Self::Global }
    }

    pub(crate) fn is_bulk(self) -> bool {
        matches!(self, Self::Bulk(_))
    }

    /// A block, or null.
    ///
    /// # Safety
    /// The layout's size is above zero, and its alignment at most 8.
    pub(crate) unsafe fn allocate(self, layout: Layout) -> *mut u8 {
        debug_assert!(layout.align() <= ALIGN);
        match self {
            // SAFETY: passed on to the caller.
            Self::Global => unsafe { alloc(layout) },
            // SAFETY: as `BulkMemory::new` asks.
            Self::Bulk(memory) => unsafe { (memory.allocate)(layout.size()) },
        }
    }

    /// The block with another size, perhaps elsewhere; null, and no change, when there is no room.
    ///
    /// # Safety
    /// The block is one of this place, of that layout; `size` is above zero.
    pub(crate) unsafe fn resize(self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match self {
            // SAFETY: passed on to the caller.
            Self::Global => unsafe { realloc(block, layout, size) },
            // SAFETY: as `BulkMemory::new` asks.
            Self::Bulk(memory) => unsafe { (memory.resize)(block, layout.size(), size) },
        }
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// The block is one of this place, of that layout, and is not used afterwards.
    pub(crate) unsafe fn release(self, block: *mut u8, layout: Layout) {
        match self {
            // SAFETY: passed on to the caller.
            Self::Global => unsafe { dealloc(block, layout) },
            // SAFETY: as `BulkMemory::new` asks.
            Self::Bulk(memory) => unsafe { (memory.release)(block) },
        }
    }
}
