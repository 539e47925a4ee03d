// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The public keys that a build takes firmware images from.

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
}
