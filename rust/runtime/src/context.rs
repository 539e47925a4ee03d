// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is known of a running instance: the object that each native call gets, shared with the app
//! manager.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use akira_abi::{CapSet, Errno, Function, TABLE};
use akira_core::audit::Kind;
use akira_core::log::{self, Level};
use akira_core::name::AppName;
use akira_core::rate::{Bucket, Rate};
use akira_core::registry::Record;
use akira_core::scope::Scope;
use akira_engine::{Args, RunError};

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
    pub(crate) version: String,
    /// What narrows its capabilities.
    pub(crate) scope: Scope,
    pub(crate) granted: CapSet,
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
    /// Its code has been ended from outside: what it waits for no longer matters.
    terminated: AtomicBool,
    /// It is on its way out: `on_stop` runs or has run.
    leaving: AtomicBool,
    /// It called `app_exit`.
    exited: AtomicBool,
    exit_code: AtomicI32,
    /// What its log still takes.
    log: SharedBucket,
    /// What it may still send over the radio.
    pub(crate) radio: SharedBucket,
    /// How many connections it may still make.
    pub(crate) connections: SharedBucket,
    /// Records that were not taken since the last one that was.
    log_dropped: AtomicU32,
    /// Native functions whose refusal has been logged, by number.
    denied: [AtomicU32; DENIED_WORDS],
}

const DENIED_WORDS: usize = TABLE.len().div_ceil(32);

/// A [`Bucket`] that only the app's own thread takes from.
pub(crate) struct SharedBucket {
    millitokens: AtomicU32,
    at_ms: AtomicU32,
}

impl SharedBucket {
    fn full(rate: Rate, now_ms: u32) -> Self {
        let Bucket { millitokens, at_ms } = Bucket::full(rate, now_ms);
        Self { millitokens: AtomicU32::new(millitokens), at_ms: AtomicU32::new(at_ms) }
    }

    /// See [`Bucket::take`].
    fn take(&self, rate: Rate, now_ms: u32, least: u32) -> bool {
        let before = Bucket {
            millitokens: self.millitokens.load(Ordering::Relaxed),
            at_ms: self.at_ms.load(Ordering::Relaxed),
        };
        let (after, allowed) = before.take(rate, now_ms, least);
        self.millitokens.store(after.millitokens, Ordering::Relaxed);
        self.at_ms.store(after.at_ms, Ordering::Relaxed);
        allowed
    }
}

/// Packets that an app may send.
pub(crate) const RADIO_RATE: Rate = Rate { burst: 16, per_second: 8 };

/// Connections that an app may make.
pub(crate) const CONNECTION_RATE: Rate = Rate { burst: 8, per_second: 2 };

/// Longest time that a wait goes on without looking whether it still matters, in milliseconds.
const LOOK_MS: u64 = 60_000;

