// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Images that are made here byte by byte; those that `imgtool` makes are the end-to-end suite's.

use alloc::vec::Vec as Bytes;

use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;

use super::*;
use crate::firmware::header::MAGIC;
use crate::firmware::{ImageError, Version};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn public() -> PublicKey {
    PublicKey::Ed25519(key().verifying_key().to_bytes())
}

fn tlv(kind: u16, value: &[u8]) -> Bytes<u8> {
    let length = (value.len() as u16).to_le_bytes();
    [&kind.to_le_bytes()[..], &length, value].concat()
}

fn area(magic: u16, tlvs: &[u8]) -> Bytes<u8> {
    let size = (tlvs.len() as u16 + 4).to_le_bytes();
    [&magic.to_le_bytes()[..], &size, tlvs].concat()
}

/// What an image is made of.
#[derive(Clone)]
struct Recipe {
    body: Bytes<u8>,
    padding: u16,
    protected: Bytes<u8>,
    plain: fn(&[u8; 32]) -> Bytes<u8>,
}

impl Default for Recipe {
    fn default() -> Self {
        let body = (0..600u32).map(|i| (i * i) as u8).collect();
        Self { body, padding: 32, protected: tlv(SECURITY_COUNTER, &[3, 0, 0, 0]), plain: signed }
    }
}

/// The TLVs that `imgtool sign --key` writes.
fn signed(sha256: &[u8; 32]) -> Bytes<u8> {
    let signature = key().sign(sha256).to_bytes();
    [tlv(SHA256, sha256), tlv(KEYHASH, &public().key_hash()), tlv(ED25519, &signature)].concat()
}

impl Recipe {
    fn bytes(&self) -> Bytes<u8> {
        let protected = match self.protected.as_slice() {
            [] => Bytes::new(),
            tlvs => area(PROTECTED_MAGIC, tlvs),
        };
        let mut all = MAGIC.to_le_bytes().to_vec();
        all.extend([0; 4]);
        all.extend((HEADER_BYTES as u16 + self.padding).to_le_bytes());
        all.extend((protected.len() as u16).to_le_bytes());
        all.extend((self.body.len() as u32).to_le_bytes());
        all.extend([0; 4]);
        all.extend([1, 2, 3, 0, 4, 0, 0, 0]);
        all.resize(HEADER_BYTES + usize::from(self.padding), 0);
        all.extend(&self.body);
        all.extend(protected);
        let sha256 = Sha256::digest(&all).into();
        let plain = (self.plain)(&sha256);
        all.extend(area(PLAIN_MAGIC, &plain));
        all
    }
}

fn scan(bytes: &[u8]) -> Result<Image, ImageError> {
    scan_in_pieces(bytes, bytes.len().max(1))
}

fn scan_in_pieces(bytes: &[u8], piece: usize) -> Result<Image, ImageError> {
    let mut scanner = Scanner::new();
    for piece in bytes.chunks(piece) {
        scanner.push(piece)?;
    }
    scanner.finish()
}

#[test]
fn a_signed_image_is_taken_whatever_the_pieces() {
    let bytes = Recipe::default().bytes();
    for piece in [1, 2, 3, 7, 31, 32, 33, 500, 4096] {
        let image = scan_in_pieces(&bytes, piece).unwrap();
        assert_eq!(image.size as usize, bytes.len());
        assert_eq!(image.header.version, Version { major: 1, minor: 2, revision: 3, build: 4 });
        assert_eq!(image.counter, Some(3));
        assert_eq!(image.facts().counter, 3);
        assert_eq!(image.verify(&[public()], false), Ok(()));
    }
    let bare = Recipe { protected: Bytes::new(), padding: 0, ..Recipe::default() };
    let image = scan(&bare.bytes()).unwrap();
    assert_eq!((image.counter, image.facts().counter), (None, 0));
}

