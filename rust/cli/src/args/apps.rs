// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is said about apps on a device.

use std::path::PathBuf;

use akira_abi::Capability;

use super::capability;

#[derive(Debug, clap::Args)]
pub struct InstallArgs {
    /// The app, as `akira build` or `akira pack` wrote it; a folder with an app.toml means the app
    /// that was built there
    #[arg(default_value = ".")]
    pub file: PathBuf,

    /// Start it afterwards; when it runs already, it is stopped first
    #[arg(long)]
    pub start: bool,

    /// Capabilities that it does not get, whatever it asks for, with commas between them; an update
    /// decides anew
    #[arg(
        long,
        value_name = "CAPABILITIES",
        value_delimiter = ',',
        value_parser = capability()
    )]
    pub deny: Vec<Capability>,
}

#[derive(Debug, clap::Args)]
pub struct NamesArgs {
    /// Names of apps
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct LogsArgs {
    /// Names of apps; none means all that are installed
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,

    /// Go on showing new lines until Ctrl-C
    #[arg(short, long)]
    pub follow: bool,

    /// Begin at this line number instead of the oldest line that is kept
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub since: u32,
}
