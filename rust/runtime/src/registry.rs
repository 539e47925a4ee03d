// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The registry at boot: which apps there are, and what was decided for each.
//!
//! An app's module is the truth about it; its record spares reading the module, and keeps what was
//! decided. A record that is missing or does not fit its module is made anew from the module. Modules
//! are read only where steps were cut short or a record is lost.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use akira_abi::{CapSet, Errno};
use akira_core::MODULE_MAX;
use akira_core::audit::Kind;
use akira_core::log::Level;
use akira_core::manifest::Manifest;
use akira_core::module::{ModuleFacts, Scanner};
use akira_core::name::AppName;
use akira_core::registry::{RECORD_MAX, Record};
use akira_core::versions::{DROP_PREVIOUS, Found, Kept, Note, Piece, Previous, Step};

use crate::apps::App;
use crate::native::kv;
use crate::platform::{File, OpenMode, Platform};
use crate::runtime::Runtime;

/// Where the records are.
const REGISTRY: &str = "/config/registry";

/// The pieces that are records.
const RECORDS: [Piece; 3] = [Piece::Record, Piece::PreviousRecord, Piece::NextRecord];

/// An app's files, and the records among them that can be read.
struct Stored {
    found: Found,
    records: [Option<Record>; 3],
}

impl Stored {
    fn take(&mut self, piece: Piece) -> Option<Record> {
        let at = RECORDS.iter().position(|known| *known == piece)?;
        self.records[at].take()
    }
}

/// A module that was read from its file.
pub(crate) struct Scanned {
    pub(crate) facts: ModuleFacts,
    pub(crate) size: u32,
}

impl<P: Platform> Runtime<P> {
    /// All installed apps, sorted by name. One that cannot be used is told on the console and in the
    /// list, and its files are left alone.
    pub(crate) fn read_registry(&self) -> Result<Vec<App<P>>, Errno> {
        let (mut apps, mut present) = (Vec::new(), Vec::new());
        for name in self.stored_apps()? {
            match self.read_app(&name) {
                Ok(None) => continue,
                Ok(Some(app)) => apps.push(app),
                Err(reason) => {
                    let text = format!("app {name} cannot be used: {reason}");
                    self.platform.console(Level::Error, "akira", &text);
                    let stat = self.platform.stat(&Piece::Module.path(&name));
                    let size = stat.map_or(0, |stat| stat.size);
                    apps.push(App::damaged(&name, size, &reason));
                }
            }
            present.push(name);
        }
        self.clear_leftovers(&present)?;
        Ok(apps)
    }

