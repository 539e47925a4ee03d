// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What an operator sets of the device itself, and the record that is kept of it.
//!
//! Layout of the record: the four bytes `AKC1` (the version is the last one), a CBOR array, and the
//! first 8 bytes of the SHA-256 of all before them.

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::http::origin::Origin;

/// Longest host name in bytes.
pub const NAME_MAX: usize = 31;

/// Most origins that may be allowed.
pub const ORIGINS_MAX: usize = 4;

/// Largest record in bytes.
pub const RECORD_MAX: usize = 1024;

const MAGIC: &[u8; 4] = b"AKC1";
const CHECK: usize = 8;

/// What the device is called in the network: 1 to 31 characters, a to z, 0 to 9 and `-`, without a
/// `-` at either end (RFC 1123, 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// The name of this text; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let letter = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let is_name = (1..=NAME_MAX).contains(&bytes.len())
            && bytes.iter().all(|b| letter(b) || *b == b'-')
            && bytes.first().is_some_and(letter)
            && bytes.last().is_some_and(letter);
        is_name.then(|| Self(text.into()))
    }

    /// The name of a device that nobody has named: `akira-` and six hexadecimal digits, so that two
    /// of them in one network are told apart.
    pub fn from_random(random: [u8; 3]) -> Self {
        Self(alloc::format!("akira-{}", crate::hex::encode(&random)))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an operator sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceConfig {
    /// What the device is called.
    pub name: HostName,
    /// Whose web pages may use it besides its own; at most [`ORIGINS_MAX`].
    pub allowed_origins: Vec<Origin>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Wire {
    #[n(0)]
    name: String,
    #[n(1)]
    allowed_origins: Vec<String>,
}

impl DeviceConfig {
    /// The bytes to store.
    pub fn encode(&self) -> Vec<u8> {
        let wire = Wire {
            name: self.name.0.clone(),
            allowed_origins: self.allowed_origins.iter().map(|o| o.as_str().into()).collect(),
        };
        let mut bytes = MAGIC.to_vec();
        // Encoding into a Vec cannot fail; an empty payload would be refused by `decode`.
        bytes.extend(minicbor::to_vec(&wire).unwrap_or_default());
        let check = Sha256::digest(&bytes);
        bytes.extend_from_slice(&check[..CHECK]);
        bytes
    }

    /// Reads what [`DeviceConfig::encode`] wrote; `None` when it is damaged. All is checked again.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECK)?)?;
        if Sha256::digest(body)[..CHECK] != *check {
            return None;
        }
        let wire: Wire = minicbor::decode(body.strip_prefix(MAGIC)?).ok()?;
        let origins = wire.allowed_origins.iter().map(|text| Origin::parse(text));
        let allowed_origins: Vec<_> = origins.collect::<Option<_>>()?;
        (allowed_origins.len() <= ORIGINS_MAX)
            .then_some(Self { name: HostName::parse(&wire.name)?, allowed_origins })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn config() -> DeviceConfig {
        DeviceConfig {
            name: HostName::parse("kitchen").unwrap(),
            allowed_origins: ["https://example.com", "http://localhost:5173"]
                .map(|text| Origin::parse(text).unwrap())
                .to_vec(),
        }
    }

    #[test]
    fn names() {
        for name in ["a", "0", "kitchen-2", &"x".repeat(31)] {
            assert_eq!(HostName::parse(name).unwrap().as_str(), name);
        }
        for bad in ["", "-a", "a-", "A", "a_b", "a.b", "a b", "\u{e4}", &"x".repeat(32)] {
            assert_eq!(HostName::parse(bad), None, "{bad:?}");
        }
        let made = HostName::from_random([0, 1, 0xab]);
        assert_eq!(made.as_str(), "akira-0001ab");
        assert_eq!(HostName::parse(made.as_str()), Some(made));
    }

    #[test]
    fn round_trip_within_the_limit_and_every_damage_is_seen() {
        let full = DeviceConfig {
            name: HostName::parse(&"x".repeat(31)).unwrap(),
            allowed_origins: alloc::vec![
                Origin::parse(&alloc::format!("https://{}", "x".repeat(120))).unwrap();
                ORIGINS_MAX
            ],
        };
        for config in [config(), full] {
            let good = config.encode();
            assert!(good.len() <= RECORD_MAX);
            assert_eq!(DeviceConfig::decode(&good), Some(config));
            for bit in 0..good.len() * 8 {
                let mut bad = good.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(DeviceConfig::decode(&bad), None, "bit {bit}");
            }
        }
        let mut many = config();
        many.allowed_origins = alloc::vec![Origin::parse("https://a").unwrap(); ORIGINS_MAX + 1];
        assert_eq!(DeviceConfig::decode(&many.encode()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(DeviceConfig::decode(&bytes).is_none());
        }
    }
}
