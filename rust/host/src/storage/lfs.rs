// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! littlefs behind a safe interface: one volume, its open files, its directories.
//!
//! All calls into the C library are in this file. It is built without asserts and without malloc:
//! what it takes for granted is checked here, and all memory it uses is ours.
//!
//! Invariants that the `unsafe` blocks lean on, upheld by this module:
//! * What littlefs keeps pointers to (state, configuration, caches, open files) is in an [`Own`]
//!   and lives until littlefs has let go of it: a volume's until it is unmounted, a file's until it
//!   is closed. A file that is never closed keeps its memory.
//! * `&mut Lfs` is needed for every call, so no two calls on a volume overlap.
//! * An [`LfsFile`] is used only with the volume that opened it, which every call checks.

use std::ffi::{CStr, c_int, c_void};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU64, Ordering};

use littlefs2_sys as ll;

use super::driver::{self, Region};
use super::own::Own;
use crate::flash::geometry::{ERASE_BLOCK, PROGRAM_UNIT};
use crate::flash::{Layout, NorFlash, Partition};

/// Size of littlefs's caches; the same on the Zephyr device.
const CACHE: usize = 256;
/// Size of the allocator's bitmap in bytes; the same on the Zephyr device.
const LOOKAHEAD: usize = 32;
/// Erases of a metadata block before littlefs moves it; the same on the Zephyr device.
const BLOCK_CYCLES: i32 = 500;
/// The largest file that littlefs can hold.
const FILE_MAX: i64 = 0x7FFF_FFFF;
/// The longest name, in bytes.
const NAME_MAX: usize = 255;

/// An error code of littlefs: negative, and POSIX numbers where they mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code(pub(super) c_int);

impl Code {
    pub(super) const CORRUPT: Self = Self(ll::lfs_error_LFS_ERR_CORRUPT);
    pub(super) const IO: Self = Self(ll::lfs_error_LFS_ERR_IO);
    pub(super) const EXIST: Self = Self(ll::lfs_error_LFS_ERR_EXIST);
    pub(super) const INVAL: Self = Self(ll::lfs_error_LFS_ERR_INVAL);
    const BADF: Self = Self(ll::lfs_error_LFS_ERR_BADF);
    const NAMETOOLONG: Self = Self(ll::lfs_error_LFS_ERR_NAMETOOLONG);
    const NOSPC: Self = Self(ll::lfs_error_LFS_ERR_NOSPC);
}

type Result<T> = std::result::Result<T, Code>;

/// How to open a file; at least one of `read` and `write` is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) read: bool,
    pub(super) write: bool,
    pub(super) create: bool,
    pub(super) truncate: bool,
    pub(super) append: bool,
}

/// What littlefs tells of an entry. Names are bytes: the image may come from anywhere.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) is_dir: bool,
    pub(super) size: u32,
}

/// What littlefs keeps pointers to for a volume, beside its state.
struct Below {
    region: Own<Region>,
    config: Own<ll::lfs_config>,
    _caches: [Own<[u8; CACHE]>; 2],
    _lookahead: Own<[u64; LOOKAHEAD / 8]>,
}

/// The state of a mounted volume; unmounts it when it goes.
struct Mounted(Own<ll::lfs_t>);

impl Drop for Mounted {
    fn drop(&mut self) {
        // SAFETY: mounted, and never used again. Unmounting touches no open file and no flash.
        unsafe { ll::lfs_unmount(self.0.as_ptr()) };
    }
}

/// A mounted volume. Its fields go in this order: what is below goes after unmounting.
pub(super) struct Lfs {
    mounted: Mounted,
    below: Below,
    id: u64,
}

/// What littlefs keeps pointers to for an open file.
struct Node {
    state: Own<ll::lfs_file_t>,
    config: Own<ll::lfs_file_config>,
    _cache: Own<[u8; CACHE]>,
}

/// An open file. Give it back to [`Lfs::close`].
pub(super) struct LfsFile {
    node: ManuallyDrop<Node>,
    volume: u64,
    read: bool,
    write: bool,
}

// SAFETY: the pointers in littlefs's structures lead to what the same value owns, or to files on
// the volume's list, which only calls with `&mut Lfs` follow; nothing belongs to a thread.
unsafe impl Send for Lfs {}
// SAFETY: what the node owns is reached only through methods of `Lfs`, which need `&mut Lfs`.
unsafe impl Send for LfsFile {}

