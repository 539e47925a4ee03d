// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is in a slot, by reading it from its beginning as far as its image goes.

use alloc::boxed::Box;

use super::{Image, ImageError, Scanner};

/// Bytes that are read at once.
pub const PIECE: usize = 512;

/// What is in a slot.
#[derive(Clone, Debug)]
pub enum Found {
    /// Nothing: it begins erased.
    Empty,
    /// Something that is no image.
    Bad(ImageError),
    /// An image that is whole. Who has signed it has not been looked at.
    Image(Box<Image>),
}

/// Looks what is in a slot of `size` bytes, of which `read` reads what lies at an offset.
pub fn scan<E>(
    size: u32,
    mut read: impl FnMut(u32, &mut [u8]) -> Result<(), E>,
) -> Result<Found, E> {
    let (mut scanner, mut piece) = (Scanner::new(), [0; PIECE]);
    let mut offset = 0;
    while offset < size && !scanner.is_complete() {
        let piece = &mut piece[..PIECE.min((size - offset) as usize)];
        read(offset, piece)?;
        if offset == 0 && piece.iter().all(|byte| *byte == 0xFF) {
            return Ok(Found::Empty);
        }
        if let Err(error) = scanner.push_up_to_end(piece) {
            return Ok(Found::Bad(error));
        }
        offset += piece.len() as u32;
    }
    Ok(scanner.finish().map_or_else(Found::Bad, |image| Found::Image(Box::new(image))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(slot: &[u8]) -> Found {
        scan(slot.len() as u32, |offset, out| {
            let start = offset as usize;
            out.copy_from_slice(slot.get(start..start + out.len()).ok_or("outside")?);
            Ok::<_, &str>(())
        })
        .unwrap()
    }

    #[test]
    fn erased_slots_are_empty_and_others_are_read_no_further_than_needed() {
        assert!(matches!(found(&[0xFF; 4096]), Found::Empty));
        assert!(matches!(found(&[]), Found::Bad(ImageError::NoHeader)));
        assert!(matches!(found(&[0; 4096]), Found::Bad(ImageError::NoHeader)));
        let mut cut = [0xFF; 1000];
        cut[..20].copy_from_slice(&[
            0x3d, 0xb8, 0xf3, 0x96, 0, 0, 0, 0, 32, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0,
        ]);
        assert!(matches!(found(&cut), Found::Bad(ImageError::Truncated)));
        let failing = scan(4096, |_, _| Err("no flash"));
        assert_eq!(failing.map(drop), Err("no flash"));
    }
}
