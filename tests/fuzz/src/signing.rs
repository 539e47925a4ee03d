// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A key that a device trusts, and the one signature that it made.

use akira_core::cose::Sign1;
use akira_core::trust::{PublicKey, TrustStore, TrustedKey};
use ed25519_dalek::{Signer, SigningKey};

/// SHA-256 of what is signed; any will do.
pub const COVERED: [u8; 32] = [9; 32];

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn public_key() -> PublicKey {
    PublicKey::from_bytes(key().verifying_key().as_bytes()).expect("a good key")
}

/// What the key says about [`COVERED`].
pub fn signature() -> Vec<u8> {
    let kid = public_key().kid();
    let signature = key().sign(&Sign1::to_be_signed(&kid, &COVERED)).to_bytes();
    Sign1 { kid, payload: COVERED, signature }.encode()
}

/// A store that trusts the key.
pub fn store() -> TrustStore {
    let mut store = TrustStore::default();
    let name = "release".parse().expect("a name");
    store.put(TrustedKey { name, key: public_key() }).expect("room for one key");
    store
}
