// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The bearer tokens: the admin token may do all, the read token only look. A device keeps only their
//! SHA-256 and compares digests in constant time, so that neither the storage nor the time of an answer
//! tells a token.

use alloc::string::String;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

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

    /// The digest of the token that the value of an `Authorization` header carries (RFC 6750, 2.1).
    fn presented(authorization: &str) -> Option<Self> {
        let (scheme, token) = authorization.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| Self::of(token.trim_start()))
    }
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Look.
    Read,
    /// All.
    Admin,
}

impl Access {
    /// Its name in paths.
    pub const fn name(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Admin => "admin",
        }
    }
}

/// The tokens of a device, as far as there are any.
#[derive(Clone, Default)]
pub struct Tokens {
    /// The one that may do all.
    pub admin: Option<TokenDigest>,
    /// The one that may look.
    pub read: Option<TokenDigest>,
}

impl Tokens {
    /// There is no token, so nobody may do anything.
    pub const fn none() -> Self {
        Self { admin: None, read: None }
    }

    /// What the value of an `Authorization` header allows. Both tokens are compared whatever the
    /// first comparison gives.
    pub fn access(&self, authorization: &str) -> Option<Access> {
        let presented = TokenDigest::presented(authorization)?;
        let is = |token: &Option<TokenDigest>| -> bool {
            let there = Choice::from(u8::from(token.is_some()));
            let digest = token.as_ref().map_or([0; 32], |token| token.0);
            bool::from(digest.ct_eq(&presented.0) & there)
        };
        let (admin, read) = (is(&self.admin), is(&self.read));
        if admin {
            Some(Access::Admin)
        } else if read {
            Some(Access::Read)
        } else {
            None
        }
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
    fn only_the_tokens_are_admitted() {
        let admin = Tokens { admin: Some(TokenDigest::of("secret-token")), read: None };
        let both = Tokens { read: Some(TokenDigest::of("look-only")), ..admin.clone() };
        for tokens in [&admin, &both] {
            assert_eq!(tokens.access("Bearer secret-token"), Some(Access::Admin));
            assert_eq!(tokens.access("bearer  secret-token "), Some(Access::Admin));
            for other in [
                "",
                "Bearer",
                "Bearer ",
                "Bearer secret-toke",
                "Bearer secret-token2",
                "Basic secret-token",
                "secret-token",
            ] {
                assert_eq!(tokens.access(other), None, "{other:?}");
            }
        }
        assert_eq!(both.access("Bearer look-only"), Some(Access::Read));
        assert_eq!(admin.access("Bearer look-only"), None);
        assert_eq!(Tokens::none().access("Bearer secret-token"), None);
        assert!(Access::Read < Access::Admin);
    }

    #[test]
    fn digests_are_stored_and_read() {
        let digest = TokenDigest::of("secret-token");
        let stored = TokenDigest::from_stored(digest.as_bytes()).unwrap();
        assert_eq!(stored.as_bytes(), digest.as_bytes());
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