    /// The apps of which there is a module, sorted by name.
    fn stored_apps(&self) -> Result<Vec<AppName>, Errno> {
        let files = self.names("/apps")?;
        let name = |file: &String| {
            let name = file.strip_suffix(".wasm").or_else(|| file.strip_suffix(".old"))?;
            name.parse().ok()
        };
        let mut names: Vec<AppName> = files.iter().filter_map(name).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Finds out what there is of an app, and finishes or undoes what a power cut has left of it.
    /// `None` when it was being uninstalled.
    fn read_app(&self, name: &AppName) -> Result<Option<App<P>>, String> {
        let mut stored = self.look_at_files(name).map_err(|errno| errno.to_string())?;
        if let Some(step) = stored.found.without_module() {
            self.take_step(name, step, None)
                .and_then(|()| self.look_at_files(name))
                .map(|again| stored = again)
                .map_err(|errno| format!("its files cannot be put in order: {errno}"))?;
        }
        if stored.found.module.is_none() {
            return Ok(None);
        }
        let (mut record, previous) = if stored.found.is_settled() {
            let record = stored.take(Piece::Record).ok_or("its record is gone")?;
            (record, stored.take(Piece::PreviousRecord))
        } else {
            self.settle_files(name, stored)?
        };
        // The device's owner may have narrowed what it grants since the install.
        record.granted = record.granted.intersection(self.grantable);
        Ok(Some(App { previous: previous.as_ref().map(Previous::from), ..App::new(record) }))
    }

    /// Looks what there is of an app.
    fn look_at_files(&self, name: &AppName) -> Result<Stored, Errno> {
        let size = |piece: Piece| match self.platform.stat(&piece.path(name)) {
            Ok(stat) => Ok(Some(stat.size)),
            Err(Errno::ENOENT) => Ok(None),
            Err(errno) => Err(errno),
        };
        let read = |piece: Piece| match self.read_small(&piece.path(name), RECORD_MAX) {
            Err(Errno::ENOENT) => (Note::Absent, None),
            bytes => {
                let record = bytes.ok().and_then(|bytes| Record::decode(&bytes).ok());
                match record.filter(|record| record.manifest.name == *name) {
                    None => (Note::Damaged, None),
                    Some(record) => {
                        let Record { sha256, size, .. } = record;
                        (Note::Of { sha256, size }, Some(record))
                    }
                }
            }
        };
        let [(record, a), (previous_record, b), (next_record, c)] = RECORDS.map(read);
        let found = Found {
            module: size(Piece::Module)?,
            previous: size(Piece::Previous)?,
            record,
            previous_record,
            next_record,
        };
        Ok(Stored { found, records: [a, b, c] })
    }

    /// Finishes or undoes what was cut short, as the modules tell. Returns the records of the app and
    /// of its previous version.
    fn settle_files(
        &self,
        name: &AppName,
        mut stored: Stored,
    ) -> Result<(Record, Option<Record>), String> {
        let module = self.scan_file(&Piece::Module.path(name))?;
        let previous = match stored.found.previous {
            Some(_) => {
                self.scan_file(&Piece::Previous.path(name)).map(Some).unwrap_or_else(|reason| {
                    self.tell(name, &format!("its previous version is given up: {reason}"));
                    None
                })
            }
            None => None,
        };
        let digest = previous.as_ref().map(|scanned| &scanned.facts.sha256);
        let settlement = stored.found.settle(&module.facts.sha256, digest);
        let mut in_order = self.put_in_order(name, &settlement.renames);
        let kept = match (settlement.previous, previous) {
            (Kept::With(piece), _) => stored.take(piece),
            (Kept::WithoutRecord, Some(scanned)) => {
                match self.without_decision(name, scanned, "its previous version's record") {
                    Ok(record) => {
                        in_order &= self.keep_record(Piece::PreviousRecord, &record);
                        Some(record)
                    }
                    Err(reason) => {
                        // What may not run is no reason for the app not to.
                        self.tell(name, &format!("its previous version is given up: {reason}"));
                        self.put_in_order(name, DROP_PREVIOUS);
                        None
                    }
                }
            }
            _ => None,
        };
        let record = match settlement.record.and_then(|piece| stored.take(piece)) {
            Some(record) => record,
            None => {
                let record = if stored.found.has_records() {
                    self.without_decision(name, module, "its registry record")?
                } else {
                    self.record_of(name, module)?
                };
                in_order &= self.keep_record(Piece::Record, &record);
                record
            }
        };
        if in_order {
            self.put_in_order(name, &settlement.removals);
        }
        Ok((record, kept))
    }

    /// Takes steps that a power cut left to be taken; whether all were.
    fn put_in_order(&self, name: &AppName, steps: &[Step]) -> bool {
        let taken = steps.iter().try_for_each(|step| self.take_step(name, *step, None));
        if let Err(errno) = taken {
            self.tell(name, &format!("its files cannot be put in order yet: {errno}"));
        }
        taken.is_ok()
    }

    /// Makes the record of a module whose own is damaged. What an operator withheld was in there.
    fn without_decision(
        &self,
        name: &AppName,
        module: Scanned,
        what: &str,
    ) -> Result<Record, String> {
        let record = Record { granted: CapSet::EMPTY, ..self.record_of(name, module)? };
        let text = format!(
            "{what} is damaged, so nothing is granted to it; install it again to grant it anew"
        );
        self.tell(name, &text);
        self.audit(Kind::Refused, Some(name), &text);
        Ok(record)
    }

    /// Makes an app's record from its module.
    fn record_of(&self, name: &AppName, module: Scanned) -> Result<Record, String> {
        let Scanned { facts, size } = module;
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

    /// Reads a module piece by piece.
    pub(crate) fn scan_file(&self, path: &str) -> Result<Scanned, String> {
        let mut file =
            self.platform.open(path, OpenMode::READ).map_err(|errno| errno.to_string())?;
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
        Ok(Scanned { facts, size })
    }

    /// Stores a record in one step; whether it is stored. That it cannot be written is no failure, only
    /// told: the module is what counts, and the next boot makes a record from it.
    pub(crate) fn keep_record(&self, piece: Piece, record: &Record) -> bool {
        let name = &record.manifest.name;
        let stored = self.replace(&piece.path(name), &record.encode());
        if let Err(errno) = stored {
            let text = format!("no record of {name} could be written yet: {errno}");
            self.platform.console(Level::Error, "akira", &text);
        }
        stored.is_ok()
    }

    /// Removes records and data of apps that are not there: an uninstall was cut short. Of the others,
    /// what was on its way to a key.
    fn clear_leftovers(&self, present: &[AppName]) -> Result<(), Errno> {
        let gone = |name: &str| !present.iter().any(|app| app.as_str() == name);
        for file in self.names(REGISTRY)? {
            let name = [".old", ".next"].iter().find_map(|end| file.strip_suffix(end));
            if gone(name.unwrap_or(&file)) {
                self.platform.remove(&format!("{REGISTRY}/{file}"))?;
            }
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
}
