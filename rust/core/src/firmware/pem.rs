// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A firmware key from its PEM file, as `imgtool keygen`, `imgtool getpub` and `openssl` write it.
//!
//! A device needs the public key only. From a private key's file it is worked out, and nothing else
//! of it is kept.

use super::key::{ED25519_SPKI, P256_SPKI, PublicKey};
use crate::pem::base64;

/// What comes before the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410).
const ED25519_PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// How PKCS #8 begins for a key on P-256, after the length of the whole: version, and the algorithm.
const P256_PKCS8: [u8; 24] = [
    0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
];

/// How SEC 1 begins for a private key of 32 bytes: version, and the head of the number.
const SEC1: [u8; 5] = [0x02, 0x01, 0x01, 0x04, 0x20];

impl PublicKey {
    /// The key of a PEM file: a public key, or the one that belongs to a private key. `Err` is a
    /// sentence that says what is wrong.
    pub fn from_pem(text: &[u8]) -> Result<Self, &'static str> {
        let text = core::str::from_utf8(text).map_err(|_| "A key is PEM, which is text.")?;
        let start = text.find("-----BEGIN ").ok_or("There is no PEM block in it.")?;
        let (label, rest) =
            text[start + 11..].split_once("-----").ok_or("The PEM block has no label.")?;
        let (inner, _) = rest.split_once("-----END ").ok_or("The PEM block has no end.")?;
        if label.contains("ENCRYPTED") || inner.contains("ENCRYPTED") {
            return Err("The private key is encrypted. Give its public key, by `imgtool getpub`.");
        }
        let der = base64(inner).ok_or("The key is no Base64.")?;
        let key = match label {
            "PUBLIC KEY" => public(&der),
            "PRIVATE KEY" => private(&der),
            "EC PRIVATE KEY" => der_body(&der).and_then(sec1),
            _ => return Err("There is neither a public nor a private key in it."),
        };
        key.ok_or("The key is neither an Ed25519 key nor one on the curve P-256.")
    }
}

fn public(der: &[u8]) -> Option<PublicKey> {
    let raw = der.strip_prefix(&ED25519_SPKI).or_else(|| der.strip_prefix(&P256_SPKI))?;
    PublicKey::from_raw(raw)
}

fn private(der: &[u8]) -> Option<PublicKey> {
    if let Some(seed) = der.strip_prefix(&ED25519_PKCS8) {
        let seed: &[u8; 32] = seed.try_into().ok()?;
        let key = ed25519_dalek::SigningKey::from_bytes(seed).verifying_key();
        return Some(PublicKey::Ed25519(key.to_bytes()));
    }
    let rest = der_body(der)?.strip_prefix(&P256_PKCS8)?;
    let (&[0x04, _], rest) = rest.split_first_chunk()? else { return None };
    sec1(der_body(rest)?)
}

/// What is in a SEQUENCE of fewer than 256 bytes.
fn der_body(der: &[u8]) -> Option<&[u8]> {
    let (length, body) = match der {
        [0x30, 0x81, length, body @ ..] => (length, body),
        [0x30, length, body @ ..] if *length < 0x80 => (length, body),
        _ => return None,
    };
    (body.len() == usize::from(*length)).then_some(body)
}

#[cfg(feature = "p256")]
fn sec1(body: &[u8]) -> Option<PublicKey> {
    use p256::ecdsa::SigningKey;

    let number = body.strip_prefix(&SEC1)?.get(..32)?;
    let key = SigningKey::from_slice(number).ok()?;
    PublicKey::from_raw(key.verifying_key().to_sec1_point(false).as_bytes())
}

