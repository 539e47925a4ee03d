// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The app's linear memory, as far as one native call may touch it.
//!
//! Pointers and lengths from an app are numbers until they have been here. A range is lent only
//! when all of it is inside the memory, and never twice when one of the two may be written, so that
//! what a handler holds are ordinary slices.

use core::cell::Cell;
use core::marker::PhantomData;

use akira_abi::Errno;
use akira_wamr_sys as wamr;

/// Most ranges that one call may hold.
const LENT_MAX: usize = 4;

/// Ranges that are lent: start, end, may be written.
type Lent = [(usize, usize, bool); LENT_MAX];

/// The memory of the calling app during one call.
pub struct GuestMemory<'a> {
    base: *mut u8,
    size: usize,
    lent: Cell<Lent>,
    count: Cell<usize>,
    call: PhantomData<&'a ()>,
}

impl<'a> GuestMemory<'a> {
    /// The memory of an instance.
    ///
    /// # Safety
    /// `instance` must be live. For `'a` its memory must neither move, shrink nor be used by anyone
    /// else, and this must be the only `GuestMemory` of it.
    pub(crate) unsafe fn of(instance: wamr::wasm_module_inst_t) -> Self {
        // SAFETY: the instance is live.
        let memory = unsafe { wamr::wasm_runtime_get_default_memory(instance) };
        let (base, size) = if memory.is_null() {
            (core::ptr::null_mut(), 0)
        } else {
            // SAFETY: the memory belongs to the live instance.
            let base = unsafe { wamr::wasm_memory_get_base_address(memory) };
            // SAFETY: as above.
            let pages = unsafe { wamr::wasm_memory_get_cur_page_count(memory) };
            // SAFETY: as above.
            let page = unsafe { wamr::wasm_memory_get_bytes_per_page(memory) };
            // A WebAssembly 1.0 memory is at most 4 GiB.
            (base.cast::<u8>(), usize::try_from(pages * page).unwrap_or(0))
        };
        Self {
            base,
            size: if base.is_null() { 0 } else { size },
            lent: Cell::new([(0, 0, false); LENT_MAX]),
            count: Cell::new(0),
            call: PhantomData,
        }
    }

