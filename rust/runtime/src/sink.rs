// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The sinks of the transport router: where the bytes of a [`transfer`](crate::transfer) go.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use akira_abi::CapSet;
use akira_core::http::{ApiError, request, view};
use akira_core::name::AppName;
use akira_core::path::DataPath;
use akira_core::transfer::{Hashing, Session};

use crate::files::FileSink;
use crate::firmware::FirmwareSink;
use crate::install::Install;
use crate::platform::Platform;
use crate::runtime::Runtime;
use crate::transfer::refused;

/// Where the bytes go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sink {
    /// An install or update.
    App {
        /// The app; `None` takes the one that the manifest names.
        name: Option<AppName>,
        /// What the operator withholds of what the manifest asks for.
        denied: CapSet,
    },
    /// A file below `/data`.
    File(DataPath),
    /// Part of the device's configuration.
    Config(ConfigItem),
    /// The firmware's secondary slot.
    Firmware {
        /// Bytes of the image that are there from an upload that broke off.
        offset: u32,
    },
    /// Nowhere: to measure what a transport can carry.
    #[cfg(feature = "null-sink")]
    Null,
}

/// A part of the device's configuration that can be transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigItem {
    /// The certificate chain and key for TLS, in PEM.
    Tls,
    /// What an operator sets of the device, in JSON.
    Device,
}

impl ConfigItem {
    const fn name(self) -> &'static str {
        match self {
            ConfigItem::Tls => "tls",
            ConfigItem::Device => "device",
        }
    }

    /// Most bytes that it has.
    const fn max(self) -> usize {
        match self {
            ConfigItem::Tls => request::PEM_MAX,
            ConfigItem::Device => request::BODY_MAX,
        }
    }
}

impl Sink {
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Sink::App { .. } => "app",
            Sink::File(_) => "file",
            Sink::Config(_) => "config",
            Sink::Firmware { .. } => "firmware",
            #[cfg(feature = "null-sink")]
            Sink::Null => "null",
        }
    }

    /// Bytes of it that are on the device already.
    pub(crate) const fn offset(&self) -> u64 {
        match self {
            Sink::Firmware { offset } => *offset as u64,
            _ => 0,
        }
    }

    /// Who takes the SHA-256 of what comes.
    pub(crate) const fn hashing(&self) -> Hashing {
        match self {
            Sink::App { .. } | Sink::Firmware { .. } => Hashing::Sink,
            _ => Hashing::Session,
        }
    }

    /// What it becomes, as far as that is known: two transfers do not become the same.
    pub(crate) fn target(&self) -> Option<String> {
        match self {
            Sink::App { name, .. } => name.as_ref().map(ToString::to_string),
            Sink::File(path) => Some(path.relative().to_string()),
            Sink::Config(item) => Some(item.name().to_string()),
            Sink::Firmware { .. } => Some("slot".to_string()),
            #[cfg(feature = "null-sink")]
            Sink::Null => None,
        }
    }
}

/// What a transfer has become.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The app as it is now, and whether it is new.
    App(Box<view::App>, bool),
    /// A file of so many bytes, and whether it is new.
    File(u64, bool),
    /// Configuration.
    Config(ConfigItem),
    /// A firmware image in the secondary slot.
    Firmware,
    /// Nothing: so many bytes were thrown away.
    #[cfg(feature = "null-sink")]
    Null(u64),
}

/// A sink at work.
pub(crate) enum Work<P: Platform> {
    App(Install<P>),
    File(FileSink<P>),
    Config(ConfigItem, Vec<u8>),
    Firmware(Box<FirmwareSink>),
    #[cfg(feature = "null-sink")]
    Null,
}

impl<P: Platform> Runtime<P> {
    pub(crate) fn open_sink(
        self: &Arc<Self>,
        sink: Sink,
        size: Option<u64>,
        sha256: Option<[u8; 32]>,
        place: usize,
    ) -> Result<Work<P>, ApiError> {
        Ok(match sink {
            Sink::App { name, denied } => {
                Work::App(Install::begin(self, name, denied, size, place)?)
            }
            Sink::File(path) => Work::File(FileSink::begin(self, path, size, place)?),
            Sink::Config(item) => {
                let bytes = Vec::new();
                check_config(item, size.unwrap_or(0))?;
                Work::Config(item, bytes)
            }
            Sink::Firmware { offset } => {
                Work::Firmware(FirmwareSink::begin(self, offset, size, sha256)?)
            }
            #[cfg(feature = "null-sink")]
            Sink::Null => Work::Null,
        })
    }

    pub(crate) fn feed_sink(&self, work: &mut Work<P>, bytes: &[u8]) -> Result<(), ApiError> {
        match work {
            Work::App(install) => install.chunk(self, bytes),
            Work::File(file) => file.chunk(bytes),
            Work::Config(item, content) => {
                check_config(*item, (content.len() + bytes.len()) as u64)?;
                content.extend_from_slice(bytes);
                Ok(())
            }
            Work::Firmware(image) => image.chunk(self, bytes),
            #[cfg(feature = "null-sink")]
            Work::Null => Ok(()),
        }
    }

    pub(crate) fn end_sink(
        self: &Arc<Self>,
        session: &Session,
        work: &mut Work<P>,
    ) -> Result<Outcome, ApiError> {
        let check = |sha256| session.end(sha256).map_err(refused);
        match work {
            Work::App(install) => {
                let (app, new) = install.finish(self, |sha256| check(Some(sha256)))?;
                Ok(Outcome::App(Box::new(app), new))
            }
            Work::File(file) => {
                check(None)?;
                Ok(Outcome::File(session.received(), file.finish(self)?))
            }
            Work::Config(item, content) => {
                check(None)?;
                match item {
                    ConfigItem::Tls => drop(self.store_tls_pem(content)?),
                    ConfigItem::Device => self.set_config_json(content)?,
                }
                Ok(Outcome::Config(*item))
            }
            Work::Firmware(image) => {
                image.finish(self, |sha256| check(Some(sha256)))?;
                Ok(Outcome::Firmware)
            }
            #[cfg(feature = "null-sink")]
            Work::Null => {
                check(None)?;
                Ok(Outcome::Null(session.received()))
            }
        }
    }

    /// Clears away what a sink has stored that has not taken effect.
    pub(crate) fn abort_sink(self: &Arc<Self>, work: Work<P>) {
        match work {
            Work::App(install) => install.close(self),
            Work::File(file) => file.close(self),
            Work::Firmware(image) => image.close(self),
            _ => {}
        }
    }

    /// Notes in the audit log that an install or firmware was refused because of what came.
    pub(crate) fn note_refusal(&self, work: &Work<P>, error: &ApiError) {
        match work {
            Work::App(install) => self.audit_refusal(install.name(), error),
            Work::Firmware(_) => self.audit_firmware_refusal(error),
            _ => {}
        }
    }
}

fn check_config(item: ConfigItem, size: u64) -> Result<(), ApiError> {
    let max = item.max();
    if size > max as u64 {
        return Err(request::too_large(max));
    }
    Ok(())
}
