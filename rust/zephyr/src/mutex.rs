// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Locks over Zephyr's mutexes, which know priority inheritance.
//!
//! A lock must be constructible in a constant and needs no set-up in Rust, but a kernel object does.
//! So each lock takes a mutex of the pool in `zephyr/src/threads.c` when it is first locked, and
//! gives it back when it is dropped.

use core::sync::atomic::{AtomicI32, Ordering};

use lock_api::GuardNoSend;

use crate::ffi;

/// No mutex of the pool has been taken yet.
const NONE: i32 = -1;

/// A lock that blocks its thread.
pub struct RawMutex {
    id: AtomicI32,
}

impl RawMutex {
    /// The kernel's mutex behind this lock.
    fn id(&self) -> i32 {
        let id = self.id.load(Ordering::Acquire);
        if id != NONE {
            return id;
        }

        // SAFETY: takes no argument; threads.c hands out each id once until it is given back.
        let new = unsafe { ffi::akira_mutex_new() };
        assert!(new >= 0, "all mutexes are in use; raise CONFIG_AKIRA_MAX_MUTEXES");
        match self.id.compare_exchange(NONE, new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => new,
            Err(other) => {
                // SAFETY: `new` is ours, was never locked and is not used after this.
                unsafe { ffi::akira_mutex_delete(new) };
                other
            }
        }
    }
}

// SAFETY: akira_mutex_lock returns, and akira_mutex_try_lock answers true, only to the one thread
// that then holds the mutex: k_mutex excludes other threads, and threads.c refuses the same one.
unsafe impl lock_api::RawMutex for RawMutex {
    #[allow(clippy::declare_interior_mutable_const, reason = "lock_api asks for it")]
    const INIT: Self = Self { id: AtomicI32::new(NONE) };

    /// Zephyr's mutexes are unlocked by the thread that locked them.
    type GuardMarker = GuardNoSend;

    fn lock(&self) {
        // SAFETY: the id is one of the pool.
        unsafe { ffi::akira_mutex_lock(self.id()) }
    }

    fn try_lock(&self) -> bool {
        // SAFETY: the id is one of the pool.
        unsafe { ffi::akira_mutex_try_lock(self.id()) }
    }

    unsafe fn unlock(&self) {
        // SAFETY: by lock_api's contract this thread holds the lock.
        unsafe { ffi::akira_mutex_unlock(self.id()) }
    }

    fn is_locked(&self) -> bool {
        // SAFETY: the id is one of the pool.
        unsafe { ffi::akira_mutex_is_locked(self.id()) }
    }
}

impl Drop for RawMutex {
    fn drop(&mut self) {
        let id = *self.id.get_mut();
        if id != NONE {
            // SAFETY: nobody borrows the lock any more, so nobody holds its mutex.
            unsafe { ffi::akira_mutex_delete(id) };
        }
    }
}
