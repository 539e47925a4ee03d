// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The quota ledger against a model: whatever is taken and given back, in whatever order and by
//! whom, each account has what its own blocks cost, and the pool has all of it.

#![cfg(feature = "host")]

mod lab;

use akira_engine::heap::{self, Buffer, Charge};
use lab::{ACCOUNT, Lab};
use proptest::prelude::*;

/// Accounts that take part.
const PAYERS: usize = 4;
/// The pool of [`Lab`].
const POOL: usize = 1 << 20;

/// What may happen to the ledger.
#[derive(Clone, Debug)]
enum Step {
    /// Account `who` (or nobody) takes a buffer.
    Take { who: Option<usize>, size: usize },
    /// Account `who` is charged for something outside the pool.
    Charge { who: usize, size: usize },
    /// Something is given back, while `by` is the current account.
    Give { which: usize, by: Option<usize> },
    /// An app is loaded on `who` with that quota; only where nothing is left of the last one.
    Open { who: usize, limit: usize },
}

fn who() -> impl Strategy<Value = Option<usize>> {
    proptest::option::weighted(0.9, 0..PAYERS)
}

fn size() -> impl Strategy<Value = usize> {
    prop_oneof![
        0usize..64,
        0usize..5_000,
        0usize..400_000,
        Just(usize::MAX),
        Just(u32::MAX as usize)
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (who(), size()).prop_map(|(who, size)| Step::Take { who, size }),
        2 => (0..PAYERS, 0usize..100_000).prop_map(|(who, size)| Step::Charge { who, size }),
        4 => (any::<usize>(), who()).prop_map(|(which, by)| Step::Give { which, by }),
        1 => (0..PAYERS, 0usize..600_000).prop_map(|(who, limit)| Step::Open { who, limit }),
    ]
}

/// Something that was taken; dropping it gives it back.
enum Held {
    Buffer(Buffer, u8),
    Charge(#[allow(dead_code, reason = "what counts is that it is dropped")] Charge),
}

/// What is held, by whom, and what it costs.
struct Entry {
    who: Option<usize>,
    cost: usize,
    held: Held,
}

/// What a buffer of that size is charged with: itself and its header, rounded up, and what the
/// allocator below keeps.
fn cost(size: usize) -> usize {
    (size + 8).next_multiple_of(8) + 8
}

struct Model {
    entries: Vec<Entry>,
    limits: [usize; PAYERS],
    base: usize,
}

impl Model {
    fn used_by(&self, who: usize) -> usize {
        self.entries.iter().filter(|e| e.who == Some(who)).map(|e| e.cost).sum()
    }

    fn used(&self) -> usize {
        self.base + self.entries.iter().map(|entry| entry.cost).sum::<usize>()
    }

    fn has_room(&self, who: Option<usize>, cost: usize) -> bool {
        let own = who.is_none_or(|who| self.used_by(who).saturating_add(cost) <= self.limits[who]);
        own && self.used().saturating_add(cost) <= POOL
    }

    fn carry_out(&mut self, number: usize, step: Step) {
        match step {
            Step::Take { who, size } => {
                ACCOUNT.set(who);
                let taken = Buffer::new(size);
                let fits = size <= u32::MAX as usize && self.has_room(who, cost(size));
                assert_eq!(taken.is_some(), fits, "{who:?} takes {size}");
                if let Some(mut buffer) = taken {
                    assert!(buffer.len() == size && buffer.iter().all(|byte| *byte == 0));
                    buffer.fill(number as u8);
                    let held = Held::Buffer(buffer, number as u8);
                    self.entries.push(Entry { who, cost: cost(size), held });
                }
            }
            Step::Charge { who, size } => {
                let taken = Charge::on(who, size);
                assert_eq!(taken.is_some(), self.has_room(Some(who), size));
                self.entries.extend(taken.map(|charge| Entry {
                    who: Some(who),
                    cost: size,
                    held: Held::Charge(charge),
                }));
            }
            Step::Give { which, by } if !self.entries.is_empty() => {
                // Whoever gives it back, who paid is credited.
                ACCOUNT.set(by);
                let entry = self.entries.swap_remove(which % self.entries.len());
                if let Held::Buffer(buffer, mark) = &entry.held {
                    assert!(buffer.iter().all(|byte| byte == mark), "somebody wrote to it");
                }
            }
            Step::Open { who, limit } if self.used_by(who) == 0 => {
                heap::open_account(who, limit);
                self.limits[who] = limit;
                assert_eq!(heap::account(who).peak, 0);
            }
            Step::Give { .. } | Step::Open { .. } => {}
        }
    }

    fn check(&self) {
        for who in 0..PAYERS {
            let usage = heap::account(who);
            assert_eq!(usage.used, self.used_by(who), "account {who}");
            assert!(usage.used <= usage.peak && usage.peak <= usage.limit, "{usage:?}");
        }
        let pool = heap::pool();
        assert_eq!(pool.used, self.used());
        assert!(pool.used <= pool.peak && pool.peak <= pool.limit, "{pool:?}");
    }
}

proptest! {
    #[test]
    fn every_byte_is_on_the_account_of_who_took_it(
        steps in proptest::collection::vec(step(), 0..120)
    ) {
        let _lab = Lab::open();
        let limits = [300_000; PAYERS];
        for (who, limit) in limits.into_iter().enumerate() {
            heap::open_account(who, limit);
        }
        let mut model = Model { entries: Vec::new(), limits, base: heap::pool().used };
        for (number, step) in steps.into_iter().enumerate() {
            model.carry_out(number, step);
            model.check();
        }
        model.entries.clear();
        model.check();
        ACCOUNT.set(None);
    }
}
