// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Scopes: what narrows a capability.
//!
//! A [`ScopeDraft`] is what somebody wrote; [`ScopeDraft::check`] turns it into a [`Scope`], which
//! answers the security layer's second question: may the app do this with *that* sensor, host, port
//! or peer? Sensors and storage are open unless narrowed. Hosts, ports and peers are shut unless
//! named: an app reaches only whom its manifest names.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use akira_abi::sensor::SENSORS;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::name::AppName;

/// Most hosts, ports or peers that a manifest may name.
pub const ENTRIES_MAX: usize = 8;

/// Longest host name in bytes.
pub const HOST_MAX: usize = 64;

/// Smallest number of bytes that an app's storage can be limited to.
pub const STORAGE_MIN: u32 = 512;

/// Scopes as somebody wrote them: unchecked. In CBOR an array, so that no entry can be there twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(default, deny_unknown_fields)]
#[cbor(array)]
pub struct ScopeDraft {
    /// Ids of the sensors that the app may read; all when none are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[n(0)]
    pub sensors: Option<Vec<u32>>,
    /// Most bytes that its files may have together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[n(1)]
    pub storage_bytes: Option<u32>,
    /// `host:port` of each peer that it may connect to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[n(2)]
    pub hosts: Option<Vec<String>>,
    /// TCP ports that it may listen on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[n(3)]
    pub ports: Option<Vec<u32>>,
    /// Apps that it may exchange messages with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[n(4)]
    pub peers: Option<Vec<String>>,
}

/// A host and a TCP port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// A name in lower case, or an IPv4 address.
    pub host: String,
    /// The port, not 0.
    pub port: u16,
}

/// Scopes whose every entry has been checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// A bit for each sensor that may be read; `None` for all.
    pub sensors: Option<u32>,
    /// Most bytes that its files may have together; `None` for what the storage has.
    pub storage_bytes: Option<u32>,
    /// Whom it may connect to.
    pub hosts: Vec<HostPort>,
    /// Where it may listen.
    pub ports: Vec<u16>,
    /// Whom it may exchange messages with.
    pub peers: Vec<AppName>,
}

