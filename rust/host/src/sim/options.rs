// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a virtual device is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use akira_abi::CapSet;
use akira_core::manifest::{EXEC_TIMEOUT_DEFAULT, EXEC_TIMEOUT_RANGE};
use akira_runtime::SignaturePolicy;

use crate::bootloader::Keys;
use crate::http;
use crate::platform::Console;

/// Where the HTTP API is served when nothing else is said.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// Memory for apps, the same as on the simulated Zephyr device.
pub const DEFAULT_POOL_BYTES: usize = 1024 * 1024;
/// How long a boot must last to count as a good one.
pub const DEFAULT_HEALTH_MS: u32 = 5000;

/// What a virtual device is started with.
#[derive(Clone)]
pub struct SimOptions {
    /// The flash image; made when it is not there.
    pub flash: PathBuf,
    /// Size of the flash in bytes: of a new image, and what an existing one must have. `None` takes
    /// an existing image as it is and makes a new one of 4 MiB. One that is smaller has no firmware
    /// slots: all of it is storage.
    pub flash_size: Option<u64>,
    /// Where the HTTP API is served; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The admin token to provision at the first boot; `None` lets the device make one.
    pub token: Option<String>,
    /// Memory for apps.
    pub pool_bytes: usize,
    /// Execution limit of apps whose manifest names none, in milliseconds.
    pub exec_timeout_ms: u32,
    /// Longest execution limit that the device gives, in milliseconds; a manifest's is cut to it.
    pub exec_timeout_max_ms: u32,
    /// Whether what the device has stored also survives a crash of this machine, at any time. What
    /// a kill of the process leaves is a power cut to the device and always safe; without this a
    /// crash of the machine may cost the image. With it every commit waits for the disk.
    pub durable: bool,
    /// The UDP port on loopback that stands for the air between radios; without one, packets go
    /// nowhere.
    pub rf_port: Option<u16>,
    /// Whether the HTTP API is served over TLS, and then over nothing else. The certificate is the
    /// one that is stored on the device; a device without one makes its own.
    pub tls: bool,
    /// Whether the device has a serial line.
    pub serial: bool,
    /// Whether the network is told of the device.
    pub mdns: bool,
    /// Where a bare TCP sink listens, to measure uploads against.
    #[cfg(feature = "null-sink")]
    pub tcp_sink: Option<SocketAddr>,
    /// What is done about the signatures of apps.
    pub signatures: SignaturePolicy,
    /// What the device grants at most, whatever a manifest asks for.
    pub grantable: CapSet,
    /// Instructions that each entry into app code may take; 0 for as many as it likes.
    #[cfg(feature = "metering")]
    pub instruction_budget: u32,
    /// What firmware must be signed by.
    pub firmware: Keys,
    /// How long a boot must last to count as a good one, and after which firmware on trial is
    /// confirmed, in milliseconds.
    pub health_ms: u32,
    /// How long clients of the HTTP API may take.
    pub limits: http::Limits,
    /// Where console lines go.
    pub console: Arc<Console>,
}

impl SimOptions {
    /// A device on the flash image `flash`, everything else as usual.
    pub fn new(flash: impl Into<PathBuf>) -> Self {
        Self {
            flash: flash.into(),
            flash_size: None,
            listen: DEFAULT_LISTEN,
            token: None,
            pool_bytes: DEFAULT_POOL_BYTES,
            exec_timeout_ms: EXEC_TIMEOUT_DEFAULT,
            exec_timeout_max_ms: EXEC_TIMEOUT_RANGE.1,
            durable: false,
            rf_port: None,
            tls: false,
            serial: false,
            mdns: false,
            #[cfg(feature = "null-sink")]
            tcp_sink: None,
            signatures: SignaturePolicy::Off,
            grantable: CapSet::ALL,
            #[cfg(feature = "metering")]
            instruction_budget: 0,
            firmware: Keys::default(),
            health_ms: DEFAULT_HEALTH_MS,
            limits: http::Limits::default(),
            console: Arc::default(),
        }
    }
}
