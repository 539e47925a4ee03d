// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use akira_abi::{CapSet, Capability};
use akira_core::input::BUTTON_NAMES;
use akira_core::name::AppName;
use akira_core::signature::SignaturePolicy;
use akira_host::sim::DEFAULT_POOL_BYTES;
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};

use crate::abi::Language;
use crate::error::{CliError, Result};
use crate::source::Lang;

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

#[derive(Debug, clap::Args)]
pub struct SimArgs {
    /// The file that holds the device's flash; made when it is not there
    #[arg(long, value_name = "FILE", default_value = "akira.flash")]
    pub flash: PathBuf,

    /// Where the HTTP API listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Wait for the disk at every commit, so that a crash of this machine costs nothing either;
    /// killing the process is safe with and without it
    #[arg(long)]
    pub durable: bool,

    /// The UDP port on loopback over which the radio reaches other simulated devices; without it,
    /// packets go nowhere
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub rf_port: Option<u16>,

    /// What to do about apps that no trusted key has signed
    #[arg(long, value_name = "POLICY", default_value = "off", value_parser = signature_policy())]
    pub signatures: SignaturePolicy,

    /// The capabilities that the device grants at most, with commas between them [default: all]
    #[arg(
        long,
        value_name = "CAPABILITIES",
        value_delimiter = ',',
        value_parser = capability()
    )]
    pub grant: Vec<Capability>,

    /// Instructions that each entry into an app's code may take; 0 for as many as it likes
    #[cfg(feature = "metering")]
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub instruction_budget: u32,

    /// Memory for apps in KiB
    #[arg(
        long,
        value_name = "KIB",
        default_value_t = DEFAULT_POOL_BYTES as u32 / 1024,
        value_parser = clap::value_parser!(u32).range(64..=1024 * 1024)
    )]
    pub pool: u32,
}

impl SimArgs {
    /// What the device grants at most.
    pub fn grantable(&self) -> CapSet {
        if self.grant.is_empty() { CapSet::ALL } else { self.grant.iter().copied().collect() }
    }
}

fn signature_policy() -> impl TypedValueParser<Value = SignaturePolicy> {
    PossibleValuesParser::new(SignaturePolicy::ALL.map(SignaturePolicy::name))
        .map(|name| SignaturePolicy::from_name(&name).unwrap_or(SignaturePolicy::Require))
}

fn capability() -> impl TypedValueParser<Value = Capability> {
    PossibleValuesParser::new(Capability::ALL.map(Capability::name))
        .try_map(|name| Capability::from_name(&name).ok_or("it is unknown"))
}

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

#[derive(Debug, clap::Args)]
pub struct KeygenArgs {
    /// The files are NAME.pem and NAME.pub.pem; files that are there are never overwritten
    #[arg(value_parser = name())]
    pub name: AppName,

    /// The folder that they are made in [default: the current one]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

fn name() -> impl TypedValueParser<Value = AppName> {
    NonEmptyStringValueParser::new().try_map(|text| {
        text.parse::<AppName>()
            .map_err(|_| "a name has 1 to 31 characters, a to z, 0 to 9, '_' and '-'")
    })
}

#[derive(Debug, clap::Args)]
pub struct SignArgs {
    /// The app, as `akira build` or `akira pack` wrote it, or the folder that it was built in; a
    /// signature that it has is replaced
    #[arg(default_value = ".")]
    pub file: PathBuf,

    /// The private key, as `akira keygen` wrote it
    #[arg(long, value_name = "FILE", env = "AKIRA_SIGNING_KEY")]
    pub key: PathBuf,

    /// Where the signed app is written [default: FILE itself]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// An app, or the folder that it was built in
    #[arg(default_value = ".")]
    pub file: PathBuf,

    /// A public key that may have signed it; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub key: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// The app's name: a to z, 0 to 9, '_' and '-'
    pub name: String,

    /// The folder that it is made in [default: NAME]
    pub dir: Option<PathBuf>,

    /// The language to write it in
    #[arg(long, value_enum, default_value_t = Lang::Rust)]
    pub lang: Lang,
}

#[derive(Debug, clap::Args)]
pub struct ScreenshotArgs {
    /// Where the picture is written, - for standard output [default: DEVICE.png, by the device's
    /// name]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct SensorsArgs {
    #[command(subcommand)]
    pub action: Option<SensorsAction>,
}

#[derive(Debug, Subcommand)]
pub enum SensorsAction {
    /// Say what a simulated sensor measures from now on
    Set {
        /// The sensor's id, as `akira sensors` shows it
        id: u8,

        /// The value, in the sensor's unit
        #[arg(allow_negative_numbers = true, value_parser = number)]
        value: f32,
    },
}

fn number(text: &str) -> Result<f32, &'static str> {
    let number = text.parse().map_err(|_| "it must be a number such as 21.5")?;
    if f32::is_finite(number) { Ok(number) } else { Err("no sensor can measure that") }
}

#[derive(Debug, clap::Args)]
pub struct InputArgs {
    #[command(subcommand)]
    pub action: InputAction,
}

#[derive(Debug, Subcommand)]
pub enum InputAction {
    /// Press a button and let it go
    Button {
        /// The button
        #[arg(ignore_case = true, value_parser = PossibleValuesParser::new(BUTTON_NAMES))]
        name: String,

        #[command(flatten)]
        press: PressArgs,
    },
    /// Touch the panel at a point and let it go
    Touch {
        /// Pixels from the left
        x: u16,

        /// Pixels from the top
        y: u16,

        #[command(flatten)]
        press: PressArgs,
    },
    /// Move an analog channel
    Analog {
        /// The channel, from 0 on
        channel: u8,

        /// Where to: 0 to 65535, 32768 is the middle
        value: u16,
    },
}

#[derive(Clone, Copy, Debug, clap::Args)]
#[group(multiple = false)]
pub struct PressArgs {
    /// How long it is held, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 100)]
    pub hold: u32,

    /// Only press; it stays pressed
    #[arg(long)]
    pub press: bool,

    /// Only let go
    #[arg(long)]
    pub release: bool,
}

#[derive(Debug, clap::Args)]
pub struct BuildArgs {
    /// Folders with an app.toml; of several, those without one are left out
    #[arg(value_name = "DIR", default_value = ".")]
    pub dirs: Vec<PathBuf>,

    /// Where the app is written, for a single DIR [default: DIR/build/NAME.wasm]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct PackArgs {
    /// A WebAssembly module; a manifest that it has is replaced
    pub file: PathBuf,

    /// The manifest, as app.toml or as AkiraOS JSON
    #[arg(long, value_name = "FILE", default_value = "app.toml")]
    pub manifest: PathBuf,

    /// Where the app is written
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,

    /// Pack also what a device would refuse
    #[arg(long)]
    pub no_check: bool,
}

#[derive(Debug, clap::Args)]
pub struct InspectArgs {
    /// An app file
    pub file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct AbiArgs {
    /// What to make from the table of native functions
    #[arg(value_enum)]
    pub language: Language,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
