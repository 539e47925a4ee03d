// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A flag that threads wait for: an event of the platform (a binary semaphore), and the end of an
//! app's thread.

use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

/// A flag that one can wait for.
#[derive(Default)]
pub struct Gate {
    flag: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    /// Makes the flag `value`.
    pub fn set(&self, value: bool) {
        *self.flag.lock() = value;
        self.changed.notify_all();
    }

    /// Blocks until the flag is `value`, for at most `timeout_ms`, and then makes it `next`;
    /// `false` when the time is up first.
    pub fn take(&self, value: bool, next: bool, timeout_ms: u64) -> bool {
        // A time too far away to be told is no limit.
        let deadline = Instant::now().checked_add(Duration::from_millis(timeout_ms));
        let mut flag = self.flag.lock();
        while *flag != value {
            match deadline {
                Some(deadline) => {
                    if self.changed.wait_until(&mut flag, deadline).timed_out() && *flag != value {
                        return false;
                    }
                }
                None => self.changed.wait(&mut flag),
            }
        }
        *flag = next;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn what_was_set_before_counts_once() {
        let gate = Gate::default();
        assert!(!gate.take(true, false, 0));
        gate.set(true);
        gate.set(true);
        assert!(gate.take(true, false, 0));
        assert!(!gate.take(true, false, 5), "set twice, taken once");
        gate.set(true);
        gate.set(false);
        assert!(!gate.take(true, false, 0));
    }

    #[test]
    fn a_waiting_thread_is_woken_even_from_an_endless_wait() {
        let gate = Arc::new(Gate::default());
        let waiter = thread::spawn({
            let gate = Arc::clone(&gate);
            move || gate.take(true, false, u64::MAX)
        });
        gate.set(true);
        assert!(waiter.join().unwrap());
    }

    #[test]
    fn of_several_waiting_threads_one_takes_the_flag() {
        let gate = Arc::new(Gate::default());
        let waiters: Vec<_> = (0..4)
            .map(|_| {
                let gate = Arc::clone(&gate);
                thread::spawn(move || gate.take(true, false, 300))
            })
            .collect();
        gate.set(true);
        let woken = waiters.into_iter().map(|waiter| waiter.join().unwrap());
        assert_eq!(woken.filter(|&woken| woken).count(), 1);
    }
}
