// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Apps' files, as an operator reads, stores and removes them.
//!
//! LittleFS does not know what other handles of a file still need (see `native::fs`), so what an app
//! has open is neither replaced nor removed, and nothing is read that it writes. Each access looks at
//! what the slots have open and keeps them from opening more until it is done, which is one access to
//! the storage. Nobody's files are accessed for longer than that.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use akira_abi::Errno;
use akira_core::http::{ApiError, Code, view};
use akira_core::name::AppName;
use akira_core::path::{DataPath, DevicePath};
use lock_api::MutexGuard;

use crate::body::Body;
use crate::handles::Handles;
use crate::http::Reply;
use crate::native::fs::is_inside;
use crate::platform::{File, OpenMode, Platform, Stat, Whence};
use crate::runtime::Runtime;
use crate::store::{staging_path, write_fully};
use crate::view::json;

/// Bytes of a file that are read at once.
const PIECE: usize = 4096;

/// Entries of a directory that are told at once.
const ENTRIES_AT_ONCE: usize = 32;

/// What the slots have open. While this lives, no app opens, closes, reads or writes a file.
struct AtRest<'a, P: Platform>(Vec<MutexGuard<'a, P::RawMutex, Handles<P>>>);

impl<P: Platform> AtRest<'_, P> {
    /// Refuses to change what an app has open, or what is in a directory where it has something open.
    fn check_closed(&self, path: &DataPath) -> Result<(), ApiError> {
        let open = self.0.iter().any(|handles| handles.files.has_open(path.as_str()));
        if open { Err(in_use(path)) } else { Ok(()) }
    }

    fn is_written(&self, path: &DataPath) -> bool {
        self.0.iter().any(|handles| handles.files.has_open_for_writing(path.as_str()))
    }
}

impl<P: Platform> Runtime<P> {
    /// Keeps all apps from their files for a moment.
    fn rest(&self) -> AtRest<'_, P> {
        AtRest(self.slots.iter().map(|slot| slot.handles.lock()).collect())
    }

    /// Does `work` with an app's files, while nobody else does anything with the app. Counts what it
    /// has stored anew, if that is limited.
    fn change_files<T>(
        &self,
        path: &DataPath,
        work: impl FnOnce() -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let name = self.owner(path)?;
        self.apps.lock().claim(name)?;
        let done = {
            let mut rest = self.rest();
            let done = rest.check_closed(path).and_then(|()| {
                self.note_change(path.as_str());
                work()
            });
            let slot = self.apps.lock().find(name).and_then(|app| Some(app.context.as_ref()?.slot));
            if let Some(handles) = slot.and_then(|slot| rest.0.get_mut(slot)) {
                handles.recount(&self.platform, name);
            }
            done
        };
        self.apps.lock().release(name);
        done
    }

    /// The app whose file that is; it must be installed, and the path must lead into its folder.
    fn owner<'a>(&self, path: &'a DataPath) -> Result<&'a AppName, ApiError> {
        let name = path.app().filter(|_| !path.is_top()).ok_or_else(|| {
            ApiError::new(
                Code::BadPath,
                "A file's path is the name of an app and a path in its folder, such as \
                 hello/notes.txt. The folder itself goes with the app.",
            )
        })?;
        self.apps.lock().get(name)?;
        Ok(name)
    }

    /// A file's content, or what is in a directory.
    pub(crate) fn read_file(self: &Arc<Self>, path: DataPath) -> Result<Reply, ApiError> {
        let rest = self.rest();
        let stat = match self.platform.stat(path.as_str()) {
            // An app that has stored nothing has no folder yet.
            Err(Errno::ENOENT) if path.is_top() => {
                if let Some(name) = path.app() {
                    self.apps.lock().get(name)?;
                }
                Stat { is_dir: true, size: 0 }
            }
            Err(errno) => return Err(failed("read", &path, errno)),
            Ok(stat) => stat,
        };
        if stat.is_dir {
            drop(rest);
            return Ok(Reply::new(200, "application/json", self.listing(path)));
        }
        if rest.is_written(&path) {
            return Err(in_use(&path));
        }
        let reading = Reading::begin(self, &path)?;
        drop(rest);
        let size = stat.size;
        let mut at = 0;
        let body = Body::sized(size as usize, move || {
            // When it is not any more what it was, the body ends early, which the client sees.
            let piece = reading.read_piece(&path, size, at).ok()?;
            at += piece.len() as u32;
            Some(piece)
        });
        Ok(Reply::new(200, "application/octet-stream", body))
    }

    /// What is in a directory, a few entries at a time: an app may have made as many files as the
    /// storage holds.
    fn listing(self: &Arc<Self>, path: DataPath) -> Body {
        let runtime = self.clone();
        let mut told = 0usize;
        let mut stage = 0u8;
        Body::pieces(move || match stage {
            0 => {
                stage = 1;
                let path = json(&path.relative());
                Some([&b"{\"path\":"[..], &path, b",\"entries\":["].concat())
            }
            1 => {
                let entries = runtime.entries(&path, told);
                let mut text = Vec::new();
                for entry in &entries {
                    if told > 0 {
                        text.push(b',');
                    }
                    text.extend(json(entry));
                    told += 1;
                }
                if entries.len() < ENTRIES_AT_ONCE {
                    stage = 2;
                    text.extend_from_slice(b"]}");
                }
                Some(text)
            }
            _ => None,
        })
    }

    fn entries(&self, path: &DataPath, skip: usize) -> Vec<view::FileEntry> {
        let mut entries = Vec::new();
        let mut at = 0;
        // A directory that has gone in the meantime has no more entries.
        let _ = self.platform.list(path.as_str(), &mut |name, stat| {
            if at >= skip {
                let Stat { is_dir, size } = stat;
                entries.push(view::FileEntry { name: name.into(), dir: is_dir, size });
            }
            at += 1;
            entries.len() < ENTRIES_AT_ONCE
        });
        entries
    }

    /// Removes a file or an empty directory.
    pub(crate) fn remove_file(&self, path: &DataPath) -> Result<(), ApiError> {
        self.change_files(path, || {
            self.platform.remove(path.as_str()).map_err(|errno| failed("remove", path, errno))
        })
    }
}

