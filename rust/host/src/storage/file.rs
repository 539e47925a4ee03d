// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! An open file that owns what it holds.

use std::sync::Arc;

use akira_abi::Errno;
use akira_runtime::platform::{File, Whence};
use parking_lot::Mutex;

use super::error::errno;
use super::lfs::{Code, From, Lfs, LfsFile};

/// An open file of a [`Storage`](super::Storage). Dropping it commits and closes it.
pub struct StorageFile {
    volume: Arc<Mutex<Lfs>>,
    // `None` only once closed.
    file: Option<LfsFile>,
}

impl StorageFile {
    pub(super) fn new(volume: Arc<Mutex<Lfs>>, file: LfsFile) -> Self {
        Self { volume, file: Some(file) }
    }

    fn with<R>(&self, act: impl FnOnce(&mut Lfs, &LfsFile) -> Result<R, Code>) -> Result<R, Errno> {
        let file = self.file.as_ref().ok_or(Errno::EBADF)?;
        act(&mut self.volume.lock(), file).map_err(errno)
    }

    fn end(&mut self) -> Result<(), Errno> {
        match self.file.take() {
            Some(file) => self.volume.lock().close(file).map_err(errno),
            None => Ok(()),
        }
    }
}

impl File for StorageFile {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Errno> {
        self.with(|volume, file| volume.read(file, buf))
    }

    fn write(&mut self, buf: &[u8]) -> Result<usize, Errno> {
        self.with(|volume, file| volume.write(file, buf))
    }

    fn seek(&mut self, offset: i32, whence: Whence) -> Result<u32, Errno> {
        let from = match whence {
            Whence::Start => From::Start,
            Whence::Current => From::Current,
            Whence::End => From::End,
        };
        self.with(|volume, file| volume.seek(file, offset, from))
    }

    fn sync(&mut self) -> Result<(), Errno> {
        self.with(|volume, file| volume.sync(file))
    }

    fn close(mut self) -> Result<(), Errno> {
        self.end()
    }
}

impl Drop for StorageFile {
    fn drop(&mut self) {
        // Whoever wants to know calls `close`.
        let _ = self.end();
    }
}
