// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `status` and `apps`: how the device and its apps are.

use crate::client::types::{App, AppList, Status};
use crate::client::{Device, decode};
use crate::error::Result;
use crate::output::{self, BAD, Cell, FAINT, GOOD, STRONG};

pub fn status(device: &Device, json: bool) -> Result<()> {
    let value = device.status()?;
    if json {
        output::print_json(&value);
        return Ok(());
    }
    let status: Status = decode(value)?;
    let list: AppList = decode(device.apps()?)?;
    let Status { memory, storage, apps, .. } = &status;
    line(
        "Device",
        &format!(
            "{}, firmware {}, WAMR {}, native API {}",
            status.device, status.version, status.wamr, status.abi
        ),
    );
    if let Some(name) = &status.name {
        line("Name", name);
    }
    line("Up for", &output::duration(status.uptime_ms));
    line(
        "Apps",
        &format!(
            "{} installed, {} of at most {} running",
            apps.installed, apps.running, apps.max_running
        ),
    );
    line(
        "Memory",
        &format!(
            "{} of {} used, at most {} so far",
            output::size(memory.used),
            output::size(memory.total),
            output::size(memory.peak)
        ),
    );
    line(
        "Storage",
        &format!("{} of {} free", output::size(storage.free), output::size(storage.total)),
    );
    if !list.apps.is_empty() {
        output::print_line("");
        table(&list.apps);
    }
    Ok(())
}

fn line(label: &str, text: &str) {
    output::print_line(&format!("{STRONG}{label:<9}{STRONG:#}{}", output::clean(text)));
}

pub fn apps(device: &Device, json: bool) -> Result<()> {
    let value = device.apps()?;
    if json {
        output::print_json(&value);
        return Ok(());
    }
    let list: AppList = decode(value)?;
    if list.apps.is_empty() {
        output::print_line("No app is installed. Install one with `akira install FILE.wasm`.");
    } else {
        table(&list.apps);
    }
    Ok(())
}

fn table(apps: &[App]) {
    let rows: Vec<_> = apps
        .iter()
        .map(|app| {
            [
                Cell::styled(app.name.as_str(), STRONG),
                Cell::plain(app.version.as_str()),
                state(app),
                Cell::plain(if app.state == "running" {
                    output::duration(app.run_ms)
                } else {
                    "-".to_owned()
                }),
                used(app.memory_used),
                used(app.memory_peak),
                Cell::plain(output::size(app.memory_quota)),
                Cell::plain(output::size(app.size)),
                Cell::plain(if app.capabilities.is_empty() {
                    "-".to_owned()
                } else {
                    app.capabilities.join(" ")
                }),
            ]
        })
        .collect();
    output::print_table(
        ["NAME", "VERSION", "STATE", "RUNS FOR", "MEMORY", "PEAK", "QUOTA", "SIZE", "CAPABILITIES"],
        &rows,
    );
    for app in apps.iter().filter(|app| app.state == "failed") {
        if let Some(reason) = &app.reason {
            let (name, reason) = (output::clean(&app.name), output::clean(reason));
            output::print_line(&format!("{BAD}{name} failed:{BAD:#} {reason}"));
        }
    }
    for app in apps {
        if let Some(previous) = &app.previous {
            let (name, version) = (output::clean(&app.name), output::clean(&app.version));
            let previous = output::clean(&previous.version);
            output::print_line(&format!(
                "{FAINT}{name} {version} has not run healthily yet, so {previous} is kept: \
                 `akira rollback {name}` brings it back{FAINT:#}"
            ));
        }
    }
}

fn state(app: &App) -> Cell {
    match (app.state.as_str(), app.exit_code) {
        ("running", _) => Cell::styled("running", GOOD),
        ("failed", _) => Cell::styled("failed", BAD),
        ("stopped", Some(code)) => Cell::plain(format!("stopped, exit {code}")),
        (state, _) => Cell::plain(state),
    }
}

/// What an app costs; nothing while it does not run.
fn used(bytes: u64) -> Cell {
    if bytes == 0 { Cell::styled("-", FAINT) } else { Cell::plain(output::size(bytes)) }
}
