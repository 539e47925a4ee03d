// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `fs`: files in the app's own folder.
//!
//! Handles are small numbers with a meaning for one instance only; they are closed when it ends.
//!
//! LittleFS does not know what other handles of a file still need: once one handle has replaced the
//! file's content, or the file is deleted, the blocks that another one reads from may be given to
//! any file on the device, also to another app's. So a file that is open for writing is open once,
//! and what is open is neither deleted nor moved.

use akira_abi::{Capability, Errno, open_flags, whence};
use akira_core::path::{DevicePath, resolve};
use akira_engine::Args;
use akira_engine::heap::Charge;

use crate::context::AppContext;
use crate::handles::Handles;
use crate::platform::{File, OpenMode, Platform, Whence};

/// Number of `fs_open` in the table, for denials that depend on its flags.
const FS_OPEN: u16 = akira_abi::number("fs_open");

/// Most files that one app may have open.
const FILES_MAX: usize = 4;

/// What an open file costs: LittleFS's cache and the file's own state.
const FILE_COST: usize = 512;

/// Most bytes that are written without looking whether the app is to stop.
const PIECE: usize = 4096;

struct OpenFile<P: Platform> {
    file: P::File,
    path: DevicePath,
    read: bool,
    write: bool,
    append: bool,
    _charge: Charge,
}

/// Where the next write to a file would be, and where the file ends.
#[derive(Default)]
struct Ends {
    position: u32,
    size: u32,
}

impl<P: Platform> OpenFile<P> {
    fn ends(&mut self) -> Result<Ends, Errno> {
        let position = self.file.seek(0, Whence::Current)?;
        let size = self.file.seek(0, Whence::End)?;
        self.file.seek(position as i32, Whence::Start)?;
        Ok(Ends { position: if self.append { size } else { position }, size })
    }
}

/// The open files of one instance slot.
pub(crate) struct FileTable<P: Platform>([Option<OpenFile<P>>; FILES_MAX]);

impl<P: Platform> FileTable<P> {
    pub(crate) fn new() -> Self {
        Self(core::array::from_fn(|_| None))
    }

    fn get(&mut self, handle: i32) -> Result<&mut OpenFile<P>, Errno> {
        let index = usize::try_from(handle).map_err(|_| Errno::EBADF)?;
        self.0.get_mut(index).and_then(Option::as_mut).ok_or(Errno::EBADF)
    }

    /// Bytes that have been written to open files and that the storage does not tell of yet.
    pub(crate) fn unwritten(&mut self, platform: &P) -> u32 {
        let of = |open: &mut OpenFile<P>| {
            let stored = platform.stat(&open.path).map_or(0, |stat| stat.size);
            // When it cannot be told, nothing may be added: what counts is that the limit holds.
            open.ends().map_or(u32::MAX, |ends| ends.size.saturating_sub(stored))
        };
        self.0.iter_mut().flatten().filter(|open| open.write).map(of).fold(0, u32::saturating_add)
    }

    /// Whether the file, or a file in the folder, is open.
    pub(crate) fn has_open(&self, path: &str) -> bool {
        self.0.iter().flatten().any(|open| open.path == path || is_inside(&open.path, path))
    }

    pub(crate) fn has_open_for_writing(&self, path: &str) -> bool {
        self.0.iter().flatten().any(|open| open.write && open.path == path)
    }
}

impl<P: Platform> AppContext<P> {
    pub(crate) fn platform(&self) -> &P {
        &self.runtime.platform
    }

    pub(crate) fn with_handles<T>(&self, work: impl FnOnce(&mut Handles<P>) -> T) -> T {
        work(&mut self.runtime.slots[self.slot].handles.lock())
    }

    fn with_files<T>(&self, work: impl FnOnce(&mut FileTable<P>) -> T) -> T {
        self.with_handles(|handles| work(&mut handles.files))
    }

    /// Does what makes, removes or replaces files, then counts anew if they are limited.
    pub(crate) fn with_ledger<T>(&self, work: impl FnOnce(&mut Handles<P>) -> T) -> T {
        self.with_handles(|handles| {
            let done = work(handles);
            handles.recount(self.platform(), &self.name);
            done
        })
    }

