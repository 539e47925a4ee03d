// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The public keys that a device trusts to sign apps, and the record that it keeps of each.
//!
//! Layout of a record: the four bytes `AKK1` (the version is the last one), the 32 bytes of the key,
//! and the first 8 bytes of the SHA-256 of all before them and the key's name.

use alloc::vec::Vec;
use core::fmt;

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::cose::{KID, Sign1};
use crate::hex;
use crate::name::AppName;

/// Most keys that a device trusts at once.
pub const KEYS_MAX: usize = 8;

/// Size of a record in bytes.
pub const RECORD_BYTES: usize = 44;

const MAGIC: &[u8; 4] = b"AKK1";
const CHECK: usize = 8;

/// An Ed25519 public key that a signature can be checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key of these bytes (RFC 8032, 5.1.5). Keys of small order, with which anybody can sign
    /// anything, are refused.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, TrustError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| TrustError::BadKey)?;
        if key.is_weak() {
            return Err(TrustError::BadKey);
        }
        Ok(Self(key))
    }

    /// The key of 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self, TrustError> {
        Self::from_bytes(&hex::decode(text).ok_or(TrustError::BadKey)?)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// SHA-256 of its bytes, by which people compare keys.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.as_bytes()).into()
    }

    /// Its id in signatures.
    pub fn kid(&self) -> [u8; KID] {
        let mut kid = [0; KID];
        kid.copy_from_slice(&self.fingerprint()[..KID]);
        kid
    }

    /// Whether it made this signature. Strict: the signature is the only one of its bytes' kind, and
    /// no part of it is of small order.
    pub fn made(&self, sign1: &Sign1) -> bool {
        let message = Sign1::to_be_signed(&sign1.kid, &sign1.payload);
        let signature = Signature::from_bytes(&sign1.signature);
        self.kid() == sign1.kid && self.0.verify_strict(&message, &signature).is_ok()
    }
}

/// A key and the name that an operator gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// Its name; the same rules as for an app's.
    pub name: AppName,
    /// The key.
    pub key: PublicKey,
}

impl TrustedKey {
    /// The record to store.
    pub fn encode(&self) -> Vec<u8> {
        let mut record = MAGIC.to_vec();
        record.extend(self.key.as_bytes());
        record.extend(check(&record, &self.name));
        record
    }

    /// Reads the record of the key of that name; `None` when it is damaged or another key's.
    pub fn decode(name: AppName, record: &[u8]) -> Option<Self> {
        let (body, found) = record.split_at_checked(record.len().checked_sub(CHECK)?)?;
        let key = body.strip_prefix(MAGIC)?.try_into().ok()?;
        if check(body, &name) != found {
            return None;
        }
        Some(Self { key: PublicKey::from_bytes(key).ok()?, name })
    }
}

fn check(body: &[u8], name: &AppName) -> [u8; CHECK] {
    let hash = Sha256::new().chain_update(body).chain_update(name.as_str()).finalize();
    let mut check = [0; CHECK];
    check.copy_from_slice(&hash[..CHECK]);
    check
}

/// Why a key is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustError {
    /// It is no Ed25519 public key, or a weak one.
    BadKey,
    /// It is trusted under another name.
    KnownAs(AppName),
    /// There are [`KEYS_MAX`] others.
    TooMany,
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrustError::BadKey => f.write_str(
                "This is no Ed25519 public key that can be trusted. Make a pair with `akira \
                 keygen` and send the public one, 32 bytes as 64 hexadecimal digits.",
            ),
            TrustError::KnownAs(name) => write!(f, "This key is trusted already, as {name}."),
            TrustError::TooMany => write!(
                f,
                "{KEYS_MAX} keys are trusted, more cannot. Take one away with `akira untrust`."
            ),
        }
    }
}

impl core::error::Error for TrustError {}

/// The keys that a device trusts, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    keys: Vec<TrustedKey>,
}

impl TrustStore {
    /// Trusts nobody.
    pub const fn new() -> Self {
        Self { keys: Vec::new() }
    }

    /// All keys.
    pub fn keys(&self) -> &[TrustedKey] {
        &self.keys
    }

    /// The key of that name.
    pub fn find(&self, name: &AppName) -> Option<&TrustedKey> {
        self.keys.iter().find(|trusted| trusted.name == *name)
    }

    /// The key with that fingerprint.
    pub fn find_fingerprint(&self, fingerprint: &[u8; 32]) -> Option<&TrustedKey> {
        self.keys.iter().find(|trusted| trusted.key.fingerprint() == *fingerprint)
    }

