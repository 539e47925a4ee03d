// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Installing and updating: a module streams to a temporary file, is checked on the way and as a
//! whole, and takes effect when it is renamed into place. Until then nothing has changed, and a
//! install that is ended before leaves nothing behind.

use alloc::format;
use alloc::string::String;
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
use crate::store::{incoming_path, staging_path, write_fully};
use crate::versions::SPARE;

/// One install or update under way: the sink `app` of a transfer. Whoever has one calls
/// [`Install::close`] in the end, also when it has taken effect.
pub(crate) struct Install<P: Platform> {
    /// The app; `None` until the manifest has named it.
    name: Option<AppName>,
    /// Whether other requests are kept away from the app.
    claimed: bool,
    /// What the operator withholds.
    denied: CapSet,
    /// Where the module is while it comes.
    incoming: String,
    received: u32,
    /// How many more bytes can come before it must be seen to that there is room for them.
    room: u64,
    scanner: Scanner,
    file: Option<P::File>,
}

impl<P: Platform> Install<P> {
    /// Begins to install `name`, or the app that the manifest names, without what is `denied`. `size`
    /// is the module's, if that is known; `place` tells transfers apart.
    pub(crate) fn begin(
        runtime: &Arc<Runtime<P>>,
        name: Option<AppName>,
        denied: CapSet,
        size: Option<u64>,
        place: usize,
    ) -> Result<Self, ApiError> {
        check_size(size.unwrap_or(0))?;
        let free = runtime.check_space(size.unwrap_or(0), runtime.can_be_given_up())?;
        let incoming = match &name {
            Some(name) => incoming_path(name),
            None => staging_path(place),
        };
        let mut install = Self {
            name: None,
            claimed: false,
            denied,
            incoming,
            received: 0,
            room: free.saturating_sub(SPARE),
            scanner: Scanner::new(),
            file: None,
        };
        if let Some(name) = name {
            install.claim(runtime, name)?;
        }
        match runtime.platform.open(&install.incoming, OpenMode::REPLACE) {
            Ok(file) => install.file = Some(file),
            Err(errno) => {
                install.close(runtime);
                return Err(ApiError::storage("store the module", errno));
            }
        }
        Ok(install)
    }

    /// Keeps other requests away from the app from now on.
    fn claim(&mut self, runtime: &Runtime<P>, name: AppName) -> Result<(), ApiError> {
        let mut apps = runtime.apps.lock();
        match apps.find(&name) {
            Some(app) if app.context.is_some() => return Err(still_running(&name, "updating")),
            Some(_) => {}
            None => apps.check_room()?,
        }
        apps.claim(&name)?;
        self.name = Some(name);
        self.claimed = true;
        Ok(())
    }

    /// The app that is being installed, as far as that is known.
    pub(crate) fn name(&self) -> Option<&AppName> {
        self.name.as_ref()
    }

    /// Takes the next bytes of the module.
    pub(crate) fn chunk(&mut self, runtime: &Runtime<P>, bytes: &[u8]) -> Result<(), ApiError> {
        let total = u64::from(self.received) + bytes.len() as u64;
        check_size(total)?;
        self.scanner.push(bytes)?;
        if self.room < bytes.len() as u64 {
            self.room = runtime.make_room(self.name.as_ref(), bytes.len() as u64);
        }
        self.room -= bytes.len() as u64;
        if let Some(file) = &mut self.file {
            write_fully(file, bytes)
                .map_err(|errno| ApiError::storage("store the module", errno))?;
        }
        self.received = total as u32;
        Ok(())
    }

    /// The module is complete: checks it as a whole and puts it in place. `check` is told its SHA-256
    /// before anything is made of it. Returns the app and whether it is new.
    pub(crate) fn finish(
        &mut self,
        runtime: &Arc<Runtime<P>>,
        check: impl FnOnce([u8; 32]) -> Result<(), ApiError>,
    ) -> Result<(view::App, bool), ApiError> {
        let facts = core::mem::take(&mut self.scanner).finish()?;
        check(facts.sha256)?;
        let (format, manifest) = facts.manifest.ok_or_else(|| {
            ApiError::new(
                Code::NoManifest,
                "The module has no manifest. Pack it with `akira pack --manifest app.toml`.",
            )
        })?;
        let manifest = Manifest::read(format, &manifest)?;
        match &self.name {
            None => self.claim(runtime, manifest.name.clone())?,
            Some(name) if manifest.name != *name => {
                return Err(ApiError::new(
                    Code::NameMismatch,
                    format!(
                        "The manifest is for {}, the request for {name}. Use the manifest's name.",
                        manifest.name
                    ),
                ));
            }
            Some(_) => {}
        }
        let signer = runtime.check_signature(&manifest.name, facts.signature.as_ref())?;
        self.close_file()?;
        self.try_load(runtime, &manifest)?;
        let record = Record {
            granted: runtime.grant(&manifest, self.denied),
            // What an operator has set outlasts updates.
            quota: runtime.apps.lock().find(&manifest.name).and_then(|app| app.record.quota),
            manifest,
            size: self.received,
            sha256: facts.sha256,
            signer,
        };
        let previous = runtime.put_in_place((&record, &self.incoming))?;
        Ok(register(runtime, App { previous, ..App::new(record) }))
    }

    /// Ends it: what has not been put in place is cleared away.
    pub(crate) fn close(mut self, runtime: &Runtime<P>) {
        self.file = None;
        // After an install there is no such file any more; otherwise it is of no use.
        let _ = runtime.platform.remove(&self.incoming);
        if let Some(name) = self.name.filter(|_| self.claimed) {
            runtime.apps.lock().release(&name);
        }
    }

    fn close_file(&mut self) -> Result<(), ApiError> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        file.sync()
            .and_then(|()| file.close())
            .map_err(|errno| ApiError::storage("store the module", errno))
    }

    /// Lets the engine load the module once, so that what cannot run is refused now and not when
    /// somebody starts it.
    fn try_load(&self, runtime: &Runtime<P>, manifest: &Manifest) -> Result<(), ApiError> {
        let mut bytes = Buffer::new(self.received as usize).ok_or_else(ApiError::no_memory)?;
        runtime
            .read_exactly(&self.incoming, &mut bytes)
            .map_err(|errno| ApiError::storage("read the module back", errno))?;
        let module = runtime.engine.load(bytes).map_err(refusal)?;
        module.entry(manifest.entry.as_deref()).map_err(refusal)?;
        Ok(())
    }
}

/// Puts an installed app into the list. Returns it and whether it is new.
fn register<P: Platform>(runtime: &Runtime<P>, app: App<P>) -> (view::App, bool) {
    let mut apps = runtime.apps.lock();
    let name = app.record.manifest.name.clone();
    let new = apps.find(&name).is_none();
    apps.list.retain(|app| app.record.manifest.name != name);
    let view = runtime.view(&app);
    let place = apps.list.partition_point(|app| app.record.manifest.name < name);
    apps.list.insert(place, app);
    (view, new)
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

    /// Refuses early what the storage has no room for, also not when it gets `more` bytes back. Returns
    /// how many bytes it has room for now.
    pub(crate) fn check_space(&self, size: u64, more: u64) -> Result<u64, ApiError> {
        let space =
            self.platform.space().map_err(|errno| ApiError::storage("ask for room", errno))?;
        let free = u64::from(space.free);
        if size > free + more {
            return Err(ApiError::new(
                Code::NoSpace,
                format!(
                    "The module has {size} bytes, the storage has room for {}. Uninstall an app \
                     or delete files.",
                    free + more
                ),
            ));
        }
        Ok(free)
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
