// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! AkiraOS's JSON form. Fields that we do not know are passed over, since its versions differ in
//! them; capabilities are translated from the names of its documents and of its sources.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Deserialize;

use super::{Draft, ManifestError};

/// AkiraOS counted only linear memory, ours counts all that an app costs. This many bytes are
/// added for the module, its instance and its stack.
const QUOTA_EXTRA: u32 = 128 * 1024;

#[derive(Deserialize)]
struct Json {
    name: Option<String>,
    version: Option<String>,
    description: Option<String>,
    author: Option<String>,
    #[serde(default)]
    capabilities: Vec<String>,
    memory_quota: Option<u32>,
    autostart: Option<bool>,
    priority: Option<u32>,
    restart: Option<String>,
    entry: Option<String>,
    stack_kb: Option<u32>,
    exec_timeout_ms: Option<u32>,
}

/// Reads AkiraOS's JSON form.
pub(super) fn read(bytes: &[u8]) -> Result<Draft, ManifestError> {
    let json: Json = serde_json::from_slice(bytes).map_err(|error| {
        ManifestError(alloc::format!("The manifest is not readable JSON ({error})."))
    })?;
    let mut capabilities = Vec::new();
    for name in &json.capabilities {
        translate(name, &mut capabilities);
    }
    Ok(Draft {
        name: json.name,
        version: json.version,
        description: json.description,
        author: json.author,
        capabilities,
        memory_quota: json.memory_quota.map(|bytes| bytes.max(65_536).saturating_add(QUOTA_EXTRA)),
        autostart: json.autostart,
        priority: json.priority,
        restart: json.restart,
        entry: json.entry,
        stack_kb: json.stack_kb,
        heap_kb: None,
        exec_timeout_ms: json.exec_timeout_ms,
        abi: None,
        scope: None,
    })
}

/// Adds our names for one of AkiraOS's capability strings. A name that has none is added as it is,
/// for the check to refuse it by name.
fn translate(name: &str, out: &mut Vec<String>) {
    let ours: &[&str] = match name {
        "display.write" => &["display"],
        "input.read" => &["input"],
        "sensor.read" => &["sensor"],
        "rf.transceive" => &["rf"],
        "storage.read" => &["fs_read"],
        "storage.write" => &["fs_write"],
        "network.*" => &["network_client", "network_server"],
        // Its functions need none here: they say that there is no such shell.
        "bt.shell" => &[],
        other => &[other],
    };
    for name in ours {
        if !out.iter().any(|have| have == name) {
            out.push(name.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_original_are_translated() {
        let draft = read(
            br#"{"name":"old","version":"1.4.0","capabilities":["display.write","network.*","display"],
                 "memory_quota":65536,"permissions":{"deep":[1,2]}}"#,
        )
        .unwrap();
        assert_eq!(draft.capabilities, ["display", "network_client", "network_server"]);
        assert_eq!(draft.memory_quota, Some(65_536 + QUOTA_EXTRA));
    }

    #[test]
    fn broken_json_is_refused() {
        for text in ["", "{", "[]", r#"{"name":1}"#, "{}x"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
