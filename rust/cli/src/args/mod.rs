// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The command line.

mod apps;
mod author;
mod devices;
mod firmware;
mod hardware;
mod image;
mod manage;
mod sim;
mod trust;

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use akira_abi::Capability;
use akira_core::signature::SignaturePolicy;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};
use clap_complete::engine::ArgValueCompleter;

pub use self::apps::{
    EventType, EventsArgs, GrantsArgs, InstallArgs, LogsArgs, NamesArgs, Quota, QuotaArgs,
    RollbackArgs, TopArgs, WatchArgs,
};
pub use self::author::{
    AbiArgs, BuildArgs, InspectArgs, KeygenArgs, NewArgs, PackArgs, SignArgs, VerifyArgs,
};
pub use self::devices::{AddArgs, CompletionsArgs, DeviceAction, DeviceArgs, DiscoverArgs};
pub use self::firmware::{FirmwareAction, FirmwareArgs, UploadArgs};
pub use self::hardware::{
    InputAction, InputArgs, PressArgs, ScreenshotArgs, SensorsAction, SensorsArgs,
};
pub use self::image::{FsckArgs, ImageArgs};
pub use self::manage::{
    ConfigAction, ConfigArgs, ConfigKey, FilesAction, FilesArgs, TokenAction, TokenArgs,
};
pub use self::sim::SimArgs;
pub use self::trust::{AuditArgs, TrustArgs, UntrustArgs};
use crate::complete;
use crate::error::{CliError, Result};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the device refused; its answer says why
  2  wrong usage
  3  no device answered, or what answered is no AkiraOS device, or not the one it should be
  4  a file here, a build or a module is not as it must be
  5  the token is missing, wrong, or not for this";

/// The heading of the options that every command has.
const GENERAL: &str = "General options";

/// Where tokens are looked for after the command line.
const TOKEN_VARIABLE: &str = "AKIRA_TOKEN";

/// More than any token has; what is longer is another file.
const TOKEN_FILE_MAX: u64 = 64 * 1024;

/// Builds apps for AkiraOS devices, and installs, runs and watches them.
#[derive(Debug, Parser)]
#[command(name = "akira", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Args {
    /// The device: a name from `akira device list`, the URL of its HTTP API, or serial:/dev/TTY
    /// [default: the default device, or else http://127.0.0.1:8080]
    #[arg(
        long,
        global = true,
        help_heading = GENERAL,
        value_name = "DEVICE",
        env = "AKIRA_DEVICE",
        hide_env_values = true,
        add = ArgValueCompleter::new(complete::devices)
    )]
    pub device: Option<String>,

    /// The device's token; --token-file keeps it out of the list of processes [env: AKIRA_TOKEN]
    #[arg(long, global = true, help_heading = GENERAL, value_name = "TOKEN")]
    pub token: Option<String>,

    /// A file whose first line is the token, or - for standard input
    #[arg(long, global = true, help_heading = GENERAL, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Certificates in PEM, by one of which an https:// device must be vouched for
    #[arg(long, global = true, help_heading = GENERAL, value_name = "FILE", hide_short_help = true)]
    pub ca: Option<PathBuf>,

    /// The SHA-256 of the only certificate that an https:// device may have
    #[arg(
        long,
        global = true,
        help_heading = GENERAL,
        value_name = "SHA256",
        value_parser = fingerprint,
        hide_short_help = true
    )]
    pub fingerprint: Option<[u8; 32]>,

    /// Print JSON instead of text
    #[arg(long, global = true, help_heading = GENERAL)]
    pub json: bool,

    #[command(subcommand)]
    pub command: Command,
}

