// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Wrong tokens: how many came from whom, and who has to wait.
//!
//! Each peer has [`FREE`] wrong ones within a minute. Each further one costs it a time in which no
//! token of its is looked at, right or wrong; the time doubles up to [`WAIT_MAX_MS`]. One right admin
//! token and the peer begins anew; with the read token nobody gets more guesses at the admin token.
//!
//! [`PLACES`] peers are counted one by one. When more come, the one that was quiet for longest loses
//! its place, and what comes from peers without a place is counted together as well: so whoever has
//! many addresses gets no more tries than a few peers have, and the memory that this costs is fixed.
//! The price is that such an attack keeps out operators who have no place either, for a minute at
//! most at a time; one who was admitted lately has one.

use super::peer::Peer;

/// Peers that are counted one by one.
pub const PLACES: usize = 16;

/// Wrong tokens within [`FORGET_MS`] that have no consequence.
pub const FREE: u32 = 5;

/// A quiet time after which all is forgotten, in milliseconds.
pub const FORGET_MS: u64 = 60_000;

/// Longest time to wait, in milliseconds.
pub const WAIT_MAX_MS: u64 = 60_000;

const WAIT_FIRST_MS: u64 = 1000;

/// What came with wrong tokens.
#[derive(Clone, Copy, Debug)]
struct Count {
    wrong: u32,
    /// When something was last counted.
    last_ms: u64,
    wait_until_ms: u64,
}

impl Count {
    const fn new(now_ms: u64) -> Self {
        Self { wrong: 0, last_ms: now_ms, wait_until_ms: 0 }
    }

    /// In how many seconds a token is looked at again; `None` for now.
    fn wait(&self, now_ms: u64) -> Option<u32> {
        let left = self.wait_until_ms.saturating_sub(now_ms);
        (left > 0).then(|| left.div_ceil(1000) as u32)
    }

    fn wrong(&mut self, now_ms: u64) {
        if now_ms.saturating_sub(self.last_ms.max(self.wait_until_ms)) >= FORGET_MS {
            self.wrong = 0;
        }
        self.wrong = self.wrong.saturating_add(1);
        self.last_ms = now_ms;
        if let Some(over) = self.wrong.checked_sub(FREE) {
            let wait = (WAIT_FIRST_MS << over.min(16)).min(WAIT_MAX_MS);
            self.wait_until_ms = now_ms + wait;
        }
    }
}

/// The wrong tokens of all peers.
#[derive(Clone, Debug)]
pub struct Attempts {
    places: [Option<(Peer, Count)>; PLACES],
    /// Of peers that had no place when they sent a wrong one.
    others: Count,
}

impl Attempts {
    /// None so far.
    pub const fn new() -> Self {
        Self { places: [None; PLACES], others: Count::new(0) }
    }

    /// In how many seconds a token of this peer's is looked at again; `None` for now.
    pub fn wait(&self, peer: Peer, now_ms: u64) -> Option<u32> {
        match self.place_of(peer) {
            Some(place) => self.places[place].and_then(|(_, count)| count.wait(now_ms)),
            None if self.has_room(now_ms) => None,
            None => self.others.wait(now_ms),
        }
    }

    /// A wrong token was looked at.
    pub fn wrong(&mut self, peer: Peer, now_ms: u64) {
        let place = match self.place_of(peer) {
            Some(place) => place,
            None => {
                if !self.has_room(now_ms) {
                    self.others.wrong(now_ms);
                }
                self.make_place(peer, now_ms)
            }
        };
        if let Some((_, count)) = &mut self.places[place] {
            count.wrong(now_ms);
        }
    }

    /// The admin token was looked at: what this peer sent before is forgotten.
    pub fn right(&mut self, peer: Peer, now_ms: u64) {
        match self.place_of(peer) {
            Some(place) => self.places[place] = Some((peer, Count::new(now_ms))),
            // It keeps its place against those that only guess. It takes none from them, or they
            // would begin anew.
            None if self.has_room(now_ms) => {
                self.make_place(peer, now_ms);
            }
            None => {}
        }
    }

    /// What may less than the admin token was looked at: the peer keeps its place, and its wrong tokens
    /// stay counted.
    pub fn seen(&mut self, peer: Peer, now_ms: u64) {
        let place = self.place_of(peer);
        let counts = place.and_then(|place| self.places[place]);
        if counts.is_none_or(|(_, count)| count.wrong == 0) {
            self.right(peer, now_ms);
        }
    }

    fn place_of(&self, peer: Peer) -> Option<usize> {
        self.places.iter().position(|place| place.is_some_and(|(whose, _)| whose == peer))
    }

    /// Whether there is a place that nobody needs: nobody has it, or its peer has nothing that counts.
    fn has_room(&self, now_ms: u64) -> bool {
        self.places.iter().any(|place| is_idle(place, now_ms))
    }

    /// Gives the place that is needed least to `peer`.
    fn make_place(&mut self, peer: Peer, now_ms: u64) -> usize {
        let rank = |place: &Option<(Peer, Count)>| match place {
            None => (0, 0),
            Some((_, count)) if is_idle(place, now_ms) => (1, count.last_ms),
            Some((_, count)) if count.wrong > 0 => (2, count.last_ms),
            // It was admitted lately.
            Some((_, count)) => (3, count.last_ms),
        };
        let place = (0..PLACES).min_by_key(|place| rank(&self.places[*place])).unwrap_or(0);
        self.places[place] = Some((peer, Count::new(now_ms)));
        place
    }
}