impl Below {
    fn new(chip: NorFlash) -> Self {
        let partition = Layout::of(chip.geometry()).storage;
        let region = Own::new(Region { chip, partition });
        let caches = [Own::new([0; CACHE]), Own::new([0; CACHE])];
        let lookahead = Own::new([0; LOOKAHEAD / 8]);
        let config = Own::new(ll::lfs_config {
            context: region.as_ptr().cast(),
            read: Some(driver::read),
            prog: Some(driver::program),
            erase: Some(driver::erase),
            sync: Some(driver::sync),
            read_size: PROGRAM_UNIT,
            prog_size: PROGRAM_UNIT,
            block_size: ERASE_BLOCK,
            block_count: partition.blocks(),
            block_cycles: BLOCK_CYCLES,
            cache_size: CACHE as u32,
            lookahead_size: LOOKAHEAD as u32,
            read_buffer: caches[0].as_ptr().cast(),
            prog_buffer: caches[1].as_ptr().cast(),
            lookahead_buffer: lookahead.as_ptr().cast(),
            ..ll::lfs_config::default()
        });
        Self { region, config, _caches: caches, _lookahead: lookahead }
    }

    /// The chip alone.
    ///
    /// # Safety
    /// littlefs has let go of all of it.
    unsafe fn into_chip(self) -> NorFlash {
        // SAFETY: the caller says so.
        unsafe { self.region.into_inner() }.chip
    }
}

