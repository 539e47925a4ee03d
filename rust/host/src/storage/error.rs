// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Errors of the storage: littlefs's codes as [`Errno`], and why a chip cannot be mounted.

use std::fmt;

use akira_abi::Errno;

use super::lfs::Code;

/// littlefs's codes are POSIX numbers, save one: a corrupt file or directory, which is a failed
/// read to whoever asked.
pub(super) fn errno(code: Code) -> Errno {
    Errno::from_code(code.0)
}

/// Why there is no file system on a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountError {
    /// The chip holds something that is no file system of ours. It was left as it is.
    NotAFileSystem {
        /// How many blocks the file system should have.
        blocks: u32,
        /// What littlefs said.
        code: i32,
    },
    /// A block of a directory cannot be read. The chip was left as it is.
    Unreadable,
    /// The whole chip is one file system, where firmware slots belong by now. It was left as it is.
    OldLayout,
    /// An erased partition could not be formatted.
    Format {
        /// What littlefs said.
        code: i32,
    },
}

impl fmt::Display for MountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFileSystem { blocks, code } => write!(
                f,
                "it holds data that does not mount as a LittleFS file system of {blocks} blocks \
                 (error {code}); it was left as it is, so name another file, or delete this one to \
                 start with an empty device"
            ),
            Self::Unreadable => f.write_str(
                "a part of it that holds directories cannot be read; it was left as it is, so name \
                 another file, or restore this one from a copy",
            ),
            Self::OldLayout => f.write_str(
                "it was made by an earlier version, whose devices had no firmware slots; it was left \
                 as it is, so name another file, or delete this one to start with an empty device",
            ),
            Self::Format { code } => {
                write!(f, "the erased storage cannot be formatted (error {code})")
            }
        }
    }
}

impl std::error::Error for MountError {}
