// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a device trusts and denies.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    /// Go on showing new records until Ctrl-C
    #[arg(short, long)]
    pub follow: bool,

    /// Begin at this record instead of the oldest one that is kept
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub since: u32,
}

#[derive(Debug, clap::Args)]
pub struct TrustArgs {
    /// What the device calls the key: a to z, 0 to 9, '_' and '-'
    pub name: String,

    /// The public key, as `akira keygen` wrote it
    pub file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct UntrustArgs {
    /// The key's name, as `akira keys` shows it
    pub name: String,
}