    /// `length` bytes at `address`, to be read. `EFAULT` when they are not all inside the memory or
    /// overlap a range that is lent for writing.
    pub fn bytes(&self, address: i32, length: i32) -> Result<&'a [u8], Errno> {
        let start = self.lend(address, length, false)?;
        if length == 0 {
            return Ok(&[]);
        }
        // SAFETY: `lend` checked that the range is inside the memory and overlaps no range lent for
        // writing. All bytes of a linear memory are initialised, and for 'a nobody else writes them.
        Ok(unsafe { core::slice::from_raw_parts(self.base.add(start), length as u32 as usize) })
    }

    /// `length` bytes at `address`, to be written. `EFAULT` when they are not all inside the memory
    /// or overlap any range that is lent.
    pub fn bytes_mut(&self, address: i32, length: i32) -> Result<&'a mut [u8], Errno> {
        let start = self.lend(address, length, true)?;
        if length == 0 {
            return Ok(&mut []);
        }
        // SAFETY: `lend` checked that the range is inside the memory and overlaps no other lent
        // range, so the slice is the only one to these bytes.
        Ok(unsafe { core::slice::from_raw_parts_mut(self.base.add(start), length as u32 as usize) })
    }

    /// The 4 bytes at `address`, to be written.
    pub fn word_mut(&self, address: i32) -> Result<&'a mut [u8; 4], Errno> {
        self.bytes_mut(address, 4)?.try_into().map_err(|_| Errno::EFAULT)
    }

    /// The bytes from `address` up to the zero that ends them, which is not part of the result.
    /// `EFAULT` when there is none within `max` bytes, or within the memory.
    pub fn text(&self, address: i32, max: usize) -> Result<&'a [u8], Errno> {
        let left = self.size.checked_sub(address as u32 as usize).ok_or(Errno::EFAULT)?;
        let most = left.min(max.saturating_add(1)) as i32;
        let bytes = self.bytes(address, most)?;
        let end = bytes.iter().position(|byte| *byte == 0).ok_or(Errno::EFAULT)?;
        Ok(&bytes[..end])
    }

    /// Checks a range and remembers it; returns where it starts.
    fn lend(&self, address: i32, length: i32, write: bool) -> Result<usize, Errno> {
        // WebAssembly addresses are unsigned.
        let (start, length) = (address as u32 as usize, length as u32 as usize);
        let end = start.checked_add(length).filter(|end| *end <= self.size).ok_or(Errno::EFAULT)?;
        let (mut lent, count) = (self.lent.get(), self.count.get());
        let clash = |&(from, to, written): &(usize, usize, bool)| {
            (write || written) && start < to && from < end
        };
        if count == LENT_MAX || lent[..count].iter().any(clash) {
            return Err(Errno::EFAULT);
        }
        lent[count] = (start, end, write);
        self.lent.set(lent);
        self.count.set(count + 1);
        Ok(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(bytes: &mut [u8]) -> GuestMemory<'_> {
        GuestMemory {
            base: bytes.as_mut_ptr(),
            size: bytes.len(),
            lent: Cell::new([(0, 0, false); LENT_MAX]),
            count: Cell::new(0),
            call: PhantomData,
        }
    }

    #[test]
    fn ranges_end_at_the_edge() {
        let mut bytes = [1u8, 2, 3, 4];
        let memory = memory(&mut bytes);
        assert_eq!(memory.bytes(1, 3), Ok(&[2u8, 3, 4][..]));
        assert_eq!(memory.bytes(4, 0), Ok(&[][..]));
        for (address, length) in
            [(1, 4), (4, 1), (5, 0), (-1, 1), (-1, 0), (0, -1), (i32::MAX, i32::MAX), (-4, 8)]
        {
            assert_eq!(memory.bytes(address, length), Err(Errno::EFAULT), "{address} {length}");
        }
    }

    #[test]
    fn written_ranges_are_lent_once() {
        let mut bytes = [0u8; 16];
        let memory = memory(&mut bytes);
        let out = memory.bytes_mut(4, 4).unwrap();
        assert_eq!(memory.bytes(7, 2), Err(Errno::EFAULT));
        assert_eq!(memory.bytes_mut(0, 5), Err(Errno::EFAULT));
        assert!(memory.bytes(8, 8).is_ok());
        assert_eq!(memory.bytes_mut(15, 1), Err(Errno::EFAULT));
        out.fill(9);
        assert_eq!(bytes[3..9], [0, 9, 9, 9, 9, 0]);
    }

    #[test]
    fn words_and_texts_end_at_the_edge_too() {
        let mut bytes = *b"ab\0cdefgh";
        let memory = memory(&mut bytes);
        assert_eq!(memory.text(0, 8), Ok(&b"ab"[..]));
        assert_eq!(memory.text(2, 8), Ok(&b""[..]));
        assert_eq!(memory.text(0, 2), Ok(&b"ab"[..]));
        assert_eq!(memory.text(0, 1), Err(Errno::EFAULT), "longer than it may be");
        assert_eq!(memory.text(3, 8), Err(Errno::EFAULT), "no zero up to the end");
        let memory = super::tests::memory(&mut bytes);
        for address in [9, 10, -1, i32::MIN] {
            assert_eq!(memory.text(address, 8), Err(Errno::EFAULT), "{address}");
            assert_eq!(memory.word_mut(address), Err(Errno::EFAULT), "{address}");
        }
        assert_eq!(memory.word_mut(6), Err(Errno::EFAULT));
        assert_eq!(memory.word_mut(5), Ok(&mut [b'e', b'f', b'g', b'h']));
    }

    #[test]
    fn no_memory_lends_nothing() {
        let memory = memory(&mut []);
        assert_eq!(memory.bytes(0, 1), Err(Errno::EFAULT));
        assert_eq!(memory.bytes(0, 0), Ok(&[][..]));
    }
}
