// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The body of an answer, in pieces, so that one that is larger than a device's memory can be sent.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

type Source = Box<dyn FnMut() -> Option<Vec<u8>> + Send>;

/// The body of an answer.
pub struct Body(Inner);

enum Inner {
    Whole(Vec<u8>),
    Pieces(Option<usize>, Source),
}

impl Body {
    /// A body that is in memory.
    pub fn whole(bytes: Vec<u8>) -> Self {
        Self(Inner::Whole(bytes))
    }

    /// A body that `next` makes piece by piece, until it gives `None`.
    pub(crate) fn pieces(next: impl FnMut() -> Option<Vec<u8>> + Send + 'static) -> Self {
        Self(Inner::Pieces(None, Box::new(next)))
    }

    /// A body of `length` bytes that `next` makes piece by piece. When `next` ends before that, so
    /// does the body, and whoever gets it knows by its length that something is missing.
    pub(crate) fn sized(
        length: usize,
        next: impl FnMut() -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        Self(Inner::Pieces(Some(length), Box::new(next)))
    }

    /// How many bytes there are, where that is known before they are made.
    pub fn known_len(&self) -> Option<usize> {
        match &self.0 {
            Inner::Whole(bytes) => Some(bytes.len()),
            Inner::Pieces(length, _) => *length,
        }
    }

    /// The next piece, never an empty one; `None` at the end.
    pub fn next_piece(&mut self) -> Option<Vec<u8>> {
        let piece = match &mut self.0 {
            Inner::Whole(bytes) => Some(core::mem::take(bytes)),
            Inner::Pieces(_, next) => next(),
        };
        piece.filter(|piece| !piece.is_empty())
    }

    /// All of it.
    pub fn read_all(mut self) -> Vec<u8> {
        let mut all = self.next_piece().unwrap_or_default();
        while let Some(piece) = self.next_piece() {
            all.extend(piece);
        }
        all
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Body").field(&self.known_len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_in_order_and_end() {
        let mut whole = Body::whole(b"abc".to_vec());
        assert_eq!(whole.known_len(), Some(3));
        assert_eq!(whole.next_piece().as_deref(), Some(&b"abc"[..]));
        assert_eq!(whole.next_piece(), None);
        assert_eq!(Body::whole(Vec::new()).next_piece(), None);
        let mut left = 3u8;
        let pieces = Body::pieces(move || {
            left = left.checked_sub(1)?;
            Some(alloc::vec![left; 2])
        });
        assert_eq!(pieces.known_len(), None);
        assert_eq!(pieces.read_all(), [2, 2, 1, 1, 0, 0]);
    }
}