fn is_idle(place: &Option<(Peer, Count)>, now_ms: u64) -> bool {
    place.is_none_or(|(_, count)| {
        now_ms.saturating_sub(count.last_ms.max(count.wait_until_ms)) >= FORGET_MS
    })
}

impl Default for Attempts {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use core::net::{IpAddr, Ipv4Addr};

    use proptest::prelude::*;

    use super::*;

    const MANY: u32 = 1000;

    fn host(number: u32) -> Peer {
        Peer::ip(IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    /// Whether a wrong token was looked at.
    fn guess(attempts: &mut Attempts, peer: Peer, now: u64) -> bool {
        let looked = attempts.wait(peer, now).is_none();
        if looked {
            attempts.wrong(peer, now);
        }
        looked
    }

    #[test]
    fn five_are_free_then_the_wait_doubles_up_to_a_minute() {
        let mut attempts = Attempts::new();
        let peer = host(1);
        for _ in 0..FREE {
            assert!(guess(&mut attempts, peer, 0));
        }
        assert_eq!(attempts.wait(peer, 0), Some(1));
        assert_eq!(attempts.wait(peer, 999), Some(1));
        let mut now = 1000;
        for wait in [2, 4, 8, 16, 32, 60, 60] {
            assert!(guess(&mut attempts, peer, now));
            assert_eq!(attempts.wait(peer, now), Some(wait));
            now += u64::from(wait) * 1000;
        }
        // A quiet minute, and all is forgotten.
        now += FORGET_MS;
        for _ in 0..FREE {
            assert!(guess(&mut attempts, peer, now));
        }
        assert_eq!(attempts.wait(peer, now), Some(1));
    }

    #[test]
    fn each_peer_waits_for_itself_and_a_right_token_ends_it() {
        let mut attempts = Attempts::new();
        while guess(&mut attempts, host(1), 0) {}
        assert_eq!(attempts.wait(host(2), 0), None);
        assert_eq!(attempts.wait(Peer::Serial, 0), None);
        attempts.wrong(host(2), 0);
        attempts.right(host(2), 0);
        for _ in 0..FREE {
            assert!(guess(&mut attempts, host(2), 0));
        }
        assert!(!guess(&mut attempts, host(2), 0));
        assert!(!guess(&mut attempts, host(1), 0));
    }

    #[test]
    fn who_has_the_read_token_gets_no_more_guesses_with_it() {
        let mut attempts = Attempts::new();
        for _ in 0..FREE {
            attempts.seen(host(1), 0);
            assert!(guess(&mut attempts, host(1), 0));
        }
        attempts.seen(host(1), 0);
        assert!(!guess(&mut attempts, host(1), 0));
        // It keeps its place against many others.
        let mut attempts = Attempts::new();
        attempts.seen(host(0), 0);
        for number in 1..MANY {
            guess(&mut attempts, host(number), 1);
        }
        assert_eq!(attempts.wait(host(0), 1), None);
    }

    #[test]
    fn seldom_ones_have_no_consequence() {
        let mut attempts = Attempts::new();
        for minute in 1..100 {
            assert!(guess(&mut attempts, host(1), minute * FORGET_MS));
        }
    }

    #[test]
    fn many_addresses_do_not_outrun_it_and_the_operator_keeps_the_place() {
        let mut attempts = Attempts::new();
        let operator = Peer::Console;
        let mut looked = 0;
        for now in (0..60_000).step_by(50) {
            if now % 1000 == 0 {
                assert_eq!(attempts.wait(operator, now), None);
                attempts.right(operator, now);
            }
            for number in 0..MANY {
                looked += u32::from(guess(&mut attempts, host(number), now));
            }
        }
        assert!(looked <= 250, "{looked} guesses in a minute");
    }

    proptest! {
        /// However many peers there are and whenever they come: no more guesses are looked at in a
        /// minute than all places and those without one have.
        #[test]
        fn guesses_in_a_minute_are_bounded(
            steps in proptest::collection::vec((0u32..60, 0u64..2000, 0u8..20), 1..300),
        ) {
            let mut attempts = Attempts::new();
            let (mut now, mut looked) = (0, alloc::vec::Vec::new());
            for (number, passed, right) in steps {
                now += passed;
                if right == 0 {
                    // Others' right tokens change nothing for those who guess.
                    if attempts.wait(Peer::Serial, now).is_none() {
                        attempts.right(Peer::Serial, now);
                    }
                } else if guess(&mut attempts, host(number), now) {
                    looked.push(now);
                }
            }
            for (place, start) in looked.iter().enumerate() {
                let within = looked[place..].iter().take_while(|at| *at - start < 60_000).count();
                prop_assert!(within <= 300, "{within} within a minute");
            }
        }

        /// A peer is never told to wait for longer than a minute, and when that is over it is heard.
        #[test]
        fn every_wait_ends(numbers in proptest::collection::vec(0u32..40, 1..500)) {
            let mut attempts = Attempts::new();
            for number in &numbers {
                guess(&mut attempts, host(*number), 7);
            }
            for number in 0..40 {
                if let Some(seconds) = attempts.wait(host(number), 7) {
                    prop_assert!((1..=60).contains(&seconds));
                    let later = 7 + u64::from(seconds) * 1000;
                    prop_assert_eq!(attempts.wait(host(number), later), None);
                }
            }
        }
    }
}
