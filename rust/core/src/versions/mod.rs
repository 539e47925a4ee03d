// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The versions of an app that a device has stored, and the steps from one state to the next.
//!
//! An update keeps the version that was installed until the new one has run healthily once, see
//! [`HEALTHY_MS`](crate::lifecycle::HEALTHY_MS); until then it can be rolled back. As long as the new
//! one has not, further updates replace it and keep the same previous version: it is the one that is
//! known to be good.
//!
//! Each [`Step`] is one operation that the file system carries out whole or not at all. The power may
//! fail between any two: which of them were taken is told by which files there are and by the modules'
//! hashes, so a boot finishes what had taken effect and undoes what had not. An update takes effect with
//! [`Step::Place`], a rollback when the previous module is renamed, an uninstall when the module is
//! removed.

use alloc::format;
use alloc::string::String;

use crate::name::AppName;
use crate::registry::Record;

#[cfg(test)]
mod tests;

/// SHA-256 of a module.
pub type Digest = [u8; 32];

/// One file of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// The module.
    Module,
    /// The previous version's module.
    Previous,
    /// The module's record.
    Record,
    /// The previous version's record.
    PreviousRecord,
    /// The record of a module that is about to be put in place.
    NextRecord,
}

impl Piece {
    /// Where it is. No app's name has a dot, so no two are in one place.
    pub fn path(self, app: &AppName) -> String {
        match self {
            Piece::Module => format!("/apps/{app}.wasm"),
            Piece::Previous => format!("/apps/{app}.old"),
            Piece::Record => format!("/config/registry/{app}"),
            Piece::PreviousRecord => format!("/config/registry/{app}.old"),
            Piece::NextRecord => format!("/config/registry/{app}.next"),
        }
    }
}

/// One operation on an app's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The new module's record is stored as [`Piece::NextRecord`].
    Announce,
    /// The new module, which is stored under another name, is renamed to [`Piece::Module`].
    Place,
    /// The first becomes the second, which is replaced if it is there.
    Rename(Piece, Piece),
    /// It is removed. That it is not there is no failure.
    Remove(Piece),
}

impl Step {
    /// What takes it back, of those that can be.
    pub const fn back(self) -> Option<Step> {
        match self {
            Step::Announce => Some(Step::Remove(Piece::NextRecord)),
            Step::Rename(from, to) => Some(Step::Rename(to, from)),
            Step::Place | Step::Remove(_) => None,
        }
    }
}

/// What becomes of the versions that there are when a new one is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// The one that was installed becomes the previous one.
    Keep,
    /// The one that was installed is replaced; a previous one stays. For a new app, for the same module
    /// once more, and where the one that was installed has not run healthily since it was.
    Replace,
    /// The previous one is installed again, so there is none any more.
    Return,
}

impl Update {
    /// What an install of `new` does where `installed` is there and `previous` is kept.
    pub fn of(installed: Option<&Digest>, previous: Option<&Digest>, new: &Digest) -> Self {
        match (installed, previous) {
            (_, Some(previous)) if previous == new => Update::Return,
            (Some(installed), None) if installed != new => Update::Keep,
            _ => Update::Replace,
        }
    }

    /// Its steps. Up to [`Step::Place`] they can be taken [`back`](Step::back).
    pub const fn steps(self) -> &'static [Step] {
        match self {
            Update::Keep => &[
                Step::Announce,
                Step::Rename(Piece::Module, Piece::Previous),
                Step::Place,
                Step::Rename(Piece::Record, Piece::PreviousRecord),
                Step::Rename(Piece::NextRecord, Piece::Record),
            ],
            Update::Replace => {
                &[Step::Announce, Step::Place, Step::Rename(Piece::NextRecord, Piece::Record)]
            }
            Update::Return => &[
                Step::Announce,
                Step::Place,
                Step::Rename(Piece::NextRecord, Piece::Record),
                Step::Remove(Piece::Previous),
                Step::Remove(Piece::PreviousRecord),
            ],
        }
    }
}

/// The previous version becomes the installed one again, with its record: what was decided for it.
pub const ROLLBACK: &[Step] = &[
    Step::Rename(Piece::Previous, Piece::Module),
    Step::Rename(Piece::PreviousRecord, Piece::Record),
];

/// The previous version is given up.
pub const DROP_PREVIOUS: &[Step] =
    &[Step::Remove(Piece::Previous), Step::Remove(Piece::PreviousRecord)];

/// The app is removed. That no record is announced tells it from an update.
pub const UNINSTALL: &[Step] = &[
    Step::Remove(Piece::NextRecord),
    Step::Remove(Piece::Module),
    Step::Remove(Piece::Previous),
    Step::Remove(Piece::PreviousRecord),
    Step::Remove(Piece::Record),
];

/// What is known of the version that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previous {
    /// Its version.
    pub version: String,
    /// SHA-256 of its module.
    pub sha256: Digest,
    /// Size of its module in bytes.
    pub size: u32,
}

