// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is known of a running instance: the object that each native call gets, shared with the app
//! manager.

use alloc::format;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use akira_abi::{CapSet, Errno, TABLE};
use akira_core::log::Level;
use akira_core::name::AppName;
use akira_engine::Args;

use crate::platform::Platform;
use crate::runtime::Runtime;

/// The bit of the mask that says that the app may go on. Capabilities use the lower bits; every
/// native function needs this one, so that one test answers both questions.
pub(crate) const LIVE: u32 = 1 << 31;

/// One running instance.
pub struct AppContext<P: Platform> {
    /// Granted capabilities and [`LIVE`]: first, because every native call reads it.
    mask: AtomicU32,
    pub(crate) runtime: Arc<Runtime<P>>,
    pub(crate) name: AppName,
    pub(crate) version: alloc::string::String,
    pub(crate) slot: usize,
    /// It has been brought into memory and its code may run.
    pub(crate) started: AtomicBool,
    /// Its code may run, or it has ended before that: whoever started it need not wait longer.
    pub(crate) settled: AtomicBool,
    /// It exports `on_stop`.
    pub(crate) has_on_stop: AtomicBool,
    /// It has been asked to stop.
    stop_asked: AtomicBool,
    /// It is on its way out: `on_stop` runs or has run.
    leaving: AtomicBool,
    /// It called `app_exit`.
    exited: AtomicBool,
    exit_code: AtomicI32,
    /// Native functions whose refusal has been logged, by number.
    denied: AtomicU32,
}

impl<P: Platform> AppContext<P> {
    pub(crate) fn new(
        runtime: Arc<Runtime<P>>,
        name: AppName,
        version: alloc::string::String,
        slot: usize,
        granted: CapSet,
    ) -> Self {
        Self {
            mask: AtomicU32::new(granted.bits() | LIVE),
            runtime,
            name,
            version,
            slot,
            started: AtomicBool::new(false),
            settled: AtomicBool::new(false),
            has_on_stop: AtomicBool::new(false),
            stop_asked: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
            exited: AtomicBool::new(false),
            exit_code: AtomicI32::new(0),
            denied: AtomicU32::new(0),
        }
    }

    /// The check before dispatch: whether the app may go on and has one of the capabilities in
    /// `needs`, if there are any. `needs` is a constant, so one comparison is what is left of it.
    #[inline(always)]
    pub(crate) fn admits(&self, needs: u32) -> bool {
        let mask = self.mask.load(Ordering::Relaxed);
        match needs.count_ones() {
            0 | 1 => mask & (needs | LIVE) == needs | LIVE,
            _ => mask & LIVE != 0 && mask & needs != 0,
        }
    }

    /// What happens when [`AppContext::admits`] said no: an app that was asked to stop leaves, any
    /// other is denied the call.
    #[cold]
    pub(crate) fn refuse(&self, args: &Args<'_>, id: u16) -> Errno {
        if self.mask.load(Ordering::Relaxed) & LIVE == 0 {
            self.leave(args);
            Errno::EINTR
        } else {
            self.deny(id)
        }
    }

    /// Denies a call for want of a capability or scope. Each function is logged once per run.
    #[cold]
    pub(crate) fn deny(&self, id: u16) -> Errno {
        let bit = 1u32.checked_shl(u32::from(id)).unwrap_or(0);
        let before = self.denied.fetch_or(bit, Ordering::Relaxed);
        if bit == 0 || before & bit == 0 {
            let function = &TABLE[usize::from(id)];
            let text =
                format!("denied: {} needs {}, which is not granted", function.name, function.needs);
            self.runtime.log(&self.name, Level::Error, text);
        }
        Errno::EACCES
    }

    /// Asks the app to stop: its next native call, or the one it sleeps in, lets it leave.
    pub(crate) fn ask_stop(&self) {
        self.stop_asked.store(true, Ordering::Release);
        self.mask.fetch_and(!LIVE, Ordering::Release);
        self.runtime.platform.wake(self.slot);
    }

    /// Whether the app has been asked to stop.
    pub(crate) fn stop_asked(&self) -> bool {
        self.stop_asked.load(Ordering::Acquire)
    }

    /// Lets an app that was asked to stop leave: its `on_stop` runs, on its own thread and with
    /// working native calls, then its code ends.
    pub(crate) fn leave(&self, args: &Args<'_>) {
        // A second request to stop may come while `on_stop` runs; it is run once.
        if !self.leaving.swap(true, Ordering::AcqRel) {
            self.mask.fetch_or(LIVE, Ordering::Release);
            if let Some(Err(error)) = args.call_export(c"on_stop") {
                self.runtime.log(&self.name, Level::Error, format!("on_stop failed: {error}"));
            }
        }
        args.end(c"stopped");
    }

    /// The app called `app_exit`.
    pub(crate) fn exit(&self, args: &Args<'_>, code: i32) {
        self.exit_code.store(code, Ordering::Relaxed);
        self.exited.store(true, Ordering::Release);
        args.end(c"exited");
    }

    /// The code given to `app_exit`, if it was called.
    pub(crate) fn exit_code(&self) -> Option<i32> {
        self.exited.load(Ordering::Acquire).then(|| self.exit_code.load(Ordering::Relaxed))
    }
}