impl Lfs {
    /// Mounts the file system on the storage partition of `chip`; on an error the chip comes back as it was.
    pub(super) fn mount(chip: NorFlash) -> std::result::Result<Self, (NorFlash, Code)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (state, below) = (Own::new(ll::lfs_t::default()), Below::new(chip));
        // SAFETY: the state is new, and the configuration's pointers lead to what `below` owns.
        match unsafe { ll::lfs_mount(state.as_ptr(), below.config.as_ptr()) } {
            0 => {
                let id = NEXT.fetch_add(1, Ordering::Relaxed);
                Ok(Self { mounted: Mounted(state), below, id })
            }
            // SAFETY: littlefs lets go of everything when it does not mount.
            code => Err((unsafe { below.into_chip() }, Code(code))),
        }
    }

    /// Makes an empty file system on the storage partition of `chip` and mounts it.
    pub(super) fn format(chip: NorFlash) -> std::result::Result<Self, (NorFlash, Code)> {
        let (state, below) = (Own::new(ll::lfs_t::default()), Below::new(chip));
        // SAFETY: the state is new, and the configuration's pointers lead to what `below` owns.
        let code = unsafe { ll::lfs_format(state.as_ptr(), below.config.as_ptr()) };
        // SAFETY: littlefs lets go of everything once it has formatted, or failed to.
        let chip = unsafe { below.into_chip() };
        if code == 0 { Self::mount(chip) } else { Err((chip, Code(code))) }
    }

    /// Ends the volume and gives the chip back. Files still open stay unusable.
    pub(super) fn unmount(self) -> NorFlash {
        drop(self.mounted);
        // SAFETY: littlefs has let go of all of it.
        unsafe { self.below.into_chip() }
    }

    /// The chip below.
    pub(super) fn chip(&mut self) -> &mut NorFlash {
        // SAFETY: littlefs touches the chip only inside calls, which need `&mut self` as the
        // returned borrow does.
        let region = unsafe { &mut *self.below.region.as_ptr() };
        &mut region.chip
    }

    /// The part of the chip that the volume is on.
    pub(super) fn partition(&mut self) -> Partition {
        Layout::of(self.chip().geometry()).storage
    }

    fn state(&mut self) -> *mut ll::lfs_t {
        self.mounted.0.as_ptr()
    }

    /// Opens a file.
    pub(super) fn open(&mut self, path: &CStr, how: Open) -> Result<LfsFile> {
        let mut flags = match (how.read, how.write) {
            (true, true) => ll::lfs_open_flags_LFS_O_RDWR,
            (true, false) => ll::lfs_open_flags_LFS_O_RDONLY,
            (false, true) => ll::lfs_open_flags_LFS_O_WRONLY,
            (false, false) => return Err(Code::INVAL),
        };
        for (set, flag) in [
            (how.create, ll::lfs_open_flags_LFS_O_CREAT),
            (how.truncate, ll::lfs_open_flags_LFS_O_TRUNC),
            (how.append, ll::lfs_open_flags_LFS_O_APPEND),
        ] {
            // Without the right to write, littlefs would cut or make a file all the same.
            if set && !how.write {
                return Err(Code::INVAL);
            }
            flags |= if set { flag } else { 0 };
        }
        let cache = Own::new([0; CACHE]);
        let buffer = cache.as_ptr().cast();
        let config = Own::new(ll::lfs_file_config { buffer, ..ll::lfs_file_config::default() });
        let state = Own::new(ll::lfs_file_t::default());
        let node = Node { state, config, _cache: cache };
        let (at, file, config) = (self.state(), node.state.as_ptr(), node.config.as_ptr());
        // SAFETY: volume mounted, the path ends with a zero byte, and the node lives until littlefs
        // has let go of it: a failed open does, an open file is closed first.
        match unsafe { ll::lfs_file_opencfg(at, file, path.as_ptr(), flags as c_int, config) } {
            0 => {
                let Open { read, write, .. } = how;
                Ok(LfsFile { node: ManuallyDrop::new(node), volume: self.id, read, write })
            }
            code => {
                // littlefs calls a full volume a name too long when it makes a file.
                let name = path.to_bytes().rsplit(|&byte| byte == b'/').next();
                let fits = name.is_some_and(|name| name.len() <= NAME_MAX);
                let full = Code(code) == Code::NAMETOOLONG && fits;
                Err(if full { Code::NOSPC } else { Code(code) })
            }
        }
    }

    /// The file's state, if it is a file of this volume that may do what it is asked.
    fn file(&self, file: &LfsFile, allowed: bool) -> Result<*mut ll::lfs_file_t> {
        let ours = file.volume == self.id;
        if ours && allowed { Ok(file.node.state.as_ptr()) } else { Err(Code::BADF) }
    }

    /// Reads from the file's position; 0 at the end.
    pub(super) fn read(&mut self, file: &LfsFile, out: &mut [u8]) -> Result<usize> {
        let (state, at) = (self.file(file, file.read)?, self.state());
        let size = out.len().min(FILE_MAX as usize) as u32;
        // SAFETY: volume mounted, file open on it, `out` holds at least `size` bytes.
        count(unsafe { ll::lfs_file_read(at, state, out.as_mut_ptr().cast(), size) })
    }

    /// Writes at the file's position.
    pub(super) fn write(&mut self, file: &LfsFile, data: &[u8]) -> Result<usize> {
        let (state, at) = (self.file(file, file.write)?, self.state());
        let size = data.len().min(FILE_MAX as usize) as u32;
        // SAFETY: volume mounted, file open on it, `data` holds at least `size` bytes.
        count(unsafe { ll::lfs_file_write(at, state, data.as_ptr().cast(), size) })
    }

    /// Moves the file's position by `offset` from the start, from where it is, or from the end.
    pub(super) fn seek(&mut self, file: &LfsFile, offset: i32, from: From) -> Result<u32> {
        let (state, at) = (self.file(file, true)?, self.state());
        let base = match from {
            From::Start => 0,
            // SAFETY: volume mounted, file open on it.
            From::Current => count(unsafe { ll::lfs_file_tell(at, state) })?,
            // SAFETY: volume mounted, file open on it.
            From::End => count(unsafe { ll::lfs_file_size(at, state) })?,
        };
        // The sum is made here because littlefs makes it in 32 signed bits.
        let target = base as i64 + i64::from(offset);
        if !(0..=FILE_MAX).contains(&target) {
            return Err(Code::INVAL);
        }
        let whence = ll::lfs_whence_flags_LFS_SEEK_SET as c_int;
        // SAFETY: volume mounted, file open on it.
        count(unsafe { ll::lfs_file_seek(at, state, target as i32, whence) }).map(|at| at as u32)
    }

    /// Commits what was written to the file.
    pub(super) fn sync(&mut self, file: &LfsFile) -> Result<()> {
        let (state, at) = (self.file(file, true)?, self.state());
        // SAFETY: volume mounted, file open on it.
        done(unsafe { ll::lfs_file_sync(at, state) })
    }

    /// Commits what was written, closes the file and frees what it held, whatever committing says.
    pub(super) fn close(&mut self, file: LfsFile) -> Result<()> {
        let (state, at) = (self.file(&file, true)?, self.state());
        // SAFETY: volume mounted, file open on it.
        let code = unsafe { ll::lfs_file_close(at, state) };
        // littlefs lets go of the file also when committing fails.
        drop(ManuallyDrop::into_inner(file.node));
        done(code)
    }

    /// Removes a file or an empty directory.
    pub(super) fn remove(&mut self, path: &CStr) -> Result<()> {
        // SAFETY: volume mounted, the path ends with a zero byte.
        done(unsafe { ll::lfs_remove(self.state(), path.as_ptr()) })
    }

    /// Renames; an existing target of the same kind is replaced in the same commit.
    pub(super) fn rename(&mut self, from: &CStr, to: &CStr) -> Result<()> {
        // SAFETY: volume mounted, both paths end with a zero byte.
        done(unsafe { ll::lfs_rename(self.state(), from.as_ptr(), to.as_ptr()) })
    }

    /// Makes a directory.
    pub(super) fn mkdir(&mut self, path: &CStr) -> Result<()> {
        // SAFETY: volume mounted, the path ends with a zero byte.
        done(unsafe { ll::lfs_mkdir(self.state(), path.as_ptr()) })
    }

    /// Tells what is at `path`.
    pub(super) fn stat(&mut self, path: &CStr) -> Result<Entry> {
        let mut info = ll::lfs_info { type_: 0, size: 0, name: [0; NAME_MAX + 1] };
        // SAFETY: volume mounted, the path ends with a zero byte, `info` is littlefs's to fill.
        done(unsafe { ll::lfs_stat(self.state(), path.as_ptr(), &raw mut info) })?;
        Ok(entry(&info))
    }

    /// All entries of a directory, `.` and `..` among them.
    pub(super) fn list(&mut self, path: &CStr) -> Result<Vec<Entry>> {
        let mut dir = ll::lfs_dir_t::default();
        // Every use goes through this pointer: littlefs keeps a copy until the close below.
        let (dir, at) = (&raw mut dir, self.state());
        // SAFETY: volume mounted, the path ends with a zero byte, `dir` outlives its close below.
        done(unsafe { ll::lfs_dir_open(at, dir, path.as_ptr()) })?;
        let mut entries = Vec::new();
        let mut info = ll::lfs_info { type_: 0, size: 0, name: [0; NAME_MAX + 1] };
        let outcome = loop {
            // SAFETY: volume mounted, `dir` open on it, `info` is littlefs's to fill.
            match unsafe { ll::lfs_dir_read(at, dir, &raw mut info) } {
                0 => break Ok(()),
                code if code < 0 => break Err(Code(code)),
                _ => entries.push(entry(&info)),
            }
        };
        // SAFETY: volume mounted, `dir` open on it.
        done(unsafe { ll::lfs_dir_close(at, dir) })?;
        outcome.map(|()| entries)
    }

    /// Number of blocks in use.
    pub(super) fn used_blocks(&mut self) -> Result<u32> {
        // SAFETY: volume mounted.
        count(unsafe { ll::lfs_fs_size(self.state()) }).map(|blocks| blocks as u32)
    }

    /// The blocks in use, in no order and some of them more than once.
    pub(super) fn blocks(&mut self) -> Result<Vec<u32>> {
        unsafe extern "C" fn note(blocks: *mut c_void, block: u32) -> c_int {
            // SAFETY: `blocks` is the vector below, which nothing else uses meanwhile.
            unsafe { &mut *blocks.cast::<Vec<u32>>() }.push(block);
            0
        }
        let mut blocks: Vec<u32> = Vec::new();
        let data = (&raw mut blocks).cast();
        // SAFETY: volume mounted; littlefs gives `data` back to `note`, only during this call.
        done(unsafe { ll::lfs_fs_traverse(self.state(), Some(note), data) })?;
        Ok(blocks)
    }
}

/// Where a seek starts.
#[derive(Clone, Copy, Debug)]
pub(super) enum From {
    Start,
    Current,
    End,
}

fn done(code: c_int) -> Result<()> {
    if code < 0 { Err(Code(code)) } else { Ok(()) }
}

fn count(value: i32) -> Result<usize> {
    usize::try_from(value).map_err(|_| Code(value))
}

fn entry(info: &ll::lfs_info) -> Entry {
    let name = info.name.iter().take_while(|&&byte| byte != 0).map(|&byte| byte as u8).collect();
    let is_dir = u32::from(info.type_) == ll::lfs_type_LFS_TYPE_DIR;
    Entry { name, is_dir, size: if is_dir { 0 } else { info.size } }
}
