// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! An image on its way into the secondary slot: the sink `firmware` of a transfer.
//!
//! It is scanned as it comes. The slot is not touched before the header has been found good: that
//! there is one, that it fits, that it is newer. What turns out bad later is erased again. Once all of
//! it is in the slot, it is read back and checked there; nothing is put on trial yet.
//!
//! An upload that was announced with its SHA-256 and breaks off can go on: what is in the slot for
//! certain is noted now and then and when it breaks off, with a hash of just that. In memory there are
//! a scan, three hashes under way and no part of the image but its first 32 bytes.

use alloc::boxed::Box;
use alloc::format;

use akira_core::audit::Kind;
use akira_core::firmware::header::HEADER_BYTES;
use akira_core::firmware::record::{Upload, Verdict};
use akira_core::firmware::{ImageError, Scanner, Slot, Swap, policy};
use akira_core::hex;
use akira_core::http::{ApiError, Code};
use heapless::Vec;
use sha2::{Digest, Sha256};

use super::slots::Content;
use super::{User, flash};
use crate::platform::{Platform, SlotInfo};
use crate::runtime::Runtime;

/// Bytes between two notes of how far an upload has come.
const NOTE_BYTES: u32 = 64 * 1024;

/// The end of an erase block, and the SHA-256 of all up to there.
#[derive(Clone)]
struct Mark {
    offset: u32,
    hash: Sha256,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The slot is as it was.
    Untouched,
    /// A part of the image is in the slot.
    Writing,
    /// What came is no image to keep.
    Bad,
    /// The image is in the slot.
    Done,
}

/// An upload under way. Whoever has one calls [`FirmwareSink::close`] in the end, also when all of
/// it is in the slot.
pub(crate) struct FirmwareSink {
    info: SlotInfo,
    scanner: Scanner,
    head: Vec<u8, HEADER_BYTES>,
    received: u32,
    hash: Sha256,
    /// The last two ends of erase blocks. A block before the older one is on the flash for certain;
    /// the platform may have bytes of later ones in its buffer.
    marks: [Option<Mark>; 2],
    /// How far an upload has come is noted up to there.
    noted: u32,
    /// Its size and SHA-256, when both were announced.
    announced: Option<(u32, [u8; 32])>,
    size: Option<u64>,
    stage: Stage,
}

impl FirmwareSink {
    /// Begins an upload of `size` bytes with that SHA-256, as far as they are known, or goes on with
    /// one of which the slot has the first `offset` bytes.
    pub(crate) fn begin<P: Platform>(
        runtime: &Runtime<P>,
        offset: u32,
        size: Option<u64>,
        sha256: Option<[u8; 32]>,
    ) -> Result<Box<Self>, ApiError> {
        let info = runtime.slot_info()?;
        if runtime.platform.firmware_keys().is_empty() && !runtime.platform.firmware_unsigned() {
            return Err(ImageError::NoKey.into());
        }
        check_size(size.unwrap_or(0), &info)?;
        let claim = runtime.claim_slot(User::Upload(sha256))?;
        let swap = runtime.platform.firmware_swap();
        if swap.map_err(|errno| flash("read the slots' state", errno))? == Swap::Revert {
            return Err(unconfirmed());
        }
        let announced = size.and_then(|size| u32::try_from(size).ok()).zip(sha256);
        let mut sink = Box::new(Self {
            info,
            scanner: Scanner::new(),
            head: Vec::new(),
            received: 0,
            hash: Sha256::new(),
            marks: [None, None],
            noted: 0,
            announced,
            size,
            stage: Stage::Untouched,
        });
        if offset > 0 {
            sink.resume(runtime, offset).inspect_err(|error| {
                if error.code != Code::WrongOffset {
                    // Trying again would end the same way.
                    runtime.keep_firmware(|record| record.upload = None);
                }
            })?;
        }
        // From here on `close` gives the slot back.
        core::mem::forget(claim);
        Ok(sink)
    }

