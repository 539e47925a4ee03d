// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Where things are on the storage, and how they are read and replaced.
//!
//! An app's module is the truth about it; its record only spares reading the module at boot. The
//! order of writes makes each change take effect in one step: an install when the module is renamed
//! into place, an uninstall when it is removed. What a power cut leaves half done is finished or
//! undone at the next boot.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use akira_abi::{CapSet, Errno};
use akira_core::MODULE_MAX;
use akira_core::audit::Kind;
use akira_core::log::Level;
use akira_core::manifest::Manifest;
use akira_core::module::Scanner;
use akira_core::name::AppName;
use akira_core::registry::{RECORD_MAX, Record};

use crate::native::kv;
use crate::platform::{File, OpenMode, Platform};
use crate::runtime::Runtime;

/// Files of a folder that are removed before it is listed again.
const NAMES_AT_ONCE: usize = 32;

const FOLDERS: [&str; 5] = ["/apps", "/data", "/config", "/config/registry", "/logs"];

/// Where an app's module is.
pub(crate) fn module_path(name: &AppName) -> String {
    format!("/apps/{name}.wasm")
}

/// Where a module is while it is being installed.
pub(crate) fn incoming_path(name: &AppName) -> String {
    format!("/apps/{name}.tmp")
}

/// Where what comes in is while it has no name yet. No app's name begins with a dot.
pub(crate) fn staging_path(place: usize) -> String {
    format!("/apps/.{place}.tmp")
}

fn record_path(name: &AppName) -> String {
    format!("/config/registry/{name}")
}

