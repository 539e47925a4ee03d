// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The public keys that a build takes firmware images from, and what they verify.
//!
//! ECDSA needs the cargo feature `p256`. Without it a P-256 key verifies nothing.

use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};

/// Most bytes that a signature of a known kind has: one by ECDSA in DER.
pub const SIGNATURE_MAX: usize = 72;

/// What comes before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410).
pub(super) const ED25519_SPKI: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// What comes before the 65 bytes of a P-256 key in its SubjectPublicKeyInfo (RFC 5480).
pub(super) const P256_SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// How an image is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureKind {
    /// Ed25519 of the image's SHA-256: 64 bytes.
    Ed25519,
    /// ECDSA over P-256 of the image's SHA-256, in DER.
    P256,
}

/// A public key of the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// Ed25519, the 32 bytes of RFC 8032.
    Ed25519([u8; 32]),
    /// ECDSA over P-256, as SEC 1 writes an uncompressed point: 0x04, x, y.
    P256([u8; 65]),
}

impl PublicKey {
    /// The key with these raw bytes: 32 of an Ed25519 key, or 65 of a point on P-256. Whether they
    /// are a key is told when it verifies something.
    pub fn from_raw(bytes: &[u8]) -> Option<Self> {
        if let Ok(bytes) = <[u8; 32]>::try_from(bytes) {
            return Some(Self::Ed25519(bytes));
        }
        let bytes = <[u8; 65]>::try_from(bytes).ok()?;
        (bytes[0] == 4).then_some(Self::P256(bytes))
    }

    /// What kind of key it is.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "ed25519",
            Self::P256(_) => "p256",
        }
    }

    /// SHA-256 of its SubjectPublicKeyInfo in DER, by which an image names the key that signed it.
    pub fn key_hash(&self) -> [u8; 32] {
        let hash = Sha256::new();
        match self {
            Self::Ed25519(bytes) => hash.chain_update(ED25519_SPKI).chain_update(bytes),
            Self::P256(bytes) => hash.chain_update(P256_SPKI).chain_update(bytes),
        }
        .finalize()
        .into()
    }

    /// Whether `signature` is this key's over an image of that SHA-256.
    pub fn verifies(&self, kind: SignatureKind, signature: &[u8], sha256: &[u8; 32]) -> bool {
        match (self, kind) {
            (Self::Ed25519(key), SignatureKind::Ed25519) => ed25519(key, signature, sha256),
            (Self::P256(key), SignatureKind::P256) => p256(key, signature, sha256),
            _ => false,
        }
    }
}

fn ed25519(key: &[u8; 32], signature: &[u8], sha256: &[u8; 32]) -> bool {
    let (Ok(key), Ok(signature)) =
        (VerifyingKey::from_bytes(key), ed25519_dalek::Signature::from_slice(signature))
    else {
        return false;
    };
    key.verify_strict(sha256, &signature).is_ok()
}

#[cfg(feature = "p256")]
fn p256(key: &[u8; 65], signature: &[u8], sha256: &[u8; 32]) -> bool {
    use p256::ecdsa::signature::hazmat::PrehashVerifier;

    let verified = || {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
        let (r, s) = der_numbers(signature)?;
        let signature = p256::ecdsa::Signature::from_scalars(r, s).ok()?;
        key.verify_prehash(sha256, &signature).ok()
    };
    verified().is_some()
}

#[cfg(not(feature = "p256"))]
fn p256(_key: &[u8; 65], _signature: &[u8], _sha256: &[u8; 32]) -> bool {
    false
}

/// The two numbers of an ECDSA signature: a SEQUENCE of two INTEGERs in DER. Zeros may follow, with
/// which some tools fill the signature up to its greatest length.
#[cfg(any(feature = "p256", test))]
fn der_numbers(signature: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let (&[0x30, length], rest) = signature.split_first_chunk()? else { return None };
    let (body, padding) = rest.split_at_checked(length.into())?;
    let (r, body) = der_number(body)?;
    let (s, body) = der_number(body)?;
    (body.is_empty() && padding.iter().all(|byte| *byte == 0)).then_some((r, s))
}

/// An INTEGER that is not negative and has at most 32 bytes, and what follows it.
#[cfg(any(feature = "p256", test))]
fn der_number(bytes: &[u8]) -> Option<([u8; 32], &[u8])> {
    let (&[0x02, length], rest) = bytes.split_first_chunk()? else { return None };
    let (number, rest) = rest.split_at_checked(length.into())?;
    let number = match number {
        [0, more @ ..] if more.first().is_some_and(|first| *first >= 0x80) => more,
        [first, ..] if (1..0x80).contains(first) => number,
        _ => return None,
    };
    let mut out = [0; 32];
    out.get_mut(32usize.checked_sub(number.len())?..)?.copy_from_slice(number);
    Some((out, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_tells_the_kind() {
        assert_eq!(PublicKey::from_raw(&[7; 32]), Some(PublicKey::Ed25519([7; 32])));
        let mut point = [7; 65];
        assert_eq!(PublicKey::from_raw(&point), None, "not an uncompressed point");
        point[0] = 4;
        assert_eq!(PublicKey::from_raw(&point), Some(PublicKey::P256(point)));
        for bad in [&[][..], &[4; 31], &[4; 33], &[4; 64], &[4; 66]] {
            assert_eq!(PublicKey::from_raw(bad), None);
        }
    }

    #[test]
    fn signatures_in_der_are_read_strictly() {
        let good = [0x30, 0x07, 0x02, 0x02, 0x00, 0x80, 0x02, 0x01, 0x05];
        let (r, s) = der_numbers(&good).unwrap();
        assert_eq!((r[31], s[31]), (0x80, 5));
        assert!(r[..31].iter().chain(&s[..31]).all(|byte| *byte == 0));
        let mut padded = good.to_vec();
        padded.resize(72, 0);
        assert_eq!(der_numbers(&padded), Some((r, s)));
        for bad in [
            &[][..],
            &good[..8],
            &[0x31, 0x07, 0x02, 0x02, 0x00, 0x80, 0x02, 0x01, 0x05],
            &[0x30, 0x06, 0x02, 0x01, 0x80, 0x02, 0x01, 0x05],
            &[0x30, 0x07, 0x02, 0x02, 0x00, 0x7f, 0x02, 0x01, 0x05],
            &[0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x05],
            &[0x30, 0x05, 0x02, 0x00, 0x02, 0x01, 0x05],
            &[0x30, 0x03, 0x02, 0x01, 0x05],
            &[0x30, 0x07, 0x02, 0x01, 0x05, 0x02, 0x01, 0x05, 0x00],
            &[0x30, 0x06, 0x02, 0x01, 0x05, 0x02, 0x01, 0x05, 0x01],
        ] {
            assert_eq!(der_numbers(bad), None, "{bad:02x?}");
        }
        let mut long = [0x30, 0x26, 0x02, 0x21].to_vec();
        long.extend([1; 33]);
        long.extend([0x02, 0x01, 0x05]);
        assert_eq!(der_numbers(&long), None, "33 bytes are no number of this curve");
    }
}
