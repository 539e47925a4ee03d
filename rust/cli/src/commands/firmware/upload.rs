// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The way of an image to the device. What broke off goes on from the last block that the device has,
//! whether it broke off just now or in an earlier run.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Connect;
use super::image::Image;
use crate::client::types::Firmware;
use crate::client::{Device, decode};
use crate::error::{CliError, Kind, Result};
use crate::output::{self, FAINT, WARN};
use crate::progress::Bar;

/// How often a connection may break without any further block getting through.
const TRIES: u32 = 5;

/// Time before a device is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a device may take to notice that an upload of ours has broken off.
const NOTICE: Duration = Duration::from_secs(30);

/// What had to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    All,
    /// An earlier run had got so far.
    From(usize),
    /// The device had it all.
    Unchanged,
}

/// Brings the image into the secondary slot; `device` is the first connection.
pub fn send(
    device: &Device,
    connect: Connect<'_>,
    image: &Image,
    from_start: bool,
) -> Result<(Value, Sent)> {
    let value = device.firmware()?;
    let state: Firmware = decode(value.clone())?;
    let most = state.slots[1].image_max;
    let size = image.bytes.len() as u64;
    if size > most {
        let text = format!("The image has {size} bytes, and this device takes at most {most}.");
        return Err(CliError::local("too_large", text).hint("Build it smaller."));
    }
    if !from_start && holds(&state, image) {
        return Ok((value, Sent::Unchanged));
    }
    let mut offset = if from_start { 0 } else { begun(device, &state, image)? };
    let sent = if offset > 0 { Sent::From(offset) } else { Sent::All };
    if offset > 0 {
        let (have, all) = (output::size(offset as u64), output::size(size));
        anstream::eprintln!("{FAINT}the device has {have} of {all}; the rest is sent{FAINT:#}");
    }
    let mut again: Option<Device> = None;
    let mut failures = 0;
    loop {
        let device = again.as_ref().unwrap_or(device);
        let error = match device.write_firmware(&image.bytes, &image.file_sha256, offset) {
            Ok(value) => return Ok((value, sent)),
            Err(error) => error,
        };
        // A refusal is final, apart from one about where the device goes on.
        if error.kind != Kind::Unreachable && error.code != "wrong_offset" {
            return Err(error);
        }
        failures += 1;
        if failures > TRIES {
            return Err(error);
        }
        let text = output::clean(&error.message);
        anstream::eprintln!("{WARN}{text}{WARN:#} {FAINT}It goes on in a moment.{FAINT:#}");
        thread::sleep(PAUSE * failures);
        let look = connect().and_then(|device| {
            let value = device.firmware()?;
            Ok((device, value))
        });
        let (fresh, value) = match look {
            Ok(seen) => seen,
            Err(error) if error.kind == Kind::Unreachable => continue,
            Err(error) => return Err(error),
        };
        let state: Firmware = decode(value.clone())?;
        // It may be that only the answer was lost.
        if holds(&state, image) {
            return Ok((value, sent));
        }
        let now = begun(&fresh, &state, image)?;
        if now > offset {
            failures = 0;
        }
        offset = now;
        again = Some(fresh);
    }
}

/// Whether the secondary slot has exactly this image, ready to be tried.
fn holds(state: &Firmware, image: &Image) -> bool {
    let slot = &state.slots[1];
    let same = |there: &crate::client::types::SlotImage| {
        there.sha256 == image.sha256() && there.size == image.bytes.len() as u64
    };
    matches!(slot.state.as_str(), "ready" | "pending") && slot.image.as_ref().is_some_and(same)
}

/// How much of this file the device has from an upload that broke off.
fn begun(device: &Device, state: &Firmware, image: &Image) -> Result<usize> {
    let until = Instant::now() + NOTICE;
    let mut upload = state.upload.clone();
    let mut bar = None;
    loop {
        let Some(there) = upload else { return Ok(0) };
        let ours = there.sha256.as_deref() == Some(&image.file_sha256)
            && there.size.is_none_or(|size| size <= image.bytes.len() as u64);
        let offset = usize::try_from(there.offset).unwrap_or(0);
        if !ours || offset >= image.bytes.len() && !there.active {
            return Ok(0);
        }
        if !there.active {
            return Ok(offset);
        }
        if Instant::now() >= until {
            // Somebody else sends the same; the device says so.
            return Ok(0);
        }
        let waits = || Bar::busy("the device has not noticed yet that the upload broke off".into());
        bar.get_or_insert_with(waits);
        thread::sleep(PAUSE / 4);
        upload = decode::<Firmware>(device.firmware()?)?.upload;
    }
}
