// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How much linear memory a module may declare, checked before WAMR sees the module.
//!
//! WAMR computes a linear memory's size in 64 bits, but hands it to its allocator as an
//! `unsigned int`. A memory of 65536 pages, 4 GiB, becomes an allocation of 0 bytes that the app may
//! then use up to 4 GiB: all of the device. It gets there by the declaration, by `memory.grow`, and
//! by the heap that WAMR adds to the declared pages. So no module may declare more than
//! [`PAGES_MAX`], and no instance may grow beyond it, which is far from the edge and far above what
//! any quota allows.

use crate::error::LoadError;

/// Most pages of 64 KiB that a memory may begin with or grow to: 64 MiB.
pub(crate) const PAGES_MAX: u32 = 1024;

pub(crate) const HEADER: usize = 8;
const MEMORY_SECTION: u8 = 5;

/// Refuses a module that declares a memory of more than [`PAGES_MAX`] pages to begin with. What is
/// not framed as sections is left to WAMR to name, but never let through.
pub(crate) fn check(module: &[u8]) -> Result<(), LoadError> {
    let mut rest = Reader(module.get(HEADER..).unwrap_or(&[]));
    while let Some(id) = rest.byte() {
        let section = rest.number().and_then(|size| rest.take(size)).ok_or_else(broken)?;
        if id == MEMORY_SECTION {
            check_memories(Reader(section))?;
        }
    }
    Ok(())
}

fn check_memories(mut section: Reader<'_>) -> Result<(), LoadError> {
    for _ in 0..section.number().ok_or_else(broken)? {
        let flags = section.byte().ok_or_else(broken)?;
        let initial = section.number().ok_or_else(broken)?;
        if initial > u64::from(PAGES_MAX) {
            return Err(LoadError::TooManyPages(initial));
        }
        if flags & 1 != 0 {
            section.number().ok_or_else(broken)?;
        }
    }
    Ok(())
}

pub(crate) fn broken() -> LoadError {
    LoadError::Malformed("unexpected end".into())
}

/// Reads the binary format from the front of a slice.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// An unsigned LEB128 number of at most 64 bits.
    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    pub(crate) fn take(&mut self, size: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(size).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_memory_section(content: &[u8]) -> alloc::vec::Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.extend([0, 2, 1, b'x', MEMORY_SECTION, content.len() as u8]);
        module.extend(content);
        module
    }

    #[test]
    fn declared_pages_are_bounded() {
        for good in [&[0][..], &[1, 0, 1], &[1, 1, 1, 2], &[1, 0, 0x80, 0x08]] {
            assert_eq!(check(&with_memory_section(good)), Ok(()), "{good:?}");
        }
        assert_eq!(
            check(&with_memory_section(&[1, 0, 0x81, 0x08])),
            Err(LoadError::TooManyPages(1025))
        );
        assert_eq!(
            check(&with_memory_section(&[2, 1, 1, 1, 0, 0x80, 0x80, 0x04])),
            Err(LoadError::TooManyPages(65_536)),
            "the second one"
        );
        // A number with more bytes than it needs is that number all the same.
        assert_eq!(
            check(&with_memory_section(&[1, 0, 0x80, 0x80, 0x84, 0x80, 0x00])),
            Err(LoadError::TooManyPages(65_536))
        );
    }

    #[test]
    fn what_is_cut_off_is_not_let_through() {
        for cut in [&[][..], &[1], &[1, 0], &[1, 0, 0x80], &[1, 1, 1], &[3, 0, 1]] {
            assert_eq!(check(&with_memory_section(cut)), Err(broken()), "{cut:?}");
        }
        let module = with_memory_section(&[1, 0, 1]);
        assert_eq!(check(&module[..module.len() - 1]), Err(broken()));
    }
}
