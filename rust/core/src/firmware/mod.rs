// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Firmware images and slots, as MCUboot has them.
//!
//! * [`header`]: what the first bytes of an image say; versions.
//! * [`image`]: the scan of an image while it streams in, and what it found.
//! * [`key`]: the public keys that a build takes images from; [`pem`]: reading one from its file.
//! * [`slot`]: what is in a slot.
//! * [`error`]: why an image is refused.
//! * [`policy`]: which image may follow which.
//! * [`record`]: what a device keeps about an update over a reboot.
//! * [`guard`]: the count of boots that did not last.

pub mod error;
pub mod guard;
pub mod header;
pub mod image;
pub mod key;
pub mod pem;
pub mod policy;
pub mod record;
pub mod slot;

pub use error::ImageError;
pub use guard::Guard;
pub use header::{Header, Version};
pub use image::{Image, Scanner, Summary};
pub use key::PublicKey;
pub use policy::Facts;

/// A place for a firmware image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The one that the bootloader boots from.
    Primary,
    /// The one that an update is written to.
    Secondary,
}

impl Slot {
    /// The name, as in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Slot::Primary => "primary",
            Slot::Secondary => "secondary",
        }
    }
}

/// What the bootloader does at the next boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// It boots what is in the primary slot.
    None,
    /// It swaps the slots, and swaps them back at the boot after that unless the image has been
    /// confirmed.
    Test,
    /// It swaps the slots for good.
    Permanent,
    /// It swaps the slots back: the image that runs is on trial and has not been confirmed.
    Revert,
}

impl Swap {
    /// The name, as in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Swap::None => "none",
            Swap::Test => "test",
            Swap::Permanent => "permanent",
            Swap::Revert => "revert",
        }
    }
}
