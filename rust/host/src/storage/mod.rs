// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! LittleFS on the emulated flash: files, directories and space, in the platform's terms.
//!
//! Contract: a [`Storage`] may be used from any thread; calls take turns. A [`StorageFile`] keeps
//! the volume mounted and is closed when dropped. Sizes and limits are those of the Zephyr device,
//! so that either can mount the other's image.
//!
//! * [`lfs`] - the C library behind a safe interface,
//! * [`driver`] - what the C library calls,
//! * [`own`] - memory that it keeps pointers to,
//! * [`error`] - its errors in ours.

#![allow(rustdoc::private_intra_doc_links)]

#[allow(unsafe_code)]
mod driver;
pub mod error;
mod file;
#[allow(unsafe_code)]
mod lfs;
#[allow(unsafe_code)]
mod own;

use std::ffi::CString;
use std::sync::Arc;

use akira_abi::Errno;
use akira_runtime::platform::{OpenMode, Space, Stat};
use parking_lot::Mutex;

use crate::flash::geometry::ERASE_BLOCK;
use crate::flash::{Layout, NorFlash};
pub use error::MountError;
use error::errno;
pub use file::StorageFile;
use lfs::{Code, Lfs, Open};

/// Blocks at the start of a file system that its format writes.
const SUPERBLOCKS: u32 = 2;

/// The mounted file system of a device.
pub struct Storage {
    volume: Arc<Mutex<Lfs>>,
}

impl Storage {
    /// Mounts the file system on the storage partition of `chip`. A partition that is wholly erased
    /// gets an empty one, and so does one whose format was cut short; one with other contents that do
    /// not mount is refused and not touched.
    pub fn mount(chip: NorFlash) -> Result<Self, MountError> {
        let layout = Layout::of(chip.geometry());
        let blocks = layout.storage.blocks();
        let format =
            |chip| Lfs::format(chip).map_err(|(_, code)| MountError::Format { code: code.0 });
        let volume = if chip.is_blank(layout.storage) {
            if layout.boot.is_some() && begins_with_a_file_system(&chip) {
                return Err(MountError::OldLayout);
            }
            format(chip)?
        } else {
            match Lfs::mount(chip) {
                Ok(volume) => volume,
                // All that the runtime stores is in directories, whose blocks come after these.
                Err((chip, Code::CORRUPT))
                    if chip.is_blank(layout.storage.without(SUPERBLOCKS)) =>
                {
                    format(chip)?
                }
                Err((_, Code::IO)) => return Err(MountError::Unreadable),
                Err((_, code)) => {
                    return Err(MountError::NotAFileSystem { blocks, code: code.0 });
                }
            }
        };
        Ok(Self { volume: Arc::new(Mutex::new(volume)) })
    }

    /// Ends the file system and gives the chip back; `None` when files are still open, which keep
    /// it mounted until the last of them is closed.
    pub fn unmount(self) -> Option<NorFlash> {
        Some(Arc::into_inner(self.volume)?.into_inner().unmount())
    }

    /// Calls `look` with the chip below, for its counters, its cells and its fault plan.
    pub fn with_chip<R>(&self, look: impl FnOnce(&mut NorFlash) -> R) -> R {
        look(self.volume.lock().chip())
    }

    /// Opens a file.
    pub fn open(&self, path: &str, mode: OpenMode) -> Result<StorageFile, Errno> {
        let OpenMode { read, write, create, truncate, append } = mode;
        let how = Open { read, write, create, truncate, append };
        let file = self.volume.lock().open(&c_path(path)?, how).map_err(errno)?;
        Ok(StorageFile::new(Arc::clone(&self.volume), file))
    }

    /// Removes a file or an empty directory.
    pub fn remove(&self, path: &str) -> Result<(), Errno> {
        self.volume.lock().remove(&c_path(path)?).map_err(errno)
    }

    /// Renames a file or directory; an existing file at the target is replaced atomically.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), Errno> {
        // littlefs would make a directory that is inside itself, and lost.
        if to.strip_prefix(from).is_some_and(|rest| rest.starts_with('/')) {
            return Err(Errno::EINVAL);
        }
        self.volume.lock().rename(&c_path(from)?, &c_path(to)?).map_err(errno)
    }

    /// Tells what is at `path`.
    pub fn stat(&self, path: &str) -> Result<Stat, Errno> {
        let entry = self.volume.lock().stat(&c_path(path)?).map_err(errno)?;
        Ok(Stat { is_dir: entry.is_dir, size: entry.size })
    }

    /// Calls `each` with every entry of a directory until it returns `false`. The entries are those
    /// of one moment; `each` may use the storage.
    pub fn list(&self, path: &str, each: &mut dyn FnMut(&str, Stat) -> bool) -> Result<(), Errno> {
        let entries = self.volume.lock().list(&c_path(path)?).map_err(errno)?;
        for entry in entries {
            // A name that is no text cannot have been made through this API nor be asked for.
            let Ok(name) = std::str::from_utf8(&entry.name) else { continue };
            let stat = Stat { is_dir: entry.is_dir, size: entry.size };
            if !matches!(name, "." | "..") && !each(name, stat) {
                break;
            }
        }
        Ok(())
    }

    /// Makes a directory; one that is already there is no error.
    pub fn mkdir(&self, path: &str) -> Result<(), Errno> {
        let path = c_path(path)?;
        let mut volume = self.volume.lock();
        match volume.mkdir(&path) {
            Err(Code::EXIST) if volume.stat(&path).map_err(errno)?.is_dir => Ok(()),
            outcome => outcome.map_err(errno),
        }
    }

    /// Walks the file system and tells its blocks.
    pub fn blocks(&self) -> Result<Blocks, Errno> {
        let mut volume = self.volume.lock();
        let counted = volume.used_blocks().map_err(errno)?;
        let mut blocks = volume.blocks().map_err(errno)?;
        // A directory's blocks are told by itself and by its parent.
        blocks.sort_unstable();
        blocks.dedup();
        let in_use = (blocks.len() as u32).saturating_mul(ERASE_BLOCK);
        Ok(Blocks { in_use, shared: counted as usize > blocks.len() })
    }

    /// Tells the room in the file system.
    pub fn space(&self) -> Result<Space, Errno> {
        let mut volume = self.volume.lock();
        let total = volume.partition().size;
        let used = volume.used_blocks().map_err(errno)?.saturating_mul(ERASE_BLOCK);
        Ok(Space { total, free: total.saturating_sub(used) })
    }
}

/// The blocks of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// Bytes of those that are in use.
    pub in_use: u32,
    /// Some belong to more than one file or folder, which no sound file system has.
    pub shared: bool,
}

/// Whether LittleFS begins where the bootloader belongs: earlier versions had no partitions.
fn begins_with_a_file_system(chip: &NorFlash) -> bool {
    const NAME: &[u8] = b"littlefs";
    // After the revision and the first tag of either of the first two blocks.
    [0, ERASE_BLOCK as usize].iter().any(|block| chip.cells()[block + 8..].starts_with(NAME))
}

fn c_path(path: &str) -> Result<CString, Errno> {
    CString::new(path).map_err(|_| Errno::EINVAL)
}

#[cfg(test)]
mod tests;