    /// Takes up an upload that broke off.
    fn resume<P: Platform>(&mut self, runtime: &Runtime<P>, offset: u32) -> Result<(), ApiError> {
        let Some(upload) = runtime.partial_upload() else {
            return Err(ApiError::new(
                Code::WrongOffset,
                "The device has no upload to go on with. Send the image from its beginning.",
            ));
        };
        if upload.offset != offset || self.announced != Some((upload.size, upload.sha256)) {
            let Upload { offset, size, sha256, .. } = upload;
            return Err(ApiError::new(
                Code::WrongOffset,
                format!(
                    "The device has {offset} of {size} bytes of the file with the SHA-256 {}. Send \
                     its rest, or another file from its beginning.",
                    hex::encode(&sha256)
                ),
            ));
        }
        runtime.each_piece(offset, |piece| {
            self.scanner.push(piece).map_err(Failure::Image)?;
            self.count(piece);
            Ok::<_, Failure>(())
        })?;
        self.check_header(runtime)?;
        runtime.platform.firmware_open(offset).map_err(|errno| flash("open the slot", errno))?;
        runtime.firmware.lock().secondary = None;
        (self.noted, self.stage) = (offset, Stage::Writing);
        Ok(())
    }

    /// Takes the next bytes of the image.
    pub(crate) fn chunk<P: Platform>(
        &mut self,
        runtime: &Runtime<P>,
        bytes: &[u8],
    ) -> Result<(), ApiError> {
        self.take(runtime, bytes).inspect_err(|_| self.spoil())
    }

    /// What came is not kept.
    fn spoil(&mut self) {
        if self.stage == Stage::Writing {
            self.stage = Stage::Bad;
        }
    }

    fn take<P: Platform>(
        &mut self,
        runtime: &Runtime<P>,
        mut bytes: &[u8],
    ) -> Result<(), ApiError> {
        check_size(u64::from(self.received) + bytes.len() as u64, &self.info)?;
        if self.stage == Stage::Untouched {
            let missing = HEADER_BYTES - self.head.len();
            let (head, rest) = bytes.split_at(missing.min(bytes.len()));
            self.scanner.push(head)?;
            // Not more than is missing, so it fits.
            let _ = self.head.extend_from_slice(head);
            if self.scanner.header().is_none() {
                return Ok(());
            }
            self.check_header(runtime)?;
            self.open(runtime)?;
            let head = core::mem::take(&mut self.head);
            self.store(runtime, &head)?;
            bytes = rest;
        }
        self.scanner.push(bytes)?;
        self.store(runtime, bytes)
    }

    /// What is known once the header is there.
    fn check_header<P: Platform>(&self, runtime: &Runtime<P>) -> Result<(), ApiError> {
        let Some(header) = self.scanner.header() else { return Ok(()) };
        check_size(header.least_size(), &self.info)?;
        if self.size.is_some_and(|size| size < header.least_size()) {
            return Err(ImageError::Truncated.into());
        }
        Ok(policy::check_version(header.version, runtime.running()?)?)
    }

    /// Begins to write the slot. What it held is gone then, and so is what was noted of it.
    fn open<P: Platform>(&mut self, runtime: &Runtime<P>) -> Result<(), ApiError> {
        runtime.keep_firmware(|record| {
            record.upload = None;
            // An image that was to be tried at the next boot is overwritten.
            record.trial.take_if(|trial| trial.verdict == Verdict::Open);
        });
        {
            let mut state = runtime.firmware.lock();
            (state.secondary, state.upload_checked) = (None, false);
        }
        self.stage = Stage::Writing;
        runtime.platform.firmware_open(0).map_err(|errno| flash("open the slot", errno))
    }

    fn store<P: Platform>(&mut self, runtime: &Runtime<P>, bytes: &[u8]) -> Result<(), ApiError> {
        runtime
            .platform
            .firmware_write(bytes)
            .map_err(|errno| flash("write the image to the slot", errno))?;
        self.count(bytes);
        if let Some(mark) = &self.marks[0]
            && mark.offset >= self.noted + NOTE_BYTES
        {
            self.noted = mark.offset;
            self.note(runtime, &self.marks[0]);
        }
        Ok(())
    }

