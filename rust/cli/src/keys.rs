// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Ed25519 keys in files: the private one as PKCS#8 (RFC 8410), the public one as
//! SubjectPublicKeyInfo, both in PEM, as OpenSSL and other tools have them.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use akira_core::trust::PublicKey;
use ed25519_dalek::pkcs8::spki::{DecodePublicKey, EncodePublicKey, der::pem::LineEnding};
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use ed25519_dalek::{SigningKey, VerifyingKey};

use crate::error::{CliError, Result};

/// More than any key file has.
const FILE_MAX: u64 = 64 * 1024;

/// A new key from the system's random source.
pub fn generate() -> Result<SigningKey> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        CliError::local("file", format!("The system gave no random bytes: {error}."))
    })?;
    Ok(SigningKey::from_bytes(&seed))
}

/// Writes a private key to a new file that only its owner can read.
pub fn write_private(path: &Path, key: &SigningKey) -> Result<()> {
    // Without the public half, which OpenSSL does not take in there.
    let bytes = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
    let pem = bytes.to_pkcs8_pem(LineEnding::LF).map_err(|error| cannot_encode(&error))?;
    write_new(path, pem.as_bytes(), 0o600)
}

/// Writes a public key to a new file.
pub fn write_public(path: &Path, key: &SigningKey) -> Result<()> {
    let pem = key.verifying_key().to_public_key_pem(LineEnding::LF);
    write_new(path, pem.map_err(|error| cannot_encode(&error))?.as_bytes(), 0o644)
}

fn cannot_encode(error: &dyn std::fmt::Display) -> CliError {
    CliError::local("bad_key", format!("The key cannot be written: {error}."))
}

/// A key is never overwritten: what it signed could not be signed again.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let failed = |error| CliError::file("make", path, &error);
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
}

/// Reads a private key.
pub fn read_private(path: &Path) -> Result<SigningKey> {
    SigningKey::from_pkcs8_pem(&read(path)?).map_err(|_| {
        bad_key(path, "is no Ed25519 private key in PKCS#8 PEM. Make one with `akira keygen`.")
    })
}

/// Reads a public key; a private key will do, too.
pub fn read_public(path: &Path) -> Result<PublicKey> {
    let text = read(path)?;
    let key = VerifyingKey::from_public_key_pem(&text)
        .or_else(|_| SigningKey::from_pkcs8_pem(&text).map(|key| key.verifying_key()))
        .map_err(|_| bad_key(path, "is no Ed25519 key in PEM. Make one with `akira keygen`."))?;
    PublicKey::from_bytes(key.as_bytes())
        .map_err(|_| bad_key(path, "is a weak key, with which anybody can sign."))
}

fn read(path: &Path) -> Result<String> {
    let failed = |error| CliError::file("read", path, &error);
    if fs::metadata(path).map_err(failed)?.len() > FILE_MAX {
        return Err(bad_key(path, "is too large for a key."));
    }
    let bytes = fs::read(path).map_err(failed)?;
    String::from_utf8(bytes).map_err(|_| bad_key(path, "is not a text file in PEM."))
}

fn bad_key(path: &Path, what: &str) -> CliError {
    CliError::local("bad_key", format!("{} {what}", path.display()))
}