    /// The keys that a signature may be of.
    pub fn with_kid(&self, kid: &[u8; KID]) -> impl Iterator<Item = &TrustedKey> {
        self.keys.iter().filter(move |trusted| trusted.key.kid() == *kid)
    }

    /// Whether the key could be put in.
    pub fn check(&self, new: &TrustedKey) -> Result<(), TrustError> {
        if let Some(other) =
            self.keys.iter().find(|have| have.key == new.key && have.name != new.name)
        {
            return Err(TrustError::KnownAs(other.name.clone()));
        }
        if self.find(&new.name).is_none() && self.keys.len() >= KEYS_MAX {
            return Err(TrustError::TooMany);
        }
        Ok(())
    }

    /// Puts a key in, in place of one of the same name.
    pub fn put(&mut self, new: TrustedKey) -> Result<(), TrustError> {
        self.check(&new)?;
        self.keys.retain(|have| have.name != new.name);
        let place = self.keys.partition_point(|have| have.name < new.name);
        self.keys.insert(place, new);
        Ok(())
    }

    /// Takes a key away, if it was there.
    pub fn remove(&mut self, name: &AppName) -> Option<TrustedKey> {
        let place = self.keys.iter().position(|have| have.name == *name)?;
        Some(self.keys.remove(place))
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;

    fn key(seed: u8) -> PublicKey {
        PublicKey(SigningKey::from_bytes(&[seed; 32]).verifying_key())
    }

    fn trusted(name: &str, seed: u8) -> TrustedKey {
        TrustedKey { name: name.parse().unwrap(), key: key(seed) }
    }

    #[test]
    fn keys_that_anybody_can_sign_with_are_refused() {
        // The neutral element and a point of order 8; then what is no point at all.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let order8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
        assert_eq!(PublicKey::from_bytes(&neutral), Err(TrustError::BadKey));
        assert_eq!(PublicKey::from_bytes(&[0; 32]), Err(TrustError::BadKey));
        assert_eq!(PublicKey::from_hex(order8), Err(TrustError::BadKey));
        let no_point = "0200000000000000000000000000000000000000000000000000000000000000";
        assert_eq!(PublicKey::from_hex(no_point), Err(TrustError::BadKey));
        assert_eq!(PublicKey::from_hex("00"), Err(TrustError::BadKey));
        assert_eq!(PublicKey::from_hex(&hex::encode(key(1).as_bytes())), Ok(key(1)));
    }

    #[test]
    fn every_flipped_bit_of_a_record_and_every_cut_is_seen() {
        let good = trusted("alice", 1).encode();
        let name = || "alice".parse().unwrap();
        assert_eq!(good.len(), RECORD_BYTES);
        assert_eq!(TrustedKey::decode(name(), &good), Some(trusted("alice", 1)));
        assert_eq!(TrustedKey::decode("bob".parse().unwrap(), &good), None);
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(TrustedKey::decode(name(), &bad), None, "bit {bit}");
        }
        for length in 0..good.len() {
            assert_eq!(TrustedKey::decode(name(), &good[..length]), None);
        }
    }

    #[test]
    fn names_and_keys_are_unique_and_bounded() {
        let mut store = TrustStore::new();
        store.put(trusted("bob", 2)).unwrap();
        store.put(trusted("alice", 1)).unwrap();
        let known = TrustError::KnownAs("bob".parse().unwrap());
        assert_eq!(store.put(trusted("carol", 2)), Err(known));
        // Another key under the same name takes its place.
        store.put(trusted("bob", 3)).unwrap();
        assert_eq!(store.keys(), [trusted("alice", 1), trusted("bob", 3)]);
        assert_eq!(store.with_kid(&key(3).kid()).count(), 1);
        assert_eq!(store.with_kid(&key(2).kid()).count(), 0);
        assert!(store.find_fingerprint(&key(1).fingerprint()).is_some());
        for seed in 10..10 + KEYS_MAX as u8 - 2 {
            store.put(trusted(&alloc::format!("key{seed}"), seed)).unwrap();
        }
        assert_eq!(store.put(trusted("late", 99)), Err(TrustError::TooMany));
        store.put(trusted("bob", 2)).unwrap();
        assert_eq!(store.remove(&"bob".parse().unwrap()), Some(trusted("bob", 2)));
        assert_eq!(store.remove(&"bob".parse().unwrap()), None);
        store.put(trusted("late", 99)).unwrap();
    }
}
