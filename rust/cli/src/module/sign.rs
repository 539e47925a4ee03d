// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Putting a signature on an app, and looking at one.

use akira_core::cose::Sign1;
use akira_core::module::{ModuleFacts, SECTION_SIGNATURE, append_custom_section, scan};
use akira_core::trust::PublicKey;
use ed25519_dalek::{Signer, SigningKey};

use super::pack::without_sections;
use crate::error::{CliError, Result};

/// The app with a signature by this key, in place of one that it had.
pub fn sign(module: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    let mut app = without_sections(module, &[SECTION_SIGNATURE])?;
    let facts = facts(&app)?;
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes())
        .map_err(|error| CliError::local("bad_key", error.to_string()))?;
    let (kid, payload) = (public.kid(), facts.sha256);
    let signature = key.sign(&Sign1::to_be_signed(&kid, &payload)).to_bytes();
    append_custom_section(&mut app, SECTION_SIGNATURE, &Sign1 { kid, payload, signature }.encode());
    Ok(app)
}

/// The signature of an app that is about this very app. By whom it really is stays open.
pub fn signature(module: &[u8]) -> Result<Sign1> {
    let refused = |code: &str, message: &str| Err(CliError::local(code, message));
    let Some(section) = facts(module)?.signature else {
        return refused("unsigned", "The app is not signed. Sign it with `akira sign`.");
    };
    let Some(sign1) = Sign1::decode(&section.content) else {
        return refused("bad_signature", "The app's signature cannot be read. Sign it again.");
    };
    if sign1.payload != section.covered {
        return refused("bad_signature", "The app was changed after it was signed.");
    }
    Ok(sign1)
}

/// Whether there is a signature, good or not. What is no module has none.
pub fn is_signed(module: &[u8]) -> bool {
    akira_core::module::scan(module).is_ok_and(|facts| facts.signature.is_some())
}

fn facts(module: &[u8]) -> Result<ModuleFacts> {
    scan(module).map_err(|error| {
        let code = akira_core::http::ApiError::from(error.clone()).code.name();
        CliError::local(code, error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::check::tests::SMALL;

    #[test]
    fn signing_again_replaces_the_signature_and_nothing_else() {
        let (one, two) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let public =
            |key: &SigningKey| PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
        assert_eq!(signature(SMALL).unwrap_err().code, "unsigned");
        let first = sign(SMALL, &one).unwrap();
        assert_eq!(&first[..SMALL.len()], SMALL);
        assert!(public(&one).made(&signature(&first).unwrap()));
        let second = sign(&first, &two).unwrap();
        assert_eq!(&second[..SMALL.len()], SMALL);
        assert!(public(&two).made(&signature(&second).unwrap()));
        assert!(!public(&one).made(&signature(&second).unwrap()));
        assert_eq!(second.len(), first.len());
        assert!(is_signed(&second) && !is_signed(SMALL) && !is_signed(b"hello"));
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
        let good = sign(SMALL, &key).unwrap();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(!signature(&bad).is_ok_and(|sign1| public.made(&sign1)), "bit {bit}");
        }
    }
}
