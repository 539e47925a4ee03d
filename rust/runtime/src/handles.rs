// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The files that the app in a slot has open. Everything is closed when it ends.

use akira_core::name::AppName;

use crate::ledger::Ledger;
use crate::native::fs::FileTable;
use crate::platform::Platform;

/// The open files of one instance slot. The app's own thread uses them, each time for as long as one
/// access to the storage takes; whoever changes files for an operator looks at them.
pub(crate) struct Handles<P: Platform> {
    pub(crate) files: FileTable<P>,
    /// What its files may have, when its scope limits that.
    pub(crate) ledger: Option<Ledger>,
}

impl<P: Platform> Handles<P> {
    /// Nothing is open.
    pub(crate) fn new() -> Self {
        Self { files: FileTable::new(), ledger: None }
    }

    /// Counts anew what the app's files have, if that is limited. What it has written to open files
    /// is not on the storage yet and counts all the same.
    pub(crate) fn recount(&mut self, platform: &P, app: &AppName) {
        if let Some(ledger) = &mut self.ledger {
            ledger.recount(platform, app, self.files.unwritten(platform));
        }
    }
}
