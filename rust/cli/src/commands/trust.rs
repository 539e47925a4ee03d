// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `keys`, `trust`, `untrust` and `audit`: whom a device trusts, and what came of it.

use std::thread;
use std::time::Duration;

use akira_core::hex;
use serde_json::json;

use crate::args::{AuditArgs, TrustArgs, UntrustArgs};
use crate::client::types::{Audit, AuditRecord, Key, Keys};
use crate::client::{Device, app_name, decode};
use crate::error::Result;
use crate::keys;
use crate::output::{self, BAD, Cell, FAINT, GOOD, STRONG, WARN};

/// How often new records are asked for.
const POLL: Duration = Duration::from_millis(500);

pub fn keys(device: &Device, json: bool) -> Result<()> {
    let value = device.keys()?;
    if json {
        output::print_json(&value);
        return Ok(());
    }
    let keys: Keys = decode(value)?;
    output::print_line(&match keys.policy.as_str() {
        "require" => "Only apps that one of these keys has signed are taken.".to_owned(),
        "warn" => "Apps that none of these keys has signed are taken with a warning.".to_owned(),
        "off" => "Signatures are not looked at.".to_owned(),
        other => format!("Signatures: {}", output::clean(other)),
    });
    if keys.keys.is_empty() {
        output::print_line("No key is trusted. Trust one with `akira trust NAME FILE`.");
        return Ok(());
    }
    let rows: Vec<_> = keys
        .keys
        .iter()
        .map(|key| [Cell::styled(key.name.as_str(), STRONG), Cell::plain(&*key.fingerprint)])
        .collect();
    output::print_table(["KEY", "FINGERPRINT"], &rows);
    Ok(())
}

pub fn trust(device: &Device, args: &TrustArgs, json: bool) -> Result<()> {
    let name = app_name(&args.name)?;
    let key = keys::read_public(&args.file)?;
    let value = device.trust(&name, &hex::encode(key.as_bytes()))?;
    tell("trusted", value, json)
}

pub fn untrust(device: &Device, args: &UntrustArgs, json: bool) -> Result<()> {
    tell("no longer trusted", device.untrust(&app_name(&args.name)?)?, json)
}

fn tell(what: &str, value: serde_json::Value, json: bool) -> Result<()> {
    if json {
        output::print_json(&value);
        return Ok(());
    }
    let Key { name, fingerprint } = decode(value)?;
    let (name, fingerprint) = (output::clean(&name), output::clean(&fingerprint));
    output::print_line(&format!("{GOOD}{what}{GOOD:#} {STRONG}{name}{STRONG:#}  {fingerprint}"));
    Ok(())
}

pub fn audit(device: &Device, args: &AuditArgs, json: bool) -> Result<()> {
    let mut next = args.since;
    loop {
        let audit: Audit = decode(device.audit(next)?)?;
        // The numbers begin anew when the device's storage was erased.
        if audit.next < next {
            next = 0;
            continue;
        }
        if audit.dropped > 0 {
            let count = audit.dropped;
            anstream::eprintln!("{FAINT}{count} older records are no longer kept{FAINT:#}");
        }
        next = audit.next;
        for record in &audit.records {
            show(record, json);
        }
        if !args.follow {
            return Ok(());
        }
        thread::sleep(POLL);
    }
}

fn show(record: &AuditRecord, json: bool) {
    if json {
        let AuditRecord { seq, boot, t_ms, kind, app, count, text } = record;
        output::print_json(&json!({
            "seq": seq, "boot": boot, "t_ms": t_ms, "kind": kind, "app": app, "count": count,
            "text": text,
        }));
        return;
    }
    output::print_line(&self::record(record));
}

/// A record as a line.
pub fn record(record: &AuditRecord) -> String {
    let AuditRecord { boot, t_ms, kind, app, count, text, .. } = record;
    let style = match kind.as_str() {
        "killed" | "login" => BAD,
        "denied" | "refused" | "signature" => WARN,
        _ => STRONG,
    };
    let time = format!("boot {boot} {:>6}.{:03}", t_ms / 1000, t_ms % 1000);
    let times = if *count > 1 { format!(" ({count} times)") } else { String::new() };
    let app =
        app.as_ref().map_or(String::new(), |app| format!("{STRONG}{}{STRONG:#}: ", clean(app)));
    let (kind, text) = (clean(kind), clean(text));
    format!("{FAINT}{time}{FAINT:#}  {style}{kind:<9}{style:#}  {app}{text}{times}")
}

fn clean(text: &str) -> String {
    output::clean(text)
}
