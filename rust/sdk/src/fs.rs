// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Files in the app's own folder. Reading needs the capability `fs_read`, writing `fs_write`.

use core::mem::ManuallyDrop;

use crate::error::count;
use crate::native::{self, open_flags, whence};
use crate::{Error, Result};

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions(i32);

impl OpenOptions {
    /// Nothing is allowed yet.
    pub const fn new() -> Self {
        Self(0)
    }

    /// Reads are allowed.
    #[must_use]
    pub const fn read(self) -> Self {
        Self(self.0 | open_flags::READ)
    }

    /// Writes are allowed.
    #[must_use]
    pub const fn write(self) -> Self {
        Self(self.0 | open_flags::WRITE)
    }

    /// Create the file when it is not there.
    #[must_use]
    pub const fn create(self) -> Self {
        Self(self.0 | open_flags::CREATE)
    }

    /// Cut the file to zero length.
    #[must_use]
    pub const fn truncate(self) -> Self {
        Self(self.0 | open_flags::TRUNCATE)
    }

    /// Every write goes to the end.
    #[must_use]
    pub const fn append(self) -> Self {
        Self(self.0 | open_flags::APPEND)
    }

    /// Opens the file.
    pub fn open(self, path: &str) -> Result<File> {
        // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
        let handle = unsafe { native::fs_open(path.as_ptr(), path.len(), self.0) };
        count(handle).map(|_| File { handle })
    }
}

/// Where a seek starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeekFrom {
    /// From the first byte.
    Start(i32),
    /// From where the next read or write would be.
    Current(i32),
    /// From the end.
    End(i32),
}

/// An open file. It is closed when it is dropped; [`File::close`] also tells whether the last bytes
/// were written.
#[derive(Debug)]
pub struct File {
    handle: i32,
}

impl File {
    /// Opens a file for reading.
    pub fn open(path: &str) -> Result<Self> {
        OpenOptions::new().read().open(path)
    }

    /// Opens a file for writing from scratch, whether it exists or not.
    pub fn create(path: &str) -> Result<Self> {
        OpenOptions::new().write().create().truncate().open(path)
    }

    /// Reads up to `out.len()` bytes and returns how many; 0 at the end.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
        count(unsafe { native::fs_read(self.handle, out.as_mut_ptr(), out.len()) })
    }

    /// Reads until `out` is full or the file ends, and returns what was read.
    pub fn read_all<'a>(&mut self, out: &'a mut [u8]) -> Result<&'a [u8]> {
        let mut length = 0;
        while length < out.len() {
            match self.read(&mut out[length..])? {
                0 => break,
                taken => length += taken,
            }
        }
        Ok(&out[..length])
    }

    /// Writes up to `data.len()` bytes and returns how many were taken.
    pub fn write(&mut self, data: &[u8]) -> Result<usize> {
        // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
        count(unsafe { native::fs_write(self.handle, data.as_ptr(), data.len()) })
    }

    /// Writes everything.
    pub fn write_all(&mut self, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            match self.write(data)? {
                0 => return Err(Error::NO_SPACE),
                taken => data = data.get(taken..).ok_or(Error::IO)?,
            }
        }
        Ok(())
    }

    /// Moves the position and returns the new one.
    pub fn seek(&mut self, to: SeekFrom) -> Result<usize> {
        let (offset, from) = match to {
            SeekFrom::Start(offset) => (offset, whence::START),
            SeekFrom::Current(offset) => (offset, whence::CURRENT),
            SeekFrom::End(offset) => (offset, whence::END),
        };
        count(native::fs_seek(self.handle, offset, from))
    }

    /// Closes the file and reports what closing found.
    pub fn close(self) -> Result<()> {
        let file = ManuallyDrop::new(self);
        count(native::fs_close(file.handle)).map(drop)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // Who wants to know calls `close`.
        let _ = native::fs_close(self.handle);
    }
}

/// The size of a file in bytes; 0 for a directory.
pub fn size(path: &str) -> Result<usize> {
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    count(unsafe { native::fs_stat(path.as_ptr(), path.len()) })
}

/// Deletes a file or an empty directory.
pub fn remove(path: &str) -> Result<()> {
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    count(unsafe { native::fs_delete(path.as_ptr(), path.len()) }).map(drop)
}

/// Renames a file; an existing target is replaced in one step.
pub fn rename(from: &str, to: &str) -> Result<()> {
    // SAFETY: both pointers and lengths are those of slices that are borrowed for the whole call.
    count(unsafe { native::fs_rename(from.as_ptr(), from.len(), to.as_ptr(), to.len()) }).map(drop)
}

/// The name of entry number `index` of a directory, written into `out`; `None` past the last one.
/// Names of directories end with a slash. The empty path is the app's folder.
pub fn entry<'a>(path: &str, index: usize, out: &'a mut [u8]) -> Result<Option<&'a str>> {
    let index = i32::try_from(index).map_err(|_| Error::INVALID)?;
    let (to, room) = (out.as_mut_ptr(), out.len());
    // SAFETY: both pointers and lengths are those of slices that are borrowed for the whole call.
    match count(unsafe { native::fs_list(path.as_ptr(), path.len(), index, to, room) }) {
        Ok(length) => {
            let name = out.get(..length).ok_or(Error::IO)?;
            core::str::from_utf8(name).map(Some).map_err(|_| Error::IO)
        }
        Err(Error::NOT_FOUND) => Ok(None),
        Err(error) => Err(error),
    }
}