impl From<&Record> for Previous {
    fn from(record: &Record) -> Self {
        let Record { manifest, sha256, size, .. } = record;
        Self { version: manifest.version.clone(), sha256: *sha256, size: *size }
    }
}

/// A record's file as a boot finds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Note {
    /// There is none.
    #[default]
    Absent,
    /// It cannot be read, or is another app's.
    Damaged,
    /// It is of that module.
    Of {
        /// The module's SHA-256.
        sha256: Digest,
        /// The module's size.
        size: u32,
    },
}

impl Note {
    fn is_of(self, module: &Digest) -> bool {
        matches!(self, Note::Of { sha256, .. } if sha256 == *module)
    }

    fn fits(self, module: Option<u32>) -> bool {
        matches!(self, Note::Of { size, .. } if Some(size) == module)
    }
}

/// An app's files as a boot finds them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Size of the module.
    pub module: Option<u32>,
    /// Size of the previous version's module.
    pub previous: Option<u32>,
    /// The record.
    pub record: Note,
    /// The previous version's record.
    pub previous_record: Note,
    /// The announced record.
    pub next_record: Note,
}

impl Found {
    /// Where there is no module: what is to be done before anything else.
    pub fn without_module(&self) -> Option<Step> {
        if self.module.is_some() || self.previous.is_none() {
            return None;
        }
        Some(match self.next_record {
            // An uninstall was cut short.
            Note::Absent => Step::Remove(Piece::Previous),
            // An update was, before it took effect.
            _ => Step::Rename(Piece::Previous, Piece::Module),
        })
    }

    /// Whether no steps were cut short, as far as that can be told without reading the modules. What is
    /// cut short leaves an announced record or a previous version's record without its module.
    pub fn is_settled(&self) -> bool {
        let previous = match (self.previous, self.previous_record) {
            (None, note) => note == Note::Absent,
            (size, note @ Note::Of { sha256, .. }) => {
                note.fits(size) && !self.record.is_of(&sha256)
            }
            _ => false,
        };
        previous && self.next_record == Note::Absent && self.record.fits(self.module)
    }

    /// Whether something was decided for the app, be it readable or not.
    pub fn has_records(&self) -> bool {
        [self.record, self.previous_record, self.next_record].iter().any(|n| *n != Note::Absent)
    }

    /// How to finish or undo what was cut short. The modules have these hashes; `previous` is `None`
    /// when there is none, or none that can be read.
    pub fn settle(&self, module: &Digest, previous: Option<&Digest>) -> Settlement {
        let note = |piece| match piece {
            Piece::NextRecord => self.next_record,
            Piece::PreviousRecord => self.previous_record,
            _ => self.record,
        };
        let previous = previous.filter(|previous| *previous != module);
        let record = [Piece::NextRecord, Piece::Record, Piece::PreviousRecord]
            .into_iter()
            // That one is the module's only after a rollback, which leaves no previous version.
            .filter(|piece| *piece != Piece::PreviousRecord || previous.is_none())
            .find(|piece| note(*piece).is_of(module));
        let previous = match previous {
            None => Kept::Nothing,
            Some(previous) => [Piece::PreviousRecord, Piece::Record]
                .into_iter()
                .find(|piece| note(*piece).is_of(previous))
                .map_or(Kept::WithoutRecord, Kept::With),
        };
        let mut settlement = Settlement { record, previous, ..Settlement::default() };
        let Settlement { renames, removals, .. } = &mut settlement;
        // Neither can be too many: there are as many steps below as they have room for.
        let mut rename = |from, to| {
            let _ = renames.push(Step::Rename(from, to));
        };
        if previous == Kept::With(Piece::Record) {
            rename(Piece::Record, Piece::PreviousRecord);
        }
        if let Some(from @ (Piece::NextRecord | Piece::PreviousRecord)) = record {
            rename(from, Piece::Record);
        }
        let mut remove = |piece| {
            let _ = removals.push(Step::Remove(piece));
        };
        if record != Some(Piece::NextRecord) && self.next_record != Note::Absent {
            remove(Piece::NextRecord);
        }
        if previous == Kept::Nothing {
            if self.previous.is_some() {
                remove(Piece::Previous);
            }
            if record != Some(Piece::PreviousRecord) && self.previous_record != Note::Absent {
                remove(Piece::PreviousRecord);
            }
        }
        settlement
    }
}

/// What becomes of a previous version at a boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    /// There is none, or it is given up.
    #[default]
    Nothing,
    /// It stays, and that is its record.
    With(Piece),
    /// It stays, but what was decided for it is lost.
    WithoutRecord,
}

/// How to finish or undo what was cut short: first `renames`, then the records that are missing are to
/// be stored, then `removals`. It may be cut short itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Which record is the module's; `None` for none of them.
    pub record: Option<Piece>,
    /// What becomes of the previous version.
    pub previous: Kept,
    /// The steps that make each record that of its module.
    pub renames: heapless::Vec<Step, 2>,
    /// The steps that remove what is of no use.
    pub removals: heapless::Vec<Step, 3>,
}
