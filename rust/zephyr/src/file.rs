// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! An open file.

use core::mem;
use core::ptr::{self, NonNull};

use akira_abi::Errno;
use akira_runtime::platform::{self, OpenMode, Whence};

use crate::ffi::{self, akira_fs_mode as mode_bit, akira_fs_whence as whence_code};

/// A file handle of the pool in `zephyr/src/storage.c`; dropping it closes the file.
pub struct File {
    handle: NonNull<ffi::akira_file>,
}

// SAFETY: a handle is used by one owner at a time, and storage.c and LittleFS below it take calls
// from any thread.
unsafe impl Send for File {}

impl File {
    /// Opens the file at a path inside the storage partition.
    pub fn open(path: &str, mode: OpenMode) -> Result<Self, Errno> {
        let bits = [
            (mode.read, mode_bit::AKIRA_FS_READ),
            (mode.write, mode_bit::AKIRA_FS_WRITE),
            (mode.create, mode_bit::AKIRA_FS_CREATE),
            (mode.truncate, mode_bit::AKIRA_FS_TRUNCATE),
            (mode.append, mode_bit::AKIRA_FS_APPEND),
        ];
        let mode = bits.iter().filter(|(on, _)| *on).fold(0, |sum, (_, bit)| sum | bit);

        let mut handle = ptr::null_mut();
        // SAFETY: the path is a slice with its length, and `handle` outlives the call.
        let result =
            unsafe { ffi::akira_fs_open(path.as_ptr().cast(), path.len(), mode, &mut handle) };
        ffi::done(result)?;
        NonNull::new(handle).map(|handle| Self { handle }).ok_or(Errno::EIO)
    }
}

impl platform::File for File {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Errno> {
        let handle = self.handle.as_ptr();
        // SAFETY: the handle is open while `self` lives; the buffer is a slice with its length.
        ffi::count(unsafe { ffi::akira_fs_read(handle, buf.as_mut_ptr().cast(), buf.len()) })
    }

    fn write(&mut self, buf: &[u8]) -> Result<usize, Errno> {
        let handle = self.handle.as_ptr();
        // SAFETY: the handle is open while `self` lives; the buffer is a slice with its length.
        ffi::count(unsafe { ffi::akira_fs_write(handle, buf.as_ptr().cast(), buf.len()) })
    }

    fn seek(&mut self, offset: i32, whence: Whence) -> Result<u32, Errno> {
        let whence = match whence {
            Whence::Start => whence_code::AKIRA_FS_START,
            Whence::Current => whence_code::AKIRA_FS_CURRENT,
            Whence::End => whence_code::AKIRA_FS_END,
        };
        // SAFETY: the handle is open while `self` lives.
        let result = unsafe { ffi::akira_fs_seek(self.handle.as_ptr(), offset, whence) };
        u32::try_from(result).map_err(|_| Errno::from_code(result))
    }

    fn sync(&mut self) -> Result<(), Errno> {
        // SAFETY: the handle is open while `self` lives.
        ffi::done(unsafe { ffi::akira_fs_sync(self.handle.as_ptr()) })
    }

    fn close(self) -> Result<(), Errno> {
        let handle = self.handle.as_ptr();
        mem::forget(self);
        // SAFETY: the handle was open, and with `self` forgotten nobody uses it again.
        ffi::done(unsafe { ffi::akira_fs_close(handle) })
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // What closing finds has nobody left to tell; `close` is there for those who ask.
        // SAFETY: the handle was open, and nobody uses it after this.
        let _ = unsafe { ffi::akira_fs_close(self.handle.as_ptr()) };
    }
}
