// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Installing and updating: a module streams to a temporary file, is checked on the way and as a
//! whole, and takes effect when it is renamed into place. Until then nothing has changed, and a
//! session that is dropped leaves nothing behind.

use alloc::format;
use alloc::sync::Arc;

use akira_abi::CapSet;
use akira_core::MODULE_MAX;
use akira_core::hex;
use akira_core::http::query::Options;
use akira_core::http::{ApiError, Code, validator, view};
use akira_core::manifest::Manifest;
use akira_core::module::Scanner;
use akira_core::name::AppName;
use akira_core::registry::Record;
use akira_core::signature::SignaturePolicy;
use akira_engine::LoadError;
use akira_engine::heap::Buffer;

use crate::apps::{App, still_running};
use crate::platform::{File, OpenMode, Platform};
use crate::runtime::Runtime;
use crate::store::{incoming_path, module_path, write_fully};

/// One install or update under way. Dropping it aborts it.
pub(crate) struct Session<P: Platform> {
    runtime: Arc<Runtime<P>>,
    name: AppName,
    /// What the operator withholds, and what the module must be.
    options: Options,
    declared: Option<u64>,
    received: u32,
    scanner: Scanner,
    file: Option<P::File>,
}

impl<P: Platform> Session<P> {
    /// Begins to install `name` in the way that `options` say. `declared` is the body's length, if the
    /// client told it.
    pub(crate) fn begin(
        runtime: &Arc<Runtime<P>>,
        name: AppName,
        options: Options,
        declared: Option<u64>,
    ) -> Result<Self, ApiError> {
        check_size(declared.unwrap_or(0))?;
        runtime.check_space(declared.unwrap_or(0))?;
        {
            let mut apps = runtime.apps.lock();
            match apps.find(&name) {
                Some(app) if app.context.is_some() => return Err(still_running(&name, "updating")),
                Some(_) => {}
                None => apps.check_room()?,
            }
            apps.claim(&name)?;
        }
        // From here on dropping the session releases the claim and removes the file.
        let mut session = Self {
            runtime: runtime.clone(),
            name,
            options,
            declared,
            received: 0,
            scanner: Scanner::new(),
            file: None,
        };
        let file = runtime
            .platform
            .open(&incoming_path(&session.name), OpenMode::REPLACE)
            .map_err(|errno| ApiError::storage("store the module", errno))?;
        session.file = Some(file);
        Ok(session)
    }

    /// The app that is being installed.
    pub(crate) fn name(&self) -> &AppName {
        &self.name
    }

    /// Takes the next bytes of the module.
    pub(crate) fn chunk(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        let total = u64::from(self.received) + bytes.len() as u64;
        check_size(total)?;
        if self.declared.is_some_and(|declared| total > declared) {
            return Err(length_mismatch());
        }
        self.scanner.push(bytes)?;
        if let Some(file) = &mut self.file {
            write_fully(file, bytes)
                .map_err(|errno| ApiError::storage("store the module", errno))?;
        }
        self.received = total as u32;
        Ok(())
    }

    /// The module is complete: checks it as a whole and puts it in place. Returns the app and
    /// whether it is new.
    pub(crate) fn finish(mut self) -> Result<(view::App, bool), ApiError> {
        if self.declared.is_some_and(|declared| u64::from(self.received) != declared) {
            return Err(length_mismatch());
        }
        let facts = core::mem::take(&mut self.scanner).finish()?;
        if self.options.sha256.is_some_and(|announced| announced != facts.sha256) {
            return Err(digest_mismatch());
        }
        let signer = self.runtime.check_signature(&self.name, facts.signature.as_ref())?;
        let (format, manifest) = facts.manifest.ok_or_else(|| {
            ApiError::new(
                Code::NoManifest,
                "The module has no manifest. Pack it with `akira pack --manifest app.toml`.",
            )
        })?;
        let manifest = Manifest::read(format, &manifest)?;
        if manifest.name != self.name {
            return Err(ApiError::new(
                Code::NameMismatch,
                format!(
                    "The manifest is for {}, the request for {}. Use the manifest's name.",
                    manifest.name, self.name
                ),
            ));
        }
        self.close_file()?;
        self.try_load(&manifest)?;
        let record = Record {
            granted: self.runtime.grant(&manifest, self.options.denied),
            manifest,
            size: self.received,
            sha256: facts.sha256,
            signer,
            // What an operator has set outlasts updates.
            quota: self.runtime.apps.lock().find(&self.name).and_then(|app| app.record.quota),
        };
        self.put_in_place(&record)?;
        Ok(self.register(record))
    }

