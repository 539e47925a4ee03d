// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is counted since boot, for monitoring.

use core::sync::atomic::{AtomicU32, Ordering};

/// Counts since boot. Each goes round when it is full, as monitoring expects of a restart.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Requests by the first digit of their answer's status, from 1xx on.
    requests: [AtomicU32; 5],
    login_failures: AtomicU32,
    denied_calls: AtomicU32,
    app_starts: AtomicU32,
    firmware_stored: AtomicU32,
    firmware_refused: AtomicU32,
}

impl Counters {
    /// A request was answered with that status.
    pub(crate) fn answered(&self, status: u16) {
        let class = usize::from(status / 100).wrapping_sub(1);
        if let Some(count) = self.requests.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A request came with a wrong token, or while its sender had to wait.
    pub(crate) fn login_failed(&self) {
        self.login_failures.fetch_add(1, Ordering::Relaxed);
    }

    /// A native call was denied.
    pub(crate) fn call_denied(&self) {
        self.denied_calls.fetch_add(1, Ordering::Relaxed);
    }

    /// An app's code was brought into memory and runs.
    pub(crate) fn app_started(&self) {
        self.app_starts.fetch_add(1, Ordering::Relaxed);
    }

    /// A firmware image is in the secondary slot.
    pub(crate) fn firmware_stored(&self) {
        self.firmware_stored.fetch_add(1, Ordering::Relaxed);
    }

    /// What came as firmware was not taken because of what it is.
    pub(crate) fn firmware_refused(&self) {
        self.firmware_refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Firmware images that were stored, and that were refused.
    pub(crate) fn firmware(&self) -> (u32, u32) {
        let [stored, refused] = [&self.firmware_stored, &self.firmware_refused];
        (stored.load(Ordering::Relaxed), refused.load(Ordering::Relaxed))
    }

    /// Requests with that first digit of their answer's status.
    pub(crate) fn requests(&self, class: u16) -> u32 {
        let class = usize::from(class).wrapping_sub(1);
        self.requests.get(class).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    pub(crate) fn login_failures(&self) -> u32 {
        self.login_failures.load(Ordering::Relaxed)
    }

    pub(crate) fn denied_calls(&self) -> u32 {
        self.denied_calls.load(Ordering::Relaxed)
    }

    pub(crate) fn app_starts(&self) -> u32 {
        self.app_starts.load(Ordering::Relaxed)
    }
}
