// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The form of an app's signature: COSE_Sign1 (RFC 9052, 4.2) over a hash envelope.
//!
//! The payload is the SHA-256 of what is signed (header 258, payload-hash-alg, is -16), the algorithm
//! EdDSA (-8) with Ed25519, and the key's id the first 8 bytes of the SHA-256 of the public key. All
//! three headers are protected and the unprotected map is empty. CBOR is deterministic (RFC 8949,
//! 4.2), so there is exactly one way to write a signature: every field has its place, nothing has to
//! be parsed, and no byte can change without being seen.

use alloc::vec::Vec;

/// Bytes in a key id.
pub const KID: usize = 8;

/// Bytes in a signature.
pub const BYTES: usize = 121;

/// Tag 18, an array of four.
const BEGIN: [u8; 2] = [0xd2, 0x84];
/// The protected headers up to the key id: a byte string of 17, a map of three, algorithm -8, key id.
const PROTECTED: [u8; 6] = [0x51, 0xa3, 0x01, 0x27, 0x04, 0x48];
/// The rest of them: payload hash algorithm -16.
const HASH_ALGORITHM: [u8; 4] = [0x19, 0x01, 0x02, 0x2f];
/// No unprotected headers.
const UNPROTECTED: [u8; 1] = [0xa0];
/// A byte string of 32.
const PAYLOAD: [u8; 2] = [0x58, 0x20];
/// A byte string of 64.
const SIGNATURE: [u8; 2] = [0x58, 0x40];

/// The beginning of what a signature is computed over (RFC 9052, 4.4).
const CONTEXT: [u8; 12] = *b"\x84\x6aSignature1";
/// No externally supplied data.
const EXTERNAL: [u8; 1] = [0x40];

/// A signature, taken apart. Whether it is true has not been looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign1 {
    /// Which key is said to have made it.
    pub kid: [u8; KID],
    /// SHA-256 of what it is about.
    pub payload: [u8; 32],
    /// The Ed25519 signature.
    pub signature: [u8; 64],
}

impl Sign1 {
    /// Reads a signature; `None` for anything but the one way to write it.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        expect(&mut rest, &BEGIN)?;
        expect(&mut rest, &PROTECTED)?;
        let kid = take(&mut rest)?;
        expect(&mut rest, &HASH_ALGORITHM)?;
        expect(&mut rest, &UNPROTECTED)?;
        expect(&mut rest, &PAYLOAD)?;
        let payload = take(&mut rest)?;
        expect(&mut rest, &SIGNATURE)?;
        let signature = take(&mut rest)?;
        rest.is_empty().then_some(Self { kid, payload, signature })
    }

    /// The bytes of the signature.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend(BEGIN);
        push_protected(&mut bytes, &self.kid);
        bytes.extend(UNPROTECTED);
        bytes.extend(PAYLOAD);
        bytes.extend(self.payload);
        bytes.extend(SIGNATURE);
        bytes.extend(self.signature);
        bytes
    }

    /// The bytes that are signed.
    pub fn to_be_signed(kid: &[u8; KID], payload: &[u8; 32]) -> Vec<u8> {
        let mut bytes = CONTEXT.to_vec();
        push_protected(&mut bytes, kid);
        bytes.extend(EXTERNAL);
        bytes.extend(PAYLOAD);
        bytes.extend(payload);
        bytes
    }
}

fn push_protected(bytes: &mut Vec<u8>, kid: &[u8; KID]) {
    bytes.extend(PROTECTED);
    bytes.extend(kid);
    bytes.extend(HASH_ALGORITHM);
}

fn expect(rest: &mut &[u8], wanted: &[u8]) -> Option<()> {
    *rest = rest.strip_prefix(wanted)?;
    Some(())
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use coset::{CborSerializable, CoseSign1, Label, TaggedCborSerializable, cbor::Value, iana};
    use proptest::prelude::*;

    use super::*;

    fn sign1() -> Sign1 {
        Sign1 { kid: *b"kidkidki", payload: [7; 32], signature: [9; 64] }
    }

    #[test]
    fn another_implementation_reads_and_writes_the_same_bytes() {
        let bytes = sign1().encode();
        assert_eq!(bytes.len(), BYTES);
        let read = CoseSign1::from_tagged_slice(&bytes).unwrap();
        let protected = &read.protected.header;
        let algorithm = coset::RegisteredLabelWithPrivate::Assigned(iana::Algorithm::EdDSA);
        assert_eq!(protected.alg, Some(algorithm));
        assert_eq!(protected.key_id, b"kidkidki");
        assert_eq!(protected.rest, [(Label::Int(258), Value::from(-16))]);
        assert!(read.unprotected.is_empty());
        assert_eq!(read.payload.as_deref(), Some(&[7; 32][..]));
        assert_eq!(read.signature, [9; 64]);
        assert_eq!(read.tbs_data(&[]), Sign1::to_be_signed(b"kidkidki", &[7; 32]));

        let header = coset::HeaderBuilder::new()
            .algorithm(iana::Algorithm::EdDSA)
            .key_id(b"kidkidki".to_vec())
            .value(258, Value::from(-16))
            .build();
        let written = coset::CoseSign1Builder::new()
            .protected(header)
            .payload([7; 32].to_vec())
            .signature([9; 64].to_vec())
            .build();
        assert_eq!(written.clone().to_tagged_vec().unwrap(), bytes);
        // Without its tag it is another type's business.
        assert_eq!(Sign1::decode(&written.to_vec().unwrap()), None);
    }

    #[test]
    fn there_is_one_way_to_write_it() {
        let good = sign1().encode();
        assert_eq!(Sign1::decode(&good), Some(sign1()));
        for length in 0..good.len() {
            assert_eq!(Sign1::decode(&good[..length]), None);
        }
        let longer = [&good[..], &[0]].concat();
        assert_eq!(Sign1::decode(&longer), None);
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(Sign1::decode(&bad), Some(sign1()), "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(Sign1::decode(&bytes), None);
        }
    }
}
