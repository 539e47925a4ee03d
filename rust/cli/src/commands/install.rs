// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `install`: an app file goes to the device, and what was granted comes back.

use std::fs;
use std::path::Path;

use akira_abi::{CapSet, Capability};
use akira_core::hex;
use akira_core::manifest::Manifest;
use akira_core::module::scan;
use akira_core::name::AppName;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::lifecycle;
use crate::args::InstallArgs;
use crate::build;
use crate::client::types::App;
use crate::client::{Device, decode};
use crate::error::{CliError, Result};
use crate::module::{self, Embedded};
use crate::output::{self, Cell, FAINT, GOOD, STRONG, WARN};

/// What became of an app that was to be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Installed,
    Updated,
    /// The device has exactly this app, granted what it would be granted now.
    Unchanged,
}

/// An app at hand, as it is sent.
pub struct Package {
    bytes: Vec<u8>,
    pub manifest: Manifest,
}

pub fn run(device: &Device, args: &InstallArgs, json: bool) -> Result<()> {
    let file = if args.file.is_dir() { build::result(&args.file)? } else { args.file.clone() };
    let package = Package::load(&file)?;
    let name = &package.manifest.name;
    let denied: CapSet = args.deny.iter().copied().collect();
    let there = package.find(device)?;
    let running = there.as_ref().is_some_and(|(_, app)| app.state == "running");
    if running && args.start {
        stop(device, name)?;
    }
    let (mut value, done) = package.send(device, there, denied, args.force)?;
    if !json {
        package.show(&decode(value.clone())?, done);
    }
    if args.start {
        value = device.start(name)?;
        if !json {
            lifecycle::show("started", &decode(value.clone())?);
        }
    }
    if json {
        output::print_json(&marked(value, done));
    }
    Ok(())
}

/// What the device says about an app, with a mark when it was not sent.
pub fn marked(mut value: Value, done: Done) -> Value {
    if done == Done::Unchanged
        && let Some(fields) = value.as_object_mut()
    {
        fields.insert("unchanged".into(), json!(true));
    }
    value
}

/// Stops an app. It may have ended by itself since it was seen; then there is nothing to stop.
pub fn stop(device: &Device, name: &AppName) -> Result<()> {
    match device.stop(name) {
        Err(error) if error.code != "not_running" => Err(error),
        _ => Ok(()),
    }
}

/// Says what became of an app, in one line.
pub fn show(app: &App, done: Done) {
    let what = match done {
        Done::Installed => format!("{GOOD}installed{GOOD:#}"),
        Done::Updated => format!("{GOOD}updated{GOOD:#}"),
        Done::Unchanged => format!("{FAINT}unchanged{FAINT:#}"),
    };
    output::print_line(&format!(
        "{what} {STRONG}{}{STRONG:#} {}, {}",
        output::clean(&app.name),
        output::clean(&app.version),
        output::size(app.size)
    ));
}

impl Package {
    /// Reads an app. A module without a manifest gets the AkiraOS manifest that lies beside it.
    pub fn load(path: &Path) -> Result<Self> {
        let (bytes, manifest) = load(path)?;
        if bytes.len() > akira_core::MODULE_MAX as usize {
            let most = akira_core::MODULE_MAX / 1024;
            let message =
                format!("{} is too large: a device takes at most {most} KiB.", path.display());
            return Err(CliError::local("too_large", message).hint("Make the module smaller."));
        }
        Ok(Self { bytes, manifest })
    }

    /// The packed module.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// What the device has of that name.
    pub fn find(&self, device: &Device) -> Result<Option<(Value, App)>> {
        match device.app(&self.manifest.name) {
            Ok(value) => Ok(Some((value.clone(), decode(value)?))),
            Err(error) if error.code == "not_found" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends the app, unless the device has it.
    pub fn send(
        &self,
        device: &Device,
        there: Option<(Value, App)>,
        denied: CapSet,
        force: bool,
    ) -> Result<(Value, Done)> {
        if let Some((value, app)) = there
            && !force
            && self.is(&app, denied)
        {
            return Ok((value, Done::Unchanged));
        }
        let (value, new) = device.install(&self.manifest.name, denied, &self.bytes)?;
        Ok((value, if new { Done::Installed } else { Done::Updated }))
    }

    /// Whether the device has exactly this app, and grants it what it would get now. One that gets
    /// less, for whatever reason, is better asked again.
    pub fn is(&self, app: &App, denied: CapSet) -> bool {
        let granted: CapSet =
            app.capabilities.iter().filter_map(|name| Capability::from_name(name)).collect();
        app.sha256 == hex::encode(&Sha256::digest(&self.bytes))
            && granted == self.manifest.capabilities.without(denied)
    }

    /// Says what became of it, and line by line what it asks for and is granted.
    pub fn show(&self, app: &App, done: Done) {
        self::show(app, done);
        if done == Done::Unchanged {
            return;
        }
        if let Some(previous) = &app.previous {
            let (version, previous) =
                (output::clean(&app.version), output::clean(&previous.version));
            let text = format!("  {previous} is kept until {version} has run healthily");
            output::print_line(&text);
        }
        if let Some(signer) = &app.signer {
            output::print_line(&format!("  signed by {}", output::clean(signer)));
        }
        let manifest = &self.manifest;
        if manifest.capabilities.is_empty() {
            output::print_line("  asks for no capability");
            return;
        }
        let rows: Vec<_> =
            manifest.capabilities.iter().map(|asked| row(app, manifest, asked)).collect();
        output::print_table(["  ASKS FOR", "", ""], &rows);
    }
}

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

/// A capability that was asked for, what became of it, and what narrows it.
fn row(app: &App, manifest: &Manifest, asked: Capability) -> [Cell; 3] {
    let granted = app.capabilities.iter().any(|have| have == asked.name());
    [
        Cell::plain(format!("  {}", asked.name())),
        if granted { Cell::styled("granted", GOOD) } else { Cell::styled("denied", WARN) },
        Cell::plain(super::inspect::scope_of(manifest, asked).unwrap_or_default()),
    ]
}
