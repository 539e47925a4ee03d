// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `token`: a device's tokens.

use serde_json::json;

use crate::args::{TokenAction, TokenArgs};
use crate::client::types::NewToken;
use crate::client::{Device, decode};
use crate::error::Result;
use crate::output::{self, GOOD, STRONG, WARN};
use crate::settings::Settings;

pub fn run(device: &Device, args: &TokenArgs, json: bool) -> Result<()> {
    match args.action {
        TokenAction::Rotate => rotate(device, json),
        TokenAction::Read => read(device, json),
        TokenAction::Revoke => revoke(device, json),
    }
}

fn rotate(device: &Device, json: bool) -> Result<()> {
    // What cannot be read now cannot be written afterwards, when the old token is gone.
    let mut settings = device.name().map(|_| Settings::load()).transpose()?;
    let NewToken { token } = decode(device.make_token("admin")?)?;
    let kept = match (&mut settings, device.name()) {
        (Some(settings), Some(name)) => keep(settings, name, &token),
        _ => None,
    };
    if json {
        output::print_json(&json!({ "token": token, "kept_for": kept }));
        return Ok(());
    }
    output::print_line(&output::clean(&token));
    match kept {
        Some(name) => anstream::eprintln!(
            "{GOOD}new{GOOD:#} admin token, kept for {STRONG}{name}{STRONG:#}; the old one has ended"
        ),
        None => anstream::eprintln!(
            "{GOOD}new{GOOD:#} admin token; it is shown this once, and the old one has ended"
        ),
    }
    Ok(())
}

/// Keeps a new token for a device with a name. That it cannot be kept is no reason not to show it.
fn keep<'a>(settings: &mut Settings, name: &'a str, token: &str) -> Option<&'a str> {
    if let Some(file) = settings.device(name).and_then(|device| device.token_file.clone()) {
        let file = settings.beside(&file);
        anstream::eprintln!(
            "{WARN}warning:{WARN:#} {} still has the old token; put the new one there",
            file.display()
        );
        return None;
    }
    settings.set_token(name, token);
    match settings.store() {
        Ok(()) => Some(name),
        Err(error) => {
            error.print(false);
            None
        }
    }
}

fn read(device: &Device, json: bool) -> Result<()> {
    let value = device.make_token("read")?;
    if json {
        output::print_json(&value);
        return Ok(());
    }
    let NewToken { token } = decode(value)?;
    output::print_line(&output::clean(&token));
    anstream::eprintln!(
        "{GOOD}new{GOOD:#} token that can read and change nothing; it is shown this once"
    );
    Ok(())
}

fn revoke(device: &Device, json: bool) -> Result<()> {
    let value = device.revoke_read_token()?;
    if json {
        output::print_json(&value);
    } else {
        output::print_line(&format!("{GOOD}ended{GOOD:#} the token that could read"));
    }
    Ok(())
}
