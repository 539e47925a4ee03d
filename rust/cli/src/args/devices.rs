// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Devices themselves: their names, finding them, and shell completion of both.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::complete;

#[derive(Debug, clap::Args)]
pub struct DeviceArgs {
    #[command(subcommand)]
    pub action: DeviceAction,
}

#[derive(Debug, Subcommand)]
pub enum DeviceAction {
    /// Give a device a name; its token comes from --token-file FILE, and is kept in a file that
    /// only you can read
    Add(AddArgs),
    /// List the devices that have a name
    List,
    /// Forget devices
    Remove {
        /// Their names
        #[arg(
            required = true,
            value_name = "NAME",
            add = ArgValueCompleter::new(complete::devices)
        )]
        names: Vec<String>,
    },
    /// Show or choose the device that is meant when none is named
    Default {
        /// Its name
        #[arg(add = ArgValueCompleter::new(complete::devices))]
        name: Option<String>,

        /// None: the virtual device on this machine is meant then
        #[arg(long, conflicts_with = "name")]
        none: bool,
    },
}

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// What you call it: letters, digits, '_' and '-'
    pub name: String,

    /// The URL of its HTTP API, or serial:/dev/TTY
    #[arg(value_name = "ADDRESS")]
    pub address: String,

    /// Also make it the device that is meant when none is named
    #[arg(long)]
    pub default: bool,

    /// Take the place of a device of this name
    #[arg(long)]
    pub replace: bool,
}

#[derive(Debug, clap::Args)]
pub struct DiscoverArgs {
    /// Seconds to wait for answers
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 3,
        value_parser = clap::value_parser!(u16).range(1..=3600)
    )]
    pub timeout: u16,
}

#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// A shell that can be taught.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Shell {
    /// In ~/.bashrc: source <(akira completions bash)
    Bash,
    /// In ~/.zshrc, after compinit: source <(akira completions zsh)
    Zsh,
    /// In ~/.config/fish/config.fish: akira completions fish | source
    Fish,
}
