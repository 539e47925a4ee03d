// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The command line.

mod apps;
mod author;
mod hardware;
mod sim;
mod trust;

use std::path::PathBuf;

use akira_abi::Capability;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};

pub use self::apps::{InstallArgs, LogsArgs, NamesArgs};
pub use self::author::{
    AbiArgs, BuildArgs, InspectArgs, KeygenArgs, NewArgs, PackArgs, SignArgs, VerifyArgs,
};
pub use self::hardware::{
    InputAction, InputArgs, PressArgs, ScreenshotArgs, SensorsAction, SensorsArgs,
};
pub use self::sim::SimArgs;
pub use self::trust::{AuditArgs, TrustArgs, UntrustArgs};
use crate::error::{CliError, Result};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the device refused; its answer says why
  2  wrong usage
  3  no device answered, or what answered is no AkiraOS device
  4  a file here, a build or a module is not as it must be
  5  the token is missing or wrong";

/// Builds apps for AkiraOS devices, and installs, runs and watches them.
#[derive(Debug, Parser)]
#[command(name = "akira", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Args {
    /// Where the device's HTTP API is
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "AKIRA_DEVICE",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8080"
    )]
    pub device: String,

    /// The device's token; it is shown on its console at the first start
    #[arg(long, global = true, value_name = "TOKEN", env = "AKIRA_TOKEN", hide_env_values = true)]
    pub token: Option<String>,

    /// A file whose first line is the token
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub json: bool,

    #[command(subcommand)]
    pub command: Command,
}

impl Args {
    /// The token, from wherever it was given. Checked here because it becomes a part of a header.
    pub fn token(&self) -> Result<Option<String>> {
        // The file was named for this command; the variable may be left over from another one.
        let token = match (&self.token_file, &self.token) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| CliError::file("read the token file", path, &error))?;
                text.lines().next().unwrap_or("").trim().to_owned()
            }
            (None, Some(token)) => token.trim().to_owned(),
            (None, None) => return Ok(None),
        };
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            let message = "The token is empty or has characters that no token has.";
            return Err(CliError::unauthorized(message));
        }
        Ok(Some(token))
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a virtual device on this machine until Ctrl-C
    Sim(SimArgs),
    /// Show the device and its apps
    Status,
    /// List the installed apps
    #[command(visible_alias = "list")]
    Apps,
    /// Install an app, or update it
    Install(InstallArgs),
    /// Start installed apps
    Start(NamesArgs),
    /// Stop running apps
    Stop(NamesArgs),
    /// Remove apps together with their data
    Uninstall(NamesArgs),
    /// Show what apps logged
    Logs(LogsArgs),
    /// Save what the display shows as a PNG
    Screenshot(ScreenshotArgs),
    /// Show what the sensors measure, or set it on a simulated device
    Sensors(SensorsArgs),
    /// Press buttons, touch the panel and move channels of a simulated device
    Input(InputArgs),
    /// Show what the device denied and refused, and who tried to come in
    Audit(AuditArgs),
    /// List the keys whose signatures the device trusts
    Keys,
    /// Have the device trust a public key
    Trust(TrustArgs),
    /// Have the device trust a key no longer
    Untrust(UntrustArgs),
    /// Make the project of a new app, which builds and runs as it is
    New(NewArgs),
    /// Compile apps from source and pack them with their manifests
    Build(BuildArgs),
    /// Put a manifest into a WebAssembly file
    Pack(PackArgs),
    /// Make a pair of keys to sign apps with
    Keygen(KeygenArgs),
    /// Sign an app
    Sign(SignArgs),
    /// Check an app's signature
    Verify(VerifyArgs),
    /// Show what is in an app file and whether a device would take it
    Inspect(InspectArgs),
    /// Print the native API for a language
    Abi(AbiArgs),
}

fn capability() -> impl TypedValueParser<Value = Capability> {
    PossibleValuesParser::new(Capability::ALL.map(Capability::name))
        .try_map(|name| Capability::from_name(&name).ok_or("it is unknown"))
}