#[cfg(not(feature = "p256"))]
fn sec1(body: &[u8]) -> Option<PublicKey> {
    let _ = body.strip_prefix(&SEC1)?;
    None
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    #[cfg(feature = "p256")]
    use alloc::vec::Vec;

    use super::*;

    // Made by `openssl genpkey` and `openssl pkey -pubout`; nobody has their private keys.
    const ED25519_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA3iDESepXtk2G4nYihNHS1Kzfsjt/mMpROdI7eJaP5/0=
-----END PUBLIC KEY-----
";
    const P256_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETL/dDlFJ42ABehUSxo+QnOI8+u3r
cU7SZfOwAwPPcC9VUTbNyZYHa6poOlxtZ7U0fpVRK/mvJx5/Zbi5VUQmhA==
-----END PUBLIC KEY-----
";

    /// A PEM block of these bytes.
    fn block(label: &str, der: &[u8]) -> String {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = format!("-----BEGIN {label}-----\n");
        for group in der.chunks(3) {
            let mut three = [0; 3];
            three[..group.len()].copy_from_slice(group);
            let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            for digit in 0..4 {
                let value = (bits >> (18 - 6 * digit)) as usize & 63;
                text.push(if digit > group.len() { '=' } else { DIGITS[value].into() });
            }
        }
        text + &format!("\n-----END {label}-----\n")
    }

    #[test]
    fn public_keys_are_read() {
        let key = PublicKey::from_pem(ED25519_PUBLIC.as_bytes()).unwrap();
        assert_eq!(key.kind(), "ed25519");
        let PublicKey::Ed25519(raw) = key else { panic!("{key:?}") };
        let mut der = ED25519_SPKI.to_vec();
        der.extend(raw);
        assert_eq!(PublicKey::from_pem(block("PUBLIC KEY", &der).as_bytes()), Ok(key));
        let key = PublicKey::from_pem(P256_PUBLIC.as_bytes()).unwrap();
        assert_eq!(key.kind(), "p256");
    }

    #[test]
    fn a_private_key_gives_its_public_one() {
        let seed = [9; 32];
        let mut der = ED25519_PKCS8.to_vec();
        der.extend(seed);
        let key = PublicKey::from_pem(block("PRIVATE KEY", &der).as_bytes());
        let own = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        assert_eq!(key, Ok(PublicKey::Ed25519(own.to_bytes())));
    }

    #[test]
    #[cfg(feature = "p256")]
    fn a_private_key_on_the_curve_does_too() {
        let own = p256::ecdsa::SigningKey::from_slice(&[9; 32]).unwrap();
        let own = PublicKey::from_raw(own.verifying_key().to_sec1_point(false).as_bytes());
        // SEC 1 with and without the curve and the public key behind the number.
        let short: Vec<u8> = [&SEC1[..], &[9; 32]].concat();
        let sequence = |body: &[u8]| [&[0x30, body.len() as u8], body].concat();
        let sec1 = sequence(&short);
        let key = PublicKey::from_pem(block("EC PRIVATE KEY", &sec1).as_bytes());
        assert_eq!(key.ok(), own);
        let pkcs8 = [&P256_PKCS8[..], &[0x04, sec1.len() as u8], &sec1].concat();
        let key = PublicKey::from_pem(block("PRIVATE KEY", &sequence(&pkcs8)).as_bytes());
        assert_eq!(key.ok(), own);
        let zero = sequence(&[&SEC1[..], &[0; 32]].concat());
        assert!(PublicKey::from_pem(block("EC PRIVATE KEY", &zero).as_bytes()).is_err());
    }

    #[test]
    fn anything_else_is_refused_with_a_reason() {
        for (text, word) in [
            ("", "no PEM block"),
            ("-----BEGIN PUBLIC KEY", "no label"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA", "no end"),
            ("-----BEGIN PUBLIC KEY-----\n?\n-----END PUBLIC KEY-----", "Base64"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "neither an Ed25519"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "neither a public"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA\n-----END ENCRYPTED", "encrypted"),
        ] {
            let error = PublicKey::from_pem(text.as_bytes()).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
        let mut x25519 = ED25519_SPKI.to_vec();
        x25519[8] = 0x6e;
        x25519.extend([1; 32]);
        let error = PublicKey::from_pem(block("PUBLIC KEY", &x25519).as_bytes());
        assert!(error.is_err(), "X25519 signs nothing");
        assert!(PublicKey::from_pem(&[0xFF]).is_err());
    }
}
