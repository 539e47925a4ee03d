// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What the app in a slot has open: files and sockets. Everything is closed when it ends.

use crate::ledger::Ledger;
use crate::native::fs::FileTable;
use crate::native::net::SocketTable;
use crate::platform::Platform;

/// The open things of one instance slot. Only the app's own thread uses them.
pub(crate) struct Handles<P: Platform> {
    pub(crate) files: FileTable<P>,
    pub(crate) sockets: SocketTable<P>,
    /// What its files may have, when its scope limits that.
    pub(crate) ledger: Option<Ledger>,
}

impl<P: Platform> Handles<P> {
    /// Nothing is open.
    pub(crate) fn new() -> Self {
        Self { files: FileTable::new(), sockets: SocketTable::new(), ledger: None }
    }
}
