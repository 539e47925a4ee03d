// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Blocks from the app's heap, whose size is the manifest's `heap_kb`.

use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;
use core::slice;

use crate::native;

/// A block of bytes, given back when it is dropped.
#[derive(Debug)]
pub struct Block {
    start: NonNull<u8>,
    length: usize,
}

impl Block {
    /// A block of `length` zeros; `None` when there is no room.
    pub fn new(length: usize) -> Option<Self> {
        let size = i32::try_from(length).ok()?;
        // SAFETY: this only asks for a block; what comes back is looked at below.
        let address = unsafe { native::mem_alloc(size) };
        let start = NonNull::new(address as usize as *mut u8)?;
        // SAFETY: the device gave out `length` bytes at `start`, inside this app's memory and for
        // this block alone.
        unsafe { start.write_bytes(0, length) };
        Some(Self { start, length })
    }
}

impl Deref for Block {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the bytes belong to this block until it is dropped, and `new` wrote each of them.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl DerefMut for Block {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`, and the block is borrowed mutably.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: `mem_alloc` gave out this address, and nothing borrows the block any more.
        unsafe { native::mem_free(self.start.as_ptr() as usize as i32) };
    }
}
