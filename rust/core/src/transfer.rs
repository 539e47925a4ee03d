// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What carries bytes to a device and what takes them.

/// What carries bytes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTP over TCP, with or without TLS.
    Http,
    /// The serial line.
    Serial,
    /// Bluetooth LE.
    Ble,
    /// MCUmgr's protocol.
    Smp,
}

impl Transport {
    /// Its name in answers and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Http => "http",
            Transport::Serial => "serial",
            Transport::Ble => "ble",
            Transport::Smp => "smp",
        }
    }
}