impl Args {
    /// The token of the command line.
    pub fn given_token(&self) -> Result<Option<String>> {
        match (&self.token_file, &self.token) {
            (Some(path), _) => read_token(path).map(Some),
            (None, Some(token)) => checked(token, "The token").map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The token of the command line or the environment. Checked here because it becomes a part of
    /// a header.
    pub fn token(&self) -> Result<Option<String>> {
        match self.given_token()? {
            Some(token) => Ok(Some(token)),
            None => std::env::var_os(TOKEN_VARIABLE)
                .map(|token| checked(&token.to_string_lossy(), "The token in AKIRA_TOKEN"))
                .transpose(),
        }
    }
}

/// The first line of a file, which is a token; `-` is standard input.
pub fn read_token(path: &Path) -> Result<String> {
    let failed = |error| CliError::file("read the token file", path, &error);
    let mut line = String::new();
    if path.as_os_str() == OsStr::new("-") {
        io::stdin().lock().take(TOKEN_FILE_MAX).read_line(&mut line).map_err(failed)?;
        return checked(&line, "The token on standard input");
    }
    let file = std::fs::File::open(path).map_err(failed)?;
    io::BufReader::new(file.take(TOKEN_FILE_MAX)).read_line(&mut line).map_err(failed)?;
    checked(&line, format_args!("The token in {}", path.display()))
}

/// A token without the white space around it.
pub fn checked(token: &str, what: impl Display) -> Result<String> {
    let token = token.trim();
    if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
        let message = format!("{what} is empty or has characters that no token has.");
        return Err(CliError::unauthorized(message));
    }
    Ok(token.to_owned())
}

/// A SHA-256 in hexadecimal, with or without colons, as other tools show it.
pub fn fingerprint(text: &str) -> Result<[u8; 32], &'static str> {
    let digits: String = text.chars().filter(|letter| *letter != ':').collect();
    akira_core::hex::decode(&digits).ok_or("it must have 64 hexadecimal digits")
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a virtual device on this machine until Ctrl-C
    Sim(SimArgs),
    /// Make the flash image of a device with apps on it, to be written to new devices
    Image(ImageArgs),
    /// Look over the flash image of a device that is off, and mend it
    Fsck(FsckArgs),
    /// Show the device and its apps
    Status,
    /// Show the device and its apps as they change, until q
    Top(TopArgs),
    /// List the installed apps
    #[command(visible_alias = "list")]
    Apps,
    /// Install an app, or update it
    Install(InstallArgs),
    /// Start installed apps
    Start(NamesArgs),
    /// Stop running apps
    Stop(NamesArgs),
    /// Stop apps that run, and start them
    Restart(NamesArgs),
    /// Put the version before an app's last update in place again
    Rollback(RollbackArgs),
    /// Remove apps together with their data
    Uninstall(NamesArgs),
    /// Show or change what an app is granted
    Grants(GrantsArgs),
    /// Show or change how much memory an app may take
    Quota(QuotaArgs),
    /// Show what apps logged
    Logs(LogsArgs),
    /// Show what happens on the device, until Ctrl-C
    Events(EventsArgs),
    /// Show what the device counts and measures, for Prometheus and other collectors
    Metrics,
    /// List, fetch, send and remove the files of apps
    Files(FilesArgs),
    /// Save what the display shows as a PNG
    Screenshot(ScreenshotArgs),
    /// Show what the sensors measure, or set it on a simulated device
    Sensors(SensorsArgs),
    /// Press buttons, touch the panel and move channels of a simulated device
    Input(InputArgs),
    /// Show what the device denied and refused, and who tried to come in
    Audit(AuditArgs),
    /// Update the device's own firmware: send an image, have it tried, keep it, go back
    Firmware(FirmwareArgs),
    /// Show or change the device's own settings
    Config(ConfigArgs),
    /// Change the device's tokens
    Token(TokenArgs),
    /// List the keys whose signatures the device trusts
    Keys,
    /// Have the device trust a public key
    Trust(TrustArgs),
    /// Have the device trust a key no longer
    Untrust(UntrustArgs),
    /// Give devices names, with their addresses and tokens
    Device(DeviceArgs),
    /// Find devices on the network
    Discover(DiscoverArgs),
    /// Make the project of a new app, which builds and runs as it is
    New(NewArgs),
    /// Compile apps from source and pack them with their manifests
    Build(BuildArgs),
    /// Build, install and start an app whenever its source changes, and show its log
    Watch(WatchArgs),
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
    /// Print what makes a shell complete commands and the names of apps
    Completions(CompletionsArgs),
}

fn signature_policy() -> impl TypedValueParser<Value = SignaturePolicy> {
    PossibleValuesParser::new(SignaturePolicy::ALL.map(SignaturePolicy::name))
        .map(|name| SignaturePolicy::from_name(&name).unwrap_or(SignaturePolicy::Require))
}

fn capability() -> impl TypedValueParser<Value = Capability> {
    PossibleValuesParser::new(Capability::ALL.map(Capability::name))
        .try_map(|name| Capability::from_name(&name).ok_or("it is unknown"))
}
