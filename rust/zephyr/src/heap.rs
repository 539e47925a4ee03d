// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The global allocator: the module's own heap in `zephyr/src/heap.c`.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

use crate::ffi;

struct ShimHeap;

#[global_allocator]
static HEAP: ShimHeap = ShimHeap;

// SAFETY: akira_heap_alloc gives null or a block of at least that size and alignment, owned by the
// caller until akira_heap_free; heap.c upholds it with Zephyr's k_heap, which locks by itself.
unsafe impl GlobalAlloc for ShimHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the shim takes any size and any power of two, which `Layout` guarantees.
        unsafe { ffi::akira_heap_alloc(layout.size(), layout.align()).cast() }
    }

    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        // SAFETY: by GlobalAlloc's contract the caller hands in a block of this allocator.
        unsafe { ffi::akira_heap_free(block.cast()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() <= size_of::<usize>() {
            // SAFETY: as for dealloc; the shim keeps the word alignment and, on failure, the block.
            return unsafe { ffi::akira_heap_realloc(block.cast(), size, layout.align()).cast() };
        }

        // Zephyr's heap would lose a larger alignment when it moves the block.
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else {
            return ptr::null_mut();
        };
        // SAFETY: `wanted` has a size above zero, which GlobalAlloc's contract demands of `size`.
        let moved = unsafe { self.alloc(wanted) };
        if !moved.is_null() {
            // SAFETY: both blocks are live, distinct and at least as long as the shorter size.
            unsafe { ptr::copy_nonoverlapping(block, moved, layout.size().min(size)) };
            // SAFETY: as for dealloc; the caller forgets `block` when it gets another.
            unsafe { self.dealloc(block, layout) };
        }
        moved
    }
}
