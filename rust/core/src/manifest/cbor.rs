// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The CBOR form (RFC 8949): one map with small integer keys, as below. A key that this version
//! does not know is passed over; what an app cannot do without is expressed by `abi`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use super::{Draft, ManifestError};
use crate::scope::ScopeDraft;

/// The keys of the map. They never change their meaning.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    name: Option<String>,
    #[n(1)]
    version: Option<String>,
    #[n(2)]
    description: Option<String>,
    #[n(3)]
    author: Option<String>,
    #[n(4)]
    capabilities: Option<Vec<String>>,
    #[n(5)]
    memory_quota: Option<u32>,
    #[n(6)]
    autostart: Option<bool>,
    #[n(7)]
    priority: Option<u32>,
    #[n(8)]
    restart: Option<String>,
    #[n(9)]
    entry: Option<String>,
    #[n(10)]
    stack_kb: Option<u32>,
    #[n(11)]
    heap_kb: Option<u32>,
    #[n(12)]
    exec_timeout_ms: Option<u32>,
    #[n(13)]
    abi: Option<u32>,
    #[n(14)]
    scope: Option<ScopeDraft>,
}

impl Draft {
    /// Reads the CBOR form. Bytes after the map are refused.
    pub fn from_cbor(bytes: &[u8]) -> Result<Draft, ManifestError> {
        let broken = |what: &dyn core::fmt::Display| {
            ManifestError(alloc::format!(
                "The manifest is not readable CBOR ({what}). Pack the app again with `akira pack`."
            ))
        };
        if has_double_key(bytes) {
            return Err(broken(&"a field is there twice"));
        }
        let mut decoder = minicbor::Decoder::new(bytes);
        let wire: Wire = decoder.decode().map_err(|error| broken(&error))?;
        if decoder.position() != bytes.len() {
            return Err(broken(&"bytes after its end"));
        }
        Ok(Draft {
            name: wire.name,
            version: wire.version,
            description: wire.description,
            author: wire.author,
            capabilities: wire.capabilities.unwrap_or_default(),
            memory_quota: wire.memory_quota,
            autostart: wire.autostart,
            priority: wire.priority,
            restart: wire.restart,
            entry: wire.entry,
            stack_kb: wire.stack_kb,
            heap_kb: wire.heap_kb,
            exec_timeout_ms: wire.exec_timeout_ms,
            abi: wire.abi,
            scope: wire.scope,
        })
    }

    /// Writes the CBOR form.
    pub fn to_cbor(&self) -> Result<Vec<u8>, ManifestError> {
        let wire = Wire {
            name: self.name.clone(),
            version: self.version.clone(),
            description: self.description.clone(),
            author: self.author.clone(),
            capabilities: Some(self.capabilities.clone()),
            memory_quota: self.memory_quota,
            autostart: self.autostart,
            priority: self.priority,
            restart: self.restart.clone(),
            entry: self.entry.clone(),
            stack_kb: self.stack_kb,
            heap_kb: self.heap_kb,
            exec_timeout_ms: self.exec_timeout_ms,
            abi: self.abi,
            scope: self.scope.clone(),
        };
        minicbor::to_vec(&wire).map_err(|error| ManifestError(error.to_string()))
    }
}

/// Whether a known key is in the map twice. A reader that takes the first and one that takes the last
/// would see two different manifests, so neither is right. What is no map is for the decoder to name.
fn has_double_key(bytes: &[u8]) -> bool {
    let mut decoder = minicbor::Decoder::new(bytes);
    let Ok(length) = decoder.map() else { return false };
    let mut seen = 0u64;
    for _ in 0..length.unwrap_or(u64::MAX) {
        // The end of an indefinite map, or of readable bytes.
        let Ok(key) = decoder.u64() else { return false };
        let bit = u32::try_from(key).ok().and_then(|key| 1u64.checked_shl(key)).unwrap_or(0);
        if seen & bit != 0 {
            return true;
        }
        seen |= bit;
        if decoder.skip().is_err() {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn round_trip() {
        let draft = Draft {
            name: Some("hello".into()),
            version: Some("1.2.3".into()),
            capabilities: vec!["fs_read".into()],
            memory_quota: Some(65536),
            autostart: Some(true),
            scope: Some(ScopeDraft {
                sensors: Some(vec![0, 2]),
                hosts: Some(vec!["example.com:80".into()]),
                ..ScopeDraft::default()
            }),
            ..Draft::default()
        };
        assert_eq!(Draft::from_cbor(&draft.to_cbor().unwrap()).unwrap(), draft);
    }

    #[test]
    fn trailing_bytes_and_wrong_types_are_refused() {
        let mut bytes = Draft::default().to_cbor().unwrap();
        bytes.push(0);
        assert!(Draft::from_cbor(&bytes).unwrap_err().0.contains("bytes after its end"));
        // {0: 5}: the name is a number.
        assert!(Draft::from_cbor(&[0xa1, 0x00, 0x05]).is_err());
        assert!(Draft::from_cbor(&[]).is_err());
        // An array that says it has 2^32 elements must not be believed.
        assert!(Draft::from_cbor(&[0xa1, 0x04, 0x9a, 0xff, 0xff, 0xff, 0xff]).is_err());
    }

    #[test]
    fn a_field_that_is_there_twice_is_refused() {
        let refused = |bytes: &[u8]| Draft::from_cbor(bytes).unwrap_err().0.contains("twice");
        assert!(refused(b"\xa2\x00\x61a\x00\x61b"));
        assert!(refused(b"\xbf\x00\x61a\x01\x61b\x00\x61c\xff"));
        assert!(refused(b"\xa3\x05\x01\x18\x20\x02\x18\x20\x02"), "keys that are not known too");
        assert!(Draft::from_cbor(b"\xa2\x00\x61a\x01\x61b").is_ok());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = Draft::from_cbor(&bytes);
        }
    }
}