    /// The device path of what the app calls `path`, which must name something inside its folder.
    fn own_path(&self, path: &[u8]) -> Result<DevicePath, Errno> {
        let resolved = resolve(&self.name, path)?;
        // The folder itself can be listed, but neither opened, deleted nor renamed.
        if resolved.len() == "/data/".len() + self.name.as_str().len() {
            return Err(Errno::EISDIR);
        }
        Ok(resolved)
    }

    /// Makes the folders that lead to `path`.
    fn make_folders(&self, path: &DevicePath) -> Result<(), Errno> {
        let folder = "/data/".len() + self.name.as_str().len();
        for (at, _) in path.match_indices('/').filter(|(at, _)| *at >= folder) {
            self.platform().mkdir(&path[..at])?;
        }
        Ok(())
    }
}

/// Whether `path` leads into `folder`.
pub(crate) fn is_inside(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// What `flags` of `fs_open` mean; `EINVAL` for what makes no sense.
fn open_mode(flags: i32) -> Result<OpenMode, Errno> {
    use open_flags::{APPEND, CREATE, READ, TRUNCATE, WRITE};
    let has = |flag| flags & flag != 0;
    let known = READ | WRITE | CREATE | TRUNCATE | APPEND;
    let writes_only = CREATE | TRUNCATE | APPEND;
    if flags & !known != 0 || !has(READ | WRITE) || (has(writes_only) && !has(WRITE)) {
        return Err(Errno::EINVAL);
    }
    Ok(OpenMode {
        read: has(READ),
        write: has(WRITE),
        create: has(CREATE),
        truncate: has(TRUNCATE),
        append: has(APPEND),
    })
}

pub(crate) fn fs_open<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    path: &[u8],
    flags: i32,
) -> Result<i32, Errno> {
    // Either capability has led here; what the flags ask for may need the other one.
    let reads = flags & open_flags::READ != 0;
    let writes = flags & open_flags::WRITE != 0;
    if (reads && !context.admits(Capability::FsRead.bit()))
        || (writes && !context.admits(Capability::FsWrite.bit()))
    {
        return Err(context.deny(FS_OPEN));
    }
    let mode = open_mode(flags)?;
    let path = context.own_path(path)?;
    let open = |handles: &mut Handles<P>| {
        let Handles { files, ledger, .. } = handles;
        let handle = files.0.iter().position(Option::is_none).ok_or(Errno::ENFILE)?;
        if (writes && files.has_open(&path)) || files.has_open_for_writing(&path) {
            return Err(Errno::EBUSY);
        }
        let charge = Charge::new(FILE_COST).ok_or(Errno::ENOMEM)?;
        if writes {
            context.runtime.note_change(&path);
        }
        if mode.create {
            if let Some(ledger) = ledger
                && !ledger.admits_file(0)
                && context.platform().stat(&path) == Err(Errno::ENOENT)
            {
                return Err(Errno::ENOSPC);
            }
            context.make_folders(&path)?;
        }
        let file = context.platform().open(&path, mode)?;
        let OpenMode { read, write, append, .. } = mode;
        files.0[handle] =
            Some(OpenFile { file, path: path.clone(), read, write, append, _charge: charge });
        Ok(handle as i32)
    };
    if mode.create || mode.truncate {
        context.with_ledger(open)
    } else {
        context.with_handles(open)
    }
}

pub(crate) fn fs_read<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    handle: i32,
    out: &mut [u8],
) -> Result<i32, Errno> {
    context.with_files(|files| {
        let open = files.get(handle)?;
        if !open.read {
            return Err(Errno::EBADF);
        }
        count(open.file.read(out)?)
    })
}

pub(crate) fn fs_write<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    handle: i32,
    data: &[u8],
) -> Result<i32, Errno> {
    context.with_handles(|handles| {
        let Handles { files, ledger, .. } = handles;
        let open = files.get(handle)?;
        if !open.write {
            return Err(Errno::EBADF);
        }
        let before = if ledger.is_some() { open.ends()? } else { Ends::default() };
        let mut data = data;
        if let Some(ledger) = ledger {
            let most = before.size - before.position + ledger.left();
            if most == 0 && !data.is_empty() {
                return Err(Errno::ENOSPC);
            }
            data = &data[..data.len().min(most as usize)];
        }
        // In pieces, so that an app that is asked to stop need not write all of it first.
        let mut taken = 0;
        for piece in data.chunks(PIECE) {
            if taken > 0 && !context.admits(0) {
                break;
            }
            let wrote = open.file.write(piece)?;
            taken += wrote;
            if wrote < piece.len() {
                break;
            }
        }
        if let Some(ledger) = ledger {
            ledger.add((before.position + taken as u32).saturating_sub(before.size));
        }
        count(taken)
    })
}

