// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `image`: a flash image with apps on it, for devices that have never booted.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use akira_core::config::DeviceConfig;
use akira_core::trust::TrustedKey;
use akira_host::factory::{Factory, FactoryApp, FactoryError, Image};
use serde_json::json;

use super::install::Package;
use super::sentence;
use crate::args::ImageArgs;
use crate::error::{CliError, Result};
use crate::keys;
use crate::output::{self, Cell, GOOD, STRONG};

pub fn run(args: &ImageArgs, token: Option<String>, json: bool) -> Result<()> {
    let size = args.geometry().map_err(CliError::usage)?;
    if args.output.exists() && !args.force {
        let message = format!("{} is there already.", args.output.display());
        return Err(CliError::local("file", message)
            .hint("Name another file, or replace this one with --force."));
    }
    let mut packages = Vec::new();
    for path in &args.apps {
        packages.push((path.display().to_string(), Package::load(path)?));
    }
    // So that the order of the command line makes no other image.
    packages.sort_by(|(_, a), (_, b)| a.manifest.name.cmp(&b.manifest.name));
    if let Some((name, _)) = args
        .deny
        .iter()
        .find(|(name, _)| packages.iter().all(|(_, package)| package.manifest.name != *name))
    {
        let message = format!("There is no app {name} to withhold something from.");
        return Err(CliError::usage(message));
    }
    let mut trusted = Vec::new();
    for (name, path) in &args.key {
        trusted.push(TrustedKey { name: name.clone(), key: keys::read_public(path)? });
    }
    let read = |path: &Path| fs::read(path).map_err(|error| CliError::file("read", path, &error));
    let factory = Factory {
        size,
        apps: packages
            .into_iter()
            .map(|(label, package)| FactoryApp {
                label,
                denied: args.denied(&package.manifest.name),
                module: package.into_bytes(),
            })
            .collect(),
        config: args
            .name
            .clone()
            .map(|name| DeviceConfig { name, allowed_origins: args.origin.clone() }),
        token,
        keys: trusted,
        tls: args.tls.as_deref().map(read).transpose()?,
        signatures: args.signatures,
        grantable: args.grantable(),
    };
    let image = factory.build().map_err(refused)?;
    write(&args.output, &image.cells)?;
    tell(&args.output, &image, json);
    Ok(())
}

/// What a device would refuse is refused with what it would say.
fn refused(error: FactoryError) -> CliError {
    match error {
        FactoryError::Refused { what, error } => {
            CliError::local(error.code.name(), error.message).about(what)
        }
        other => CliError::local("image", sentence(&other.to_string())),
    }
}

/// Writes the image in one step. It may hold a token's digest and a private key.
fn write(path: &Path, cells: &[u8]) -> Result<()> {
    let failed = |error| CliError::file("write", path, &error);
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .and_then(|mut file| file.write_all(cells).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // What is left of it is of no use.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

fn tell(path: &Path, image: &Image, json: bool) {
    if json {
        output::print_json(&json!({
            "image": path.display().to_string(),
            "size": image.cells.len(),
            "storage": { "free": image.free, "total": image.total },
            "apps": image.apps,
        }));
        return;
    }
    let used = output::size(u64::from(image.total - image.free));
    output::print_line(&format!(
        "{GOOD}made{GOOD:#} {STRONG}{}{STRONG:#}, {}: {used} of {} of its storage are used",
        output::clean(&path.display().to_string()),
        output::size(image.cells.len() as u64),
        output::size(u64::from(image.total)),
    ));
    let rows: Vec<_> = image
        .apps
        .iter()
        .map(|app| {
            [
                Cell::styled(app.name.as_str(), STRONG),
                Cell::plain(app.version.as_str()),
                Cell::plain(output::size(u64::from(app.size))),
                Cell::plain(if app.capabilities.is_empty() {
                    "nothing".to_owned()
                } else {
                    app.capabilities.join(", ")
                }),
            ]
        })
        .collect();
    if !rows.is_empty() {
        output::print_table(["APP", "VERSION", "SIZE", "GRANTED"], &rows);
    }
}
