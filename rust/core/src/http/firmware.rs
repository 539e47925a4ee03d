// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What answers about firmware look like. Field names and their order are part of the API.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use crate::firmware::{PublicKey, Summary};
use crate::hex;

/// `GET /api/v1/firmware`, and the answer to whatever changes it.
#[derive(Debug, Serialize)]
pub struct Firmware {
    /// The primary slot, then the secondary.
    pub slots: Vec<Slot>,
    /// What the bootloader does at the next boot: `none`, `test`, `permanent` or `revert`.
    pub swap: &'static str,
    /// The image that runs is not on trial.
    pub confirmed: bool,
    /// Whether the device can restart itself, which installs and reverts.
    pub can_reboot: bool,
    /// An upload that is under way or broke off.
    pub upload: Option<Upload>,
    /// Whether this boot does well.
    pub health: Health,
    /// Boots in a row that did not last, this one included until it has.
    pub boots: u8,
    /// Boots did not last, so no app has started by itself.
    pub safe_mode: bool,
    /// What became of the last image on trial.
    pub last: Option<Last>,
    /// The keys that an image may be signed by.
    pub keys: Vec<Key>,
}

/// One slot.
#[derive(Clone, Debug, Serialize)]
pub struct Slot {
    /// `primary` or `secondary`.
    pub slot: &'static str,
    /// What is the matter with it: see [`SlotState`].
    pub state: &'static str,
    /// The image in it; null when there is none that is whole.
    pub image: Option<SlotImage>,
    /// Why what is in it is no image.
    pub reason: Option<String>,
    /// Its bytes.
    pub size: u32,
    /// Most bytes of an image.
    pub image_max: u32,
}

/// What is the matter with a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotState {
    /// Nothing is in it.
    Empty,
    /// Its image runs and is confirmed.
    Running,
    /// Its image runs on trial.
    Trial,
    /// An image is being sent.
    Receiving,
    /// An upload broke off and can go on.
    Partial,
    /// An image that can be put on trial.
    Ready,
    /// An image that is put on trial at the next boot.
    Pending,
    /// An image that is not newer than the running one: the one before, most likely.
    Previous,
    /// No image that would be taken.
    Bad,
}

impl SlotState {
    /// The name, as in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Running => "running",
            Self::Trial => "trial",
            Self::Receiving => "receiving",
            Self::Partial => "partial",
            Self::Ready => "ready",
            Self::Pending => "pending",
            Self::Previous => "previous",
            Self::Bad => "bad",
        }
    }
}

/// An image in a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlotImage {
    /// Its version, such as `1.2.3+4`.
    pub version: String,
    /// The SHA-256 that it carries, in hexadecimal.
    pub sha256: String,
    /// Bytes of all of it.
    pub size: u32,
    /// Its security counter; null without one.
    pub security_counter: Option<u32>,
}

impl From<&Summary> for SlotImage {
    fn from(image: &Summary) -> Self {
        Self {
            version: image.version.to_string(),
            sha256: hex::encode(&image.sha256),
            size: image.size,
            security_counter: image.counter,
        }
    }
}

/// An upload that is under way or broke off.
#[derive(Clone, Debug, Serialize)]
pub struct Upload {
    /// SHA-256 of the whole file in hexadecimal; null when nobody said.
    pub sha256: Option<String>,
    /// Its bytes; null when nobody said.
    pub size: Option<u64>,
    /// Bytes that are here: of one that broke off, where to go on.
    pub offset: u64,
    /// Whether it is under way.
    pub active: bool,
}

/// Whether this boot does well.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// `checking`, `healthy` or `failed`.
    pub state: &'static str,
    /// In how many milliseconds it is decided.
    pub left_ms: Option<u64>,
    /// What is wrong.
    pub reason: Option<String>,
}

/// What became of the last image on trial.
#[derive(Clone, Debug, Serialize)]
pub struct Last {
    /// Its version.
    pub version: String,
    /// The SHA-256 that it carries, in hexadecimal.
    pub sha256: String,
    /// `open`, `confirmed` or `reverted`.
    pub verdict: &'static str,
    /// Why it was reverted.
    pub reason: Option<String>,
}

/// A key that an image may be signed by.
#[derive(Clone, Debug, Serialize)]
pub struct Key {
    /// `ed25519` or `p256`.
    pub kind: &'static str,
    /// SHA-256 of the public key as an image names it, in hexadecimal.
    pub sha256: String,
}

impl From<&PublicKey> for Key {
    fn from(key: &PublicKey) -> Self {
        Self { kind: key.kind(), sha256: hex::encode(&key.key_hash()) }
    }
}
