// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a device keeps about firmware updates over a reboot: an upload that broke off, and what
//! became of the last image on trial.
//!
//! Layout of the record: the four bytes `AKF1` (the version is the last one), a CBOR array, and the
//! first 8 bytes of the SHA-256 of all before them. A damaged record costs the resume of an upload and
//! the story of the last trial, never an image: what is in the slots, the slots tell.

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use super::header::Version;

/// Largest record in bytes.
pub const RECORD_MAX: usize = 512;

/// Longest reason in bytes.
pub const REASON_MAX: usize = 160;

const MAGIC: &[u8; 4] = b"AKF1";
const CHECK: usize = 8;

/// An upload that is under way or broke off. It was announced with its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload {
    /// SHA-256 of the whole file.
    pub sha256: [u8; 32],
    /// Its bytes.
    pub size: u32,
    /// How many of them are in the slot for certain: whole erase blocks.
    pub offset: u32,
    /// SHA-256 of those.
    pub prefix: [u8; 32],
}

/// How an image on trial ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has not ended.
    Open,
    /// The image was confirmed.
    Confirmed,
    /// The image before it came back, or was never left.
    Reverted,
}

impl Verdict {
    const ALL: [Self; 3] = [Self::Open, Self::Confirmed, Self::Reverted];

    /// The name, as in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Reverted => "reverted",
        }
    }
}

/// The last image that was put on trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The SHA-256 that it carries.
    pub sha256: [u8; 32],
    /// Its version.
    pub version: Version,
    /// Whether it has booted.
    pub seen: bool,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it was reverted, as far as it could tell.
    pub reason: String,
}

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// An upload that broke off.
    pub upload: Option<Upload>,
    /// The last trial.
    pub trial: Option<Trial>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Wire<'a> {
    #[n(0)]
    upload: Option<WireUpload>,
    #[b(1)]
    trial: Option<WireTrial<'a>>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct WireUpload {
    #[n(0)]
    sha256: ByteArray<32>,
    #[n(1)]
    size: u32,
    #[n(2)]
    offset: u32,
    #[n(3)]
    prefix: ByteArray<32>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct WireTrial<'a> {
    #[n(0)]
    sha256: ByteArray<32>,
    #[n(1)]
    version: (u8, u8, u16, u32),
    #[n(2)]
    seen: bool,
    #[n(3)]
    verdict: u8,
    #[b(4)]
    reason: &'a str,
}

impl Record {
    /// The bytes to store.
    pub fn encode(&self) -> Vec<u8> {
        let wire = Wire {
            upload: self.upload.map(|upload| WireUpload {
                sha256: upload.sha256.into(),
                size: upload.size,
                offset: upload.offset,
                prefix: upload.prefix.into(),
            }),
            trial: self.trial.as_ref().map(|trial| {
                let Version { major, minor, revision, build } = trial.version;
                WireTrial {
                    sha256: trial.sha256.into(),
                    version: (major, minor, revision, build),
                    seen: trial.seen,
                    verdict: trial.verdict as u8,
                    reason: &trial.reason,
                }
            }),
        };
        let mut bytes = MAGIC.to_vec();
        // Encoding into a Vec cannot fail; an empty payload would be refused by `decode`.
        bytes.extend(minicbor::to_vec(&wire).unwrap_or_default());
        let check = Sha256::digest(&bytes);
        bytes.extend_from_slice(&check[..CHECK]);
        bytes
    }

    /// Reads what [`Record::encode`] wrote; `None` when it is damaged. All is checked again.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECK)?)?;
        if Sha256::digest(body)[..CHECK] != *check {
            return None;
        }
        let wire: Wire<'_> = minicbor::decode(body.strip_prefix(MAGIC)?).ok()?;
        let upload = wire.upload.map(|upload| Upload {
            sha256: upload.sha256.into(),
            size: upload.size,
            offset: upload.offset,
            prefix: upload.prefix.into(),
        });
        if upload.is_some_and(|upload| upload.offset == 0 || upload.offset >= upload.size) {
            return None;
        }
        let trial = match wire.trial {
            Some(trial) => Some(trial.check()?),
            None => None,
        };
        Some(Self { upload, trial })
    }
}

impl WireTrial<'_> {
    fn check(self) -> Option<Trial> {
        let (major, minor, revision, build) = self.version;
        let plain = self.reason.len() <= REASON_MAX && !self.reason.contains(char::is_control);
        plain.then_some(Trial {
            sha256: self.sha256.into(),
            version: Version { major, minor, revision, build },
            seen: self.seen,
            verdict: *Verdict::ALL.get(usize::from(self.verdict))?,
            reason: self.reason.into(),
        })
    }
}

/// A reason as it is kept: one line that is not too long.
pub fn reason(text: &str) -> String {
    let mut text = crate::log::clean_text(text.as_bytes());
    while text.len() > REASON_MAX {
        text.pop();
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn full() -> Record {
        Record {
            upload: Some(Upload {
                sha256: [1; 32],
                size: u32::MAX,
                offset: u32::MAX - 1,
                prefix: [2; 32],
            }),
            trial: Some(Trial {
                sha256: [0xFF; 32],
                version: Version { major: 255, minor: 255, revision: 65_535, build: u32::MAX },
                seen: true,
                verdict: Verdict::Reverted,
                reason: reason(&"why \n".repeat(100)),
            }),
        }
    }

    #[test]
    fn round_trip_within_the_limit_and_every_damage_is_seen() {
        let trial = Record { upload: None, ..full() };
        let upload = Record { trial: None, ..full() };
        for record in [Record::default(), trial, upload, full()] {
            let good = record.encode();
            assert!(good.len() <= RECORD_MAX, "{}", good.len());
            assert_eq!(Record::decode(&good), Some(record));
            for bit in 0..good.len() * 8 {
                let mut bad = good.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(Record::decode(&bad), None, "bit {bit}");
            }
        }
    }

    #[test]
    fn what_cannot_be_is_not_believed() {
        for (size, offset) in [(5, 5), (5, 6), (5, 0)] {
            let mut record = full();
            record.upload = Some(Upload { size, offset, ..record.upload.unwrap() });
            assert_eq!(Record::decode(&record.encode()), None);
        }
        for text in ["a\nb", &"x".repeat(REASON_MAX + 1)] {
            let mut record = full();
            record.trial.as_mut().unwrap().reason = text.into();
            assert_eq!(Record::decode(&record.encode()), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Record::decode(&bytes).is_none());
        }
    }
}
