// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's files, settings and tokens.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

#[derive(Debug, clap::Args)]
pub struct FilesArgs {
    #[command(subcommand)]
    pub action: FilesAction,
}

#[derive(Debug, Subcommand)]
pub enum FilesAction {
    /// List a folder
    Ls {
        /// The folder: an app's name, and what the app made in there [default: all apps']
        #[arg(default_value = "")]
        path: String,
    },
    /// Fetch a file
    Get {
        /// The file on the device, such as hello/notes.txt
        path: String,

        /// Where it is written, - for standard output [default: its own name, in this folder]
        #[arg(value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Send a file
    Put {
        /// The file here, - for standard input
        #[arg(value_name = "FILE")]
        from: PathBuf,

        /// The file on the device, such as hello/notes.txt; with a / at its end, the folder
        path: String,
    },
    /// Remove files and empty folders
    Rm {
        /// They, on the device
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<String>,
    },
}

#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    pub action: ConfigAction,
}

#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Show the settings, or one of them
    Get {
        /// The setting
        #[arg(value_enum)]
        key: Option<ConfigKey>,
    },
    /// Change a setting
    Set {
        /// The setting
        #[arg(value_enum)]
        key: ConfigKey,

        /// What it is from now on; origins have commas between them, '' is none
        value: String,
    },
    /// Give the device the certificate and the key that it uses for https:// from its next start
    Tls {
        /// The certificate and those that vouch for it, and the private key, in one PEM file
        #[arg(required_unless_present = "remove")]
        file: Option<PathBuf>,

        /// Take them away; from its next start, the device does without
        #[arg(long, conflicts_with = "file")]
        remove: bool,
    },
}

/// A setting that can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConfigKey {
    /// The device's name in the network: a to z, 0 to 9 and '-', at most 31
    Name,
    /// The web pages that may talk to the device: https://HOST[:PORT], at most 4
    #[value(name = "allowed_origins")]
    AllowedOrigins,
}

#[derive(Debug, clap::Args)]
pub struct TokenArgs {
    #[command(subcommand)]
    pub action: TokenAction,
}

#[derive(Debug, Subcommand)]
pub enum TokenAction {
    /// Make a new admin token; the old one ends at once. A device with a name has it kept for it
    Rotate,
    /// Make a token that can read and change nothing; one that was there before ends
    Read,
    /// End the token that can read
    Revoke,
}
