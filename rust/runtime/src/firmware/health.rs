// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Whether a boot does well, and what follows from it.
//!
//! A boot is counted before other firmware than the last could fail, and before an app starts by
//! itself. It counts no more once the device has been up for [`Config::health_ms`](crate::Config), or
//! ends in order before that. After too many that did not
//! last, no app starts by itself, and the firmware from before the last update comes back, if it is
//! still there.
//!
//! Firmware on trial has to do more: at the end of that time the storage must be there, the device
//! must have said that its transports serve, and no app that starts at boot may have failed. Then it
//! is confirmed. As soon as it is found wanting the device restarts, and the bootloader goes back.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use akira_abi::Errno;
use akira_core::audit::Kind;
use akira_core::firmware::guard::{BOOTS_MAX, RECORD_BYTES};
use akira_core::firmware::record::{self, Trial, Verdict};
use akira_core::firmware::{Guard, Slot, Summary, Swap};
use akira_core::lifecycle::State as AppState;
use akira_core::log::Level;

use super::User;
use crate::platform::Platform;
use crate::runtime::Runtime;

/// The record of the boot guard.
const GUARD: &str = "/config/boot";

/// Whether this boot does well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// It is not decided yet.
    Checking,
    Healthy,
    Failed(String),
}

impl<P: Platform> Runtime<P> {
    /// Finds out which firmware boots and what became of the last one on trial. Where there is other
    /// firmware to go back to, the boot is counted.
    pub(crate) fn begin_boot(&self) {
        let stored = match self.read_small(GUARD, RECORD_BYTES) {
            Ok(bytes) => Guard::decode(&bytes),
            Err(_) => None,
        };
        // A damaged count is none: it begins anew.
        self.firmware.lock().guard = stored.unwrap_or_default();
        self.read_firmware_record();
        if self.platform.firmware_slots().is_none() {
            return;
        }
        let swap = self.platform.firmware_swap().unwrap_or(Swap::None);
        self.settle_trial(swap);
        if swap == Swap::Revert {
            // While there is stack enough for verifying a signature.
            let back = self.slot_content(Slot::Secondary);
            self.firmware.lock().can_go_back = back.is_ok_and(|content| content.image().is_some());
        }
        let mut first = [0xFF; 4];
        let read = self.platform.firmware_read(Slot::Secondary, 0, &mut first);
        if read.is_ok() && first != [0xFF; 4] {
            self.count_boot();
        }
    }

    /// Counts this boot, once. Where no app starts by itself and no other firmware is there, a count
    /// would change nothing, so none is written.
    fn count_boot(&self) {
        let counted = {
            let mut state = self.firmware.lock();
            (!core::mem::replace(&mut state.is_counted, true)).then(|| state.guard.booted())
        };
        if let Some(guard) = counted {
            self.keep_guard(guard);
        }
    }

    /// Whether apps may start by themselves. `wanted` is whether there are any that would.
    pub(crate) fn may_autostart(&self, wanted: bool) -> bool {
        if wanted {
            self.count_boot();
        }
        let guard = self.firmware.lock().guard;
        if !guard.is_safe_mode() {
            return true;
        }
        self.firmware.lock().safe_mode = true;
        let text = format!(
            "safe mode: {BOOTS_MAX} boots in a row did not last, so no app starts by itself; \
             remove what is at fault, then restart the device"
        );
        self.platform.console(Level::Error, "akira", &text);
        self.audit(Kind::Firmware, None, &text);
        if guard.wants_back() && self.swap() == Ok(Swap::None) {
            self.take_back(guard);
        }
        false
    }

    fn keep_guard(&self, guard: Guard) {
        let changed = {
            let mut state = self.firmware.lock();
            core::mem::replace(&mut state.guard, guard) != guard
        };
        if changed && let Err(errno) = self.replace(GUARD, &guard.encode()) {
            let text = format!("this boot could not be counted: {errno}");
            self.platform.console(Level::Error, "akira", &text);
        }
    }

