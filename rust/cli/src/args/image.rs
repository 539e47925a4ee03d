// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `image` and `fsck`: flash images of devices that are off.

use std::path::PathBuf;

use akira_abi::{CapSet, Capability};
use akira_core::config::HostName;
use akira_core::http::origin::Origin;
use akira_core::name::AppName;
use akira_core::signature::SignaturePolicy;
use akira_host::flash::Geometry;
use akira_host::flash::geometry::{DEFAULT_SIZE, ERASE_BLOCK, MAX_SIZE, MIN_SIZE};

use super::{capability, signature_policy};

#[derive(Debug, clap::Args)]
pub struct ImageArgs {
    /// Apps, as `akira build` or `akira pack` wrote them
    #[arg(value_name = "APP")]
    pub apps: Vec<PathBuf>,

    /// Where the image is written
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,

    /// Size of the flash, in bytes or as 2M or 512K. From 4M on the image has room for firmware
    /// slots, as native_sim and the virtual device have; a smaller one is all storage, to be
    /// written to a board's storage partition
    #[arg(long, value_name = "SIZE", default_value_t = DEFAULT_SIZE.to_string(), hide_default_value = true)]
    pub size: String,

    /// Replace FILE if it is there
    #[arg(long)]
    pub force: bool,

    /// What the device is called in the network [default: its first boot makes a name]
    #[arg(long, value_name = "NAME", value_parser = host_name)]
    pub name: Option<HostName>,

    /// Web pages of this origin may use the device, such as https://example.com; needs --name
    #[arg(long, value_name = "ORIGIN", value_parser = origin, requires = "name")]
    pub origin: Vec<Origin>,

    /// A public key that the device trusts, and what it calls it: NAME=FILE
    #[arg(long, value_name = "NAME=FILE", value_parser = named_file)]
    pub key: Vec<(AppName, PathBuf)>,

    /// Certificates and private key for TLS, in PEM
    #[arg(long, value_name = "FILE")]
    pub tls: Option<PathBuf>,

    /// What the device does about apps that no trusted key has signed; with `require`, apps that
    /// are not signed by a --key are refused here too
    #[arg(long, value_name = "POLICY", default_value = "off", value_parser = signature_policy())]
    pub signatures: SignaturePolicy,

    /// The capabilities that apps are granted at most, with commas between them [default: all]
    #[arg(long, value_name = "CAPABILITIES", value_delimiter = ',', value_parser = capability())]
    pub grant: Vec<Capability>,

    /// What is withheld from an app of what it asks for: NAME=CAPABILITIES, with commas
    #[arg(long, value_name = "NAME=CAPABILITIES", value_parser = withheld)]
    pub deny: Vec<(AppName, CapSet)>,
}

impl ImageArgs {
    /// What apps are granted at most.
    pub fn grantable(&self) -> CapSet {
        if self.grant.is_empty() { CapSet::ALL } else { self.grant.iter().copied().collect() }
    }

    /// What is withheld from that app.
    pub fn denied(&self, name: &AppName) -> CapSet {
        let of_it = self.deny.iter().filter(|(app, _)| app == name);
        of_it.flat_map(|(_, some)| some.iter()).collect()
    }

    /// The size of the flash.
    pub fn geometry(&self) -> Result<Geometry, String> {
        let text = self.size.trim();
        let (digits, unit) = match text.strip_suffix(['K', 'k']) {
            Some(digits) => (digits, 1024),
            None => match text.strip_suffix(['M', 'm']) {
                Some(digits) => (digits, 1024 * 1024),
                None => (text, 1),
            },
        };
        let bytes = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(unit));
        bytes.and_then(Geometry::new).ok_or_else(|| {
            format!(
                "No flash has the size {text}. Choose {MIN_SIZE} to {MAX_SIZE} bytes, a multiple of \
                 {ERASE_BLOCK}."
            )
        })
    }
}

#[derive(Debug, clap::Args)]
pub struct FsckArgs {
    /// The flash of a device that is off: of `akira sim`, of native_sim, or of `akira image`
    pub image: PathBuf,

    /// Do what the next boot would do, and remove what is damaged and of no use to anybody. Apps and
    /// their files are never removed
    #[arg(long)]
    pub repair: bool,
}

fn host_name(text: &str) -> Result<HostName, &'static str> {
    HostName::parse(text)
        .ok_or("a name has 1 to 31 characters, a to z, 0 to 9 and -, and no - at either end")
}

fn origin(text: &str) -> Result<Origin, &'static str> {
    Origin::parse(text).ok_or("an origin is such as https://example.com:8443, without a path")
}

fn named(text: &str) -> Result<(AppName, &str), String> {
    let (name, rest) = text.split_once('=').ok_or("give it as NAME=...")?;
    Ok((name.parse().map_err(|bad| format!("{bad}"))?, rest))
}

fn named_file(text: &str) -> Result<(AppName, PathBuf), String> {
    named(text).map(|(name, file)| (name, file.into()))
}

fn withheld(text: &str) -> Result<(AppName, CapSet), String> {
    let (name, capabilities) = named(text)?;
    let all = capabilities.split(',').map(|name| {
        Capability::from_name(name.trim()).ok_or_else(|| format!("there is no capability {name}"))
    });
    Ok((name, all.collect::<Result<CapSet, _>>()?))
}
