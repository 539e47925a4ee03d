// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The record that a device keeps of an installed app: one small file for each app, so that an
//! unreadable one costs that app's record and nothing else.
//!
//! Layout: the four bytes `AKR1` (the version is the last one), a CBOR array, and the first 8 bytes
//! of the SHA-256 of all before them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use akira_abi::CapSet;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::manifest::{Draft, MEMORY_QUOTA_RANGE, Manifest};
use crate::signature::Signer;

const MAGIC: &[u8; 4] = b"AKR1";
const CHECK: usize = 8;

/// Largest record in bytes.
pub const RECORD_MAX: usize = 4096;

/// What is known of an installed app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its manifest.
    pub manifest: Manifest,
    /// What the device's policy grants it: never more than the manifest asks for.
    pub granted: CapSet,
    /// Size of the module in bytes.
    pub size: u32,
    /// SHA-256 of the module.
    pub sha256: [u8; 32],
    /// Who signed it, where signatures are looked at and it was a trusted key.
    pub signer: Option<Signer>,
    /// The memory quota that an operator has set, in bytes; `None` for the manifest's.
    pub quota: Option<u32>,
}

/// The bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the registry record is damaged or of another version")
    }
}

impl core::error::Error for Unreadable {}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Wire {
    #[n(0)]
    manifest: ByteVec,
    #[n(1)]
    granted: u32,
    #[n(2)]
    size: u32,
    #[n(3)]
    sha256: ByteArray<32>,
    /// Records of the first release end before this one.
    #[n(4)]
    signer: Option<WireSigner>,
    /// Records of the second release end before this one.
    #[n(5)]
    quota: Option<u32>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct WireSigner {
    #[n(0)]
    name: String,
    #[n(1)]
    fingerprint: ByteArray<32>,
}

impl Record {
    /// The most memory that the app may cost, in bytes.
    pub fn memory_quota(&self) -> u32 {
        self.quota.unwrap_or(self.manifest.memory_quota)
    }

    /// The bytes to store.
    pub fn encode(&self) -> Vec<u8> {
        let wire = Wire {
            manifest: self.manifest.to_draft().to_cbor().unwrap_or_default().into(),
            granted: self.granted.bits(),
            size: self.size,
            sha256: self.sha256.into(),
            signer: self.signer.as_ref().map(|signer| WireSigner {
                name: signer.name.as_str().into(),
                fingerprint: signer.fingerprint.into(),
            }),
            quota: self.quota,
        };
        let mut bytes = MAGIC.to_vec();
        // Encoding into a Vec cannot fail; an empty payload would be refused by `decode`.
        bytes.extend(minicbor::to_vec(&wire).unwrap_or_default());
        let check = Sha256::digest(&bytes);
        bytes.extend_from_slice(&check[..CHECK]);
        bytes
    }

    /// Reads what [`Record::encode`] wrote. Nothing in it is trusted: the manifest is checked again
    /// and grants beyond it are dropped.
    pub fn decode(bytes: &[u8]) -> Result<Record, Unreadable> {
        let (body, check) =
            bytes.split_at_checked(bytes.len().saturating_sub(CHECK)).ok_or(Unreadable)?;
        if Sha256::digest(body)[..CHECK] != *check {
            return Err(Unreadable);
        }
        let payload = body.strip_prefix(MAGIC).ok_or(Unreadable)?;
        let wire: Wire = minicbor::decode(payload).map_err(|_| Unreadable)?;
        let manifest =
            Draft::from_cbor(&wire.manifest).and_then(Draft::check).map_err(|_| Unreadable)?;
        let granted = CapSet::from_bits(wire.granted).ok_or(Unreadable)?;
        let signer = wire.signer.map(WireSigner::check).transpose()?;
        let (least, most) = MEMORY_QUOTA_RANGE;
        if wire.quota.is_some_and(|quota| !(least..=most).contains(&quota)) {
            return Err(Unreadable);
        }
        Ok(Record {
            granted: granted.intersection(manifest.capabilities),
            manifest,
            size: wire.size,
            sha256: wire.sha256.into(),
            signer,
            quota: wire.quota,
        })
    }
}

impl WireSigner {
    fn check(self) -> Result<Signer, Unreadable> {
        let name = self.name.parse().map_err(|_| Unreadable)?;
        Ok(Signer { name, fingerprint: self.fingerprint.into() })
    }
}

#[cfg(test)]
mod tests {
    use akira_abi::Capability;
    use proptest::prelude::*;

    use super::*;

    fn record() -> Record {
        let draft = Draft {
            name: Some("keeper".into()),
            version: Some("1.0.0".into()),
            capabilities: alloc::vec!["fs_read".into(), "fs_write".into()],
            ..Draft::default()
        };
        Record {
            manifest: draft.check().unwrap(),
            granted: CapSet::EMPTY.with(Capability::FsRead),
            size: 1234,
            sha256: [7; 32],
            signer: Some(Signer { name: "alice".parse().unwrap(), fingerprint: [8; 32] }),
            quota: Some(65_536),
        }
    }

    #[test]
    fn a_record_without_a_signer_is_as_the_first_release_wrote_it() {
        let unsigned = Record { signer: None, quota: None, ..record() };
        let bytes = unsigned.encode();
        // An array of four: what is none at the end is left out.
        assert_eq!(bytes[MAGIC.len()], 0x84);
        assert_eq!(Record::decode(&bytes), Ok(unsigned));
    }

    #[test]
    fn a_record_without_a_quota_is_as_the_second_release_wrote_it() {
        let unset = Record { quota: None, ..record() };
        let bytes = unset.encode();
        assert_eq!(bytes[MAGIC.len()], 0x85);
        assert_eq!(Record::decode(&bytes), Ok(unset));
        let unsigned = Record { signer: None, ..record() };
        assert_eq!(Record::decode(&unsigned.encode()), Ok(unsigned));
    }

    #[test]
    fn a_quota_out_of_range_is_no_quota() {
        let asked = record().manifest.memory_quota;
        assert_eq!(record().memory_quota(), 65_536);
        assert_eq!(Record { quota: None, ..record() }.memory_quota(), asked);
        for quota in [0, 1, u32::MAX] {
            let record = Record { quota: Some(quota), ..record() };
            assert_eq!(Record::decode(&record.encode()), Err(Unreadable));
        }
    }

    #[test]
    fn round_trip_within_the_limit() {
        let bytes = record().encode();
        assert!(bytes.len() <= RECORD_MAX);
        assert_eq!(Record::decode(&bytes), Ok(record()));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let good = record().encode();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Record::decode(&bad), Err(Unreadable), "bit {bit}");
        }
        for length in 0..good.len() {
            assert_eq!(Record::decode(&good[..length]), Err(Unreadable));
        }
    }

    #[test]
    fn grants_beyond_the_manifest_are_dropped() {
        let mut greedy = record();
        greedy.granted = greedy.granted.with(Capability::Hid);
        assert!(!Record::decode(&greedy.encode()).unwrap().granted.has(Capability::Hid));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Record::decode(&bytes).is_err());
        }
    }
}