    /// Finds out what became of the image that was put on trial before this boot.
    fn settle_trial(&self, swap: Swap) {
        let open = {
            let state = self.firmware.lock();
            state.record.trial.clone().filter(|trial| trial.verdict == Verdict::Open)
        };
        if swap == Swap::Test || (open.is_none() && swap != Swap::Revert) {
            return;
        }
        let running = self.slot_content(Slot::Primary).ok().and_then(|content| content.image());
        let is_it =
            |image: &Summary| open.as_ref().is_none_or(|trial| trial.sha256 == image.sha256);
        let trial = match (running.filter(is_it), open) {
            (Some(image), open) if swap == Swap::Revert => {
                let text = format!("firmware {} runs on trial", image.version);
                self.platform.console(Level::Info, "akira", &text);
                let trial = open.unwrap_or_else(|| on_trial(&image));
                Trial { seen: true, ..trial }
            }
            // It was confirmed, and the power went before that was noted.
            (Some(_), Some(trial)) => Trial { verdict: Verdict::Confirmed, ..trial },
            (_, Some(trial)) => {
                let trial = reverted(trial);
                let text = format!("firmware {} was reverted: {}", trial.version, trial.reason);
                self.platform.console(Level::Error, "akira", &text);
                self.audit(Kind::Firmware, None, &text);
                trial
            }
            (_, None) => return,
        };
        self.keep_firmware(|record| record.trial = Some(trial));
    }

    /// Boots did not last: has the bootloader go back to the image from before the last update.
    fn take_back(&self, guard: Guard) {
        let Some(image) = self.older_image() else { return };
        let text =
            format!("firmware {} comes back, because later boots did not last", image.version);
        if self.put_on_trial(&image).is_err() {
            return;
        }
        self.platform.console(Level::Error, "akira", &text);
        self.audit(Kind::Firmware, None, &text);
        self.keep_guard(guard.took_back());
        self.firmware.lock().reboot_ms = Some(0);
    }

    /// Told by the device that all its transports serve.
    pub fn note_ready(&self) {
        self.is_ready.store(true, Ordering::Relaxed);
    }

    /// The device ends in order: a boot that was too short to be judged does not count.
    pub(crate) fn end_boot(&self) {
        let guard = {
            let state = self.firmware.lock();
            (state.health == Health::Checking && state.is_counted).then_some(state.guard)
        };
        if let Some(guard) = guard {
            self.keep_guard(guard.ended());
        }
    }

    /// Looks after the firmware. Called by the thread that ticks.
    pub(crate) fn tick_firmware(self: &Arc<Self>, now: u64) {
        let (checking, safe_mode, reboot_ms) = {
            let state = self.firmware.lock();
            (state.health == Health::Checking, state.safe_mode, state.reboot_ms)
        };
        if reboot_ms.is_some_and(|due| due <= now) {
            self.restart_now();
        } else if checking && reboot_ms.is_none() {
            self.check_health(now, safe_mode);
        }
    }

    fn check_health(&self, now: u64, safe_mode: bool) {
        let on_trial = self.is_on_trial();
        let time_is_up = now >= u64::from(self.health_ms);
        let wrong = if on_trial { self.what_is_wrong(time_is_up, safe_mode) } else { None };
        match wrong {
            Some(reason) => self.fail_boot(&reason),
            None if time_is_up => self.pass_boot(on_trial, safe_mode),
            None => {}
        }
    }

    /// The image that runs is on trial.
    pub(super) fn is_on_trial(&self) -> bool {
        let state = self.firmware.lock();
        let open = |trial: &Trial| trial.verdict == Verdict::Open && trial.seen;
        state.record.trial.as_ref().is_some_and(open)
    }

    /// Why the firmware on trial is not to be confirmed.
    fn what_is_wrong(&self, time_is_up: bool, safe_mode: bool) -> Option<String> {
        if safe_mode {
            return Some(format!("{BOOTS_MAX} boots in a row did not last"));
        }
        let failed = self.apps.lock().list.iter().find_map(|app| {
            let manifest = &app.record.manifest;
            let reason = match &app.state {
                AppState::Failed(reason) => reason.as_str(),
                _ if app.restart.in_a_row > 0 => "it had to start again",
                _ => return None,
            };
            manifest.autostart.then(|| format!("app {} failed: {reason}", manifest.name))
        });
        if failed.is_some() || !time_is_up {
            return failed;
        }
        if let Err(errno) = self.platform.stat("/config") {
            return Some(format!("the storage cannot be read: {errno}"));
        }
        let ready = self.is_ready.load(Ordering::Relaxed);
        (!ready).then(|| "its transports do not serve".to_string())
    }

