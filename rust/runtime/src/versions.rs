// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The version that an update has kept: how it comes back, and when it is given up.
//!
//! It is kept until the new one has run healthily once: it has ended by itself with exit code 0, or has
//! run for [`HEALTHY_MS`]. It goes before that when an install needs its room, and with the app. Nobody
//! but an operator rolls an app back; the device only says that it can be done.
//!
//! Whoever changes an app's files has claimed the app, so no two do at once.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use akira_abi::Errno;
use akira_core::audit::Kind;
use akira_core::http::{ApiError, Code, view};
use akira_core::lifecycle::{HEALTHY_MS, State, Step as Ended};
use akira_core::log::Level;
use akira_core::name::AppName;
use akira_core::registry::{RECORD_MAX, Record};
use akira_core::signature::SignaturePolicy;
use akira_core::versions::{DROP_PREVIOUS, Piece, Previous, ROLLBACK, Step, Update};

use crate::apps::{App, still_running};
use crate::platform::Platform;
use crate::runtime::Runtime;
use crate::store::Incoming;

/// Room that an install leaves on the storage if it can, in bytes: for records, and for what the file
/// system needs beside the bytes of a module.
pub(crate) const SPARE: u64 = 16 * 1024;

impl<P: Platform> Runtime<P> {
    /// Puts a new module in place, whose app is claimed. Returns the version that is kept now.
    pub(crate) fn put_in_place(
        &self,
        incoming: Incoming<'_>,
    ) -> Result<Option<Previous>, ApiError> {
        let name = &incoming.0.manifest.name;
        let (old, previous) = {
            let mut apps = self.apps.lock();
            let app = apps.find(name);
            (
                // What is damaged is nothing to go back to.
                app.as_ref()
                    .filter(|app| app.damage.is_none())
                    .map(|app| Previous::from(&app.record)),
                app.and_then(|app| app.previous.clone()),
            )
        };
        let digest = |version: &Option<Previous>| version.as_ref().map(|version| version.sha256);
        let sha256 = &incoming.0.sha256;
        let mut update = Update::of(digest(&old).as_ref(), digest(&previous).as_ref(), sha256);
        loop {
            match self.take_steps(name, update.steps(), Step::Place, Some(incoming)) {
                Ok(()) => break,
                // That no version can be kept is no reason for an update to fail.
                Err(errno) if update == Update::Keep => {
                    self.tell(name, &format!("the version before cannot be kept: {errno}"));
                    update = Update::Replace;
                }
                Err(Errno::ENOSPC) if self.give_up_one(Some(name)) => {}
                Err(errno) => return Err(ApiError::storage("put the module in place", errno)),
            }
        }
        Ok(match update {
            Update::Keep => old,
            // It may have been given up for room.
            Update::Replace => self.previous_of(name),
            Update::Return => None,
        })
    }

    fn previous_of(&self, name: &AppName) -> Option<Previous> {
        self.apps.lock().find(name).and_then(|app| app.previous.clone())
    }

    /// Has the previous version of an app take the place of the one that is installed, with what was
    /// decided for it. The app's files stay as they are.
    pub fn rollback(self: &Arc<Self>, name: &AppName) -> Result<view::App, ApiError> {
        let (version, previous) = {
            let mut apps = self.apps.lock();
            let app = apps.get(name)?;
            let version = app.record.manifest.version.clone();
            let previous = app.previous.clone().ok_or_else(|| no_previous(name, &version))?;
            if app.context.is_some() {
                return Err(still_running(name, "rolling back"));
            }
            apps.claim(name)?;
            (version, previous)
        };
        let restored = self.restore(name, &previous);
        let mut apps = self.apps.lock();
        apps.release(name);
        let app = apps.get(name)?;
        *app = App::new(restored?);
        let view = self.view(app);
        drop(apps);
        let text = format!("rolled back from {version} to {}", view.version);
        self.audit(Kind::Config, Some(name), &text);
        self.log(name, Level::Info, text);
        Ok(view)
    }

    /// Puts a previous version in place again, if it is still what was installed and may run. Returns
    /// its record.
    fn restore(&self, name: &AppName, previous: &Previous) -> Result<Record, ApiError> {
        let damaged = |what: &str| {
            let version = &previous.version;
            let text = format!("{name} {version} cannot come back: {what}. Install it anew.");
            ApiError::new(Code::Internal, text)
        };
        let mut record = self
            .read_small(&Piece::PreviousRecord.path(name), RECORD_MAX)
            .ok()
            .and_then(|bytes| Record::decode(&bytes).ok())
            .filter(|record| record.manifest.name == *name && record.sha256 == previous.sha256)
            .ok_or_else(|| damaged("its registry record is damaged"))?;
        let module = self
            .scan_file(&Piece::Previous.path(name))
            .map_err(|reason| damaged(&format!("its file is damaged: {reason}")))?;
        if module.facts.sha256 != previous.sha256 {
            return Err(damaged("its file is damaged"));
        }
        let signer =
            self.check_signature(name, module.facts.signature.as_ref()).inspect_err(|e| {
                self.audit(Kind::Signature, Some(name), &format!("not rolled back: {e}"));
            })?;
        self.take_steps(name, ROLLBACK, ROLLBACK[0], None)
            .map_err(|errno| ApiError::storage("put the previous version in place", errno))?;
        if self.signatures != SignaturePolicy::Off && record.signer != signer {
            record.signer = signer;
            self.keep_record(Piece::Record, &record);
        }
        record.granted = record.granted.intersection(self.grantable);
        Ok(record)
    }