    fn close_file(&mut self) -> Result<(), ApiError> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        file.sync()
            .and_then(|()| file.close())
            .map_err(|errno| ApiError::storage("store the module", errno))
    }

    /// Lets the engine load the module once, so that what cannot run is refused now and not when
    /// somebody starts it.
    fn try_load(&self, manifest: &Manifest) -> Result<(), ApiError> {
        let mut bytes = Buffer::new(self.received as usize).ok_or_else(ApiError::no_memory)?;
        self.runtime
            .read_exactly(&incoming_path(&self.name), &mut bytes)
            .map_err(|errno| ApiError::storage("read the module back", errno))?;
        let module = self.runtime.engine.load(bytes).map_err(refusal)?;
        module.entry(manifest.entry.as_deref()).map_err(refusal)?;
        Ok(())
    }

    /// The new record is stored beside the old one before the module is renamed, and takes its place
    /// after that. Should the power fail in between, the next boot finds out by the modules' hashes
    /// which of the two it is: what an operator granted or withheld is never lost with the power.
    fn put_in_place(&self, record: &Record) -> Result<(), ApiError> {
        let failed = |errno| ApiError::storage("put the module in place", errno);
        let runtime = &self.runtime;
        runtime.announce_record(record).map_err(failed)?;
        let renamed = runtime
            .platform
            .rename(&incoming_path(&self.name), &module_path(&self.name))
            .map_err(failed);
        if renamed.is_err() {
            runtime.withdraw_record(&self.name);
        }
        renamed?;
        runtime.settle_record(&self.name);
        Ok(())
    }

    fn register(&self, record: Record) -> (view::App, bool) {
        let mut apps = self.runtime.apps.lock();
        let new = apps.find(&self.name).is_none();
        apps.list.retain(|app| app.record.manifest.name != self.name);
        let app = App::new(record);
        let view = self.runtime.view(&app);
        let place = apps.list.partition_point(|app| app.record.manifest.name < self.name);
        apps.list.insert(place, app);
        (view, new)
    }
}

impl<P: Platform> Drop for Session<P> {
    fn drop(&mut self) {
        self.file = None;
        // After an install there is no such file any more; otherwise it is of no use.
        let _ = self.runtime.platform.remove(&incoming_path(&self.name));
        self.runtime.apps.lock().release(&self.name);
    }
}

impl<P: Platform> Runtime<P> {
    /// What this device grants of what a manifest asks for, where an operator withholds `denied`.
    pub(crate) fn grant(&self, manifest: &Manifest, denied: CapSet) -> CapSet {
        manifest.capabilities.intersection(self.grantable).without(denied)
    }

    /// Refuses an install that a client makes only if the device has not the module already: `known`
    /// is its `If-None-Match`. An install that would change what the app is granted is none of these,
    /// and neither is one of an app that must be installed again to be trusted.
    pub(crate) fn check_unknown(
        &self,
        name: &AppName,
        options: &Options,
        known: &str,
    ) -> Result<(), ApiError> {
        let Some(record) = self.apps.lock().find(name).map(|app| app.record.clone()) else {
            return Ok(());
        };
        if validator::names_any(known) {
            let text =
                format!("{name} is installed already, and If-None-Match: * asks for new apps.");
            return Err(ApiError::new(Code::Unchanged, text));
        }
        let same = validator::names_module(known, &hex::encode(&record.sha256))
            && record.granted == self.grant(&record.manifest, options.denied);
        let trusted = match self.signatures {
            SignaturePolicy::Off => true,
            _ => record.signer.is_some() && self.check_signer(&record).is_ok(),
        };
        if same && trusted {
            let text = format!("{name} is this very module already.");
            return Err(ApiError::new(Code::Unchanged, text));
        }
        Ok(())
    }

    /// Refuses early what the storage has no room for.
    fn check_space(&self, size: u64) -> Result<(), ApiError> {
        let space =
            self.platform.space().map_err(|errno| ApiError::storage("ask for room", errno))?;
        if size > u64::from(space.free) {
            return Err(ApiError::new(
                Code::NoSpace,
                format!(
                    "The module has {size} bytes, the storage has room for {}. Uninstall an app \
                     or delete files.",
                    space.free
                ),
            ));
        }
        Ok(())
    }
}

fn check_size(size: u64) -> Result<(), ApiError> {
    if size > u64::from(MODULE_MAX) {
        return Err(ApiError::new(
            Code::TooLarge,
            format!("A module may have at most {MODULE_MAX} bytes. Make it smaller."),
        ));
    }
    Ok(())
}

pub(crate) fn digest_mismatch() -> ApiError {
    ApiError::new(
        Code::DigestMismatch,
        "What arrived has not the SHA-256 that was announced. Send it again.",
    )
}

pub(crate) fn length_mismatch() -> ApiError {
    ApiError::new(
        Code::LengthMismatch,
        "The body's length is not what Content-Length says. Send the whole module again.",
    )
}

fn refusal(error: LoadError) -> ApiError {
    let code = match error {
        LoadError::NoMemory => return ApiError::no_memory(),
        LoadError::UnknownImport { .. } => Code::UnknownImport,
        _ => Code::BadModule,
    };
    ApiError::new(code, format!("{error}"))
}
