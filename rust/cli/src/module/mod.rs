// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! App files seen from a desk: what is in a module, what a device would say to it, and how a
//! manifest gets into it.

mod check;
mod facts;
mod pack;
mod sign;

pub use check::{Report, check};
pub use facts::{Facts, Import};
pub use pack::{Embedded, embed};
pub use sign::{is_signed, sign, signature};

use std::fs;
use std::path::Path;

use crate::error::{CliError, Result};

/// More than any app file has; a larger file is not read at all.
const FILE_MAX: u64 = 64 * 1024 * 1024;

/// Reads an app file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let failed = |error| CliError::file("read", path, &error);
    let length = fs::metadata(path).map_err(failed)?.len();
    if length > FILE_MAX {
        return Err(CliError::local(
            "too_large",
            format!(
                "{} is far too large for an app; a device takes at most {} KiB.",
                path.display(),
                akira_core::MODULE_MAX / 1024
            ),
        ));
    }
    fs::read(path).map_err(failed)
}

/// Writes an app file in one step: a reader sees the old file or the new one.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |error| CliError::file("write", path, &error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    fs::write(&temporary, bytes).map_err(failed)?;
    fs::rename(&temporary, path).map_err(|error| {
        // The rename is what failed; a left-over that cannot be removed changes nothing about it.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}
