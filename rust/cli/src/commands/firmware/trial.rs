// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The restart into an image, and what becomes of it.

use std::thread;
use std::time::{Duration, Instant};

use akira_core::firmware::Version;
use serde_json::Value;

use super::Connect;
use super::image::Image;
use crate::client::types::{Firmware, Status};
use crate::client::{Device, decode};
use crate::error::{CliError, Kind, Result};
use crate::progress::Bar;

/// Time between two looks at the device.
const POLL: Duration = Duration::from_millis(250);

/// How long a device that is not well may take to begin its way back.
const WAY_BACK: Duration = Duration::from_secs(20);

/// What became of an image that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Confirmed,
    Reverted,
    /// It runs and is not confirmed.
    Trial,
    /// No bootloader has tried it.
    Pending,
}

impl Outcome {
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Confirmed => "confirmed",
            Outcome::Reverted => "reverted",
            Outcome::Trial => "trial",
            Outcome::Pending => "pending",
        }
    }

    /// What is wrong with it, if something is.
    pub fn error(self, version: Version, state: &Firmware) -> Option<CliError> {
        let of_last = state.last.as_ref().and_then(|last| last.reason.as_deref());
        let reason = match self {
            Outcome::Trial => state.health.reason.as_deref(),
            _ => of_last,
        };
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        Some(match self {
            Outcome::Confirmed => return None,
            Outcome::Reverted => CliError::refused(
                "reverted",
                format!("Firmware {version} was reverted{reason}."),
            )
            .hint(
                "The firmware before runs again. Mend what is wrong and send a newer image, or try \
                 this one again with `akira firmware test`.",
            ),
            Outcome::Trial => CliError::refused(
                "unconfirmed",
                format!("Firmware {version} runs on trial and is not confirmed{reason}."),
            )
            .hint(
                "Keep it with `akira firmware confirm`, or go back with `akira firmware revert`.",
            ),
            Outcome::Pending => CliError::refused(
                "not_tried",
                format!(
                    "The device has restarted, and firmware {version} still waits: no bootloader \
                     has tried it."
                ),
            )
            .hint("A native_sim image has no bootloader; of a board, look at its console."),
        })
    }
}

/// Restarts the device and follows it until it has decided about the image.
pub fn follow(
    device: Device,
    connect: Connect<'_>,
    image: &Image,
    patience: Duration,
) -> Result<(Value, Outcome)> {
    let mut up = decode::<Status>(device.status()?)?.uptime_ms;
    device.reboot()?;
    drop(device);
    let begin = Instant::now();
    let mut was_away = false;
    let mut restarted = false;
    let mut left = Duration::ZERO;
    let mut unwell_since: Option<Instant> = None;
    let version = image.version();
    let _bar = Bar::busy(format!("the device restarts and tries firmware {version}"));
    loop {
        thread::sleep(POLL);
        let late = begin.elapsed() > patience + left;
        let look = connect().and_then(|device| {
            let status: Status = decode(device.status()?)?;
            Ok((status.uptime_ms, device.firmware()?))
        });
        let (uptime, value) = match look {
            Ok(seen) => seen,
            Err(error) if error.kind == Kind::Unreachable && !late => {
                was_away = true;
                continue;
            }
            Err(error) => return Err(error.about("After its restart")),
        };
        restarted |= uptime < up || was_away && u128::from(uptime) < begin.elapsed().as_millis();
        up = uptime;
        if !restarted {
            if late {
                let text = format!("The device has not restarted within {} s.", patience.as_secs());
                return Err(CliError::refused("no_restart", text)
                    .hint("See what it does by `akira firmware status` and at its console."));
            }
            continue;
        }
        let state: Firmware = decode(value.clone())?;
        let sha256 = image.sha256();
        let last = state.last.as_ref().filter(|last| last.sha256 == sha256);
        match last.map(|last| last.verdict.as_str()) {
            Some("confirmed") => return Ok((value, Outcome::Confirmed)),
            Some("reverted") => return Ok((value, Outcome::Reverted)),
            _ => {}
        }
        if state.slots[1].state == "pending" {
            return Ok((value, Outcome::Pending));
        }
        if state.health.state == "checking" {
            left = left.max(Duration::from_millis(state.health.left_ms.unwrap_or(0)));
        } else if unwell_since.get_or_insert_with(Instant::now).elapsed() > WAY_BACK {
            // Nothing to go back to: it stays as it is.
            return Ok((value, Outcome::Trial));
        }
        if late {
            return Ok((value, Outcome::Trial));
        }
    }
}
