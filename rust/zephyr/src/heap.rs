// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The global allocator: the heap of `zephyr/src/heap.c`. And external memory for what is large,
//! where the device has some: `zephyr/src/bulk.c`.

use alloc::boxed::Box;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

use akira_runtime::{BulkMemory, set_bulk_memory};

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

/// Has the engine take large blocks from external memory, where there is some. Before the runtime.
pub fn use_external() {
    // SAFETY: takes no argument.
    if !unsafe { ffi::akira_bulk_present() } {
        return;
    }
    // SAFETY: takes no argument.
    let inner_limit = unsafe { ffi::akira_bulk_inner_limit() };
    // SAFETY: bulk.c's blocks are aligned to 8, as long as was asked for, nobody else's until they
    // are freed, and it locks by itself.
    let memory = unsafe { BulkMemory::new(bulk_alloc, bulk_resize, bulk_free, inner_limit) };
    set_bulk_memory(Box::leak(Box::new(memory)));
}

unsafe fn bulk_alloc(size: usize) -> *mut u8 {
    // SAFETY: the engine asks for sizes above zero.
    unsafe { ffi::akira_bulk_alloc(size).cast() }
}

unsafe fn bulk_resize(block: *mut u8, _old: usize, size: usize) -> *mut u8 {
    // SAFETY: the engine passes blocks of this memory, and sizes above zero.
    unsafe { ffi::akira_bulk_realloc(block.cast(), size).cast() }
}

unsafe fn bulk_free(block: *mut u8) {
    // SAFETY: the engine passes blocks of this memory, each once.
    unsafe { ffi::akira_bulk_free(block.cast()) }
}
