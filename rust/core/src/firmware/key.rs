// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The public keys that a build takes firmware images from.

use crate::pem;

/// What comes before the key itself in a SubjectPublicKeyInfo (RFC 8410, RFC 5480).
const ED25519_INFO: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
const P256_INFO: &[u8] = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\
    \x48\xce\x3d\x03\x01\x07\x03\x42\x00";

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

    /// The public key that is in a text in PEM. `Err` says what is wrong.
    pub fn from_pem(text: &[u8]) -> Result<Self, &'static str> {
        let text = core::str::from_utf8(text).map_err(|_| "PEM is text, and this is none.")?;
        let Some((_, rest)) = text.split_once("-----BEGIN PUBLIC KEY-----") else {
            return Err(match text.contains("PRIVATE KEY-----") {
                true => {
                    "It is a key pair, which a device must not have. Give the public key: \
                     imgtool getpub -e pem."
                }
                false => "There is no public key in PEM in it.",
            });
        };
        let (inner, _) =
            rest.split_once("-----END PUBLIC KEY-----").ok_or("The public key has no end.")?;
        let info = pem::base64(inner).ok_or("The public key is no Base64.")?;
        let key = match (info.strip_prefix(ED25519_INFO), info.strip_prefix(P256_INFO)) {
            (Some(key), _) if key.len() == 32 => Self::from_raw(key),
            (_, Some(key)) if key.len() == 65 => Self::from_raw(key),
            _ => None,
        };
        key.ok_or("This kind of key is not supported. Give one of Ed25519 or ECDSA P-256.")
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

    // Made by `openssl genpkey` and `openssl pkey -pubout`; the pairs were thrown away.
    const ED25519_PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEANR1wk7xu/XBD+vMlTShu44xGKzQsZyRctu+2uJVqv+U=\n\
        -----END PUBLIC KEY-----";
    const P256_PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDXBFytkdRFcfZ5qJIsc2JYoNPzBD\n\
        iYZTIiv1W6GTt6Fr26nmi0v5fXlTTOs7tLv18No54nam/x/98LVCNv7jfQ==\n\
        -----END PUBLIC KEY-----";

    #[test]
    fn keys_are_read_from_pem() {
        let PublicKey::Ed25519(key) = PublicKey::from_pem(ED25519_PEM.as_bytes()).unwrap() else {
            panic!("another kind");
        };
        assert_eq!(key[..4], [0x35, 0x1d, 0x70, 0x93]);
        let framed = alloc::format!("a key\r\n{P256_PEM}\n");
        let PublicKey::P256(point) = PublicKey::from_pem(framed.as_bytes()).unwrap() else {
            panic!("another kind");
        };
        assert_eq!(point[..4], [0x04, 0x0d, 0x70, 0x45]);
    }

    #[test]
    fn what_is_no_such_key_is_told() {
        let other = P256_PEM.replace(
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAC",
        );
        for (text, why) in [
            (&b"\xff"[..], "PEM is text"),
            (b"", "no public key"),
            (b"-----BEGIN PRIVATE KEY-----\nTQ==\n-----END PRIVATE KEY-----", "a key pair"),
            (b"-----BEGIN PUBLIC KEY-----\nTQ==", "no end"),
            (b"-----BEGIN PUBLIC KEY-----\n*\n-----END PUBLIC KEY-----", "no Base64"),
            (b"-----BEGIN PUBLIC KEY-----\nTQ==\n-----END PUBLIC KEY-----", "not supported"),
            (other.as_bytes(), "not supported"),
        ] {
            let error = PublicKey::from_pem(text).unwrap_err();
            assert!(error.contains(why), "{error} instead of {why}");
        }
    }
}
