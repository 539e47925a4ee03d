// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Which web pages a browser may let use the device (RFC 6454, Fetch: CORS).
//!
//! A browser tells in `Origin` where the page comes from that sends the request. The device's own
//! page may; others only when an operator has named their origin.

use alloc::format;
use alloc::string::{String, ToString};

/// Longest origin in bytes.
pub const ORIGIN_MAX: usize = 128;

/// Where a web page comes from: a scheme, a host and a port. Two that are equal are the same text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin of this text: `http://host`, `https://host:port`. A scheme's own port is left out
    /// and letters become small, as browsers write it.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > ORIGIN_MAX {
            return None;
        }
        let text = text.to_ascii_lowercase();
        let (scheme, authority) = text.split_once("://")?;
        let usual = usual_port(scheme)?;
        let (host, port) = host_and_port(authority)?;
        Some(Self(match port.filter(|port| *port != usual) {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        }))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a page of this origin is the device's own, which the client knows as `host` (the
    /// `Host` header). Over TLS only a page that came over TLS is.
    pub fn is_of(&self, host: &str, secure: bool) -> bool {
        let Some((scheme, authority)) = self.0.split_once("://") else { return false };
        if secure && scheme != "https" {
            return false;
        }
        let (Some(usual), Some((own, own_port))) = (usual_port(scheme), host_and_port(authority))
        else {
            return false;
        };
        let host = host.to_ascii_lowercase();
        host_and_port(&host).is_some_and(|(host, port)| {
            host == own && port.unwrap_or(usual) == own_port.unwrap_or(usual)
        })
    }
}

fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// A host (a name, an IPv4 address, or an IPv6 address in brackets) and its port.
fn host_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    let split = match text.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => text.find(':').unwrap_or(text.len()),
    };
    let (host, port) = text.split_at_checked(split)?;
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(v6) => v6.parse::<core::net::Ipv6Addr>().is_ok(),
        None => {
            let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b'_';
            !host.is_empty() && host.bytes().all(letter)
        }
    };
    if !is_host {
        return None;
    }
    match port.strip_prefix(':') {
        None => port.is_empty().then_some((host, None)),
        Some(digits) => {
            // `parse` would take a sign too.
            let port =
                digits.parse::<u16>().ok().filter(|port| *port != 0 && port.to_string() == digits);
            Some((host, Some(port?)))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn origin(text: &str) -> Option<String> {
        Origin::parse(text).map(|origin| origin.0)
    }

    #[test]
    fn origins_have_one_form() {
        assert_eq!(origin("https://Example.com").unwrap(), "https://example.com");
        assert_eq!(origin("https://example.com:443").unwrap(), "https://example.com");
        assert_eq!(origin("http://example.com:443").unwrap(), "http://example.com:443");
        assert_eq!(origin("http://[::1]:80").unwrap(), "http://[::1]");
        assert_eq!(origin("http://192.0.2.1:8080").unwrap(), "http://192.0.2.1:8080");
        for bad in [
            "",
            "null",
            "*",
            "example.com",
            "ftp://example.com",
            "https://",
            "https://example.com/",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:65536",
            "https://example.com:+80",
            "https://example.com:080",
            "https://user@example.com",
            "https://a b",
            "https://[::1",
            "https://[::1]x",
            "https://[localhost]",
            "https://*.example.com",
        ] {
            assert_eq!(origin(bad), None, "{bad}");
        }
        assert_eq!(origin(&format!("https://{}", "a".repeat(ORIGIN_MAX))), None);
    }

    #[test]
    fn a_page_is_the_device_s_own_when_it_comes_from_the_same_host_and_port() {
        let is_of =
            |origin: &str, host: &str, secure| Origin::parse(origin).unwrap().is_of(host, secure);
        assert!(is_of("http://127.0.0.1:8080", "127.0.0.1:8080", false));
        assert!(is_of("http://device", "device", false));
        assert!(is_of("http://device", "DEVICE:80", false));
        assert!(is_of("https://device", "device", false), "behind somebody who ends the TLS");
        assert!(is_of("https://device", "device:443", true));
        assert!(is_of("http://[::1]:8080", "[::1]:8080", false));
        assert!(!is_of("http://device", "device", true));
        assert!(!is_of("http://device", "device:8080", false));
        assert!(!is_of("http://device:8080", "device", false));
        assert!(!is_of("http://device.example", "device", false));
        assert!(!is_of("http://device", "", false));
        assert!(!is_of("http://device", "device/", false));
    }

    proptest! {
        #[test]
        fn no_text_panics_and_the_form_is_stable(text in ".{0,60}", host in ".{0,40}") {
            if let Some(origin) = Origin::parse(&text) {
                prop_assert_eq!(Origin::parse(origin.as_str()), Some(origin.clone()));
                let _ = origin.is_of(&host, false);
            }
            let _ = host_and_port(&host);
        }

        #[test]
        fn a_page_s_own_host_is_its_own(host in "[a-z][a-z0-9.-]{0,20}", port in 1u16..) {
            let origin = Origin::parse(&format!("http://{host}:{port}")).unwrap();
            let is_of = |port| origin.is_of(&format!("{host}:{port}"), false);
            prop_assert!(is_of(port));
            let other = if port == u16::MAX { 1 } else { port + 1 };
            prop_assert!(!is_of(other));
        }
    }
}
