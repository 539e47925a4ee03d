// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What an operator can have done with the firmware: test, confirm, revert; and a restart.

use alloc::format;

use akira_core::audit::Kind;
use akira_core::firmware::record;
use akira_core::firmware::{Slot, Summary, Swap, policy};
use akira_core::http::{ApiError, Code, firmware as view};
use akira_core::log::Level;

use super::slots::Content;
use super::{User, flash};
use crate::platform::Platform;
use crate::runtime::Runtime;

/// Time from the request of a restart to the restart, so that the answer gets out.
const REBOOT_MS: u64 = 500;

impl<P: Platform> Runtime<P> {
    /// Has the bootloader try the image in the secondary slot at the next boot.
    pub fn test_firmware(&self) -> Result<view::Firmware, ApiError> {
        self.slot_info()?;
        let claim = self.claim_slot(User::Request)?;
        match self.swap()? {
            Swap::Revert => return Err(super::sink::unconfirmed()),
            Swap::Test | Swap::Permanent => {}
            Swap::None => {
                let image = match self.look_at(Slot::Secondary)? {
                    Content::Image(image) => image,
                    Content::Bad(error) if self.partial_upload().is_none() => {
                        return Err(error.into());
                    }
                    Content::Empty | Content::Bad(_) => return Err(no_image("try")),
                };
                policy::check_update(image.facts(), self.running()?)?;
                self.put_on_trial(&image).map_err(|errno| flash("request the swap", errno))?;
                let text = format!("{} is tried at the next boot", image.version);
                self.audit(Kind::Firmware, None, &text);
                self.forgive_boots();
            }
        }
        drop(claim);
        self.firmware_view()
    }

    /// Keeps the image that runs on trial. One that is kept already is no error.
    pub fn confirm_firmware(&self) -> Result<view::Firmware, ApiError> {
        self.slot_info()?;
        let claim = self.claim_slot(User::Request)?;
        if self.swap()? == Swap::Revert {
            self.keep_running_image().map_err(|errno| flash("confirm the firmware", errno))?;
        }
        self.forgive_boots();
        drop(claim);
        self.firmware_view()
    }

    /// Goes back to the image before: of one on trial the trial ends, one that waits for the next boot
    /// is called off, and of one that was confirmed the image before it is tried. The device restarts
    /// where that is needed.
    pub fn revert_firmware(&self) -> Result<view::Firmware, ApiError> {
        self.slot_info()?;
        let claim = self.claim_slot(User::Request)?;
        let text = match self.swap()? {
            Swap::Revert => {
                // Without an image to go back to, the bootloader would stay with this one.
                if self.slot_content(Slot::Secondary)?.image().is_none() {
                    return Err(no_image("go back to"));
                }
                self.keep_firmware(|record| {
                    if let Some(trial) = &mut record.trial {
                        trial.reason = record::reason("an operator reverted it");
                    }
                });
                self.restart_soon()?;
                "the firmware on trial is reverted".into()
            }
            Swap::Test | Swap::Permanent => {
                self.platform
                    .firmware_erase()
                    .map_err(|errno| flash("erase the secondary slot", errno))?;
                self.firmware.lock().secondary = None;
                self.keep_firmware(|record| record.trial = None);
                "the image that was to be tried is removed".into()
            }
            Swap::None => {
                let image = self.older_image().ok_or_else(|| no_image("go back to"))?;
                policy::check_revert(image.facts(), self.running()?)?;
                self.put_on_trial(&image).map_err(|errno| flash("request the swap", errno))?;
                self.restart_soon()?;
                format!("{} comes back", image.version)
            }
        };
        self.audit(Kind::Firmware, None, &text);
        drop(claim);
        self.firmware_view()
    }

    /// The image in the secondary slot, if it may come back in place of the one that runs.
    pub(super) fn older_image(&self) -> Option<Summary> {
        self.slot_info().ok()?;
        let image = self.look_at(Slot::Secondary).ok()?.image()?;
        let running = self.running().ok()?;
        let older = policy::check_version(image.version, running).is_err();
        let allowed = policy::check_revert(image.facts(), running).is_ok();
        (older && allowed).then_some(image)
    }

    /// Restarts the device in a moment.
    pub fn request_reboot(&self) -> Result<(), ApiError> {
        if !self.platform.can_reboot() {
            return Err(ApiError::new(
                Code::NotSupported,
                "This device cannot restart itself. Switch it off and on.",
            ));
        }
        self.audit(Kind::Firmware, None, "an operator restarts the device");
        self.forgive_boots();
        self.restart_soon()
    }

    /// Where a restart is needed and the device cannot do it, somebody has to.
    fn restart_soon(&self) -> Result<(), ApiError> {
        if self.platform.can_reboot() {
            let due = self.platform.uptime_ms() + REBOOT_MS;
            self.firmware.lock().reboot_ms.get_or_insert(due);
        } else {
            let text = "a restart is needed: switch the device off and on";
            self.platform.console(Level::Info, "akira", text);
        }
        Ok(())
    }

    pub(super) fn swap(&self) -> Result<Swap, ApiError> {
        self.platform.firmware_swap().map_err(|errno| flash("read the slots' state", errno))
    }
}

fn no_image(what: &str) -> ApiError {
    ApiError::new(
        Code::NoImage,
        format!(
            "The secondary slot holds no image to {what}. Send one by `akira firmware upload`, or \
             see what there is by `akira firmware status`."
        ),
    )
}
