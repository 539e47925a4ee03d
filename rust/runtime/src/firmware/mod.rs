// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Firmware updates, above the platform's slots.
//!
//! * [`slots`]: what is in the slots;
//! * [`sink`]: an image on its way into the secondary slot;
//! * [`actions`]: what an operator can have done: test, confirm, revert, restart;
//! * [`health`]: whether a boot does well, and what follows from that;
//! * [`answer`]: what is told of it all.
//!
//! Contract: nothing but an image that verifies is ever put on trial; what runs on trial is confirmed
//! by the health check or by an operator and by nobody else; and whatever breaks off, the image that
//! runs stays bootable. No lock is held while a slot is read or written: whoever works on the
//! secondary slot has it for itself (see [`User`]).

mod actions;
mod answer;
mod health;
mod sink;
mod slots;

use alloc::format;

use akira_abi::Errno;
use akira_core::firmware::Guard;
use akira_core::firmware::record::{RECORD_MAX, Record};
use akira_core::http::{ApiError, Code};
use akira_core::log::Level;

use crate::platform::{Platform, SlotInfo};
use crate::runtime::Runtime;
use health::Health;
pub(crate) use sink::FirmwareSink;
use slots::Content;

/// What is kept of updates.
const RECORD: &str = "/config/firmware";

/// Who works on the secondary slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum User {
    Nobody,
    /// An upload, and the SHA-256 that was announced for it.
    Upload(Option<[u8; 32]>),
    /// A request that changes what the bootloader does.
    Request,
}

/// What is known about firmware in this boot.
pub(crate) struct State {
    /// As it is stored.
    record: Record,
    /// The upload in the record is in the slot, as it says.
    upload_checked: bool,
    user: User,
    /// What is in the slots, once somebody has looked.
    primary: Option<Content>,
    secondary: Option<Content>,
    guard: Guard,
    /// This boot is in the count.
    is_counted: bool,
    safe_mode: bool,
    /// The image that runs is on trial, and the other slot holds one that the bootloader takes.
    can_go_back: bool,
    health: Health,
    /// When the device restarts.
    reboot_ms: Option<u64>,
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            record: Record::default(),
            upload_checked: false,
            user: User::Nobody,
            primary: None,
            secondary: None,
            guard: Guard::default(),
            is_counted: false,
            safe_mode: false,
            can_go_back: false,
            health: Health::Checking,
            reboot_ms: None,
        }
    }
}

/// The secondary slot, for whoever works on it; free again when this goes.
struct Claim<'a, P: Platform>(&'a Runtime<P>);

impl<P: Platform> Drop for Claim<'_, P> {
    fn drop(&mut self) {
        self.0.firmware.lock().user = User::Nobody;
    }
}

impl<P: Platform> Runtime<P> {
    /// The sizes of the slots, on a device that has them.
    fn slot_info(&self) -> Result<SlotInfo, ApiError> {
        self.platform.firmware_slots().ok_or_else(no_slots)
    }

    /// Has the secondary slot for itself.
    fn claim_slot(&self, user: User) -> Result<Claim<'_, P>, ApiError> {
        let mut state = self.firmware.lock();
        if state.user != User::Nobody {
            return Err(ApiError::new(
                Code::Busy,
                "Another update of the firmware is under way. Try again when that is done.",
            ));
        }
        state.user = user;
        Ok(Claim(self))
    }

    /// Reads what earlier boots kept. What cannot be read costs only itself.
    fn read_firmware_record(&self) {
        let record = match self.read_small(RECORD, RECORD_MAX) {
            Ok(bytes) => Record::decode(&bytes),
            Err(Errno::ENOENT) => Some(Record::default()),
            Err(_) => None,
        };
        if record.is_none() {
            let text = "what it kept about firmware updates is damaged; an upload that broke off \
                        begins anew";
            self.platform.console(Level::Error, "akira", text);
        }
        self.firmware.lock().record = record.unwrap_or_default();
    }

    /// Changes what is kept, and stores it if it has changed. What cannot be stored is told: it costs
    /// the resume of an upload, or the story of a trial.
    fn keep_firmware(&self, change: impl FnOnce(&mut Record)) {
        let changed = {
            let mut state = self.firmware.lock();
            let before = state.record.clone();
            change(&mut state.record);
            (state.record != before).then(|| state.record.encode())
        };
        if let Some(bytes) = changed
            && let Err(errno) = self.replace(RECORD, &bytes)
        {
            let text = format!("what is known of the update could not be stored: {errno}");
            self.platform.console(Level::Error, "akira", &text);
        }
    }
}

/// The answer of a device without slots to whatever is about them.
fn no_slots() -> ApiError {
    ApiError::new(
        Code::NotSupported,
        "This device has no firmware slots, so it cannot update its firmware by itself. A virtual \
         device has them when its flash has 4 MiB or more.",
    )
}

/// The flash failed while doing `what`.
fn flash(what: &str, errno: Errno) -> ApiError {
    ApiError::new(Code::Internal, format!("Could not {what}: {errno}"))
}
