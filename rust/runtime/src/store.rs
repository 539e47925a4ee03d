// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Where things are on the storage, and how they are read and replaced.
//!
//! The order of writes makes each change of an app take effect in one step, see
//! [`akira_core::versions`]. What a power cut leaves half done is finished or undone at the next boot.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use akira_abi::Errno;
use akira_core::log::Level;
use akira_core::name::AppName;
use akira_core::registry::Record;
use akira_core::versions::{Piece, Step, UNINSTALL};

use crate::platform::{File, OpenMode, Platform};
use crate::runtime::Runtime;

/// Files of a folder that are removed before it is listed again.
const NAMES_AT_ONCE: usize = 32;

const FOLDERS: [&str; 5] = ["/apps", "/data", "/config", "/config/registry", "/logs"];

/// Where a module is while it is being installed.
pub(crate) fn incoming_path(name: &AppName) -> String {
    format!("/apps/{name}.tmp")
}

/// Where what comes in is while it has no name yet. No app's name begins with a dot.
pub(crate) fn staging_path(place: usize) -> String {
    format!("/apps/.{place}.tmp")
}

/// What an install puts in place: the record, and where its module is until then.
pub(crate) type Incoming<'a> = (&'a Record, &'a str);

impl<P: Platform> Runtime<P> {
    /// Makes the folders and clears what interrupted requests left.
    pub(crate) fn prepare_storage(&self) -> Result<(), Errno> {
        for folder in FOLDERS {
            self.platform.mkdir(folder)?;
        }
        for folder in ["/apps", "/config/registry", "/config", "/logs"] {
            for name in self.names(folder)? {
                if name.ends_with(".tmp") {
                    self.platform.remove(&format!("{folder}/{name}"))?;
                }
            }
        }
        Ok(())
    }

    /// Takes a step on an app's files, which is taken whole or not at all. `incoming` is what an
    /// install announces and puts in place.
    pub(crate) fn take_step(
        &self,
        name: &AppName,
        step: Step,
        incoming: Option<Incoming<'_>>,
    ) -> Result<(), Errno> {
        match (step, incoming) {
            (Step::Announce, Some((record, _))) => {
                let path = Piece::NextRecord.path(name);
                self.write_all(&path, &record.encode()).inspect_err(|_| {
                    // Nothing has changed; the storage only gets its room back.
                    let _ = self.platform.remove(&path);
                })
            }
            (Step::Place, Some((_, path))) => self.platform.rename(path, &Piece::Module.path(name)),
            (Step::Announce | Step::Place, None) => Err(Errno::EINVAL),
            (Step::Rename(from, to), _) => self.platform.rename(&from.path(name), &to.path(name)),
            (Step::Remove(piece), _) => match self.platform.remove(&piece.path(name)) {
                Err(Errno::ENOENT) => Ok(()),
                other => other,
            },
        }
    }

    /// Takes the steps of an install, a rollback or a removal. `Err` when it has not taken effect: then
    /// all is as it was. What cannot be done once it has is only told: the next boot does it.
    pub(crate) fn take_steps(
        &self,
        name: &AppName,
        steps: &[Step],
        effect: Step,
        incoming: Option<Incoming<'_>>,
    ) -> Result<(), Errno> {
        let mut effective = false;
        for (at, step) in steps.iter().enumerate() {
            match self.take_step(name, *step, incoming) {
                Ok(()) => effective |= *step == effect,
                Err(errno) if effective => {
                    let text = format!("its files will be put in order at the next boot: {errno}");
                    self.tell(name, &text);
                    break;
                }
                Err(errno) => {
                    let back = steps[..at].iter().rev().filter_map(|step| step.back());
                    for step in back {
                        if self.take_step(name, step, None).is_err() {
                            // What was announced stays, so that the next boot goes on from here.
                            break;
                        }
                    }
                    return Err(errno);
                }
            }
        }
        Ok(())
    }

    /// Tells something about an app on the console.
    pub(crate) fn tell(&self, name: &AppName, text: &str) {
        self.platform.console(Level::Error, "akira", &format!("app {name}: {text}"));
    }

    /// Stores an app's record in one step.
    pub(crate) fn store_record(&self, record: &Record) -> Result<(), Errno> {
        let name = &record.manifest.name;
        self.replace(&Piece::Record.path(name), &record.encode())?;
        // One whose install could not put it in place would count more than this one.
        self.take_step(name, Step::Remove(Piece::NextRecord), None)
    }

