// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Why a firmware image is refused.

use core::fmt;

use super::header::Version;

/// Why an image is refused. Each text is a sentence that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// It does not begin as an image does.
    NoHeader,
    /// Its header contradicts itself.
    BadHeader,
    /// It is encrypted, compressed, to be loaded into RAM, or not bootable.
    Kind(&'static str),
    /// It ended before its parts did.
    Truncated,
    /// More follows behind its parts: a trailer, most likely.
    TooLong,
    /// The area of TLVs behind the image is malformed.
    BadTlv,
    /// It carries no SHA-256 of itself.
    NoHash,
    /// The SHA-256 that it carries is not its own.
    BadHash,
    /// It is not signed in a way that this device knows.
    Unsigned,
    /// No key of this device's build has signed it.
    BadSignature,
    /// The build has no key, so nothing can be verified.
    NoKey,
    /// It is larger than what can be swapped.
    TooLarge {
        /// Its size.
        size: u64,
        /// Most bytes that an image may have.
        most: u32,
    },
    /// Its version is not above that of the running image.
    NotNewer {
        /// Its version.
        version: Version,
        /// The version that runs.
        running: Version,
    },
    /// Its security counter is below that of the running image.
    Rollback {
        /// Its security counter; 0 without one.
        counter: u32,
        /// The counter of the running image.
        running: u32,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHeader => f.write_str(
                "This is no MCUboot image: its header is not there. Send what `imgtool sign` wrote, \
                 such as zephyr.signed.bin.",
            ),
            Self::BadHeader => f.write_str(
                "The image's header contradicts itself. Sign the image again with `imgtool sign`.",
            ),
            Self::Kind(kind) => write!(
                f,
                "The image is {kind}, and this device takes only plain images that run from their \
                 slot. Sign it without that."
            ),
            Self::Truncated => {
                f.write_str("The image ends too early: a part of the file is missing. Send all of it.")
            }
            Self::TooLong => f.write_str(
                "Something follows behind the image, as after `imgtool sign --pad`. Send the image \
                 without padding; what the bootloader is to do with it is told to the device.",
            ),
            Self::BadTlv => f.write_str(
                "What follows behind the image is malformed. Sign the image again with `imgtool sign`.",
            ),
            Self::NoHash => f.write_str(
                "The image carries no SHA-256 of itself. Sign it with `imgtool sign`, without \
                 another kind of hash.",
            ),
            Self::BadHash => f.write_str(
                "The image is not what its SHA-256 says: it is damaged. Build and sign it again.",
            ),
            Self::Unsigned => f.write_str(
                "The image has no signature of a kind that this device knows, Ed25519 or ECDSA \
                 P-256. Sign it with `imgtool sign --key`.",
            ),
            Self::BadSignature => f.write_str(
                "No key of this device has signed the image. Sign it with the key that the \
                 device's firmware was built for.",
            ),
            Self::NoKey => f.write_str(
                "This device has no key to verify firmware with, so it takes none. Build it with a \
                 key, or start the virtual device with --firmware-key.",
            ),
            Self::TooLarge { size, most } => {
                write!(f, "The image has {size} bytes, and a slot takes at most {most}.")
            }
            Self::NotNewer { version, running } => write!(
                f,
                "The image's version {version} is not newer than {running}, which runs. Raise its \
                 version; the image from before an update comes back by `revert`."
            ),
            Self::Rollback { counter, running } => write!(
                f,
                "The image's security counter {counter} is below {running}, that of the image that \
                 runs: it has holes that were closed since. Build a newer one."
            ),
        }
    }
}

impl core::error::Error for ImageError {}
