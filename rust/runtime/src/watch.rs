// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What the device looks after from time to time: the watchdog and the restarts.
//!
//! The platform calls [`Runtime::tick`] on a thread of its own, more urgent than the apps' threads.
//! The watchdog ends an app whose code runs longer than its execution limit without a pause; a pause
//! is a native function that sleeps. Apps that ended are started again as their manifest says.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use akira_core::lifecycle::{HEALTHY_MS, Step};
use akira_core::log::Level;
use akira_core::manifest::Restart;
use akira_core::name::AppName;

use crate::apps::{App, Cause};
use crate::platform::{Platform, TICK_MS};
use crate::runtime::Runtime;

/// Time to the first restart in milliseconds; each further one in a row waits twice as long.
const RESTART_FIRST_MS: u64 = 1000;
/// Longest time to a restart in milliseconds.
const RESTART_LONGEST_MS: u64 = 60_000;
/// Restarts in a row after which an app that only fails is left alone.
const RESTARTS_MAX: u32 = 10;

impl<P: Platform> Runtime<P> {
    /// Looks after the apps. To be called every [`TICK_MS`] milliseconds, by one thread.
    pub fn tick(self: &Arc<Self>) {
        let now = self.platform.uptime_ms();
        self.watch(now);
        for name in self.due_restarts(now) {
            self.restart_due(&name, now);
        }
        self.judge_running(now);
        self.reap_transfers(now);
        self.tick_audit(now);
        self.tick_firmware(now);
    }

    /// The watchdog: ends every app that is over its execution limit.
    fn watch(&self, now: u64) {
        let over: Vec<_> = {
            let apps = self.apps.lock();
            let contexts = apps.list.iter().filter_map(|app| app.context.as_ref());
            contexts.filter(|context| context.is_over_limit(now)).cloned().collect()
        };
        for context in over {
            context.mark_killed();
            self.terminate(&context);
        }
    }

    fn due_restarts(&self, now: u64) -> Vec<AppName> {
        let apps = self.apps.lock();
        let due = |app: &&App<P>| app.next_restart().is_some_and(|due| due <= now);
        apps.list.iter().filter(due).map(|app| app.record.manifest.name.clone()).collect()
    }

    fn restart_due(self: &Arc<Self>, name: &AppName, now: u64) {
        if self.begin_start(name, Cause::Restart).is_err() {
            // No free slot or thread, or a request is at work on it: the app keeps its turn, unless
            // it was stopped in the meantime.
            if let Some(app) = self.apps.lock().find(name)
                && app.next_restart().is_some()
            {
                app.restart.due_ms = Some(now + RESTART_FIRST_MS);
            }
        }
    }

    /// Decides, when an app has ended with `step`, whether and when it starts again.
    pub(crate) fn plan_restart(&self, app: &mut App<P>, step: &Step, now: u64) {
        let policy = app.record.manifest.restart;
        if now - app.started_ms >= HEALTHY_MS {
            app.restart.in_a_row = 0;
        }
        app.restart.due_ms = app.restart.after(policy, step).map(|delay| now + delay);
    }

    /// Tells in the app's log what was planned.
    pub(crate) fn tell_restart(&self, name: &AppName, restart: RestartPlan, now: u64) {
        if let Some(due) = restart.due_ms {
            let text =
                format!("restart {} in a row in {} ms", restart.in_a_row, due.saturating_sub(now));
            self.log(name, Level::Info, text);
        }
    }
}

/// When an app starts again by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RestartPlan {
    /// When, in milliseconds since boot.
    pub(crate) due_ms: Option<u64>,
    /// How many restarts there have been in a row, the planned one included.
    pub(crate) in_a_row: u32,
}

impl RestartPlan {
    /// The time in milliseconds to the next restart after the app ended with `step`; `None` when it
    /// is not started again.
    fn after(&mut self, policy: Restart, step: &Step) -> Option<u64> {
        let failed = match step {
            Step::Fail(_) => true,
            Step::Exit(code) => *code != 0,
            _ => false,
        };
        let wanted = match policy {
            Restart::Never => false,
            Restart::OnFailure => failed && self.in_a_row < RESTARTS_MAX,
            Restart::Always => *step != Step::Stop,
        };
        if !wanted {
            self.in_a_row = 0;
            return None;
        }
        let delay = RESTART_FIRST_MS << self.in_a_row.min(16);
        self.in_a_row += 1;
        Some(delay.min(RESTART_LONGEST_MS))
    }
}

const _: () = assert!(TICK_MS as u64 <= RESTART_FIRST_MS);

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> Step {
        Step::Fail("unreachable".into())
    }

    #[test]
    fn the_delay_doubles_up_to_a_minute_and_failures_are_capped() {
        let mut plan = RestartPlan::default();
        let delays: Vec<_> = (0..12).map(|_| plan.after(Restart::OnFailure, &failure())).collect();
        assert_eq!(delays[..4], [Some(1000), Some(2000), Some(4000), Some(8000)]);
        assert_eq!(delays[9], Some(60_000));
        assert_eq!(delays[10], None);
        let mut always = RestartPlan::default();
        assert!((0..50).all(|_| always.after(Restart::Always, &failure()).is_some()));
    }

    #[test]
    fn the_policy_decides_by_how_it_ended() {
        let after = |policy, step| RestartPlan::default().after(policy, &step).is_some();
        assert!(!after(Restart::Never, failure()));
        assert!(after(Restart::OnFailure, failure()));
        assert!(after(Restart::OnFailure, Step::Exit(1)));
        assert!(!after(Restart::OnFailure, Step::Exit(0)));
        assert!(after(Restart::Always, Step::Exit(0)));
        assert!(!after(Restart::Always, Step::Stop));
        assert!(!after(Restart::OnFailure, Step::Stop));
    }
}
