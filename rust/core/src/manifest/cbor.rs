// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The CBOR form (RFC 8949): one map with small integer keys, as below. A key that this version
//! does not know is passed over; what an app cannot do without is expressed by `abi`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use super::{Draft, ManifestError};

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
}

impl Draft {
    /// Reads the CBOR form. Bytes after the map are refused.
    pub fn from_cbor(bytes: &[u8]) -> Result<Draft, ManifestError> {
        let broken = |what: &dyn core::fmt::Display| {
            ManifestError(alloc::format!(
                "The manifest is not readable CBOR ({what}). Pack the app again with `akira pack`."
            ))
        };
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
        };
        minicbor::to_vec(&wire).map_err(|error| ManifestError(error.to_string()))
    }
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

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = Draft::from_cbor(&bytes);
        }
    }
}
