// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `grants` and `quota`: what an installed app may do, and how much memory it may take.

use akira_abi::{CapSet, Capability};

use crate::args::{GrantsArgs, Quota, QuotaArgs};
use crate::client::types::App;
use crate::client::{Device, app_name, decode};
use crate::error::Result;
use crate::output::{self, Cell, FAINT, GOOD, STRONG, WARN};

pub fn grants(device: &Device, args: &GrantsArgs, json: bool) -> Result<()> {
    let name = app_name(&args.name)?;
    let value = if let Some(exactly) = &args.set {
        device.set_grants(&name, exactly.0.iter().copied().collect())?
    } else if args.allow.is_empty() && args.deny.is_empty() {
        device.app(&name)?
    } else {
        let app: App = decode(device.app(&name)?)?;
        let has = app.capabilities.iter().filter_map(|name| Capability::from_name(name));
        let granted: CapSet = has
            .chain(args.allow.iter().copied())
            .filter(|capability| !args.deny.contains(capability))
            .collect();
        device.set_grants(&name, granted)?
    };
    if json {
        output::print_json(&value);
        return Ok(());
    }
    let app: App = decode(value)?;
    if app.requested.is_empty() {
        let name = output::clean(&app.name);
        output::print_line(&format!("{STRONG}{name}{STRONG:#} asks for no capability."));
        return Ok(());
    }
    let rows: Vec<_> = app
        .requested
        .iter()
        .map(|asked| {
            let granted = app.capabilities.contains(asked);
            [
                Cell::styled(asked.as_str(), STRONG),
                if granted { Cell::styled("granted", GOOD) } else { Cell::styled("denied", WARN) },
            ]
        })
        .collect();
    output::print_table(["ASKS FOR", ""], &rows);
    Ok(())
}

pub fn quota(device: &Device, args: &QuotaArgs, json: bool) -> Result<()> {
    let name = app_name(&args.name)?;
    let value = match args.size {
        None => device.app(&name)?,
        Some(Quota::Manifest) => device.set_quota(&name, None)?,
        Some(Quota::Bytes(bytes)) => device.set_quota(&name, Some(bytes))?,
    };
    if json {
        output::print_json(&value);
        return Ok(());
    }
    show(&decode(value)?);
    Ok(())
}

fn show(app: &App) {
    let (name, quota) = (output::clean(&app.name), output::size(app.memory_quota));
    let whose = match app.memory_requested {
        Some(requested) if requested != app.memory_quota => {
            format!("set here; its manifest asks for {}", output::size(requested))
        }
        _ => "as its manifest asks".to_owned(),
    };
    let peak = output::size(app.memory_peak);
    output::print_line(&format!(
        "{STRONG}{name}{STRONG:#} may take {quota}{FAINT}, {whose}; it has taken {peak} at \
         most{FAINT:#}"
    ));
}
