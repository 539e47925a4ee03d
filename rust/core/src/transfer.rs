// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What carries bytes to a device and what takes them: the transport router's side that needs no I/O.
//!
//! A transfer begins, takes chunks in order, and ends or is aborted. A [`Session`] is what is known
//! about one on the way: how much has come, how much there shall be, which SHA-256 it shall have, and
//! how long nothing came. Where the bytes go is the runtime's part.

use core::fmt;

use sha2::{Digest, Sha256};

/// Most transfers that are under way at once.
pub const TRANSFERS_MAX: usize = 4;

/// How long a transfer may be without a chunk before it is given up, in milliseconds.
pub const IDLE_MS: u64 = 30_000;

/// What carries bytes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTP over TCP, with or without TLS.
    Http,
    /// The serial line.
    Serial,
    /// Bluetooth LE.
    Ble,
    /// MCUmgr's protocol.
    Smp,
}

impl Transport {
    /// Its name in answers and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Http => "http",
            Transport::Serial => "serial",
            Transport::Ble => "ble",
            Transport::Smp => "smp",
        }
    }
}

/// Why a chunk is not taken, or a transfer cannot end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The chunk belongs somewhere else. Nothing has changed: the transfer goes on from `expected`.
    WrongOffset {
        /// Where the next chunk begins.
        expected: u64,
    },
    /// More comes than was announced.
    TooMuch {
        /// What was announced.
        size: u64,
    },
    /// Less came than was announced.
    TooLittle {
        /// What came.
        received: u64,
        /// What was announced.
        size: u64,
    },
    /// What came has not the SHA-256 that was announced.
    Digest,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::WrongOffset { expected } => {
                write!(f, "This transfer has {expected} bytes; send it on from there.")
            }
            Refusal::TooMuch { size } => {
                write!(f, "More than the announced {size} bytes came. Send all of it again.")
            }
            Refusal::TooLittle { received, size } => write!(
                f,
                "Only {received} of the announced {size} bytes came. Send all of it again."
            ),
            Refusal::Digest => f.write_str(
                "What came has not the announced SHA-256: it was changed on the way, or it is \
                 another file. Send it again.",
            ),
        }
    }
}

impl core::error::Error for Refusal {}

/// Who takes the SHA-256 of what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashing {
    /// The session, if one was announced.
    Session,
    /// The sink, which needs it anyway and tells it at the end.
    Sink,
}

/// What is known about one transfer on the way.
#[derive(Clone, Debug)]
pub struct Session {
    received: u64,
    size: Option<u64>,
    sha256: Option<[u8; 32]>,
    hash: Option<Sha256>,
    touched_ms: u64,
}

impl Session {
    /// Nothing has come yet. `size` and `sha256` are what was announced.
    pub fn new(size: Option<u64>, sha256: Option<[u8; 32]>, hashing: Hashing, now_ms: u64) -> Self {
        Self::resumed(0, size, sha256, hashing, now_ms)
    }

    /// The same of a transfer of which the sink has the first `received` bytes from before. Their
    /// hash only the sink knows.
    pub fn resumed(
        received: u64,
        size: Option<u64>,
        sha256: Option<[u8; 32]>,
        hashing: Hashing,
        now_ms: u64,
    ) -> Self {
        let hash = (sha256.is_some() && hashing == Hashing::Session).then(Sha256::new);
        Self { received, size, sha256, hash, touched_ms: now_ms }
    }

    /// Bytes that have come.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Bytes that were announced.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether a chunk of `length` bytes at `offset` (`None`: the next one) is in order. To be asked
    /// before the sink takes it.
    pub fn check(&self, offset: Option<u64>, length: usize) -> Result<(), Refusal> {
        if offset.is_some_and(|offset| offset != self.received) {
            return Err(Refusal::WrongOffset { expected: self.received });
        }
        let total = self.received.checked_add(length as u64);
        match self.size {
            Some(size) if total.is_none_or(|total| total > size) => Err(Refusal::TooMuch { size }),
            _ => Ok(()),
        }
    }

    /// The sink has taken these bytes, which [`Session::check`] found to be in order.
    pub fn took(&mut self, bytes: &[u8], now_ms: u64) {
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        self.received += bytes.len() as u64;
        self.touched_ms = now_ms;
    }

    /// Whether all has come. `sink` is the SHA-256 that the sink has taken, if it does.
    pub fn end(&self, sink: Option<[u8; 32]>) -> Result<(), Refusal> {
        if let Some(size) = self.size.filter(|size| *size != self.received) {
            return Err(Refusal::TooLittle { received: self.received, size });
        }
        let taken = sink.or_else(|| Some(self.hash.clone()?.finalize().into()));
        if self.sha256.is_some() && self.sha256 != taken {
            return Err(Refusal::Digest);
        }
        Ok(())
    }