    /// Counts bytes that are on their way into the slot.
    fn count(&mut self, mut bytes: &[u8]) {
        let block = self.info.erase_block.max(1);
        while !bytes.is_empty() {
            let room = (block - self.received % block) as usize;
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.hash.update(now);
            self.received += now.len() as u32;
            if self.received.is_multiple_of(block) {
                let mark = Mark { offset: self.received, hash: self.hash.clone() };
                self.marks[0] = self.marks[1].replace(mark);
            }
            bytes = rest;
        }
    }

    /// Notes how far the upload has come; whether it can go on from there.
    fn note<P: Platform>(&self, runtime: &Runtime<P>, mark: &Option<Mark>) -> bool {
        let (Some(mark), Some((size, sha256))) = (mark, self.announced) else { return false };
        if mark.offset >= size {
            return false;
        }
        let prefix = mark.hash.clone().finalize().into();
        let upload = Upload { sha256, size, offset: mark.offset, prefix };
        runtime.keep_firmware(|record| record.upload = Some(upload));
        runtime.firmware.lock().upload_checked = true;
        true
    }

    /// All has come. `check` is asked whether it is what was announced. When this returns, a good
    /// image is in the slot.
    pub(crate) fn finish<P: Platform>(
        &mut self,
        runtime: &Runtime<P>,
        check: impl FnOnce([u8; 32]) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        self.complete(runtime, check).inspect_err(|_| self.spoil())
    }

    fn complete<P: Platform>(
        &mut self,
        runtime: &Runtime<P>,
        check: impl FnOnce([u8; 32]) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        // The beginning of a header that never became one was not counted.
        self.hash.update(&self.head);
        check(self.hash.clone().finalize().into())?;
        let image = core::mem::take(&mut self.scanner).finish()?;
        let platform = &runtime.platform;
        image.verify(platform.firmware_keys(), platform.firmware_unsigned())?;
        policy::check_update(image.facts(), runtime.running()?)?;
        platform.firmware_flush().map_err(|errno| flash("write the image to the slot", errno))?;
        let image = image.summary();
        if runtime.look_at(Slot::Secondary)? != Content::Image(image) {
            return Err(ApiError::new(
                Code::Internal,
                "The slot does not hold what was written to it: the flash is failing.",
            ));
        }
        self.stage = Stage::Done;
        runtime.keep_firmware(|record| record.upload = None);
        runtime.counters.firmware_stored();
        let text = format!("{} is stored, {}", image.version, hex::encode(&image.sha256[..8]));
        runtime.audit(Kind::Firmware, None, &text);
        Ok(())
    }

    /// Ends the upload. Of one that broke off there stays what it can go on with; what is bad is
    /// erased.
    pub(crate) fn close<P: Platform>(self: Box<Self>, runtime: &Runtime<P>) {
        let kept = match self.stage {
            Stage::Untouched | Stage::Done => true,
            Stage::Bad => false,
            Stage::Writing => {
                runtime.platform.firmware_flush().is_ok() && self.note(runtime, &self.marks[1])
            }
        };
        if !kept {
            runtime.keep_firmware(|record| record.upload = None);
            // What cannot be erased is no image all the same: it is not whole, or does not verify.
            let _ = runtime.platform.firmware_erase();
            runtime.firmware.lock().secondary = None;
        }
        runtime.firmware.lock().user = User::Nobody;
    }
}

fn check_size(size: u64, info: &SlotInfo) -> Result<(), ApiError> {
    let most = info.image_max;
    if size > u64::from(most) {
        return Err(ImageError::TooLarge { size, most }.into());
    }
    Ok(())
}

/// The image that would be overwritten is the one to go back to.
pub(super) fn unconfirmed() -> ApiError {
    ApiError::new(
        Code::Unconfirmed,
        "The firmware that runs is on trial, and the other slot holds what to go back to. Confirm \
         it or revert it first.",
    )
}

/// What goes wrong while the beginning of an upload is read back.
enum Failure {
    Flash(akira_abi::Errno),
    Image(ImageError),
}

impl From<akira_abi::Errno> for Failure {
    fn from(errno: akira_abi::Errno) -> Self {
        Failure::Flash(errno)
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Flash(errno) => flash("read the slot", errno),
            Failure::Image(error) => error.into(),
        }
    }
}