    /// An app has ended with `step`, without having been told to stop: the version before it is given
    /// up, or may be wanted again.
    pub(crate) fn judge_run(&self, name: &AppName, step: &Ended) {
        match step {
            Ended::Exit(0) => self.note_healthy(name),
            Ended::Exit(_) | Ended::Fail(_) => {
                if let Some(previous) = self.previous_of(name) {
                    let text = format!(
                        "the version before, {}, is kept: `akira rollback {name}` brings it back",
                        previous.version
                    );
                    self.log(name, Level::Info, text);
                }
            }
            _ => {}
        }
    }

    /// Gives up the previous versions of apps that have run for long enough.
    pub(crate) fn judge_running(&self, now: u64) {
        let healthy = |app: &&App<P>| {
            app.previous.is_some()
                && app.state == State::Running
                && now.saturating_sub(app.started_ms) >= HEALTHY_MS
        };
        let healthy: Vec<AppName> = {
            let apps = self.apps.lock();
            apps.list.iter().filter(healthy).map(|app| app.record.manifest.name.clone()).collect()
        };
        healthy.iter().for_each(|name| self.note_healthy(name));
    }

    /// An app's version has shown that it works, so it needs no other one to go back to.
    fn note_healthy(&self, name: &AppName) {
        let version = {
            let mut apps = self.apps.lock();
            let Some(app) = apps.find(name).filter(|app| app.previous.is_some()) else { return };
            let version = app.record.manifest.version.clone();
            if apps.claim(name).is_err() {
                // An install that needs room is giving it up; or this is tried again.
                return;
            }
            version
        };
        let dropped = self.drop_previous(name);
        self.apps.lock().release(name);
        if let Some(previous) = dropped {
            let previous = previous.version;
            let text = format!("{name} {version} has run healthily; {previous} is no longer kept");
            self.platform.console(Level::Info, "akira", &text);
        }
    }

    /// Removes the previous version of an app, which is claimed. Returns what it was; `None` when there
    /// is none, or when it could not be removed.
    fn drop_previous(&self, name: &AppName) -> Option<Previous> {
        let previous = self.apps.lock().find(name)?.previous.take()?;
        match self.take_steps(name, DROP_PREVIOUS, DROP_PREVIOUS[0], None) {
            Ok(()) => Some(previous),
            Err(errno) => {
                self.tell(name, &format!("its previous version cannot be removed: {errno}"));
                None
            }
        }
    }

    /// How many bytes an install could gain at most by giving up previous versions.
    pub(crate) fn can_be_given_up(&self) -> u64 {
        let apps = self.apps.lock();
        apps.list.iter().filter_map(|app| app.previous.as_ref()).map(|p| u64::from(p.size)).sum()
    }

    /// Makes sure that an install can store `bytes` more, as far as giving up previous versions does
    /// that, `own` app's first. Returns how many it can store before it must ask again.
    pub(crate) fn make_room(&self, own: Option<&AppName>, bytes: u64) -> u64 {
        loop {
            match self.platform.space() {
                Ok(space) if u64::from(space.free) >= SPARE + bytes => {
                    return u64::from(space.free) - SPARE;
                }
                Ok(_) if self.give_up_one(own) => {}
                // The storage says what it does not take.
                _ => return u64::MAX,
            }
        }
    }

    /// Gives up one previous version for the room it takes; `false` when there is none that can be.
    /// `own` is the app that is being installed, which is claimed.
    fn give_up_one(&self, own: Option<&AppName>) -> bool {
        let mut names: Vec<AppName> = {
            let apps = self.apps.lock();
            let kept = apps.list.iter().filter(|app| app.previous.is_some());
            kept.map(|app| app.record.manifest.name.clone()).collect()
        };
        names.sort_by_key(|name| Some(name) != own);
        names.iter().any(|name| {
            let is_own = Some(name) == own;
            if !is_own && self.apps.lock().claim(name).is_err() {
                return false;
            }
            let dropped = self.drop_previous(name);
            if !is_own {
                self.apps.lock().release(name);
            }
            let Some(previous) = &dropped else { return false };
            let version = &previous.version;
            let text = format!("the version before, {version}, is given up: an install needs room");
            self.audit(Kind::Config, Some(name), &text);
            self.log(name, Level::Info, text);
            true
        })
    }
}

fn no_previous(name: &AppName, version: &String) -> ApiError {
    let text = format!(
        "There is no version of {name} before {version} on the device: it has never been another, or \
         this one has run healthily. Install the version that you want."
    );
    ApiError::new(Code::NoPrevious, text)
}
