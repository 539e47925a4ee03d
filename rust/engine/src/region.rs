// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Where in an instance's linear memory its heap is, and how WAMR is made to forget it.
//!
//! WAMR makes room for a heap when it instantiates, and has an allocator for it. That allocator
//! keeps its lists in the heap itself, where the app writes what it likes, and follows sizes and
//! pointers out of them: a `free` after the app has changed one word writes outside the sandbox, and
//! so does the end of an instance whose memory grew twice. So the room is used, by
//! [`crate::app_heap`], and the allocator never: before any code of the app runs it is taken away.
//!
//! WAMR's public API has no words for this, so [`Memory`] repeats the layout of its memory instance.
//! Every part of that layout that the public API also tells is compared before anything is believed
//! or changed.

use akira_wamr_sys as wamr;
use core::ffi::c_void;

use crate::error::LoadError;

/// A pointer in WAMR's instances. (Where WAMR can run compiled code, which is never here, it takes 8
/// bytes on every target.)
#[repr(C)]
#[derive(Clone, Copy)]
struct Pointer {
    at: *mut c_void,
}

/// The first part of `WASMMemoryInstance`, WAMR 2.4.
#[repr(C)]
#[derive(Clone, Copy)]
struct Memory {
    module_type: u32,
    shared: u8,
    wide: u8,
    references: u16,
    padding: [u8; 4],
    bytes_per_page: u32,
    pages: u32,
    pages_max: u32,
    size: u64,
    data: Pointer,
    data_end: Pointer,
    heap: Pointer,
    heap_end: Pointer,
    allocator: Pointer,
}

/// Address and size of the heap in the app's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) start: u32,
    pub(crate) size: u32,
}

/// Takes the heap of a new instance away from WAMR. `None` when it has none: it has no memory, or
/// exports a `malloc` of its own.
///
/// # Safety
/// `instance` must be live, and no code of the app may have run in it.
pub(crate) unsafe fn take_heap(
    instance: wamr::wasm_module_inst_t,
) -> Result<Option<Region>, LoadError> {
    // SAFETY: the instance is live.
    let handle = unsafe { wamr::wasm_runtime_get_default_memory(instance) };
    if handle.is_null() {
        return Ok(None);
    }
    // SAFETY: the memory belongs to the live instance.
    let (base, pages, page) = unsafe {
        (
            wamr::wasm_memory_get_base_address(handle),
            wamr::wasm_memory_get_cur_page_count(handle),
            wamr::wasm_memory_get_bytes_per_page(handle),
        )
    };
    let place = handle.cast::<Memory>();
    // SAFETY: WAMR's memory instance is at least as large and aligned as `Memory`, all of whose
    // fields take any bytes.
    let mut memory = unsafe { place.read() };
    if !agrees(&memory, base, pages, page) {
        return Err(unknown_layout());
    }
    if memory.allocator.at.is_null() {
        return Ok(None);
    }
    let region = region(&memory).ok_or_else(unknown_layout)?;
    // SAFETY: the allocator's state is a block of WAMR's. Its lock, the only thing in it that is not
    // plain data, holds no resource on Linux and Zephyr; the memory instance forgets it below.
    unsafe { wamr::wasm_runtime_free(memory.allocator.at) };
    memory.allocator.at = core::ptr::null_mut();
    memory.heap_end = memory.heap;
    // SAFETY: as for the read; an instance without a heap looks like this.
    unsafe { place.write(memory) };
    Ok(Some(region))
}

/// Whether all that is known of the memory agrees with the layout, with a heap or without one.
fn agrees(memory: &Memory, base: *mut c_void, pages: u64, page: u64) -> bool {
    let address = |pointer: Pointer| pointer.at.addr();
    let size = usize::try_from(memory.size).ok();
    let Some(end) = size.and_then(|size| address(memory.data).checked_add(size)) else {
        return false;
    };
    memory.data.at == base
        && u64::from(memory.pages) == pages
        && u64::from(memory.bytes_per_page) == page
        && memory.size >= pages * page
        && memory.pages <= memory.pages_max
        && memory.shared == 0
        && memory.wide == 0
        && address(memory.data_end) == end
}

/// The heap's region, if it is inside the memory.
fn region(memory: &Memory) -> Option<Region> {
    let address = |pointer: Pointer| pointer.at.addr();
    let inside = address(memory.data) <= address(memory.heap)
        && address(memory.heap) < address(memory.heap_end)
        && address(memory.heap_end) <= address(memory.data_end);
    if !inside {
        return None;
    }
    Some(Region {
        start: u32::try_from(address(memory.heap) - address(memory.data)).ok()?,
        size: u32::try_from(address(memory.heap_end) - address(memory.heap)).ok()?,
    })
}

fn unknown_layout() -> LoadError {
    LoadError::Malformed("this WAMR lays out its memories in an unknown way".into())
}
