// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `firmware`: the device's own firmware.
//!
//! * [`image`]: the file, looked over before anything is sent;
//! * [`upload`]: its way to the device, also after a broken connection;
//! * [`trial`]: the restart, and what becomes of the image;
//! * [`show`]: how the slots look to people.

mod image;
mod show;
mod trial;
mod upload;

use std::time::Duration;

use serde_json::json;

use crate::args::{FirmwareAction, FirmwareArgs, UploadArgs};
use crate::client::{Device, decode};
use crate::error::Result;
use crate::output::{self, FAINT, GOOD, STRONG};
use image::Image;
use trial::Outcome;
use upload::Sent;

/// Connects to the device, as often as that is needed: one that restarts may take its line away.
type Connect<'a> = &'a dyn Fn() -> Result<Device>;

pub fn run(connect: Connect<'_>, args: &FirmwareArgs, json: bool) -> Result<()> {
    match &args.action {
        FirmwareAction::Upload(args) => upload(connect, args, json),
        FirmwareAction::Status => {
            let value = connect()?.firmware()?;
            if json {
                output::print_json(&value);
            } else {
                show::state(&decode(value)?);
            }
            Ok(())
        }
        FirmwareAction::Test => change(connect, "test", json),
        FirmwareAction::Confirm => change(connect, "confirm", json),
        FirmwareAction::Revert => change(connect, "revert", json),
    }
}

fn change(connect: Connect<'_>, what: &str, json: bool) -> Result<()> {
    let value = connect()?.change_firmware(what)?;
    if json {
        output::print_json(&value);
    } else {
        show::changed(what, &decode(value)?);
    }
    Ok(())
}

fn upload(connect: Connect<'_>, args: &UploadArgs, json: bool) -> Result<()> {
    let image = Image::load(&args.file)?;
    let device = connect()?;
    let (mut value, sent) = upload::send(&device, connect, &image, args.from_start)?;
    if !json {
        let (version, size) = (image.version(), output::size(image.bytes.len() as u64));
        let what = match sent {
            Sent::Unchanged => format!("{FAINT}unchanged{FAINT:#}"),
            Sent::All | Sent::From(_) => format!("{GOOD}stored{GOOD:#}"),
        };
        output::print_line(&format!("{what} firmware {STRONG}{version}{STRONG:#}, {size}"));
    }
    if args.test || args.reboot {
        value = device.change_firmware("test")?;
        if !json && !args.reboot {
            show::changed("test", &decode(value.clone())?);
        }
    }
    let mut failure = None;
    let mut outcome: Option<Outcome> = None;
    if args.reboot {
        let patience = Duration::from_secs(args.timeout.into());
        let (after, became) = trial::follow(device, connect, &image, patience)?;
        failure = became.error(image.version(), &decode(after.clone())?);
        (value, outcome) = (after, Some(became));
    }
    if json {
        if let Some(fields) = value.as_object_mut() {
            match sent {
                Sent::All => {}
                Sent::From(offset) => drop(fields.insert("resumed_from".into(), json!(offset))),
                Sent::Unchanged => drop(fields.insert("unchanged".into(), json!(true))),
            }
            if let Some(outcome) = outcome {
                fields.insert("outcome".into(), json!(outcome.name()));
            }
        }
        output::print_json(&value);
    } else if outcome == Some(Outcome::Confirmed) {
        let version = image.version();
        output::print_line(&format!("{GOOD}confirmed{GOOD:#} {STRONG}{version}{STRONG:#}"));
    }
    match failure {
        Some(mut error) => {
            error.in_report = json;
            Err(error)
        }
        None => Ok(()),
    }
}
