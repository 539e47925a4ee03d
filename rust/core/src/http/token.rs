// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The bearer token. A device keeps only its SHA-256 and compares digests in constant time, so that
//! neither the storage nor the time of an answer tells the token.

use alloc::string::String;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::hex;

/// Random bytes in a token that a device makes.
pub const TOKEN_BYTES: usize = 16;

/// Shortest token that may be provisioned, in bytes.
pub const TOKEN_MIN: usize = 8;

/// Longest token that may be provisioned, in bytes.
pub const TOKEN_MAX: usize = 128;

/// What a device keeps of its token.
#[derive(Clone)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// The digest of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// The digest as it was stored; `None` when the length is wrong.
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the value of an `Authorization` header (RFC 6750, 2.1) carries the token.
    pub fn admits(&self, authorization: Option<&str>) -> bool {
        let Some((scheme, token)) = authorization.and_then(|value| value.trim().split_once(' '))
        else {
            return false;
        };
        scheme.eq_ignore_ascii_case("bearer")
            && bool::from(self.0.ct_eq(&Self::of(token.trim_start()).0))
    }
}

/// Whether a token may be provisioned: [`TOKEN_MIN`] to [`TOKEN_MAX`] visible ASCII characters.
pub fn is_acceptable(token: &str) -> bool {
    (TOKEN_MIN..=TOKEN_MAX).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic())
}

/// A new token from random bytes.
pub fn from_random(random: &[u8; TOKEN_BYTES]) -> String {
    hex::encode(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_is_admitted() {
        let digest = TokenDigest::of("secret-token");
        assert!(digest.admits(Some("Bearer secret-token")));
        assert!(digest.admits(Some("bearer  secret-token ")));
        for other in [
            None,
            Some(""),
            Some("Bearer"),
            Some("Bearer "),
            Some("Bearer secret-toke"),
            Some("Bearer secret-token2"),
            Some("Basic secret-token"),
            Some("secret-token"),
        ] {
            assert!(!digest.admits(other), "{other:?}");
        }
    }

    #[test]
    fn digests_are_stored_and_read() {
        let digest = TokenDigest::of("secret-token");
        let stored = TokenDigest::from_stored(digest.as_bytes()).unwrap();
        assert!(stored.admits(Some("Bearer secret-token")));
        assert!(TokenDigest::from_stored(b"short").is_none());
    }

    #[test]
    fn acceptable_tokens() {
        assert!(is_acceptable(&from_random(&[1; TOKEN_BYTES])));
        assert!(!is_acceptable("short"));
        assert!(!is_acceptable("has a space"));
        assert!(!is_acceptable(&"x".repeat(129)));
    }
}