#[test]
fn only_a_key_of_the_build_verifies() {
    let image = scan(&Recipe::default().bytes()).unwrap();
    let other = PublicKey::Ed25519(SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes());
    assert_eq!(image.verify(&[other], false), Err(ImageError::BadSignature));
    assert_eq!(image.verify(&[other, public()], false), Ok(()));
    assert_eq!(image.verify(&[], false), Err(ImageError::NoKey));
    assert_eq!(image.verify(&[], true), Ok(()));
    assert_eq!(image.verify(&[other], true), Err(ImageError::BadSignature), "keys come first");
}

#[test]
fn a_signature_must_be_by_the_key_that_it_names_and_of_its_kind() {
    let scanned = |plain| scan(&Recipe { plain, ..Recipe::default() }.bytes()).unwrap();
    let unsigned = scanned(|sha256| tlv(SHA256, sha256));
    assert_eq!(unsigned.verify(&[public()], false), Err(ImageError::Unsigned));
    // Without the name of a key, and with that of another.
    let nobody =
        scanned(|sha| [tlv(SHA256, sha), tlv(ED25519, &key().sign(sha).to_bytes())].concat());
    assert_eq!(nobody.verify(&[public()], false), Err(ImageError::Unsigned));
    let other = scanned(|sha| {
        let signature = key().sign(sha).to_bytes();
        [tlv(SHA256, sha), tlv(KEYHASH, &[1; 32]), tlv(ED25519, &signature)].concat()
    });
    assert_eq!(other.verify(&[public()], false), Err(ImageError::BadSignature));
    let kind = scanned(|sha| {
        let signature = key().sign(sha).to_bytes();
        [tlv(SHA256, sha), tlv(KEYHASH, &public().key_hash()), tlv(ECDSA, &signature)].concat()
    });
    assert_eq!(kind.verify(&[public()], false), Err(ImageError::BadSignature));
    // A foreign signature before ours is no obstacle.
    let second = scanned(|sha| {
        let foreign = [tlv(KEYHASH, &[1; 32]), tlv(ECDSA, &[0x30; 70])].concat();
        [foreign, signed(sha)].concat()
    });
    assert_eq!(second.verify(&[public()], false), Ok(()));
    // One whose length makes it none.
    let cut = scanned(|sha| {
        let signature = key().sign(sha).to_bytes();
        [tlv(SHA256, sha), tlv(KEYHASH, &public().key_hash()), tlv(ED25519, &signature[..63])]
            .concat()
    });
    assert_eq!(cut.verify(&[public()], false), Err(ImageError::BadSignature));
}

#[test]
#[cfg(feature = "p256")]
fn ecdsa_verifies_too() {
    use p256::ecdsa::signature::hazmat::PrehashSigner;
    use p256::ecdsa::{Signature, SigningKey};

    fn own() -> SigningKey {
        SigningKey::from_slice(&[9; 32]).unwrap()
    }
    fn public() -> PublicKey {
        PublicKey::from_raw(own().verifying_key().to_sec1_point(false).as_bytes()).unwrap()
    }
    fn number(bytes: &[u8]) -> Bytes<u8> {
        let bytes = &bytes[bytes.iter().position(|byte| *byte != 0).unwrap()..];
        let sign: &[u8] = if bytes[0] >= 0x80 { &[0] } else { &[] };
        [&[2, (sign.len() + bytes.len()) as u8], sign, bytes].concat()
    }
    fn plain(sha256: &[u8; 32]) -> Bytes<u8> {
        let signature: Signature = own().sign_prehash(sha256).unwrap();
        let (r, s) = signature.split_bytes();
        let body = [number(&r), number(&s)].concat();
        let der = [&[0x30, body.len() as u8], body.as_slice()].concat();
        [tlv(SHA256, sha256), tlv(KEYHASH, &public().key_hash()), tlv(ECDSA, &der)].concat()
    }
    let image = scan(&Recipe { plain, ..Recipe::default() }.bytes()).unwrap();
    assert_eq!(image.verify(&[public()], false), Ok(()));
    assert_eq!(image.verify(&[super::tests::public()], false), Err(ImageError::BadSignature));
    let mut bent = image.clone();
    bent.sha256[0] ^= 1;
    assert_eq!(bent.verify(&[public()], false), Err(ImageError::BadSignature));
}

