// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `install`: an app file goes to the device, and what was granted comes back.

use std::fs;
use std::path::Path;

use akira_abi::{CapSet, Capability};
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
use crate::output::{self, Cell, GOOD, STRONG, WARN};

pub fn run(device: &Device, args: &InstallArgs, json: bool) -> Result<()> {
    let file = if args.file.is_dir() { build::result(&args.file)? } else { args.file.clone() };
    let (app, manifest) = load(&file)?;
    if app.len() > akira_core::MODULE_MAX as usize {
        let most = akira_core::MODULE_MAX / 1024;
        let message =
            format!("{} is too large: a device takes at most {most} KiB.", file.display());
        return Err(CliError::local("too_large", message).hint("Make the module smaller."));
    }
    let denied: CapSet = args.deny.iter().copied().collect();
    if args.start {
        stop_if_running(device, &manifest.name)?;
    }
    let (mut value, new) = device.install(&manifest.name, denied, &app)?;
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
    if let Some(signer) = &app.signer {
        output::print_line(&format!("  signed by {}", output::clean(signer)));
    }
    if manifest.capabilities.is_empty() {
        output::print_line("  asks for no capability");
        return;
    }
    let rows: Vec<_> =
        manifest.capabilities.iter().map(|asked| row(app, manifest, asked)).collect();
    output::print_table(["  ASKS FOR", "", ""], &rows);
}

/// A capability that was asked for, what became of it, and what narrows it.
fn row(app: &App, manifest: &Manifest, asked: Capability) -> [Cell; 3] {
    let granted = app.capabilities.iter().any(|have| have == asked.name());
    [
        Cell::plain(format!("  {}", asked.name())),
        if granted { Cell::styled("granted", GOOD) } else { Cell::styled("denied", WARN) },
        Cell::plain(super::inspect::scope_of(manifest, asked).unwrap_or_default()),
    ]
}
