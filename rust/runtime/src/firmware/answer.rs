// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is told of the firmware: over the HTTP API, and at the device itself.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use akira_core::firmware::{Slot, Swap, policy};
use akira_core::hex;
use akira_core::http::ApiError;
use akira_core::http::firmware::{self as view, SlotState};

use super::User;
use super::health::Health;
use super::slots::Content;
use crate::control::Print;
use crate::platform::{Platform, SlotInfo};
use crate::runtime::Runtime;

impl<P: Platform> Runtime<P> {
    /// The state of the firmware.
    pub fn firmware_view(&self) -> Result<view::Firmware, ApiError> {
        let info = self.slot_info()?;
        let swap = self.swap()?;
        let primary = self.primary_view(&info, swap)?;
        let secondary = self.secondary_view(&info, swap)?;
        let upload = self.upload_view();
        let now = self.platform.uptime_ms();
        let state = self.firmware.lock();
        Ok(view::Firmware {
            slots: [primary, secondary].into(),
            swap: swap.name(),
            confirmed: swap != Swap::Revert,
            can_reboot: self.platform.can_reboot(),
            upload,
            health: match &state.health {
                Health::Checking => view::Health {
                    state: "checking",
                    left_ms: Some(u64::from(self.health_ms).saturating_sub(now)),
                    reason: None,
                },
                Health::Healthy => view::Health { state: "healthy", left_ms: None, reason: None },
                Health::Failed(reason) => {
                    let reason = Some(reason.clone());
                    view::Health { state: "failed", left_ms: None, reason }
                }
            },
            boots: state.guard.boots,
            safe_mode: state.safe_mode,
            last: state.record.trial.as_ref().map(|trial| view::Last {
                version: trial.version.to_string(),
                sha256: hex::encode(&trial.sha256),
                verdict: trial.verdict.name(),
                reason: (!trial.reason.is_empty()).then(|| trial.reason.clone()),
            }),
            keys: self.platform.firmware_keys().iter().map(view::Key::from).collect(),
        })
    }

    fn primary_view(&self, info: &SlotInfo, swap: Swap) -> Result<view::Slot, ApiError> {
        let content = self.slot_content(Slot::Primary)?;
        let state = match content {
            Content::Empty => SlotState::Empty,
            Content::Bad(_) => SlotState::Bad,
            Content::Image(_) if swap == Swap::Revert => SlotState::Trial,
            Content::Image(_) => SlotState::Running,
        };
        Ok(slot_view(Slot::Primary, state, content, info))
    }

    fn secondary_view(&self, info: &SlotInfo, swap: Swap) -> Result<view::Slot, ApiError> {
        let (slot, user) = (Slot::Secondary, self.firmware.lock().user);
        if matches!(user, User::Upload(_)) {
            return Ok(slot_view(slot, SlotState::Receiving, Content::Empty, info));
        }
        if self.partial_upload().is_some() {
            return Ok(slot_view(slot, SlotState::Partial, Content::Empty, info));
        }
        let content = self.slot_content(slot)?;
        let state = match content {
            Content::Empty => SlotState::Empty,
            Content::Bad(_) => SlotState::Bad,
            Content::Image(_) if matches!(swap, Swap::Test | Swap::Permanent) => SlotState::Pending,
            Content::Image(image) => match policy::check_version(image.version, self.running()?) {
                Ok(()) => SlotState::Ready,
                Err(_) => SlotState::Previous,
            },
        };
        Ok(slot_view(slot, state, content, info))
    }

    fn upload_view(&self) -> Option<view::Upload> {
        let user = self.firmware.lock().user;
        if let User::Upload(sha256) = user {
            let transfers = self.transfer_views();
            let own = transfers.iter().find(|transfer| transfer.sink == "firmware");
            return Some(view::Upload {
                sha256: sha256.map(|sha256| hex::encode(&sha256)),
                size: own.and_then(|transfer| transfer.size),
                offset: own.map_or(0, |transfer| transfer.received),
                active: true,
            });
        }
        let upload = self.partial_upload()?;
        Some(view::Upload {
            sha256: Some(hex::encode(&upload.sha256)),
            size: Some(upload.size.into()),
            offset: upload.offset.into(),
            active: false,
        })
    }

    /// Whether boots did not last, so that no app has started by itself.
    pub fn is_safe_mode(&self) -> bool {
        self.firmware.lock().safe_mode
    }

    /// Boots in a row that did not last, this one included until it has.
    pub(crate) fn unsteady_boots(&self) -> u8 {
        self.firmware.lock().guard.boots
    }

    /// The state of the firmware for somebody who sits at the device.
    pub(crate) fn print_firmware(&self, print: Print<'_>) -> Result<(), ApiError> {
        let firmware = self.firmware_view()?;
        for slot in &firmware.slots {
            let image: Vec<_> = slot
                .image
                .iter()
                .map(|image| format!(" {} {}", image.version, &image.sha256[..16]))
                .collect();
            let reason = slot.reason.as_deref().map(|reason| format!(" {reason}"));
            let more = image.concat() + &reason.unwrap_or_default();
            print(&format!("{:9}  {}{more}", slot.slot, slot.state));
        }
        if let Some(upload) = firmware.upload.filter(|upload| !upload.active) {
            let size = upload.size.unwrap_or_default();
            print(&format!("upload     broke off after {} of {size} bytes", upload.offset));
        }
        print(&format!("next boot  {}", firmware.swap));
        let health = firmware.health;
        match health.reason {
            Some(reason) => print(&format!("health     {}: {reason}", health.state)),
            None => print(&format!("health     {}", health.state)),
        }
        if let Some(last) = firmware.last {
            let reason = last.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            print(&format!("last       {} {}{reason}", last.version, last.verdict));
        }
        if firmware.safe_mode {
            print("safe mode  no app has started by itself");
        }
        Ok(())
    }
}

fn slot_view(slot: Slot, state: SlotState, content: Content, info: &SlotInfo) -> view::Slot {
    let (image, reason) = match content {
        Content::Empty => (None, None),
        Content::Bad(error) => (None, Some(error.to_string())),
        Content::Image(image) => (Some(view::SlotImage::from(&image)), None),
    };
    let SlotInfo { size, image_max, .. } = *info;
    view::Slot { slot: slot.name(), state: state.name(), image, reason, size, image_max }
}