pub(crate) fn fs_seek<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    handle: i32,
    offset: i32,
    from: i32,
) -> Result<i32, Errno> {
    let from = match from {
        whence::START => Whence::Start,
        whence::CURRENT => Whence::Current,
        whence::END => Whence::End,
        _ => return Err(Errno::EINVAL),
    };
    context.with_files(|files| {
        let file = &mut files.get(handle)?.file;
        let before = file.seek(0, Whence::Current)?;
        let position = file.seek(offset, from)?;
        // LittleFS would fill the gap with zeros at the next write: one call could keep the storage
        // of the whole device busy until it is full.
        if position > file.seek(0, Whence::End)? {
            file.seek(before as i32, Whence::Start)?;
            return Err(Errno::EINVAL);
        }
        i32::try_from(file.seek(position as i32, Whence::Start)?).map_err(|_| Errno::EINVAL)
    })
}

pub(crate) fn fs_close<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    handle: i32,
) -> Result<i32, Errno> {
    let open = context.with_files(|files| {
        files.get(handle)?;
        Ok(files.0[handle as usize].take())
    })?;
    open.map_or(Err(Errno::EBADF), |open| open.file.close().map(|()| 0))
}

pub(crate) fn fs_stat<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    path: &[u8],
) -> Result<i32, Errno> {
    let path = resolve(&context.name, path)?;
    let stat = context.platform().stat(&path)?;
    i32::try_from(stat.size).map_err(|_| Errno::EFBIG)
}

pub(crate) fn fs_delete<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    path: &[u8],
) -> Result<i32, Errno> {
    let path = context.own_path(path)?;
    context.with_ledger(|Handles { files, .. }| {
        if files.has_open(&path) {
            return Err(Errno::EBUSY);
        }
        context.runtime.note_change(&path);
        context.platform().remove(&path).map(|()| 0)
    })
}

pub(crate) fn fs_rename<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    from: &[u8],
    to: &[u8],
) -> Result<i32, Errno> {
    let (from, to) = (context.own_path(from)?, context.own_path(to)?);
    if is_inside(&to, &from) {
        // LittleFS would make a folder that is inside itself, and lost with all it holds.
        return Err(Errno::EINVAL);
    }
    context.with_ledger(|Handles { files, .. }| {
        if files.has_open(&from) || files.has_open(&to) {
            return Err(Errno::EBUSY);
        }
        // Folders are made for the new name only once it is known that there is something to move.
        context.platform().stat(&from)?;
        context.make_folders(&to)?;
        context.runtime.note_change(&from);
        context.runtime.note_change(&to);
        context.platform().rename(&from, &to).map(|()| 0)
    })
}

pub(crate) fn fs_list<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    path: &[u8],
    index: i32,
    out: &mut [u8],
) -> Result<i32, Errno> {
    let path = resolve(&context.name, path)?;
    let mut left = u32::try_from(index).map_err(|_| Errno::EINVAL)?;
    let mut answer = Err(Errno::ENOENT);
    context.platform().list(&path, &mut |name, stat| {
        if left > 0 {
            left -= 1;
            return true;
        }
        answer = copy_name(name, stat.is_dir, out);
        false
    })?;
    answer
}

fn copy_name(name: &str, is_dir: bool, out: &mut [u8]) -> Result<i32, Errno> {
    let length = name.len() + usize::from(is_dir);
    let out = out.get_mut(..length).ok_or(Errno::ENOMEM)?;
    out[..name.len()].copy_from_slice(name.as_bytes());
    if is_dir {
        out[name.len()] = b'/';
    }
    count(length)
}

fn count(bytes: usize) -> Result<i32, Errno> {
    i32::try_from(bytes).map_err(|_| Errno::EIO)
}
