// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The file behind a chip: made when it is not there, locked while it is in use, written in order.
//!
//! Contract: cells reach the file in the order in which they changed, at the latest with the next
//! [`Image::flush`]; so a process that is killed leaves what a power cut at some earlier operation
//! would. Neighbouring changes are collected and written at once, which is what makes many small
//! program steps cheap.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::error::ImageError;
use super::geometry::Geometry;

/// Changes that are collected before they are written.
const COLLECT: u32 = 64 * 1024;

/// An open, locked image. The lock goes when it is dropped.
#[derive(Debug)]
pub(super) struct Image {
    file: File,
    // Cells that changed and are not in the file yet.
    changed: Range<u32>,
    unsynced: bool,
}

impl Image {
    /// Opens the image at `path` and reads its cells. A missing or empty file becomes an erased
    /// chip of the wanted (or default) size; any other file must have a chip's size and, when one
    /// is wanted, that size.
    pub(super) fn open(
        path: &Path,
        wanted: Option<Geometry>,
    ) -> Result<(Self, Geometry, Vec<u8>), ImageError> {
        let io = |error| ImageError::Io { path: path.to_owned(), error };
        // A look before opening: opening a directory for writing gives a poorer error, opening a
        // pipe would block.
        if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(ImageError::NotAFile { path: path.to_owned() });
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            // Apps keep their data here; it is nobody else's to read.
            .mode(0o600)
            .open(path)
            .map_err(io)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(ImageError::InUse { path: path.to_owned() }),
            Err(error) => return Err(io(error.into())),
        }