impl<P: Platform> AppContext<P> {
    pub(crate) fn new(runtime: Arc<Runtime<P>>, record: &Record, slot: usize) -> Self {
        let now = runtime.platform.uptime_ms() as u32;
        let manifest = &record.manifest;
        let exec_timeout_ms = manifest
            .exec_timeout_ms
            .unwrap_or(runtime.exec_timeout_ms)
            .min(runtime.exec_timeout_max_ms);
        Self {
            mask: AtomicU32::new(record.granted.bits() | LIVE),
            runtime,
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            scope: manifest.scope.clone(),
            granted: record.granted,
            slot,
            started: AtomicBool::new(false),
            settled: AtomicBool::new(false),
            has_on_stop: AtomicBool::new(false),
            exec_timeout_ms,
            entered_ms: AtomicU32::new(0),
            paused: AtomicBool::new(true),
            killed: AtomicBool::new(false),
            stop_asked: AtomicBool::new(false),
            terminated: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
            exited: AtomicBool::new(false),
            exit_code: AtomicI32::new(0),
            log: SharedBucket::full(log::RATE, now),
            radio: SharedBucket::full(RADIO_RATE, now),
            connections: SharedBucket::full(CONNECTION_RATE, now),
            log_dropped: AtomicU32::new(0),
            denied: [const { AtomicU32::new(0) }; DENIED_WORDS],
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

    /// Denies a call for want of its capability.
    #[cold]
    pub(crate) fn deny(&self, id: u16) -> Errno {
        self.denied(id, |function| format!("{}, which is not granted", function.needs))
    }

    /// Denies a call because `what` is not in the app's scope.
    #[cold]
    pub(crate) fn deny_scope(&self, id: u16, what: impl fmt::Display) -> Errno {
        self.denied(id, |_| format!("{what} in the scope of its manifest"))
    }

    /// Each function is logged once per run; the audit log counts.
    fn denied(&self, id: u16, needs: impl Fn(&Function) -> String) -> Errno {
        let function = &TABLE[usize::from(id)];
        let text = format!("{} needs {}", function.name, needs(function));
        self.runtime.audit(Kind::Denied, Some(&self.name), &text);
        let bit = 1 << (id % 32);
        let before = self.denied[usize::from(id) / 32].fetch_or(bit, Ordering::Relaxed);
        if before & bit == 0 {
            self.runtime.log(&self.name, Level::Error, format!("denied: {text}"));
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
    pub(crate) fn kill_reason(&self) -> Option<String> {
        self.killed.load(Ordering::Acquire).then(|| {
            format!(
                "watchdog: its code ran for more than {} ms without a pause; sleep now and then, \
                 or raise exec_timeout_ms in its manifest (at most {} here)",
                self.exec_timeout_ms, self.runtime.exec_timeout_max_ms
            )
        })
    }

    /// Whether the app has been asked to stop.
    pub(crate) fn stop_asked(&self) -> bool {
        self.stop_asked.load(Ordering::Acquire)
    }

    /// Notes that its code has been ended from outside.
    pub(crate) fn mark_terminated(&self) {
        self.terminated.store(true, Ordering::Release);
    }

    /// Whether a native function that waits must come back now: the app is to stop, or was ended.
    pub(crate) fn interrupted(&self) -> bool {
        !self.admits(0) || self.terminated.load(Ordering::Acquire)
    }

    /// Waits until `ready` has something, at most `timeout_ms` (0 not at all, negative for ever).
    /// Whoever may have made it so wakes the slot. `EAGAIN` when nothing came in time, `EINTR` when
    /// the app is to stop: its next native call lets it leave.
    pub(crate) fn wait_for<T>(
        &self,
        timeout_ms: i32,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Result<T, Errno> {
        if let Some(found) = ready() {
            return Ok(found);
        }
        let platform = &self.runtime.platform;
        let until = u64::try_from(timeout_ms).ok().map(|ms| platform.uptime_ms() + ms);
        self.pause();
        let result = loop {
            let left = until.map_or(LOOK_MS, |until| until.saturating_sub(platform.uptime_ms()));
            if left == 0 {
                break Err(Errno::EAGAIN);
            }
            platform.wait(self.slot, left.min(LOOK_MS));
            if self.interrupted() {
                break Err(Errno::EINTR);
            }
            if let Some(found) = ready() {
                break Ok(found);
            }
        };
        self.enter();
        result
    }

    /// Whether the app may do this once more now.
    pub(crate) fn admit_rate(&self, bucket: &SharedBucket, rate: Rate) -> Result<(), Errno> {
        let now = self.runtime.platform.uptime_ms() as u32;
        if bucket.take(rate, now, 1) { Ok(()) } else { Err(Errno::EAGAIN) }
    }

    /// Whether the app's log takes one more record now; how many it did not take before this one.
    pub(crate) fn admit_record(&self) -> Option<u32> {
        let least = if self.log_dropped.load(Ordering::Relaxed) > 0 { log::REOPEN } else { 1 };
        let admitted = self.log.take(log::RATE, self.runtime.platform.uptime_ms() as u32, least);
        if admitted {
            return Some(self.log_dropped.swap(0, Ordering::Relaxed));
        }
        self.log_dropped.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// Lets an app that was asked to stop leave: its `on_stop` runs, on its own thread and with
    /// working native calls, then its code ends.
    pub(crate) fn leave(&self, args: &Args<'_>) {
        self.say_goodbye(|| args.call_export(c"on_stop"));
        args.end(c"stopped");
    }

    /// Runs the app's `on_stop`, once: a second request to stop may come while it runs.
    pub(crate) fn say_goodbye(&self, on_stop: impl FnOnce() -> Option<Result<(), RunError>>) {
        if self.leaving.swap(true, Ordering::AcqRel) {
            return;
        }
        self.mask.fetch_or(LIVE, Ordering::Release);
        self.enter();
        if let Some(Err(error)) = on_stop() {
            self.runtime.log(&self.name, Level::Error, format!("on_stop failed: {error}"));
        }
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
