// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `config`: a device's own settings.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::args::{ConfigAction, ConfigArgs, ConfigKey};
use crate::client::types::Config;
use crate::client::{Device, decode};
use crate::error::{CliError, Result};
use crate::output::{self, FAINT, GOOD, STRONG};

/// More than a device takes; it says so itself.
const PEM_MAX: u64 = 64 * 1024;

pub fn run(device: &Device, args: &ConfigArgs, json: bool) -> Result<()> {
    match &args.action {
        ConfigAction::Get { key } => get(device, *key, json),
        ConfigAction::Set { key, value } => set(device, *key, value, json),
        ConfigAction::Tls { file: Some(file), .. } => tls(device, file, json),
        ConfigAction::Tls { file: None, .. } => {
            let value = device.remove_tls()?;
            told(value, "removed", "the certificate; gone from the device's next start", json)
        }
    }
}

fn get(device: &Device, key: Option<ConfigKey>, json: bool) -> Result<()> {
    let value = device.config()?;
    if json {
        output::print_json(&match key {
            None => value,
            Some(ConfigKey::Name) => json!({ "name": value["name"] }),
            Some(ConfigKey::AllowedOrigins) => {
                json!({ "allowed_origins": value["allowed_origins"] })
            }
        });
        return Ok(());
    }
    let config: Config = decode(value)?;
    match key {
        // A value alone, for scripts.
        Some(ConfigKey::Name) => output::print_line(&output::clean(&config.name)),
        Some(ConfigKey::AllowedOrigins) => {
            for origin in &config.allowed_origins {
                output::print_line(&output::clean(origin));
            }
        }
        None => show(&config),
    }
    Ok(())
}

fn show(config: &Config) {
    line("name", &config.name);
    let origins = config.allowed_origins.join(", ");
    line("allowed_origins", if origins.is_empty() { "none" } else { &origins });
    line("read token", if config.read_token { "there is one" } else { "none" });
    let tls = match (&config.tls.enabled, &config.tls.certificate_sha256) {
        (true, Some(sha256)) => format!("on, SHA-256 {sha256}"),
        (true, None) => "on".to_owned(),
        (false, Some(sha256)) => format!("off; a certificate is stored, SHA-256 {sha256}"),
        (false, None) => "off".to_owned(),
    };
    line("https", &tls);
}

fn line(label: &str, text: &str) {
    output::print_line(&format!("{STRONG}{label:<16}{STRONG:#}{}", output::clean(text)));
}

fn set(device: &Device, key: ConfigKey, text: &str, json: bool) -> Result<()> {
    // The whole of it goes back: a device takes settings as one.
    let config: Config = decode(device.config()?)?;
    let (mut name, mut origins) = (config.name, config.allowed_origins);
    match key {
        ConfigKey::Name => name = text.to_owned(),
        ConfigKey::AllowedOrigins => {
            let parts = text.split(',').map(str::trim);
            origins = parts.filter(|part| !part.is_empty()).map(str::to_owned).collect();
        }
    }
    let value = device.set_config(&json!({ "name": name, "allowed_origins": origins }))?;
    let what = match key {
        ConfigKey::Name => format!("name to {name}"),
        ConfigKey::AllowedOrigins if origins.is_empty() => "allowed_origins to none".to_owned(),
        ConfigKey::AllowedOrigins => format!("allowed_origins to {}", origins.join(", ")),
    };
    told(value, "set", &what, json)
}

fn tls(device: &Device, file: &Path, json: bool) -> Result<()> {
    let failed = |error| CliError::file("read", file, &error);
    let size = fs::metadata(file).map_err(failed)?.len();
    if size > PEM_MAX {
        let message = format!("{} is too large for a certificate and a key.", file.display());
        return Err(CliError::local("bad_certificate", message));
    }
    let pem = fs::read(file).map_err(failed)?;
    let value = device.set_tls(&pem)?;
    told(value, "stored", "the certificate; in use from the device's next start", json)
}

fn told(value: Value, done: &str, what: &str, json: bool) -> Result<()> {
    if json {
        output::print_json(&value);
    } else {
        let what = output::clean(what);
        let (what, when) = what.split_once(';').unwrap_or((&what, ""));
        output::print_line(&format!("{GOOD}{done}{GOOD:#} {what}{FAINT}{when}{FAINT:#}"));
    }
    Ok(())
}