/// A file that an operator reads.
pub(crate) struct Reader {
    id: u32,
    path: DevicePath,
    changed: bool,
}

/// Files that operators read at once, at most.
const READERS_MAX: usize = 16;

/// An operator's reading of a file, piece by piece.
struct Reading<P: Platform> {
    runtime: Arc<Runtime<P>>,
    id: u32,
}

impl<P: Platform> Reading<P> {
    fn begin(runtime: &Arc<Runtime<P>>, path: &DataPath) -> Result<Self, ApiError> {
        let readers = &mut runtime.transfers.lock().readers;
        let free = |id: &u32| !readers.iter().any(|reader| reader.id == *id);
        let id = (0..READERS_MAX as u32).find(free).ok_or_else(|| {
            ApiError::new(Code::Busy, "Too many files are being read. Try again soon.")
        })?;
        let path = DevicePath::try_from(path.as_str()).map_err(|_| ApiError::no_memory())?;
        readers.push(Reader { id, path, changed: false });
        Ok(Self { runtime: runtime.clone(), id })
    }

    /// A piece of the file, which has that size; an error when it is not any more what it was.
    fn read_piece(&self, path: &DataPath, size: u32, at: u32) -> Result<Vec<u8>, Errno> {
        let length = (size.saturating_sub(at) as usize).min(PIECE);
        let mut piece = alloc::vec![0; length];
        let rest = self.runtime.rest();
        let is_same = |reader: &Reader| reader.id == self.id && !reader.changed;
        if length == 0
            || rest.is_written(path)
            || !self.runtime.transfers.lock().readers.iter().any(is_same)
        {
            return Err(Errno::EBUSY);
        }
        let mut file = self.runtime.platform.open(path.as_str(), OpenMode::READ)?;
        file.seek(at as i32, Whence::Start)?;
        let mut filled = 0;
        while filled < length {
            match file.read(&mut piece[filled..])? {
                0 => return Err(Errno::EIO),
                count => filled += count,
            }
        }
        Ok(piece)
    }
}