    /// The device has been up for long enough.
    fn pass_boot(&self, on_trial: bool, safe_mode: bool) {
        self.firmware.lock().health = Health::Healthy;
        let taken_back = safe_mode && self.firmware.lock().guard.taken_back;
        self.keep_guard(Guard { boots: 0, taken_back });
        if on_trial {
            match self.keep_running_image() {
                Ok(()) => {}
                Err(errno) => {
                    let text = format!("the firmware could not be confirmed: {errno}");
                    self.platform.console(Level::Error, "akira", &text);
                }
            }
        }
    }

    /// The firmware on trial is found wanting: the device restarts, and the bootloader goes back, if
    /// there is something to go back to.
    fn fail_boot(&self, reason: &str) {
        let text = format!("the firmware on trial is not confirmed: {reason}");
        self.platform.console(Level::Error, "akira", &text);
        self.audit(Kind::Firmware, None, &text);
        self.keep_firmware(|record| {
            if let Some(trial) = &mut record.trial {
                trial.reason = record::reason(reason);
            }
        });
        let mut state = self.firmware.lock();
        state.health = Health::Failed(reason.into());
        // Where the bootloader has nothing to go back to, or did not although it was to, a restart
        // would end here again.
        let helps = self.platform.can_reboot() && state.can_go_back && !state.safe_mode;
        state.reboot_ms = helps.then_some(0);
    }

    /// Confirms the image that runs, and notes it.
    pub(super) fn keep_running_image(&self) -> Result<(), Errno> {
        self.platform.firmware_confirm()?;
        let mut confirmed = None;
        self.keep_firmware(|record| {
            if let Some(trial) = &mut record.trial {
                trial.verdict = Verdict::Confirmed;
                trial.reason.clear();
                confirmed = Some(trial.version);
            }
        });
        if let Some(version) = confirmed {
            let text = format!("firmware {version} is confirmed");
            self.platform.console(Level::Info, "akira", &text);
            self.audit(Kind::Firmware, None, &text);
        }
        Ok(())
    }

    /// Has the bootloader try an image at the next boot, and notes it.
    pub(super) fn put_on_trial(&self, image: &Summary) -> Result<(), Errno> {
        self.platform.firmware_request_test()?;
        let trial = on_trial(image);
        self.keep_firmware(|record| record.trial = Some(trial));
        Ok(())
    }

    /// Whoever sits at the device, or may restart it, has looked at it: the count of boots that did
    /// not last begins anew.
    pub(super) fn forgive_boots(&self) {
        self.keep_guard(Guard::default());
    }

    /// Ends everything in order and restarts the device.
    fn restart_now(self: &Arc<Self>) {
        {
            let mut state = self.firmware.lock();
            if matches!(state.user, User::Upload(_)) {
                // What an upload has left behind is noted first.
                drop(state);
                self.abort_firmware_upload();
                state = self.firmware.lock();
            }
            state.reboot_ms = None;
        }
        self.platform.console(Level::Info, "akira", "restarting");
        self.shutdown();
        if let Err(errno) = self.platform.reboot() {
            let text = format!("the device cannot restart itself: {errno}; switch it off and on");
            self.platform.console(Level::Error, "akira", &text);
        }
    }
}

/// The trial of an image that has not booted yet.
fn on_trial(image: &Summary) -> Trial {
    Trial {
        sha256: image.sha256,
        version: image.version,
        seen: false,
        verdict: Verdict::Open,
        reason: String::new(),
    }
}

/// The trial of an image that does not run any more.
fn reverted(trial: Trial) -> Trial {
    let reason = match (trial.reason.is_empty(), trial.seen) {
        (false, _) => trial.reason,
        (true, true) => "the device restarted before it was confirmed".into(),
        (true, false) => "the bootloader did not take it, or it did not come up".into(),
    };
    Trial { verdict: Verdict::Reverted, reason, ..trial }
}
