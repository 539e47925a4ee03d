// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Tickets: what a browser opens the event stream with, because it can send no `Authorization` with a
//! WebSocket. A ticket is good once and for [`LIFE_MS`]; it says nothing about the token.

use alloc::string::String;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::hex;

/// Random bytes in a ticket.
pub const TICKET_BYTES: usize = 16;

/// How long a ticket is good, in milliseconds.
pub const LIFE_MS: u64 = 30_000;

/// Tickets that are good at once; one more ends the oldest.
pub const TICKETS_MAX: usize = 8;

/// The tickets that are good. Only their digests are kept, as of tokens.
#[derive(Clone, Debug, Default)]
pub struct Tickets {
    kept: heapless::Vec<([u8; 32], u64), TICKETS_MAX>,
}

impl Tickets {
    /// None.
    pub const fn new() -> Self {
        Self { kept: heapless::Vec::new() }
    }

    /// Makes a ticket from random bytes.
    pub fn issue(&mut self, random: &[u8; TICKET_BYTES], now_ms: u64) -> String {
        self.forget_old(now_ms);
        if self.kept.is_full() {
            self.kept.remove(0);
        }
        let text = hex::encode(random);
        // There is room: one was just taken away if there was none.
        let _ = self.kept.push((Sha256::digest(&text).into(), now_ms + LIFE_MS));
        text
    }

    /// Whether the ticket is good; it is not again.
    pub fn redeem(&mut self, ticket: &str, now_ms: u64) -> bool {
        self.forget_old(now_ms);
        let digest: [u8; 32] = Sha256::digest(ticket).into();
        let mut found = None;
        for (place, (kept, _)) in self.kept.iter().enumerate() {
            if bool::from(kept.ct_eq(&digest)) {
                found = Some(place);
            }
        }
        found.map(|place| self.kept.remove(place)).is_some()
    }

    /// No ticket is good any more: the token that they were made with has ended.
    pub fn clear(&mut self) {
        self.kept.clear();
    }

    fn forget_old(&mut self, now_ms: u64) {
        self.kept.retain(|(_, until_ms)| now_ms < *until_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_once_and_for_its_time() {
        let mut tickets = Tickets::new();
        let ticket = tickets.issue(&[1; TICKET_BYTES], 0);
        assert_eq!(ticket.len(), 32);
        assert!(!tickets.redeem("", 0));
        assert!(!tickets.redeem(&"0".repeat(32), 0));
        assert!(tickets.redeem(&ticket, LIFE_MS - 1));
        assert!(!tickets.redeem(&ticket, LIFE_MS - 1));
        let late = tickets.issue(&[2; TICKET_BYTES], 0);
        assert!(!tickets.redeem(&late, LIFE_MS));
        let ended = tickets.issue(&[3; TICKET_BYTES], 0);
        tickets.clear();
        assert!(!tickets.redeem(&ended, 1));
    }

    #[test]
    fn one_more_than_there_may_be_ends_the_oldest() {
        let mut tickets = Tickets::new();
        let all: alloc::vec::Vec<_> =
            (0..=TICKETS_MAX as u8).map(|n| tickets.issue(&[n; TICKET_BYTES], 0)).collect();
        assert!(!tickets.redeem(&all[0], 1));
        assert!(all[1..].iter().all(|ticket| tickets.redeem(ticket, 1)));
    }
}