/// Where the record of a module is that is about to be put in place.
fn next_record_path(name: &AppName) -> String {
    format!("/config/registry/{name}.next")
}

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

    /// The records of all installed apps, sorted by name. A record that is missing or does not fit
    /// its module is made anew from the module; a module that is none any more is left alone and
    /// told on the console.
    pub(crate) fn read_registry(&self) -> Result<Vec<Record>, Errno> {
        let mut records = Vec::new();
        let modules = self.names("/apps")?;
        for file in &modules {
            let Some(name) = file.strip_suffix(".wasm").and_then(|name| name.parse().ok()) else {
                continue;
            };
            match self.read_record(&name) {
                Ok(mut record) => {
                    // The device's owner may have narrowed what it grants since the install.
                    record.granted = record.granted.intersection(self.grantable);
                    records.push(record);
                }
                Err(reason) => {
                    let text = format!("app {name} cannot be used: {reason}");
                    self.platform.console(Level::Error, "akira", &text);
                }
            }
        }
        records.sort_by(|a, b| a.manifest.name.cmp(&b.manifest.name));
        self.clear_leftovers(&modules)?;
        Ok(records)
    }

    fn read_record(&self, name: &AppName) -> Result<Record, String> {
        let size = self.platform.stat(&module_path(name)).map_err(|e| e.to_string())?.size;
        let stored = self.read_small(&record_path(name), RECORD_MAX);
        let next = self.read_small(&next_record_path(name), RECORD_MAX);
        let decode = |bytes: &Result<Vec<u8>, Errno>| {
            let record = bytes.as_ref().ok().and_then(|bytes| Record::decode(bytes).ok());
            record.filter(|record| record.manifest.name == *name && record.size == size)
        };
        let (known, announced) = (decode(&stored), decode(&next));
        if matches!(next, Err(Errno::ENOENT))
            && let Some(record) = known
        {
            return Ok(record);
        }
        // An install was cut short, or the record is missing or damaged. The module tells.
        let mut scanned = self.scan_module(name)?;
        if let Some(record) = announced.filter(|record| record.sha256 == scanned.sha256) {
            self.settle_record(name);
            return Ok(record);
        }
        self.withdraw_record(name);
        if let Some(record) = known.filter(|record| record.sha256 == scanned.sha256) {
            return Ok(record);
        }
        if !matches!(stored, Err(Errno::ENOENT)) {
            // What an operator withheld was in there.
            scanned.granted = CapSet::EMPTY;
            let text = "its registry record is damaged, so nothing is granted to it; install it \
                        again to grant it anew";
            self.platform.console(Level::Error, "akira", &format!("app {name}: {text}"));
            self.audit(Kind::Refused, Some(name), text);
        }
        self.keep_record(&scanned);
        Ok(scanned)
    }

    /// Makes an app's record from its module.
    fn scan_module(&self, name: &AppName) -> Result<Record, String> {
        let mut file = self
            .platform
            .open(&module_path(name), OpenMode::READ)
            .map_err(|errno| errno.to_string())?;
        let (mut scanner, mut size) = (Scanner::new(), 0u32);
        let mut piece = [0u8; 512];
        loop {
            let count = file.read(&mut piece).map_err(|errno| errno.to_string())?;
            if count == 0 {
                break;
            }
            size = size.saturating_add(count as u32);
            if size > MODULE_MAX {
                return Err("its module is too large".to_string());
            }
            scanner.push(&piece[..count]).map_err(|error| error.to_string())?;
        }
        let facts = scanner.finish().map_err(|error| error.to_string())?;
        let signer = self
            .check_signature(name, facts.signature.as_ref())
            .map_err(|error| error.to_string())?;
        let (format, manifest) = facts.manifest.ok_or("it has no manifest")?;
        let manifest = Manifest::read(format, &manifest).map_err(|error| error.to_string())?;
        if manifest.name != *name {
            return Err(format!("its manifest is for {}", manifest.name));
        }
        Ok(Record {
            granted: self.grant(&manifest, CapSet::EMPTY),
            manifest,
            size,
            sha256: facts.sha256,
            signer,
            quota: None,
        })
    }

    /// Removes records and data of apps whose module is gone: an uninstall was cut short. Of the
    /// others, what was on its way to a key.
    fn clear_leftovers(&self, modules: &[String]) -> Result<(), Errno> {
        let gone =
            |name: &str| !modules.iter().any(|file| file.strip_suffix(".wasm") == Some(name));
        for name in self.names("/config/registry")?.iter().filter(|name| gone(name)) {
            self.platform.remove(&format!("/config/registry/{name}"))?;
        }
        for name in self.names("/data")? {
            if gone(&name) {
                self.remove_tree(&format!("/data/{name}"))?;
            } else {
                match self.platform.remove(&kv::incoming(&name)) {
                    Ok(()) | Err(Errno::ENOENT | Errno::ENOTDIR) => {}
                    other => other?,
                }
            }
        }
        Ok(())
    }

    /// Stores a record in one step. One that cannot be written is no failure, only told: the module
    /// is what counts, and the next boot makes a record from it.
    pub(crate) fn keep_record(&self, record: &Record) {
        let name = &record.manifest.name;
        if let Err(errno) = self.store_record(record) {
            let text = format!("no record of {name} could be written yet: {errno}");
            self.platform.console(Level::Error, "akira", &text);
        }
    }

    /// Stores a record in one step.
    pub(crate) fn store_record(&self, record: &Record) -> Result<(), Errno> {
        self.replace(&record_path(&record.manifest.name), &record.encode())
    }

    /// Stores the record of a module that is about to be put in place.
    pub(crate) fn announce_record(&self, record: &Record) -> Result<(), Errno> {
        let path = next_record_path(&record.manifest.name);
        self.write_all(&path, &record.encode()).inspect_err(|_| {
            // Nothing has changed; the storage only gets its room back.
            let _ = self.platform.remove(&path);
        })
    }

    /// Takes back an announcement.
    pub(crate) fn withdraw_record(&self, name: &AppName) {
        // One that stays is found out at the next boot.
        let _ = self.platform.remove(&next_record_path(name));
    }

    /// Makes the announced record that of the app, whose module is in place. When that fails it is
    /// only told: the next boot does it.
    pub(crate) fn settle_record(&self, name: &AppName) {
        if let Err(errno) = self.platform.rename(&next_record_path(name), &record_path(name)) {
            let text = format!("the record of {name} could not be put in place yet: {errno}");
            self.platform.console(Level::Error, "akira", &text);
        }
    }

    /// Removes a record.
    fn forget_record(&self, name: &AppName) -> Result<(), Errno> {
        match self.platform.remove(&record_path(name)) {
            Err(Errno::ENOENT) => Ok(()),
            other => other,
        }
    }

    /// Removes an app's module, then its record and its data. The first is what counts. A module
    /// that is gone is no error: an uninstall that failed half-way is asked for again.
    pub(crate) fn remove_app(&self, name: &AppName) -> Result<(), Errno> {
        match self.platform.remove(&module_path(name)) {
            Err(Errno::ENOENT) => {}
            other => other?,
        }
        self.forget_record(name)?;
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
    fn remove_tree(&self, folder: &str) -> Result<(), Errno> {
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
