// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What can go wrong with a chip and with the file that holds it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::geometry::{ERASE_BLOCK, MAX_SIZE, MIN_SIZE};

/// Why the chip refused or failed an operation.
#[derive(Debug)]
pub enum FlashError {
    /// The range leaves the chip.
    OutOfRange {
        /// First byte.
        offset: u32,
        /// Number of bytes.
        len: usize,
    },
    /// The range does not start and end at a multiple of `unit`.
    Misaligned {
        /// First byte.
        offset: u32,
        /// Number of bytes.
        len: usize,
        /// What both ends must be a multiple of.
        unit: u32,
    },
    /// A program step would raise a bit from 0 to 1, which only an erase can.
    NotErased {
        /// Where the first such byte is.
        offset: u32,
    },
    /// The power is off, or went off during this operation.
    PowerOff,
    /// The block could not be erased or programmed; the power stays on. A fault plan said so.
    Worn,
    /// The bytes could not be read; the power stays on. A fault plan said so.
    Unreadable,
    /// The image file could not be written.
    Image(io::Error),
}

impl fmt::Display for FlashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { offset, len } => {
                write!(f, "{len} bytes at {offset:#x} are not all on the chip")
            }
            Self::Misaligned { offset, len, unit } => {
                write!(f, "{len} bytes at {offset:#x} do not start and end at multiples of {unit}")
            }
            Self::NotErased { offset } => {
                write!(f, "programming {offset:#x} would set a bit that only an erase can set")
            }
            Self::PowerOff => f.write_str("the power is off"),
            Self::Worn => f.write_str("the block can no longer be erased or programmed"),
            Self::Unreadable => f.write_str("the block can no longer be read"),
            Self::Image(error) => write!(f, "the flash image cannot be written: {error}"),
        }
    }
}

impl std::error::Error for FlashError {}

/// Why an image file cannot serve as a chip. Each says what to do.
#[derive(Debug)]
pub enum ImageError {
    /// The file could not be opened, made or read.
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Another virtual device has the image open.
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The path names something that is not a regular file.
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file's size is no chip's.
    BadSize {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
    },
    /// The file's size is not the size that was asked for.
    OtherSize {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        size: u32,
        /// The size that was asked for.
        wanted: u32,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => {
                write!(f, "cannot open the flash image {}: {error}", path.display())
            }
            Self::InUse { path } => write!(
                f,
                "the flash image {} is in use by another virtual device; stop that one or name \
                 another file",
                path.display()
            ),
            Self::NotAFile { path } => write!(
                f,
                "{} is not a regular file; name a file for the flash image",
                path.display()
            ),
            Self::BadSize { path, size } => write!(
                f,
                "{} has {size} bytes, but a flash image has {MIN_SIZE} to {MAX_SIZE} bytes, a \
                 multiple of {ERASE_BLOCK}; name another file (one that is not there is made)",
                path.display()
            ),
            Self::OtherSize { path, size, wanted } => write!(
                f,
                "the flash image {} has {size} bytes, not the {wanted} asked for; leave the size \
                 out or name another file",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ImageError {}
