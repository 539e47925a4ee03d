// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The scope `storage_bytes`: how many bytes an app's files may have together.
//!
//! The count begins with what is on the storage when the app starts. Growing writes are added to it;
//! after what makes, removes or replaces a file it is made anew. Only apps with that scope pay for
//! the counting.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use akira_abi::Errno;
use akira_core::name::AppName;

use crate::platform::Platform;

/// What each file and folder counts beyond its bytes, so that empty ones are not free.
const ENTRY_BYTES: u32 = 64;

/// What an app's files have, and may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ledger {
    limit: u32,
    used: u32,
}

impl Ledger {
    /// The ledger of an app whose files may have `limit` bytes.
    pub(crate) fn open<P: Platform>(
        platform: &P,
        app: &AppName,
        limit: u32,
    ) -> Result<Self, Errno> {
        Ok(Self { limit, used: count(platform, app)? })
    }

    /// Counts anew; `unwritten` bytes are not on the storage yet.
    pub(crate) fn recount<P: Platform>(&mut self, platform: &P, app: &AppName, unwritten: u32) {
        // When it cannot be counted, nothing may be added: what counts is that the limit holds.
        self.used = count(platform, app).unwrap_or(u32::MAX).saturating_add(unwritten);
    }

    /// How many bytes may still be added.
    pub(crate) fn left(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }

    /// Whether a file of `bytes` may be made.
    pub(crate) fn admits_file(&self, bytes: u32) -> bool {
        bytes.saturating_add(ENTRY_BYTES) <= self.left()
    }

    /// A file has grown.
    pub(crate) fn add(&mut self, bytes: u32) {
        self.used = self.used.saturating_add(bytes);
    }
}

/// What an app's files and folders count now.
fn count<P: Platform>(platform: &P, app: &AppName) -> Result<u32, Errno> {
    let mut sum = 0u32;
    let mut folders: Vec<String> = alloc::vec![format!("/data/{app}")];
    while let Some(folder) = folders.pop() {
        let listed = platform.list(&folder, &mut |name, stat| {
            sum = sum.saturating_add(stat.size).saturating_add(ENTRY_BYTES);
            if stat.is_dir {
                folders.push(format!("{folder}/{name}"));
            }
            true
        });
        match listed {
            // An app that has stored nothing yet has no folder.
            Err(Errno::ENOENT) => {}
            other => other?,
        }
    }
    Ok(sum)
}