        let size = file.metadata().map_err(io)?.len();
        if size == 0 {
            let geometry = wanted.unwrap_or_default();
            let cells = vec![0xFF; geometry.size() as usize];
            file.write_all(&cells).and_then(|()| file.sync_all()).map_err(io)?;
            return Ok((Self { file, changed: 0..0, unsynced: false }, geometry, cells));
        }
        let Some(geometry) = Geometry::new(size) else {
            return Err(ImageError::BadSize { path: path.to_owned(), size });
        };
        if let Some(wanted) = wanted.filter(|&wanted| wanted != geometry) {
            let (size, wanted) = (geometry.size(), wanted.size());
            return Err(ImageError::OtherSize { path: path.to_owned(), size, wanted });
        }
        let mut cells = vec![0; geometry.size() as usize];
        file.read_exact(&mut cells).map_err(io)?;
        Ok((Self { file, changed: 0..0, unsynced: false }, geometry, cells))
    }

    /// Reads the cells of the image at `path`, which must be there and not in use.
    pub(super) fn load(path: &Path) -> Result<(Geometry, Vec<u8>), ImageError> {
        let io = |error| ImageError::Io { path: path.to_owned(), error };
        if !std::fs::metadata(path).map_err(io)?.is_file() {
            return Err(ImageError::NotAFile { path: path.to_owned() });
        }
        let mut file = File::open(path).map_err(io)?;
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(ImageError::InUse { path: path.to_owned() }),
            Err(error) => return Err(io(error.into())),
        }
        let size = file.metadata().map_err(io)?.len();
        let geometry = Geometry::new(size)
            .ok_or_else(|| ImageError::BadSize { path: path.to_owned(), size })?;
        let mut cells = vec![0; geometry.size() as usize];
        file.read_exact(&mut cells).map_err(io)?;
        Ok((geometry, cells))
    }

    /// Takes note that the cells in `range` have changed.
    pub(super) fn change(&mut self, cells: &[u8], range: Range<u32>) -> io::Result<()> {
        let joins = self.changed.start <= range.start
            && range.start <= self.changed.end
            && range.end - self.changed.start <= COLLECT;
        if joins && !self.changed.is_empty() {
            self.changed.end = self.changed.end.max(range.end);
            return Ok(());
        }
        self.flush(cells)?;
        self.changed = range;
        Ok(())
    }

    /// Returns when all changes are in the file.
    pub(super) fn flush(&mut self, cells: &[u8]) -> io::Result<()> {
        if !self.changed.is_empty() {
            let Range { start, end } = self.changed.clone();
            self.unsynced = true;
            self.file.write_all_at(&cells[start as usize..end as usize], u64::from(start))?;
            self.changed = 0..0;
        }
        Ok(())
    }

    /// Returns when all changes are on the disk below the file.
    pub(super) fn sync(&mut self, cells: &[u8]) -> io::Result<()> {
        self.flush(cells)?;
        if self.unsynced {
            self.file.sync_data()?;
            self.unsynced = false;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_empty_file_becomes_an_erased_chip() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("flash.bin");
        for empty_before in [false, true] {
            if empty_before {
                std::fs::write(&path, []).unwrap();
            }
            let small = Geometry::new(65_536).unwrap();
            let (image, geometry, cells) = Image::open(&path, Some(small)).unwrap();
            assert_eq!(geometry, small);
            assert!(cells.iter().all(|&cell| cell == 0xFF));
            drop(image);
            assert_eq!(std::fs::read(&path).unwrap(), cells);
        }
    }

    #[test]
    fn a_second_device_on_the_same_image_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("flash.bin");
        let first = Image::open(&path, None).unwrap();
        let error = Image::open(&path, None).unwrap_err();
        assert!(matches!(error, ImageError::InUse { .. }));
        assert!(error.to_string().contains("in use by another virtual device"), "{error}");
        assert!(matches!(Image::load(&path), Err(ImageError::InUse { .. })));
        drop(first);
        Image::open(&path, None).unwrap();
    }

    #[test]
    fn what_is_no_image_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notes.txt");
        std::fs::write(&path, b"not a flash image").unwrap();
        assert!(matches!(Image::open(&path, None), Err(ImageError::BadSize { size: 17, .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"not a flash image");
        assert!(matches!(Image::open(dir.path(), None), Err(ImageError::NotAFile { .. })));
        assert!(matches!(Image::load(&path), Err(ImageError::BadSize { size: 17, .. })));
        assert!(matches!(Image::load(dir.path()), Err(ImageError::NotAFile { .. })));
        let nowhere = dir.path().join("missing").join("flash.bin");
        assert!(matches!(Image::load(&nowhere), Err(ImageError::Io { .. })));
        assert!(matches!(Image::open(&nowhere, None), Err(ImageError::Io { .. })));
    }

    #[test]
    fn an_image_of_another_size_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("flash.bin");
        drop(Image::open(&path, Geometry::new(65_536)).unwrap());
        let error = Image::open(&path, Geometry::new(131_072)).unwrap_err();
        assert!(matches!(error, ImageError::OtherSize { size: 65_536, wanted: 131_072, .. }));
        let (_, geometry, _) = Image::open(&path, None).unwrap();
        assert_eq!(geometry.size(), 65_536);
    }

    #[test]
    fn changes_reach_the_file_in_order_and_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("flash.bin");
        let (mut image, _, mut cells) = Image::open(&path, Geometry::new(131_072)).unwrap();
        let change = |image: &mut Image, cells: &mut Vec<u8>, range: Range<u32>, value| {
            cells[range.start as usize..range.end as usize].fill(value);
            image.change(cells, range).unwrap();
            std::fs::read(&path).unwrap()
        };
        let file = change(&mut image, &mut cells, 4096..8192, 1);
        assert!(file.iter().all(|&cell| cell == 0xFF), "collected");
        change(&mut image, &mut cells, 4096..4112, 2);
        change(&mut image, &mut cells, 8192..8208, 3);
        let file = change(&mut image, &mut cells, 0..16, 4);
        assert_eq!(file[16..], cells[16..], "what came before is written first");
        assert_eq!(file[..16], [0xFF; 16]);
        change(&mut image, &mut cells, 16..65_536, 5);
        let file = change(&mut image, &mut cells, 65_536..65_552, 6);
        assert_eq!(file[..65_536], cells[..65_536], "not collected without end");
        image.flush(&cells).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), cells);
    }
}
