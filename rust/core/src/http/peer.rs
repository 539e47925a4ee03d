// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Who sends a request, as far as wrong tokens are counted for each sender.

use core::net::{IpAddr, Ipv6Addr};

/// One sender of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// A server that does not know who sends. All such are one.
    Unknown,
    /// A host in a network; made by [`Peer::ip`].
    Ip(IpAddr),
    /// Whoever is at the serial line.
    Serial,
    /// Whoever is at the device's console.
    Console,
}

impl Peer {
    /// Nobody in particular.
    pub const UNKNOWN: Peer = Peer::Unknown;

    /// The host with that address. A host chooses the lower half of its IPv6 address as it likes
    /// (RFC 4291, 2.5.1), so only the upper half tells hosts apart; an IPv4 address is the same one
    /// in IPv6's clothes.
    pub const fn ip(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Peer::Ip(address),
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) => Peer::Ip(IpAddr::V4(v4)),
                None => {
                    let upper = v6.to_bits() & !(u64::MAX as u128);
                    Peer::Ip(IpAddr::V6(Ipv6Addr::from_bits(upper)))
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> Peer {
        Peer::ip(text.parse().unwrap())
    }

    #[test]
    fn hosts_are_told_apart_by_what_they_cannot_choose() {
        assert_ne!(peer("192.0.2.1"), peer("192.0.2.2"));
        assert_eq!(peer("192.0.2.1"), peer("::ffff:192.0.2.1"));
        assert_eq!(peer("2001:db8:0:1::1"), peer("2001:db8:0:1:ffff:ffff:ffff:ffff"));
        assert_ne!(peer("2001:db8:0:1::1"), peer("2001:db8:0:2::1"));
        assert_ne!(peer("::1"), peer("127.0.0.1"));
    }
}
