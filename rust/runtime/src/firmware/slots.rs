// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is in the slots: each is read and checked whole, once, when somebody first asks.

use akira_abi::Errno;
use akira_core::firmware::record::Upload;
use akira_core::firmware::slot::{self, Found, PIECE};
use akira_core::firmware::{Facts, ImageError, Slot, Summary};
use akira_core::http::ApiError;
use sha2::{Digest, Sha256};

use super::flash;
use crate::platform::Platform;
use crate::runtime::Runtime;

/// What is in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Empty,
    /// No image that would be taken.
    Bad(ImageError),
    Image(Summary),
}

impl Content {
    pub(super) fn image(self) -> Option<Summary> {
        match self {
            Content::Image(image) => Some(image),
            Content::Empty | Content::Bad(_) => None,
        }
    }
}

impl<P: Platform> Runtime<P> {
    /// What is in a slot, as far as it was looked at in this boot, or by looking now.
    pub(super) fn slot_content(&self, slot: Slot) -> Result<Content, ApiError> {
        let known = {
            let state = self.firmware.lock();
            if slot == Slot::Primary { state.primary } else { state.secondary }
        };
        known.map_or_else(|| self.look_at(slot), Ok)
    }

    /// Looks what is in a slot.
    pub(super) fn look_at(&self, slot: Slot) -> Result<Content, ApiError> {
        let content = self.scan_slot(slot).map_err(|errno| flash("read the slot", errno))?;
        let mut state = self.firmware.lock();
        match slot {
            Slot::Primary => state.primary = Some(content),
            Slot::Secondary => state.secondary = Some(content),
        }
        Ok(content)
    }

    fn scan_slot(&self, slot: Slot) -> Result<Content, Errno> {
        let platform = &self.platform;
        let size = platform.firmware_slots().ok_or(Errno::ENOTSUP)?.size;
        let found = slot::scan(size, |offset, out| platform.firmware_read(slot, offset, out))?;
        let image = match found {
            Found::Empty => return Ok(Content::Empty),
            Found::Bad(error) => return Ok(Content::Bad(error)),
            Found::Image(image) => image,
        };
        // What runs, the bootloader has let through by its own keys.
        if slot == Slot::Secondary
            && let Err(error) = image.verify(platform.firmware_keys(), platform.firmware_unsigned())
        {
            return Ok(Content::Bad(error));
        }
        Ok(Content::Image(image.summary()))
    }

    /// What counts about the image that runs; `None` on a device that runs none from its slot.
    pub(super) fn running(&self) -> Result<Option<Facts>, ApiError> {
        let content = self.slot_content(Slot::Primary)?;
        Ok(content.image().map(|image| image.facts()))
    }

    /// An upload that broke off and can go on: its beginning is in the slot.
    pub(super) fn partial_upload(&self) -> Option<Upload> {
        let (upload, checked) = {
            let state = self.firmware.lock();
            (state.record.upload?, state.upload_checked)
        };
        if checked || self.hash_slot(upload.offset) == Ok(upload.prefix) {
            self.firmware.lock().upload_checked = true;
            return Some(upload);
        }
        self.keep_firmware(|record| record.upload = None);
        None
    }

    /// SHA-256 of the secondary slot up to `end`.
    fn hash_slot(&self, end: u32) -> Result<[u8; 32], Errno> {
        let mut hash = Sha256::new();
        self.each_piece(end, |piece| {
            hash.update(piece);
            Ok::<_, Errno>(())
        })?;
        Ok(hash.finalize().into())
    }

    /// Gives the secondary slot up to `end` to `take`, piece by piece.
    pub(super) fn each_piece<E: From<Errno>>(
        &self,
        end: u32,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut piece = [0; PIECE];
        let mut offset = 0;
        while offset < end {
            let piece = &mut piece[..PIECE.min((end - offset) as usize)];
            self.platform.firmware_read(Slot::Secondary, offset, piece)?;
            take(piece)?;
            offset += piece.len() as u32;
        }
        Ok(())
    }
}
