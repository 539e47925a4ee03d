// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Looks over the flash of a device that is off, and mends what can be.
//!
//! [`check`] reads a copy and changes nothing: LittleFS is walked, every file is read, and what the
//! runtime keeps is held against itself. [`repair`] boots the storage as a device would, as far as that
//! clears up, removes what is damaged and of no use to anybody, and looks again. It never removes an
//! app, nor a file of one.
//!
//! * [`report`] - what is found,
//! * [`tree`] - every file and folder, read once,
//! * [`apps`], [`device`] - what the runtime knows of them.

mod apps;
mod device;
pub mod report;
mod tree;

use std::fmt;
use std::path::Path;

use akira_abi::CapSet;
use akira_runtime::SignaturePolicy;

use crate::factory::{FactoryError, idle_runtime};
use crate::flash::{FaultPlan, ImageError, Layout, NorFlash, Operation, Verdict};
use crate::storage::{MountError, Storage};
use report::Mend;
pub use report::{Finding, Report, Severity};
use tree::Tree;

/// Why a flash image could not be looked over, or not be mended.
#[derive(Debug)]
pub enum FsckError {
    /// The file is none, or in use.
    Image(ImageError),
    /// What was to be mended does not mount.
    Mount(MountError),
    /// The runtime could not boot from it.
    Boot(FactoryError),
}

impl fmt::Display for FsckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(error) => error.fmt(f),
            Self::Mount(error) => error.fmt(f),
            Self::Boot(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FsckError {}

/// Keeps a chip from being changed.
struct ReadOnly;

impl FaultPlan for ReadOnly {
    fn decide(&mut self, _operation: &Operation<'_>) -> Verdict {
        Verdict::Fail
    }
}

/// Looks over the flash image at `path`, which is not changed.
pub fn check(path: &Path) -> Result<Report, FsckError> {
    NorFlash::load(path).map(look_over).map_err(FsckError::Image)
}

/// Looks over a chip.
pub fn look_over(mut chip: NorFlash) -> Report {
    let layout = Layout::of(chip.geometry());
    let mut report = Report::new(chip.geometry().size(), layout.storage);
    if chip.is_blank(layout.storage) {
        report.note("", "the storage is erased", "The first boot makes a file system");
        return report;
    }
    chip.set_fault_plan(Some(Box::new(ReadOnly)));
    let storage = match Storage::mount(chip) {
        Ok(storage) => storage,
        // It wanted to begin anew.
        Err(MountError::Format { .. }) => {
            let text = "a first boot was cut short while it made the file system";
            report.note("", text, "The next boot makes it anew");
            return report;
        }
        Err(error) => {
            report.error("", &error.to_string(), "Restore it from a copy, or erase it");
            return report;
        }
    };
    let tree = Tree::read(&storage, &mut report);
    apps::look(&tree, &mut report);
    device::look(&tree, &mut report);
    report.sort();
    report
}

/// Mends the flash image at `path` as far as that is possible. What is left is in the report, and so is
/// what was mended.
pub fn repair(path: &Path) -> Result<Report, FsckError> {
    let before = check(path)?;
    if before.findings.iter().all(|finding| finding.mend == Mend::Not) {
        return Ok(before);
    }
    {
        let chip = NorFlash::open(path, None).map_err(FsckError::Image)?;
        let storage = Storage::mount(chip).map_err(FsckError::Mount)?;
        for finding in &before.findings {
            if finding.mend == Mend::Remove {
                // What cannot be removed is found again.
                let _ = storage.remove(&finding.path);
            }
        }
        let runtime =
            idle_runtime(storage, SignaturePolicy::Off, CapSet::ALL).map_err(FsckError::Boot)?;
        runtime.open_storage().map_err(|error| FsckError::Boot(FactoryError::Start(error)))?;
        runtime.platform().storage().with_chip(|chip| {
            chip.set_durable(true);
            // What fails is found again.
            let _ = chip.sync();
        });
    }
    let mut after = check(path)?;
    after.add_mended(before);
    Ok(after)
}

#[cfg(test)]
mod tests;
