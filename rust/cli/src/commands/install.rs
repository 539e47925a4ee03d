// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `install`: an app file goes to the device, and what was granted comes back.

use std::fs;
use std::path::Path;

use akira_core::manifest::Manifest;
use akira_core::module::scan;
use akira_core::name::AppName;

use super::lifecycle;
use crate::args::InstallArgs;
use crate::build;
use crate::client::types::App;
use crate::client::{Device, decode};
use crate::error::{CliError, Result};
use crate::module::{self, Embedded};
use crate::output::{self, GOOD, STRONG, WARN};

pub fn run(device: &Device, args: &InstallArgs, json: bool) -> Result<()> {
    let file = if args.file.is_dir() { build::result(&args.file)? } else { args.file.clone() };
    let (app, manifest) = load(&file)?;
    if app.len() > akira_core::MODULE_MAX as usize {
        let most = akira_core::MODULE_MAX / 1024;
        let message =
            format!("{} is too large: a device takes at most {most} KiB.", file.display());
        return Err(CliError::local("too_large", message).hint("Make the module smaller."));
    }
    if args.start {
        stop_if_running(device, &manifest.name)?;
    }
    let (mut value, new) = device.install(&manifest.name, &app)?;
    if !json {
        show(&decode(value.clone())?, &manifest, new);
    }
    if args.start {
        value = device.start(&manifest.name)?;
        if !json {
            lifecycle::show("started", &decode(value.clone())?);
        }
    }
    if json {
        output::print_json(&value);
    }
    Ok(())
}

/// The app as it is sent, with its manifest. A module without one gets the AkiraOS manifest that
/// lies beside it.
fn load(path: &Path) -> Result<(Vec<u8>, Manifest)> {
    let module = module::read(path)?;
    let facts = scan(&module)
        .map_err(|error| CliError::local("bad_module", error.to_string()).about(path.display()))?;
    if let Some((format, bytes)) = facts.manifest {
        let manifest = Manifest::read(format, &bytes).map_err(|error| {
            CliError::local("bad_manifest", error.to_string()).about(path.display())
        })?;
        return Ok((module, manifest));
    }
    let beside = path.with_extension("json");
    let bytes = fs::read(&beside).map_err(|_| {
        CliError::local("no_manifest", format!("{} has no manifest.", path.display())).hint(
            format!(
                "Add one with `akira pack`, or put an AkiraOS manifest beside it as {}.",
                beside.display()
            ),
        )
    })?;
    let manifest = Embedded::from_json(bytes).map_err(|error| error.about(beside.display()))?;
    Ok((module::embed(&module, &manifest)?, manifest.manifest))
}

fn stop_if_running(device: &Device, name: &AppName) -> Result<()> {
    match device.app(name) {
        Ok(value) => {
            let app: App = decode(value)?;
            if app.state == "running" {
                // It may have ended by itself since; then there is nothing left to stop.
                match device.stop(name) {
                    Err(error) if error.code != "not_running" => return Err(error),
                    _ => {}
                }
            }
            Ok(())
        }
        Err(error) if error.code == "not_found" => Ok(()),
        Err(error) => Err(error),
    }
}

fn show(app: &App, manifest: &Manifest, new: bool) {
    output::print_line(&format!(
        "{GOOD}{}{GOOD:#} {STRONG}{}{STRONG:#} {}, {}",
        if new { "installed" } else { "updated" },
        output::clean(&app.name),
        output::clean(&app.version),
        output::size(app.size)
    ));
    let asked: Vec<&str> = manifest.capabilities.iter().map(|have| have.name()).collect();
    if asked.is_empty() {
        output::print_line("  asks for no capability");
        return;
    }
    output::print_line(&format!("  asks for  {}", asked.join(", ")));
    output::print_line(&format!("  granted   {}", output::clean(&list(&app.capabilities))));
    let denied: Vec<&str> = asked
        .into_iter()
        .filter(|name| !app.capabilities.iter().any(|have| have == name))
        .collect();
    if !denied.is_empty() {
        output::print_line(&format!("  {WARN}denied    {}{WARN:#}", denied.join(", ")));
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}
