// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `device`: devices with names.

use std::path::{Path, PathBuf};

use akira_core::hex;
use serde_json::{Value, json};

use crate::args::{AddArgs, Args, DeviceAction, DeviceArgs};
use crate::client::address_of;
use crate::error::{CliError, Result};
use crate::output::{self, Cell, FAINT, GOOD, STRONG};
use crate::settings::{self, Named, Settings};

pub fn run(args: &Args, devices: &DeviceArgs, json: bool) -> Result<()> {
    match &devices.action {
        DeviceAction::Add(add) => self::add(args, add, json),
        DeviceAction::List => list(json),
        DeviceAction::Remove { names } => remove(names, json),
        DeviceAction::Default { name, none } => default(name.as_deref(), *none, json),
    }
}

fn add(args: &Args, add: &AddArgs, json: bool) -> Result<()> {
    let name = add.name.as_str();
    if !settings::is_name(name) {
        let message = format!("'{name}' cannot be a device's name.");
        return Err(CliError::usage(message).hint(
            "A name has up to 63 letters, digits, '_' and '-', and begins with one of the first two.",
        ));
    }
    address_of(&add.address)?;
    let mut settings = Settings::load()?;
    if settings.device(name).is_some() && !add.replace {
        let message = format!("There is a device {name} already.");
        return Err(CliError::local("exists", message)
            .hint("Take its place with --replace, or remove it with `akira device remove`."));
    }
    let device = Named {
        url: add.address.clone(),
        // The environment's may belong to any device.
        token: args.given_token()?,
        token_file: None,
        ca_file: args.ca.as_deref().map(whole).transpose()?,
        fingerprint: args.fingerprint.map(|fingerprint| hex::encode(&fingerprint)),
    };
    let without = device.token.is_none();
    settings.set(name, device);
    if add.default {
        settings.set_default(Some(name));
    }
    settings.store()?;
    if json {
        output::print_json(&facts(&settings, name));
        return Ok(());
    }
    output::print_line(&format!(
        "{GOOD}added{GOOD:#} {STRONG}{name}{STRONG:#}  {}",
        output::clean(&add.address)
    ));
    if without {
        output::print_line(&format!(
            "It has no token yet. Keep one for it with: akira device add {name} {} --replace \
             --token-file FILE",
            output::clean(&add.address)
        ));
    }
    if settings.default() != Some(name) {
        output::print_line(&format!("Make it the usual device with: akira device default {name}"));
    }
    Ok(())
}

fn whole(path: &Path) -> Result<PathBuf> {
    std::fs::canonicalize(path).map_err(|error| CliError::file("find", path, &error))
}

/// What is known of a device, without its token.
fn facts(settings: &Settings, name: &str) -> Value {
    let Some(device) = settings.device(name) else { return Value::Null };
    json!({
        "name": name, "url": device.url,
        "token": device.token.is_some() || device.token_file.is_some(),
        "ca_file": device.ca_file, "fingerprint": device.fingerprint,
        "default": settings.default() == Some(name),
    })
}

fn list(json: bool) -> Result<()> {
    let settings = Settings::load()?;
    if json {
        let all: Vec<_> = settings.devices().map(|(name, _)| facts(&settings, name)).collect();
        output::print_json(&json!({ "devices": all, "file": settings.path() }));
        return Ok(());
    }
    let rows: Vec<_> = settings
        .devices()
        .map(|(name, device)| {
            let usual = settings.default() == Some(name);
            [
                Cell::styled(name.as_str(), STRONG),
                Cell::plain(device.url.as_str()),
                match (&device.token, &device.token_file) {
                    (Some(_), _) => Cell::plain("kept"),
                    (None, Some(file)) => Cell::plain(file.display().to_string()),
                    (None, None) => Cell::styled("none", FAINT),
                },
                match (&device.fingerprint, &device.ca_file) {
                    (Some(fingerprint), _) => {
                        let begin: String = fingerprint.chars().take(16).collect();
                        Cell::plain(format!("pinned {begin}..."))
                    }
                    (None, Some(file)) => Cell::plain(file.display().to_string()),
                    (None, None) => Cell::styled("-", FAINT),
                },
                if usual { Cell::styled("default", GOOD) } else { Cell::plain("") },
            ]
        })
        .collect();
    if rows.is_empty() {
        output::print_line("No device has a name. Give one with `akira device add NAME ADDRESS`.");
    } else {
        output::print_table(["NAME", "ADDRESS", "TOKEN", "CERTIFICATE", ""], &rows);
    }
    Ok(())
}

fn remove(names: &[String], json: bool) -> Result<()> {
    let mut settings = Settings::load()?;
    for name in names {
        settings.known(name)?;
        settings.remove(name);
    }
    settings.store()?;
    if json {
        output::print_json(&json!({ "removed": names }));
    } else {
        for name in names {
            output::print_line(&format!("{GOOD}removed{GOOD:#} {STRONG}{name}{STRONG:#}"));
        }
    }
    Ok(())
}

fn default(name: Option<&str>, none: bool, json: bool) -> Result<()> {
    let mut settings = Settings::load()?;
    if let Some(name) = name {
        settings.known(name)?;
    }
    if name.is_some() || none {
        settings.set_default(name);
        settings.store()?;
    }
    let now = settings.default();
    if json {
        output::print_json(&json!({ "default": now }));
        return Ok(());
    }
    match now {
        Some(name) => output::print_line(name),
        None => anstream::eprintln!(
            "{FAINT}none: the virtual device on this machine is meant when none is named{FAINT:#}"
        ),
    }
    Ok(())
}
