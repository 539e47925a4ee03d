// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `sim`: the virtual device.

use std::fs;
use std::path::Path;

use akira_core::firmware::PublicKey;
use akira_host::bootloader::Keys;
use akira_host::sim::{self, SimOptions};

use super::sentence;
use crate::args::SimArgs;
use crate::error::{CliError, Result};

pub fn run(args: &SimArgs, token: Option<String>) -> Result<()> {
    let options = SimOptions {
        flash_size: args.flash_size.map(|kib| u64::from(kib) * 1024),
        firmware: Keys {
            keys: args.firmware_key.iter().map(|path| key(path)).collect::<Result<_>>()?,
            unsigned: args.firmware_unsigned,
        },
        health_ms: args.health_seconds * 1000,
        listen: args.listen,
        token,
        durable: args.durable,
        rf_port: args.rf_port,
        tls: args.tls,
        serial: args.serial,
        mdns: args.mdns,
        #[cfg(feature = "null-sink")]
        tcp_sink: args.tcp_sink.map(|port| (args.listen.ip(), port).into()),
        signatures: args.signatures,
        grantable: args.grantable(),
        #[cfg(feature = "metering")]
        instruction_budget: args.instruction_budget,
        pool_bytes: args.pool as usize * 1024,
        ..SimOptions::new(&args.flash)
    };
    sim::run(options).map_err(|error| CliError::local("sim", sentence(&error.to_string())))
}

/// The public key in a PEM file.
fn key(path: &Path) -> Result<PublicKey> {
    let name = path.display();
    let text = fs::read(path)
        .map_err(|error| CliError::local("file", format!("{name} cannot be read: {error}.")))?;
    PublicKey::from_pem(&text).map_err(|what| CliError::local("key", format!("{name}: {what}")))
}
