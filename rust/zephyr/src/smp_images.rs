// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Firmware images as MCUmgr's clients see them: two slots, an image in each, and what to do with it.

use alloc::sync::Arc;
use core::ffi::{c_char, c_void};

use akira_core::hex;
use akira_core::http::{ApiError, Code, firmware as view};
use akira_runtime::Runtime;

use crate::control::{AKIRA_VERSION_SIZE, akira_print, not_up, report, terminated};
use crate::export;
use crate::platform::Zephyr;
use crate::smp::bytes;

/// An image in a slot.
#[allow(non_camel_case_types, reason = "the name in C")]
#[repr(C)]
pub struct akira_image {
    /// Its version, terminated.
    pub version: [c_char; AKIRA_VERSION_SIZE],
    /// The SHA-256 that it carries.
    pub sha256: [u8; 32],
    /// It is tried at the next boot.
    pub pending: bool,
    /// It is not on trial. Of the other slot: it comes back when the one that runs is not confirmed.
    pub confirmed: bool,
    /// It runs.
    pub active: bool,
    /// It is taken for good at the next boot.
    pub permanent: bool,
}

/// The image in the slot with the number `slot`: 0 primary, 1 secondary. False when there is none.
///
/// # Safety
///
/// `image` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_image_at(slot: u32, image: *mut akira_image) -> bool {
    let Some(found) = export::runtime().and_then(|runtime| image_at(runtime, slot)) else {
        return false;
    };
    // SAFETY: by this function's contract.
    unsafe { image.write(found) };
    true
}

/// Has the image with that hash tried, or the one that runs confirmed; without a hash it is about that
/// one. 0, or the HTTP status that says what was wrong; the sentence has then been printed.
///
/// # Safety
///
/// `sha256` is null or holds 32 bytes, and `print` can be called with `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_image_set(
    sha256: *const u8,
    confirm: bool,
    print: akira_print,
    context: *mut c_void,
) -> u16 {
    // SAFETY: by this function's contract.
    let sha256 = <[u8; 32]>::try_from(unsafe { bytes(sha256, 32) }).ok();
    let done =
        export::runtime().ok_or_else(not_up).and_then(|runtime| set(runtime, sha256, confirm));
    // SAFETY: by this function's contract.
    unsafe { report(done, print, context) }
}

/// How many bytes of that very image are there from an upload that broke off.
pub fn resume_at(runtime: &Arc<Runtime<Zephyr>>, size: u64, sha256: Option<[u8; 32]>) -> u32 {
    let Some(upload) = runtime.firmware_view().ok().and_then(|view| view.upload) else { return 0 };
    let same = sha256.is_some()
        && upload.sha256 == sha256.map(|sha256| hex::encode(&sha256))
        && upload.size == Some(size);
    if same && !upload.active { u32::try_from(upload.offset).unwrap_or(0) } else { 0 }
}

fn image_at(runtime: &Runtime<Zephyr>, slot: u32) -> Option<akira_image> {
    let view = runtime.firmware_view().ok()?;
    let image = view.slots.get(usize::try_from(slot).ok()?)?.image.as_ref()?;
    let active = slot == 0;
    let next = matches!(view.swap, "test" | "permanent");
    Some(akira_image {
        version: terminated(&image.version),
        sha256: hex::decode(&image.sha256)?,
        pending: !active && next,
        confirmed: active == view.confirmed,
        active,
        permanent: !active && view.swap == "permanent",
    })
}

fn set(runtime: &Runtime<Zephyr>, sha256: Option<[u8; 32]>, confirm: bool) -> Result<(), ApiError> {
    let wanted = sha256.map(|sha256| hex::encode(&sha256));
    let view = runtime.firmware_view()?;
    let is_in = |at: usize| {
        let image = view.slots.get(at).and_then(|slot: &view::Slot| slot.image.as_ref());
        image.is_some_and(|image| Some(&image.sha256) == wanted.as_ref())
    };
    let runs = wanted.is_none() || is_in(0);
    match (confirm, runs) {
        (true, true) => runtime.confirm_firmware().map(drop),
        (false, true) => {
            Err(ApiError::new(Code::BadRequest, "That image runs. Name another one to try."))
        }
        (_, false) if !is_in(1) => {
            Err(ApiError::new(Code::NotFound, "No slot holds an image with that hash."))
        }
        (false, false) => runtime.test_firmware().map(drop),
        (true, false) => Err(ApiError::new(
            Code::BadRequest,
            "An image is confirmed when it runs. Have it tried first.",
        )),
    }
}
