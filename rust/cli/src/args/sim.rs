// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `sim`.

use std::net::SocketAddr;
use std::path::PathBuf;

use akira_abi::{CapSet, Capability};
use akira_core::signature::SignaturePolicy;
use akira_host::sim::{DEFAULT_HEALTH_MS, DEFAULT_POOL_BYTES};

use super::{capability, signature_policy};

#[derive(Debug, clap::Args)]
pub struct SimArgs {
    /// The file that holds the device's flash; made when it is not there
    #[arg(long, value_name = "FILE", default_value = "akira.flash")]
    pub flash: PathBuf,

    /// Size of a new flash in KiB, and what an existing one must have; below 4096 there are no
    /// firmware slots [default: 4096, or what the file has]
    #[arg(long, value_name = "KIB")]
    pub flash_size: Option<u32>,

    /// A PEM file with a key that firmware images must be signed by; may be given more than once.
    /// Without one the device takes no firmware
    #[arg(long, value_name = "FILE")]
    pub firmware_key: Vec<PathBuf>,

    /// Take firmware images that nobody has signed
    #[arg(long, conflicts_with = "firmware_key")]
    pub firmware_unsigned: bool,

    /// How long a boot must last to count as a good one, after which firmware on trial is confirmed
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = DEFAULT_HEALTH_MS / 1000,
        value_parser = clap::value_parser!(u32).range(0..=3600)
    )]
    pub health_seconds: u32,

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

    /// Serve the HTTP API over TLS and not without: with the certificate that is stored on the
    /// device, or with one that it makes itself
    #[arg(long)]
    pub tls: bool,

    /// Give the device a serial line: a pseudo-terminal, whose path is printed
    #[arg(long)]
    pub serial: bool,

    /// Tell the network of the device, for `akira discover`
    #[arg(long)]
    pub mdns: bool,

    /// Take in and forget bytes at this TCP port of the same address, to measure uploads against;
    /// port 0 takes a free one
    #[cfg(feature = "null-sink")]
    #[arg(long, value_name = "PORT")]
    pub tcp_sink: Option<u16>,

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
