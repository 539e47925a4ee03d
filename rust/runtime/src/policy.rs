// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What an operator decides about an app after it was installed: its grants and its memory quota.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use akira_abi::{CapSet, Capability};
use akira_core::audit::Kind;
use akira_core::http::{ApiError, Code, view};
use akira_core::name::AppName;
use akira_core::registry::Record;

use crate::apps::still_running;
use crate::platform::Platform;
use crate::runtime::Runtime;

impl<P: Platform> Runtime<P> {
    /// Grants an app just these capabilities; all of them must be asked for by its manifest and
    /// granted by the device. An update decides anew.
    pub fn set_grants(&self, name: &AppName, wanted: CapSet) -> Result<view::App, ApiError> {
        self.change_record(name, |record| {
            let beyond = wanted.without(self.grant(&record.manifest, CapSet::EMPTY));
            if !beyond.is_empty() {
                let text = format!(
                    "{name} cannot be granted {}: its manifest does not ask for that, or the device \
                     does not grant it.",
                    names(beyond)
                );
                return Err(ApiError::new(Code::BadRequest, text));
            }
            record.granted = wanted;
            Ok(format!("granted: {}", names(wanted)))
        })
    }

    /// Sets the most memory that an app may cost, in bytes; `None` for what its manifest asks for.
    /// Updates keep it.
    pub fn set_quota(&self, name: &AppName, quota: Option<u32>) -> Result<view::App, ApiError> {
        self.change_record(name, |record| {
            record.quota = quota;
            Ok(format!("memory quota: {} bytes", record.memory_quota()))
        })
    }

    /// Changes the record of an app that does not run. `change` says what it did.
    fn change_record(
        &self,
        name: &AppName,
        change: impl FnOnce(&mut Record) -> Result<String, ApiError>,
    ) -> Result<view::App, ApiError> {
        let old = {
            let mut apps = self.apps.lock();
            let app = apps.get(name)?;
            if app.context.is_some() {
                return Err(still_running(name, "reconfiguring"));
            }
            app.check_whole()?;
            let record = app.record.clone();
            apps.claim(name)?;
            record
        };
        let mut new = old.clone();
        let changed = change(&mut new).and_then(|text| {
            if new != old {
                self.store_record(&new)
                    .map_err(|errno| ApiError::storage("store the decision", errno))?;
                self.audit(Kind::Config, Some(name), &text);
            }
            Ok(())
        });
        let mut apps = self.apps.lock();
        apps.release(name);
        changed?;
        let app = apps.get(name)?;
        app.record = new;
        Ok(self.view(app))
    }
}

fn names(set: CapSet) -> String {
    let names: Vec<_> = set.iter().map(Capability::name).collect();
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}