impl<P: Platform> Drop for Reading<P> {
    fn drop(&mut self) {
        self.runtime.transfers.lock().readers.retain(|reader| reader.id != self.id);
    }
}

impl<P: Platform> Runtime<P> {
    /// Notes that what is at `path`, or in that folder, is about to be something else: whoever reads
    /// it must not get a part of the one and a part of the other.
    pub(crate) fn note_change(&self, path: &str) {
        for reader in &mut self.transfers.lock().readers {
            reader.changed |= reader.path == path || is_inside(&reader.path, path);
        }
    }
}

/// A file that is being stored: the sink `file` of a transfer. Whoever has one calls
/// [`FileSink::close`] in the end, also when it has taken effect.
pub(crate) struct FileSink<P: Platform> {
    path: DataPath,
    incoming: String,
    file: Option<P::File>,
}

impl<P: Platform> FileSink<P> {
    /// Begins to store a file of `size` bytes, if that is known. `place` tells transfers apart.
    pub(crate) fn begin(
        runtime: &Runtime<P>,
        path: DataPath,
        size: Option<u64>,
        place: usize,
    ) -> Result<Self, ApiError> {
        runtime.owner(&path)?;
        runtime.check_target(&path)?;
        runtime.check_space(size.unwrap_or(0), 0)?;
        let incoming = staging_path(place);
        let file = runtime
            .platform
            .open(&incoming, OpenMode::REPLACE)
            .map_err(|errno| failed("store", &path, errno))?;
        Ok(Self { path, incoming, file: Some(file) })
    }

    /// Takes the next bytes.
    pub(crate) fn chunk(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        write_fully(file, bytes).map_err(|errno| failed("store", &self.path, errno))
    }

    /// The file is complete: puts it in place. Whether it is new.
    pub(crate) fn finish(&mut self, runtime: &Runtime<P>) -> Result<bool, ApiError> {
        let path = &self.path;
        let failed = |errno| failed("store", path, errno);
        if let Some(mut file) = self.file.take() {
            file.sync().and_then(|()| file.close()).map_err(failed)?;
        }
        runtime.change_files(path, || {
            let new = runtime.check_target(path)?;
            for (at, _) in path.as_str().match_indices('/').filter(|(at, _)| *at >= "/data/".len())
            {
                runtime.platform.mkdir(&path.as_str()[..at]).map_err(failed)?;
            }
            runtime.platform.rename(&self.incoming, path.as_str()).map_err(failed)?;
            Ok(new)
        })
    }

    /// Ends it: what has not been put in place is cleared away.
    pub(crate) fn close(mut self, runtime: &Runtime<P>) {
        self.file = None;
        // Once it is in place there is no such file any more; otherwise it is of no use.
        let _ = runtime.platform.remove(&self.incoming);
    }
}

impl<P: Platform> Runtime<P> {
    /// Whether a file may be stored at `path`, and whether it is new there.
    fn check_target(&self, path: &DataPath) -> Result<bool, ApiError> {
        match self.platform.stat(path.as_str()) {
            Ok(Stat { is_dir: true, .. }) => Err(failed("store", path, Errno::EISDIR)),
            Ok(_) => Ok(false),
            Err(Errno::ENOENT) => Ok(true),
            Err(errno) => Err(failed("store", path, errno)),
        }
    }
}

fn in_use(path: &DataPath) -> ApiError {
    let path = path.relative();
    ApiError::new(Code::Busy, format!("The app has {path} open now. Stop it, or try again later."))
}

fn failed(what: &str, path: &DataPath, errno: Errno) -> ApiError {
    let path = path.relative();
    match errno {
        Errno::ENOENT => ApiError::new(Code::NotFound, format!("There is no file {path}.")),
        Errno::EISDIR => ApiError::new(
            Code::IsDirectory,
            format!("{path} is a directory. Name a file, or one in it."),
        ),
        Errno::ENOTDIR => ApiError::new(
            Code::BadPath,
            format!("A part of {path} is a file, so nothing can be below it."),
        ),
        Errno::ENOTEMPTY => ApiError::new(
            Code::NotEmpty,
            format!("The directory {path} is not empty. Remove what is in it first."),
        ),
        errno => ApiError::storage(&format!("{what} {path}"), errno),
    }
}
