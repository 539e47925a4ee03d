// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is found on a flash image: each finding says what it means and what to do.

use crate::flash::Partition;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The next boot sees to it, and it costs nothing.
    Note,
    /// Something is lost or damaged; a device boots and all else works.
    Warning,
    /// No device boots from it.
    Error,
}

impl Severity {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a repair does about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mend {
    /// Nothing can be done here.
    Not,
    /// What a boot does.
    Boot,
    /// The file is removed.
    Remove,
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file or folder; empty for the storage as a whole.
    pub path: String,
    /// What is the matter.
    pub text: String,
    /// What to do, as a sentence.
    pub advice: String,
    /// Whether it has been mended.
    pub mended: bool,
    pub(super) mend: Mend,
}

/// An app, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredApp {
    /// Its name.
    pub name: String,
    /// Its version; empty when it has no readable record.
    pub version: String,
    /// Bytes of its module.
    pub size: u64,
    /// Whether its module is the one that was installed.
    pub whole: bool,
}

/// All that was found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Size of the flash in bytes.
    pub size: u32,
    /// Where the storage is on it.
    pub storage: Partition,
    /// Bytes of the storage that are in use, where that can be told.
    pub used: Option<u32>,
    /// The apps.
    pub apps: Vec<StoredApp>,
    /// What is not as it should be, the worst first.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(size: u32, storage: Partition) -> Self {
        Self { size, storage, used: None, apps: Vec::new(), findings: Vec::new() }
    }

    /// Whether a device boots from it with all that it ever had.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.mended || finding.severity == Severity::Note)
    }

    fn add(&mut self, severity: Severity, mend: Mend, path: &str, text: &str, advice: &str) {
        let (path, text) = (path.to_owned(), text.to_owned());
        let advice = format!("{advice}.");
        self.findings.push(Finding { severity, path, text, advice, mended: false, mend });
    }

    /// What the next boot sees to.
    pub(super) fn note(&mut self, path: &str, text: &str, advice: &str) {
        self.add(Severity::Note, Mend::Boot, path, text, advice);
    }

    /// What nobody needs to do anything about.
    pub(super) fn remark(&mut self, path: &str, text: &str, advice: &str) {
        self.add(Severity::Note, Mend::Not, path, text, advice);
    }

    /// A damage of which the next boot makes the best.
    pub(super) fn lost(&mut self, path: &str, text: &str, advice: &str) {
        self.add(Severity::Warning, Mend::Boot, path, text, advice);
    }

    /// A damaged file that is of no use any more.
    pub(super) fn useless(&mut self, severity: Severity, path: &str, text: &str, advice: &str) {
        self.add(severity, Mend::Remove, path, text, advice);
    }

    /// A damage that only its owner can mend.
    pub(super) fn damage(&mut self, path: &str, text: &str, advice: &str) {
        self.add(Severity::Warning, Mend::Not, path, text, advice);
    }

    pub(super) fn error(&mut self, path: &str, text: &str, advice: &str) {
        self.add(Severity::Error, Mend::Not, path, text, advice);
    }

    pub(super) fn sort(&mut self) {
        self.findings.sort_by(|a, b| {
            b.severity.cmp(&a.severity).then(a.path.cmp(&b.path)).then(a.text.cmp(&b.text))
        });
    }

    /// Adds what `before` had and this has not any more.
    pub(super) fn add_mended(&mut self, before: Report) {
        let still = self.findings.clone();
        let is_same = |a: &Finding, b: &Finding| (&a.path, &a.text) == (&b.path, &b.text);
        self.findings.extend(
            before
                .findings
                .into_iter()
                .filter(|finding| !still.iter().any(|other| is_same(other, finding)))
                .map(|finding| Finding { mended: true, ..finding }),
        );
        self.sort();
    }
}