    /// Whether nothing has come for so long that nothing will.
    pub fn is_dead(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.touched_ms) >= IDLE_MS
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn digest(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }

    fn all(chunks: &[&[u8]], size: Option<u64>, sha256: Option<[u8; 32]>) -> Result<(), Refusal> {
        let mut session = Session::new(size, sha256, Hashing::Session, 0);
        for chunk in chunks {
            session.check(None, chunk.len())?;
            session.took(chunk, 0);
        }
        session.end(None)
    }

    #[test]
    fn what_was_announced_must_come() {
        assert_eq!(all(&[b"ab", b"c"], Some(3), Some(digest(b"abc"))), Ok(()));
        assert_eq!(all(&[], Some(0), Some(digest(b""))), Ok(()));
        assert_eq!(all(&[b"abc"], None, None), Ok(()));
        assert_eq!(all(&[b"abc"], Some(2), None), Err(Refusal::TooMuch { size: 2 }));
        let little = Refusal::TooLittle { received: 3, size: 4 };
        assert_eq!(all(&[b"abc"], Some(4), None), Err(little));
        assert_eq!(all(&[b"abd"], Some(3), Some(digest(b"abc"))), Err(Refusal::Digest));
    }

    #[test]
    fn a_sink_that_hashes_is_believed_and_one_that_does_not_is_not() {
        let session = Session::new(None, Some(digest(b"abc")), Hashing::Sink, 0);
        assert_eq!(session.end(Some(digest(b"abc"))), Ok(()));
        assert_eq!(session.end(Some(digest(b"x"))), Err(Refusal::Digest));
        assert_eq!(session.end(None), Err(Refusal::Digest));
    }

    #[test]
    fn what_was_there_before_counts() {
        let sha256 = Some(digest(b"abcd"));
        let mut session = Session::resumed(2, Some(4), sha256, Hashing::Sink, 0);
        assert_eq!(session.check(Some(0), 1), Err(Refusal::WrongOffset { expected: 2 }));
        assert_eq!(session.check(None, 3), Err(Refusal::TooMuch { size: 4 }));
        session.took(b"cd", 0);
        assert_eq!((session.received(), session.end(sha256)), (4, Ok(())));
    }

    #[test]
    fn silence_is_death() {
        let mut session = Session::new(None, None, Hashing::Session, 1000);
        assert!(!session.is_dead(1000 + IDLE_MS - 1));
        session.took(b"x", 5000);
        assert!(!session.is_dead(4999 + IDLE_MS));
        assert!(session.is_dead(5000 + IDLE_MS));
        assert!(!session.is_dead(0));
    }

    proptest! {
        /// Chunks come at any offset; those that are in order add up to what the session says.
        #[test]
        fn sessions_are_what_was_taken_in_order(
            chunks in proptest::collection::vec(
                (proptest::option::of(0u64..40), proptest::collection::vec(any::<u8>(), 0..9)),
                0..20,
            ),
            size in proptest::option::of(0u64..60),
            announce: bool,
        ) {
            let mut model: Vec<u8> = Vec::new();
            let mut expected = Vec::new();
            for (offset, bytes) in &chunks {
                let at = expected.len() as u64;
                let fits = size.is_none_or(|size| at + bytes.len() as u64 <= size);
                if offset.is_none_or(|offset| offset == at) && fits {
                    expected.extend_from_slice(bytes);
                }
            }
            let sha256 = announce.then(|| digest(&expected));
            let mut session = Session::new(size, sha256, Hashing::Session, 0);
            for (offset, bytes) in &chunks {
                match session.check(*offset, bytes.len()) {
                    Ok(()) => {
                        session.took(bytes, 0);
                        model.extend_from_slice(bytes);
                    }
                    Err(Refusal::WrongOffset { expected }) => {
                        prop_assert_eq!(expected, model.len() as u64);
                        prop_assert!(*offset != Some(expected));
                    }
                    Err(refusal) => prop_assert_eq!(refusal, Refusal::TooMuch { size: size.unwrap() }),
                }
                prop_assert_eq!(session.received(), model.len() as u64);
                prop_assert!(size.is_none_or(|size| session.received() <= size));
            }
            prop_assert_eq!(&model, &expected);
            let whole = size.is_none_or(|size| size == model.len() as u64);
            prop_assert_eq!(session.end(None).is_ok(), whole);
        }
    }
}
