// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `start`, `stop`, `restart` and `uninstall`: one step for each of several apps; and `rollback`.
//!
//! Every name is checked before the first step. A step that the device refuses does not keep the
//! others from being tried; the first refusal decides the exit code.

use akira_core::name::AppName;
use serde_json::{Value, json};

use super::install;
use crate::args::{NamesArgs, RollbackArgs};
use crate::client::types::App;
use crate::client::{Device, app_name, decode};
use crate::error::{Kind, Result};
use crate::output::{self, GOOD, STRONG};

pub fn start(device: &Device, args: &NamesArgs, json: bool) -> Result<()> {
    each(args, json, "started", |name| device.start(name))
}

pub fn stop(device: &Device, args: &NamesArgs, json: bool) -> Result<()> {
    each(args, json, "stopped", |name| device.stop(name))
}

pub fn restart(device: &Device, args: &NamesArgs, json: bool) -> Result<()> {
    each(args, json, "restarted", |name| device.restart(name))
}

pub fn uninstall(device: &Device, args: &NamesArgs, json: bool) -> Result<()> {
    each(args, json, "removed", |name| device.uninstall(name))
}

/// Brings an app's previous version back. One that has none is not stopped for it.
pub fn rollback(device: &Device, args: &RollbackArgs, json: bool) -> Result<()> {
    let name = app_name(&args.name)?;
    if args.start {
        let app: App = decode(device.app(&name)?)?;
        if app.state == "running" && app.previous.is_some() {
            install::stop(device, &name)?;
        }
    }
    let mut value = device.rollback(&name)?;
    if !json {
        let app: App = decode(value.clone())?;
        let (name, version) = (output::clean(&app.name), output::clean(&app.version));
        output::print_line(&format!(
            "{GOOD}rolled back{GOOD:#} {STRONG}{name}{STRONG:#} to {version}"
        ));
    }
    if args.start {
        value = device.start(&name)?;
        if !json {
            show("started", &decode(value.clone())?);
        }
    }
    if json {
        output::print_json(&value);
    }
    Ok(())
}

fn each(
    args: &NamesArgs,
    json: bool,
    done: &str,
    step: impl Fn(&AppName) -> Result<Value>,
) -> Result<()> {
    let names: Vec<AppName> =
        args.names.iter().map(|name| app_name(name)).collect::<Result<_>>()?;
    let mut apps = Vec::new();
    let mut failure = None;
    for name in &names {
        match step(name) {
            Ok(value) if json => apps.push(value),
            Ok(value) => show(done, &decode(value)?),
            // Only a refusal is about this one app.
            Err(error) if error.kind != Kind::Refused => return Err(error),
            Err(error) if failure.is_none() => failure = Some(error),
            Err(error) => error.print(false),
        }
    }
    if json && failure.is_none() {
        output::print_json(&json!({ "apps": apps }));
    }
    failure.map_or(Ok(()), Err)
}

/// Says what became of an app.
pub fn show(done: &str, app: &App) {
    let mut text = format!("{GOOD}{done}{GOOD:#} {STRONG}{}{STRONG:#}", output::clean(&app.name));
    if app.state == "failed"
        && let Some(reason) = &app.reason
    {
        text.push_str(&format!(" (failed: {})", output::clean(reason)));
    }
    output::print_line(&text);
}