    /// Removes an app's module, then the rest of it and its data. The first is what counts. A module
    /// that is gone is no error: an uninstall that failed half-way is asked for again.
    pub(crate) fn remove_app(&self, name: &AppName) -> Result<(), Errno> {
        for step in UNINSTALL {
            self.take_step(name, *step, None)?;
        }
        self.remove_tree(&format!("/data/{name}"))
    }

    /// Replaces a small file in one step.
    pub(crate) fn replace(&self, path: &str, content: &[u8]) -> Result<(), Errno> {
        self.replace_by(&format!("{path}.tmp"), path, content)
    }

    /// Replaces a small file in one step, by way of the file `incoming`.
    pub(crate) fn replace_by(
        &self,
        incoming: &str,
        path: &str,
        content: &[u8],
    ) -> Result<(), Errno> {
        let written = self.write_all(incoming, content);
        if written.is_err() {
            // Nothing has changed; the storage only gets its room back.
            let _ = self.platform.remove(incoming);
            return written;
        }
        self.platform.rename(incoming, path)
    }

    fn write_all(&self, path: &str, content: &[u8]) -> Result<(), Errno> {
        let mut file = self.platform.open(path, OpenMode::REPLACE)?;
        write_fully(&mut file, content)?;
        file.sync()?;
        file.close()
    }

    /// Reads a file of at most `max` bytes.
    pub(crate) fn read_small(&self, path: &str, max: usize) -> Result<Vec<u8>, Errno> {
        let size = self.platform.stat(path)?.size as usize;
        if size > max {
            return Err(Errno::EFBIG);
        }
        let mut bytes = alloc::vec![0; size];
        self.read_exactly(path, &mut bytes)?;
        Ok(bytes)
    }

    /// Fills `out` from a file that must have just that size.
    pub(crate) fn read_exactly(&self, path: &str, out: &mut [u8]) -> Result<(), Errno> {
        let mut file = self.platform.open(path, OpenMode::READ)?;
        let mut filled = 0;
        while filled < out.len() {
            match file.read(&mut out[filled..])? {
                0 => return Err(Errno::EIO),
                count => filled += count,
            }
        }
        if file.read(&mut [0])? != 0 {
            return Err(Errno::EIO);
        }
        Ok(())
    }

    /// The names in a folder.
    pub(crate) fn names(&self, folder: &str) -> Result<Vec<String>, Errno> {
        let mut names = Vec::new();
        self.platform.list(folder, &mut |name, _| {
            names.push(name.to_string());
            true
        })?;
        Ok(names)
    }

    /// Removes a folder with all that is in it, or a file. One that is not there is no error. An app
    /// may have made as many files as the storage holds, so their names are never all in memory.
    pub(crate) fn remove_tree(&self, folder: &str) -> Result<(), Errno> {
        let mut path = folder.to_string();
        loop {
            let (mut files, mut inner) = (Vec::new(), None);
            let listed = self.platform.list(&path, &mut |name, stat| {
                if stat.is_dir {
                    inner = Some(name.to_string());
                } else {
                    files.push(format!("{path}/{name}"));
                }
                inner.is_none() && files.len() < NAMES_AT_ONCE
            });
            match listed {
                Err(Errno::ENOENT) if path == folder => return Ok(()),
                // Whoever can write to the storage past the runtime can put a file here.
                Err(Errno::ENOTDIR) if path == folder => return self.platform.remove(folder),
                other => other?,
            }
            for file in &files {
                self.platform.remove(file)?;
            }
            if let Some(inner) = inner {
                path.push('/');
                path.push_str(&inner);
            } else if files.is_empty() {
                self.platform.remove(&path)?;
                if path == folder {
                    return Ok(());
                }
                path.truncate(path.rfind('/').unwrap_or(0));
            }
        }
    }
}

/// Writes all of `content`; `ENOSPC` when the storage takes no more.
pub(crate) fn write_fully<F: File>(file: &mut F, mut content: &[u8]) -> Result<(), Errno> {
    while !content.is_empty() {
        match file.write(content)? {
            0 => return Err(Errno::ENOSPC),
            count => content = &content[count..],
        }
    }
    Ok(())
}
