// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What littlefs calls to reach the flash: read, program, erase, sync.
//!
//! Contract: `config.context` points to the [`Region`] of the volume that littlefs was called
//! for, and nothing else touches its chip while littlefs runs. littlefs sees the region's partition
//! and nothing else of the chip. `lfs.rs` upholds both.
//!
//! A failed operation is reported as `LFS_ERR_IO`, as Zephyr reports it. For a block that it is told to
//! be corrupt, littlefs would read an older one of the same directory, with what has long been replaced
//! and whose files' blocks are others' by now; and while it moves a file off one it can lose count of the
//! file's blocks (2.9, when it has to look for free ones just then).

use std::ffi::{c_int, c_void};
use std::slice;

use littlefs2_sys as ll;

use crate::flash::geometry::ERASE_BLOCK;
use crate::flash::{FlashError, NorFlash, Partition};

/// The part of a chip that a volume is on.
pub(super) struct Region {
    pub(super) chip: NorFlash,
    pub(super) partition: Partition,
}

/// Runs `operation` on the chip at the flash address of `block` and `offset`, where `len` bytes are
/// the partition's.
///
/// # Safety
/// `config` is what littlefs was mounted or formatted with, as the module's contract says.
unsafe fn with_chip(
    config: *const ll::lfs_config,
    block: u32,
    offset: u32,
    len: u32,
    operation: impl FnOnce(&mut NorFlash, u32) -> Result<(), FlashError>,
) -> c_int {
    let within = block.checked_mul(ERASE_BLOCK).and_then(|base| base.checked_add(offset));
    // SAFETY: the caller passes littlefs's own configuration, valid as long as the volume lives.
    let context = unsafe { (*config).context };
    // SAFETY: by the module's contract it is the volume's region, and nothing else has it now.
    let region = unsafe { &mut *context.cast::<Region>() };
    let address = within.and_then(|within| region.partition.address(within, len as usize));
    match address.map(|address| operation(&mut region.chip, address)) {
        Some(Ok(())) => ll::lfs_error_LFS_ERR_OK,
        Some(Err(_)) | None => ll::lfs_error_LFS_ERR_IO,
    }
}

/// # Safety
/// Called by littlefs only, with a buffer of `size` bytes to fill.
pub(super) unsafe extern "C" fn read(
    config: *const ll::lfs_config,
    block: u32,
    offset: u32,
    buffer: *mut c_void,
    size: u32,
) -> c_int {
    // SAFETY: littlefs passes one of its caches or its caller's buffer, `size` bytes that are
    // initialised (caches start zeroed, callers pass slices) and not otherwise borrowed.
    let out = unsafe { slice::from_raw_parts_mut(buffer.cast::<u8>(), size as usize) };
    // SAFETY: littlefs passes its own configuration.
    unsafe { with_chip(config, block, offset, size, |chip, address| chip.read(address, out)) }
}

/// # Safety
/// Called by littlefs only, with a buffer of `size` bytes to program.
pub(super) unsafe extern "C" fn program(
    config: *const ll::lfs_config,
    block: u32,
    offset: u32,
    buffer: *const c_void,
    size: u32,
) -> c_int {
    // SAFETY: littlefs passes its program cache, `size` initialised bytes that do not change now.
    let data = unsafe { slice::from_raw_parts(buffer.cast::<u8>(), size as usize) };
    // SAFETY: littlefs passes its own configuration.
    unsafe { with_chip(config, block, offset, size, |chip, address| chip.program(address, data)) }
}

/// # Safety
/// Called by littlefs only.
pub(super) unsafe extern "C" fn erase(config: *const ll::lfs_config, block: u32) -> c_int {
    let len = ERASE_BLOCK;
    // SAFETY: littlefs passes its own configuration.
    unsafe { with_chip(config, block, 0, len, |chip, at| chip.erase(at, len as usize)) }
}

/// # Safety
/// Called by littlefs only.
pub(super) unsafe extern "C" fn sync(config: *const ll::lfs_config) -> c_int {
    // SAFETY: littlefs passes its own configuration.
    unsafe { with_chip(config, 0, 0, 0, |chip, _| chip.sync()) }
}
