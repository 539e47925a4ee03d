// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! MCUboot's slots, and restarts: the shims of `zephyr/src/firmware.c`, `firmware_keys.c` and
//! `reboot.c`.

use alloc::vec::Vec;
use core::ptr;
use core::slice;

use akira_abi::Errno;
use akira_runtime::platform::{PublicKey, Slot, SlotInfo, Swap};

use crate::ffi::{self, akira_firmware_slot as slot_code, akira_firmware_swap as swap_code};

/// The keys of the build, or the one that a simulated device was given. `Err` says what is wrong
/// with that one.
pub fn keys() -> Result<Vec<PublicKey>, &'static str> {
    if let Some(text) = given_key() {
        return PublicKey::from_pem(text).map(|key| alloc::vec![key]);
    }
    let mut keys = Vec::new();
    loop {
        let mut raw = [0; ffi::AKIRA_FIRMWARE_KEY_MAX as usize];
        // SAFETY: `raw` has room for the longest key.
        let len = unsafe { ffi::akira_firmware_key(keys.len(), raw.as_mut_ptr()) };
        match PublicKey::from_raw(raw.get(..len).unwrap_or(&[])) {
            Some(key) => keys.push(key),
            None => return Ok(keys),
        }
    }
}

/// The text of the key file of a simulated device.
fn given_key() -> Option<&'static [u8]> {
    let mut len = 0;
    // SAFETY: `len` outlives the call.
    let text = unsafe { ffi::akira_firmware_key_text(ptr::from_mut(&mut len)) };
    // SAFETY: null, or `len` bytes that stay for ever and never change.
    (!text.is_null()).then(|| unsafe { slice::from_raw_parts(text.cast(), len) })
}

/// The sizes of the slots.
pub fn slots() -> Option<SlotInfo> {
    let mut info =
        ffi::akira_firmware_info { size: 0, erase_block: 0, write_block: 0, image_max: 0 };
    // SAFETY: the result outlives the call.
    unsafe { ffi::akira_firmware_info(&mut info) }.then_some(SlotInfo {
        size: info.size,
        erase_block: info.erase_block,
        write_block: info.write_block,
        image_max: info.image_max,
    })
}

/// Reads a slot.
pub fn read(slot: Slot, offset: u32, out: &mut [u8]) -> Result<(), Errno> {
    let slot = match slot {
        Slot::Primary => slot_code::AKIRA_FIRMWARE_PRIMARY,
        Slot::Secondary => slot_code::AKIRA_FIRMWARE_SECONDARY,
    };
    let (to, len) = (out.as_mut_ptr().cast(), out.len());
    // SAFETY: the buffer is a slice with its length.
    ffi::done(unsafe { ffi::akira_firmware_read(slot, offset, to, len) })
}

/// Begins to write the secondary slot.
pub fn open(offset: u32) -> Result<(), Errno> {
    // SAFETY: takes a plain number, and checks it.
    ffi::done(unsafe { ffi::akira_firmware_open(offset) })
}

/// Writes the next bytes.
pub fn write(bytes: &[u8]) -> Result<(), Errno> {
    // SAFETY: the bytes are a slice with its length.
    ffi::done(unsafe { ffi::akira_firmware_write(bytes.as_ptr().cast(), bytes.len()) })
}

/// Writes what waits in the buffer.
pub fn flush() -> Result<(), Errno> {
    // SAFETY: takes no argument.
    ffi::done(unsafe { ffi::akira_firmware_flush() })
}

/// Erases header and trailer of the secondary slot.
pub fn erase() -> Result<(), Errno> {
    // SAFETY: takes no argument.
    ffi::done(unsafe { ffi::akira_firmware_erase() })
}

/// Has the slots swapped on trial.
pub fn request_test() -> Result<(), Errno> {
    // SAFETY: takes no argument.
    ffi::done(unsafe { ffi::akira_firmware_request_test() })
}

/// What MCUboot does at the next boot.
pub fn swap() -> Result<Swap, Errno> {
    // SAFETY: takes no argument.
    let swap = ffi::count(unsafe { ffi::akira_firmware_swap() })?;
    match u32::try_from(swap).map_err(|_| Errno::EIO)? {
        swap_code::AKIRA_FIRMWARE_SWAP_NONE => Ok(Swap::None),
        swap_code::AKIRA_FIRMWARE_SWAP_TEST => Ok(Swap::Test),
        swap_code::AKIRA_FIRMWARE_SWAP_PERMANENT => Ok(Swap::Permanent),
        swap_code::AKIRA_FIRMWARE_SWAP_REVERT => Ok(Swap::Revert),
        _ => Err(Errno::EIO),
    }
}

/// Whether the running image's trailer says that it is confirmed.
pub fn confirmed() -> Result<bool, Errno> {
    // SAFETY: takes no argument.
    ffi::count(unsafe { ffi::akira_firmware_confirmed() }).map(|confirmed| confirmed != 0)
}

/// Confirms the running image.
pub fn confirm() -> Result<(), Errno> {
    // SAFETY: takes no argument.
    ffi::done(unsafe { ffi::akira_firmware_confirm() })
}

/// Whether the build takes images without a signature.
pub fn unsigned() -> bool {
    // SAFETY: takes no argument.
    unsafe { ffi::akira_firmware_unsigned() }
}

/// Whether the device can be restarted.
pub fn can_reboot() -> bool {
    // SAFETY: takes no argument.
    unsafe { ffi::akira_can_reboot() }
}

/// Restarts the device.
pub fn reboot() -> Result<(), Errno> {
    // SAFETY: takes no argument.
    ffi::done(unsafe { ffi::akira_reboot() })
}
