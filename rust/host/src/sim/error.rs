// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Why a virtual device does not start.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use akira_runtime::StartError;

use crate::flash::geometry::{ERASE_BLOCK, MAX_SIZE, MIN_SIZE};
use crate::flash::{FlashError, ImageError};
use crate::http::tls::TlsError;
use crate::mdns::MdnsError;
use crate::storage::MountError;

/// Why a virtual device did not start.
#[derive(Debug)]
pub enum SimError {
    /// No chip has this size.
    FlashSize(u64),
    /// The flash image cannot be used.
    Image(ImageError),
    /// The bootloader could not read or write the flash.
    Boot(FlashError),
    /// The device did not end, so it cannot start again.
    Restart,
    /// The flash image has no file system of ours.
    Mount {
        /// The image.
        path: PathBuf,
        /// Why.
        error: MountError,
    },
    /// The address to serve on cannot be used.
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The radio's port cannot be used.
    Radio(io::Error),
    /// The stored certificate cannot be used, or none could be made.
    Tls(TlsError),
    /// A new certificate could not be stored.
    StoreTls(String),
    /// There is no serial line.
    Serial(io::Error),
    /// The network cannot be told of the device.
    Mdns(MdnsError),
    /// The runtime did not start or boot.
    Runtime(StartError),
    /// The system gave no thread or no signal handler.
    System(io::Error),
}

impl fmt::Display for SimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FlashSize(size) => write!(
                f,
                "no flash has {size} bytes; choose {MIN_SIZE} to {MAX_SIZE}, a multiple of \
                 {ERASE_BLOCK}"
            ),
            Self::Image(error) => error.fmt(f),
            Self::Boot(error) => write!(f, "the bootloader cannot use the flash: {error}"),
            Self::Restart => f.write_str(
                "the device did not end in time to start again; start it anew, its flash is whole",
            ),
            Self::Mount { path, error } => {
                write!(f, "cannot use the flash image {}: {error}", path.display())
            }
            Self::Listen { listen, error } => write!(
                f,
                "cannot serve on {listen}: {error}; stop what uses the port or choose another one \
                 (0 takes a free one)"
            ),
            Self::Radio(error) => write!(
                f,
                "the radio cannot use its UDP port on loopback: {error}; choose another one"
            ),
            Self::Tls(error) => write!(
                f,
                "the certificate for TLS cannot be used: {error}; start without TLS and store \
                 another one, or remove it to have one made"
            ),
            Self::StoreTls(reason) => write!(f, "no certificate for TLS could be stored: {reason}"),
            Self::Serial(error) => write!(f, "the system gave no serial line: {error}"),
            Self::Mdns(error) => write!(f, "the network cannot be told of the device: {error}"),
            Self::Runtime(error) => write!(f, "the device did not boot: {error}"),
            Self::System(error) => write!(f, "the system refused a thread or a signal: {error}"),
        }
    }
}

impl std::error::Error for SimError {}