impl ScopeDraft {
    /// Checks every entry. The error is a sentence about the first one that is wrong.
    pub fn check(self) -> Result<Scope, String> {
        Ok(Scope {
            sensors: self.sensors.map(sensors).transpose()?,
            storage_bytes: self.storage_bytes.map(storage_bytes).transpose()?,
            hosts: entries("hosts", self.hosts)?
                .iter()
                .map(|text| host_port(text))
                .collect::<Result<_, _>>()?,
            ports: entries("ports", self.ports)?.into_iter().map(port).collect::<Result<_, _>>()?,
            peers: entries("peers", self.peers)?
                .iter()
                .map(|name| peer(name))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Scope {
    /// Whether nothing is narrowed or named.
    pub fn is_empty(&self) -> bool {
        *self == Scope::default()
    }

    /// Whether the sensor may be read.
    pub fn admits_sensor(&self, id: u8) -> bool {
        self.sensors.is_none_or(|mask| 1u32.checked_shl(u32::from(id)).unwrap_or(0) & mask != 0)
    }

    /// Whether the app may connect there. The host is compared as it is written, not by address.
    pub fn admits_host(&self, host: &str, port: u16) -> bool {
        self.hosts.iter().any(|own| own.port == port && own.host.eq_ignore_ascii_case(host))
    }

    /// Whether the app may listen there.
    pub fn admits_port(&self, port: u16) -> bool {
        self.ports.contains(&port)
    }

    /// Whether the app may exchange messages with that one.
    pub fn admits_peer(&self, name: &str) -> bool {
        self.peers.iter().any(|own| own.as_str() == name)
    }

    /// The scopes as a draft, for storing and showing them.
    pub fn to_draft(&self) -> ScopeDraft {
        let list = |texts: Vec<String>| (!texts.is_empty()).then_some(texts);
        ScopeDraft {
            sensors: self
                .sensors
                .map(|mask| (0..32u32).filter(|id| mask & (1 << id) != 0).collect()),
            storage_bytes: self.storage_bytes,
            hosts: list(self.hosts.iter().map(|h| format!("{}:{}", h.host, h.port)).collect()),
            ports: (!self.ports.is_empty())
                .then(|| self.ports.iter().copied().map(u32::from).collect()),
            peers: list(self.peers.iter().map(ToString::to_string).collect()),
        }
    }
}

fn entries<T>(field: &str, list: Option<Vec<T>>) -> Result<Vec<T>, String> {
    let list = list.unwrap_or_default();
    if list.len() > ENTRIES_MAX {
        return Err(format!("scope.{field} has {} entries, at most {ENTRIES_MAX}.", list.len()));
    }
    Ok(list)
}

fn sensors(ids: Vec<u32>) -> Result<u32, String> {
    ids.into_iter().try_fold(0, |mask, id| {
        if (id as usize) < SENSORS.len() {
            return Ok(mask | 1 << id);
        }
        Err(format!("scope.sensors has {id}, sensor ids are 0 to {}.", SENSORS.len() - 1))
    })
}

fn storage_bytes(bytes: u32) -> Result<u32, String> {
    if bytes >= STORAGE_MIN {
        return Ok(bytes);
    }
    Err(format!("scope.storage_bytes is {bytes}, it must be {STORAGE_MIN} or more."))
}

fn host_port(text: &str) -> Result<HostPort, String> {
    let bad = || {
        format!(
            "scope.hosts has {text:?}, it must be a host name or IPv4 address, a colon and a port, \
             such as \"example.com:80\"."
        )
    };
    let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
    let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(bad)?;
    if !is_host(host) {
        return Err(bad());
    }
    Ok(HostPort { host: host.to_ascii_lowercase(), port })
}

/// Whether it can be a host name or an IPv4 address: labels of letters, digits and hyphens.
pub fn is_host(host: &str) -> bool {
    host.len() <= HOST_MAX
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

fn port(port: u32) -> Result<u16, String> {
    u16::try_from(port)
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(|| format!("scope.ports has {port}, a TCP port is 1 to 65535."))
}

fn peer(name: &str) -> Result<AppName, String> {
    name.to_owned().parse().map_err(|bad| format!("scope.peers has {name:?}: {bad}"))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_named_is_shut_except_sensors_and_storage() {
        let scope = ScopeDraft::default().check().unwrap();
        assert!(scope.is_empty());
        assert!(scope.admits_sensor(0) && scope.admits_sensor(15));
        assert!(!scope.admits_host("example.com", 80));
        assert!(!scope.admits_port(80));
        assert!(!scope.admits_peer("other"));
    }

    #[test]
    fn each_scope_admits_what_it_names_only() {
        let draft = ScopeDraft {
            sensors: Some(vec![0, 15]),
            storage_bytes: Some(4096),
            hosts: Some(vec!["Example.com:80".into(), "10.0.0.1:443".into()]),
            ports: Some(vec![8081]),
            peers: Some(vec!["bob".into()]),
        };
        let scope = draft.check().unwrap();
        assert!(scope.admits_sensor(0) && scope.admits_sensor(15));
        assert!(!scope.admits_sensor(1) && !scope.admits_sensor(32) && !scope.admits_sensor(255));
        assert!(scope.admits_host("EXAMPLE.com", 80) && scope.admits_host("10.0.0.1", 443));
        assert!(!scope.admits_host("example.com", 443) && !scope.admits_host("a.example.com", 80));
        assert!(scope.admits_port(8081) && !scope.admits_port(81));
        assert!(scope.admits_peer("bob") && !scope.admits_peer("bo"));
        assert_eq!(scope.to_draft().check(), Ok(scope));
    }

    #[test]
    fn bad_entries_are_named() {
        let hosts = |text: &str| {
            let draft = ScopeDraft { hosts: Some(vec![text.into()]), ..ScopeDraft::default() };
            draft.check().unwrap_err()
        };
        for bad in
            ["*", "*:80", "a.com", ":80", "a.com:0", "a.com:65536", "a..b:1", "-a:1", "a_b:1"]
        {
            assert!(hosts(bad).contains("scope.hosts"), "{bad}");
        }
        assert!(hosts(&format!("{}:80", "x".repeat(HOST_MAX + 1))).contains("scope.hosts"));
        let refused = |draft: ScopeDraft| draft.check().unwrap_err();
        let none = ScopeDraft::default;
        assert!(refused(ScopeDraft { sensors: Some(vec![16]), ..none() }).contains("sensors"));
        assert!(refused(ScopeDraft { storage_bytes: Some(0), ..none() }).contains("storage_bytes"));
        assert!(refused(ScopeDraft { ports: Some(vec![0]), ..none() }).contains("ports"));
        assert!(refused(ScopeDraft { ports: Some(vec![65_536]), ..none() }).contains("ports"));
        assert!(refused(ScopeDraft { peers: Some(vec!["*".into()]), ..none() }).contains("peers"));
        assert!(refused(ScopeDraft { ports: Some(vec![1; 9]), ..none() }).contains("at most"));
    }

    proptest! {
        #[test]
        fn no_host_panics(text in ".{0,80}") {
            let _ = host_port(&text);
        }
    }
}
