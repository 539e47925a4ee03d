// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A firmware image at hand. It is scanned as the device will scan it, so that what is no image, or is
//! damaged, costs no upload. Whether its version and its signature suit the device, only that knows.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use akira_core::firmware::{Scanner, Summary, Version};
use akira_core::hex;
use sha2::{Digest, Sha256};

use crate::error::{CliError, Result};

/// Largest file that is read: more than any board has flash for.
const FILE_MAX: u64 = 64 * 1024 * 1024;

/// An image as it is sent.
pub struct Image {
    pub bytes: Vec<u8>,
    /// SHA-256 of the whole file, in hexadecimal.
    pub file_sha256: String,
    summary: Summary,
}

impl Image {
    pub fn load(path: &Path) -> Result<Self> {
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(FILE_MAX + 1).read_to_end(&mut bytes))
            .map_err(|error| CliError::file("read the image", path, &error))?;
        let bad = |text: String| CliError::local("bad_image", text).about(path.display());
        if bytes.len() as u64 > FILE_MAX {
            return Err(bad("It is larger than any device's flash.".into()));
        }
        let mut scanner = Scanner::new();
        let image = scanner.push(&bytes).and_then(|()| scanner.finish());
        let summary = image.map_err(|error| bad(error.to_string()))?.summary();
        let file_sha256 = hex::encode(&Sha256::digest(&bytes));
        Ok(Self { bytes, file_sha256, summary })
    }

    pub fn version(&self) -> Version {
        self.summary.version
    }

    /// The SHA-256 that it carries, by which a device tells it from others, in hexadecimal.
    pub fn sha256(&self) -> String {
        hex::encode(&self.summary.sha256)
    }
}