#[test]
fn what_is_malformed_is_refused() {
    let scanned = |recipe: Recipe| scan(&recipe.bytes()).map(drop);
    let plain = |plain| scanned(Recipe { plain, ..Recipe::default() });
    let protected = |protected| scanned(Recipe { protected, ..Recipe::default() });
    assert_eq!(scan(&[]).map(drop), Err(ImageError::NoHeader));
    assert_eq!(scan(b"\0asm\x01\0\0\0").map(drop), Err(ImageError::NoHeader));
    assert_eq!(plain(|_| tlv(KEYHASH, &[0; 32])), Err(ImageError::NoHash));
    assert_eq!(plain(|_| Bytes::new()), Err(ImageError::NoHash));
    assert_eq!(plain(|sha| tlv(SHA256, &sha[..31])), Err(ImageError::BadTlv));
    assert_eq!(plain(|_| tlv(SHA256, &[])), Err(ImageError::BadTlv));
    assert_eq!(plain(|_| tlv(SHA256, &[0; 32])), Err(ImageError::BadHash));
    assert_eq!(plain(|_| tlv(SECURITY_COUNTER, &[9, 0, 0, 0])), Err(ImageError::BadTlv));
    assert_eq!(plain(|_| tlv(0xA0, &[])), Err(ImageError::BadTlv));
    assert_eq!(
        plain(|sha| [tlv(SHA256, sha), [1, 2, 3].into()].concat()),
        Err(ImageError::Truncated)
    );
    let whole = plain(|sha| [tlv(SHA256, sha), tlv(SIG_PURE, &[1])].concat());
    assert_eq!(whole, Err(ImageError::Kind("signed as a whole")));
    assert_eq!(protected(tlv(SECURITY_COUNTER, &[1])), Err(ImageError::BadTlv));
    let two = [tlv(SECURITY_COUNTER, &[1; 4]), tlv(SECURITY_COUNTER, &[1; 4])].concat();
    assert_eq!(protected(two), Err(ImageError::BadTlv));
    assert_eq!(protected(tlv(0xA0, &[5; 200])), Ok(()), "vendors' own TLVs are theirs");
    let mut longer = Recipe::default().bytes();
    longer.push(0xFF);
    assert_eq!(scan(&longer).map(drop), Err(ImageError::TooLong));
    let mut in_a_slot = Scanner::new();
    assert_eq!(in_a_slot.push_up_to_end(&longer), Ok(longer.len() - 1));
    assert!(in_a_slot.is_complete());
    assert_eq!(in_a_slot.finish().unwrap().size as usize, longer.len() - 1);
}

#[test]
fn every_changed_bit_and_every_cut_is_seen() {
    let bytes = Recipe { body: [5; 40].into(), ..Recipe::default() }.bytes();
    for end in 0..bytes.len() {
        assert!(scan(&bytes[..end]).is_err(), "cut at {end}");
    }
    for bit in 0..bytes.len() * 8 {
        let mut bad = bytes.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let verified = scan(&bad).and_then(|image| image.verify(&[public()], false));
        assert!(verified.is_err(), "bit {bit}");
    }
}

proptest! {
    /// The outcome does not depend on the pieces, whatever is wrong with the image.
    #[test]
    fn pieces_make_no_difference(
        piece in 1usize..64,
        body in 1usize..100,
        flips in proptest::collection::vec((0usize..400, 0u8..8), 0..3),
    ) {
        let mut bytes = Recipe { body: alloc::vec![3; body], ..Recipe::default() }.bytes();
        for (at, bit) in flips {
            let length = bytes.len();
            bytes[at % length] ^= 1 << bit;
        }
        let outcome = |piece| {
            let scanned = scan_in_pieces(&bytes, piece);
            scanned.map(|image| (image.size, image.sha256, image.verify(&[public()], false)))
        };
        prop_assert_eq!(outcome(piece), outcome(bytes.len()));
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), header: bool) {
        let mut bytes = bytes;
        if header {
            let good = Recipe { body: alloc::vec![1], padding: 0, ..Recipe::default() }.bytes();
            bytes.splice(0..0, good[..33].iter().copied());
        }
        prop_assert!(scan(&bytes).is_err());
    }
}
