// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is known of a running instance: the object that each native call gets, shared with the app
//! manager.

use alloc::format;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use akira_abi::{CapSet, Errno, TABLE};
use akira_core::log::{Allowance, Level};
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
    /// Longest time that its code may run without a pause, in milliseconds.
    exec_timeout_ms: u32,
    /// When its code was last entered, or went on after a pause: the low bits of the uptime.
    entered_ms: AtomicU32,
    /// Its code is not running: it has not begun, or a native function sleeps.
    paused: AtomicBool,
    /// The watchdog has ended it.
    killed: AtomicBool,
    /// It has been asked to stop.
    stop_asked: AtomicBool,
    /// It is on its way out: `on_stop` runs or has run.
    leaving: AtomicBool,
    /// It called `app_exit`.
    exited: AtomicBool,
    exit_code: AtomicI32,
    /// What its log still takes, see [`Allowance`]. Only its own thread changes it.
    log_millitokens: AtomicU32,
    log_at_ms: AtomicU32,
    /// Records that were not taken since the last one that was.
    log_dropped: AtomicU32,
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
        exec_timeout_ms: u32,
    ) -> Self {
        let log = Allowance::full(runtime.platform.uptime_ms() as u32);
        Self {
            mask: AtomicU32::new(granted.bits() | LIVE),
            runtime,
            name,
            version,
            slot,
            started: AtomicBool::new(false),
            settled: AtomicBool::new(false),
            has_on_stop: AtomicBool::new(false),
            exec_timeout_ms,
            entered_ms: AtomicU32::new(0),
            paused: AtomicBool::new(true),
            killed: AtomicBool::new(false),
            stop_asked: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
            exited: AtomicBool::new(false),
            exit_code: AtomicI32::new(0),
            log_millitokens: AtomicU32::new(log.millitokens),
            log_at_ms: AtomicU32::new(log.at_ms),
            log_dropped: AtomicU32::new(0),
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

    /// The app's code is entered, or goes on after a pause: its execution limit counts from now.
    pub(crate) fn enter(&self) {
        self.entered_ms.store(self.runtime.platform.uptime_ms() as u32, Ordering::Relaxed);
        self.paused.store(false, Ordering::Release);
    }

    /// The app's code pauses: a native function sleeps for it.
    pub(crate) fn pause(&self) {
        self.paused.store(true, Ordering::Release);
    }

    /// Whether its code has run longer than it may. 32 bits of the clock are enough: the longest
    /// limit is an hour, and they wrap after 49 days.
    pub(crate) fn is_over_limit(&self, now: u64) -> bool {
        !self.paused.load(Ordering::Acquire)
            && (now as u32).wrapping_sub(self.entered_ms.load(Ordering::Relaxed))
                > self.exec_timeout_ms
    }

    /// Notes that the watchdog ends it.
    pub(crate) fn mark_killed(&self) {
        self.killed.store(true, Ordering::Release);
    }

    /// Why the watchdog ended it, if it did.
    pub(crate) fn kill_reason(&self) -> Option<alloc::string::String> {
        self.killed.load(Ordering::Acquire).then(|| {
            format!(
                "watchdog: its code ran for more than {} ms without a pause; sleep now and then, \
                 or raise exec_timeout_ms in its manifest",
                self.exec_timeout_ms
            )
        })
    }

    /// Whether the app has been asked to stop.
    pub(crate) fn stop_asked(&self) -> bool {
        self.stop_asked.load(Ordering::Acquire)
    }

    /// Whether the app's log takes one more record now; how many it did not take before this one.
    pub(crate) fn admit_record(&self) -> Option<u32> {
        let before = Allowance {
            millitokens: self.log_millitokens.load(Ordering::Relaxed),
            at_ms: self.log_at_ms.load(Ordering::Relaxed),
        };
        let shut = self.log_dropped.load(Ordering::Relaxed) > 0;
        let now = self.runtime.platform.uptime_ms() as u32;
        let (after, admitted) = before.after_record(now, shut);
        self.log_millitokens.store(after.millitokens, Ordering::Relaxed);
        self.log_at_ms.store(after.at_ms, Ordering::Relaxed);
        if admitted {
            return Some(self.log_dropped.swap(0, Ordering::Relaxed));
        }
        self.log_dropped.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// Lets an app that was asked to stop leave: its `on_stop` runs, on its own thread and with
    /// working native calls, then its code ends.
    pub(crate) fn leave(&self, args: &Args<'_>) {
        // A second request to stop may come while `on_stop` runs; it is run once.
        if !self.leaving.swap(true, Ordering::AcqRel) {
            self.mask.fetch_or(LIVE, Ordering::Release);
            self.enter();
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
