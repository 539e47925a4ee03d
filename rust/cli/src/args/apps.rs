// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is said about apps on a device.

use std::path::PathBuf;

use akira_abi::Capability;
use clap::ValueEnum;
use clap_complete::engine::ArgValueCompleter;

use super::capability;
use crate::complete;

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

    /// Send it even when the device has exactly this app
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, clap::Args)]
pub struct NamesArgs {
    /// Names of apps
    #[arg(
        required = true,
        value_name = "NAME",
        add = ArgValueCompleter::new(complete::apps)
    )]
    pub names: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct RollbackArgs {
    /// The app's name
    #[arg(add = ArgValueCompleter::new(complete::apps))]
    pub name: String,

    /// Start it afterwards; when it runs, it is stopped first
    #[arg(long)]
    pub start: bool,
}

#[derive(Debug, clap::Args)]
pub struct LogsArgs {
    /// Names of apps; none means all that are installed
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(complete::apps))]
    pub names: Vec<String>,

    /// Go on showing new lines until Ctrl-C
    #[arg(short, long)]
    pub follow: bool,

    /// Begin at this line number instead of the oldest line that is kept
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub since: u32,
}

#[derive(Debug, clap::Args)]
pub struct GrantsArgs {
    /// The app's name
    #[arg(add = ArgValueCompleter::new(complete::apps))]
    pub name: String,

    /// Grant exactly these capabilities, with commas between them; '' for none. It can be granted
    /// what its manifest asks for and the device allows
    #[arg(
        long,
        value_name = "CAPABILITIES",
        value_parser = capabilities,
        conflicts_with_all = ["allow", "deny"]
    )]
    pub set: Option<Capabilities>,

    /// Grant these, too
    #[arg(
        long,
        value_name = "CAPABILITIES",
        value_delimiter = ',',
        value_parser = capability()
    )]
    pub allow: Vec<Capability>,

    /// Grant these no longer
    #[arg(
        long,
        value_name = "CAPABILITIES",
        value_delimiter = ',',
        value_parser = capability()
    )]
    pub deny: Vec<Capability>,
}

/// A list that may be empty.
#[derive(Clone, Debug)]
pub struct Capabilities(pub Vec<Capability>);

fn capabilities(text: &str) -> Result<Capabilities, String> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            Capability::from_name(name).ok_or_else(|| {
                let known = Capability::ALL.map(Capability::name).join(", ");
                format!("there is no capability '{name}'; there are {known}")
            })
        })
        .collect::<Result<_, _>>()
        .map(Capabilities)
}

#[derive(Debug, clap::Args)]
pub struct QuotaArgs {
    /// The app's name
    #[arg(add = ArgValueCompleter::new(complete::apps))]
    pub name: String,

    /// The most that it may take: bytes, or with K or M behind it; `manifest` for what the app's
    /// manifest says
    #[arg(value_name = "SIZE", value_parser = quota)]
    pub size: Option<Quota>,
}

/// A limit of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// What the app's manifest says.
    Manifest,
    /// So many bytes.
    Bytes(u32),
}

fn quota(text: &str) -> Result<Quota, &'static str> {
    if text == "manifest" {
        return Ok(Quota::Manifest);
    }
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 1024),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 1024 * 1024),
        _ => (text, 1),
    };
    let number = digits.parse::<u32>().ok().and_then(|number| number.checked_mul(unit));
    number.map(Quota::Bytes).ok_or("it must be a size such as 65536, 64K or 1M, or `manifest`")
}

#[derive(Debug, clap::Args)]
pub struct EventsArgs {
    /// Only these, with commas between them [default: all but display]
    #[arg(long, value_name = "TYPES", value_delimiter = ',', value_enum)]
    pub types: Vec<EventType>,

    /// Only what is about this app
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(complete::apps))]
    pub app: Option<String>,
}

/// What a device tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EventType {
    /// Lines that apps log
    Log,
    /// Apps that are installed, start, end and are removed
    App,
    /// How the device is, each second
    Status,
    /// Uploads
    Transfer,
    /// What was denied and refused
    Audit,
    /// That the picture on the display changed
    Display,
}

#[derive(Debug, clap::Args)]
pub struct TopArgs {
    /// Seconds between two looks
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=3600)
    )]
    pub interval: u16,
}

#[derive(Debug, clap::Args)]
pub struct WatchArgs {
    /// The folder with the app.toml
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(quota("65536"), Ok(Quota::Bytes(65_536)));
        assert_eq!(quota("64K"), Ok(Quota::Bytes(65_536)));
        assert_eq!(quota("1m"), Ok(Quota::Bytes(1024 * 1024)));
        assert_eq!(quota("manifest"), Ok(Quota::Manifest));
        for text in ["", "K", "-1", "64 K", "1.5M", "4096M", "64KiB", "\u{e9}K"] {
            assert!(quota(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_empty_list_of_capabilities_is_one() {
        assert!(capabilities("").is_ok_and(|list| list.0.is_empty()));
        assert!(capabilities("fs_read,sensor").is_ok_and(|list| list.0.len() == 2));
        assert!(capabilities("fs_read,everything").is_err());
    }
}
