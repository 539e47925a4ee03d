// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The life of an instance on its own thread: load, instantiate, run, free.
//!
//! All of an app's memory is allocated and freed here, on the slot's thread, so that it is charged
//! to the slot's account. When [`Runtime::run_slot`] gives the slot back, every byte is back too.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use core::ffi::CStr;
use core::sync::atomic::Ordering;

use akira_abi::{Errno, env};
use akira_core::audit::Kind;
use akira_core::lifecycle::{State, Step};
use akira_core::log::Level;
use akira_core::manifest::Manifest;
use akira_core::versions::Piece;
use akira_engine::heap::{self, Buffer};
use akira_engine::{BUDGET_USED, Instance, InstanceConfig, LoadError, RunError};
use sha2::{Digest, Sha256};

use crate::context::AppContext;
use crate::handles::Handles;
use crate::ledger::Ledger;
use crate::native::net::SocketTable;
use crate::platform::{Platform, SLOTS};
use crate::runtime::Runtime;
use crate::watch::RestartPlan;

/// The export that is called for each event, once the entry function has returned.
const ON_EVENT: &CStr = c"on_event";

/// A wait without an end, see [`AppContext::wait_for`].
const FOR_EVER: i32 = -1;

impl<P: Platform> Runtime<P> {
    /// The body of a slot's thread.
    pub(crate) fn run_slot(self: &Arc<Self>, context: &Arc<AppContext<P>>) {
        let step = match self.run_app(context) {
            Ok(step) => step,
            Err(reason) => Step::Fail(reason),
        };
        *self.slots[context.slot].handles.lock() = Handles::new();
        *self.slots[context.slot].sockets.lock() = SocketTable::new();
        self.close_inbox(context.slot);
        self.screen.lock().release(context.slot);
        if let Step::Fail(reason) = &step {
            self.log(&context.name, Level::Error, format!("failed: {reason}"));
            if context.kill_reason().is_some() || reason == BUDGET_USED {
                self.audit(Kind::Killed, Some(&context.name), reason);
            }
        }
        if !context.stop_asked() {
            self.judge_run(&context.name, &step);
        }
        self.give_back(context, step);
        // For a `start` that still waits: the app never got as far as running.
        if !context.started.load(Ordering::Acquire) {
            self.settle(context);
        }
    }

    /// Lets the `start` of this app go on.
    fn settle(&self, context: &AppContext<P>) {
        context.settled.store(true, Ordering::Release);
        self.platform.wake(SLOTS + context.slot);
    }

    /// Loads and runs the app; everything it cost has been freed when this returns.
    fn run_app(self: &Arc<Self>, context: &Arc<AppContext<P>>) -> Result<Step, String> {
        let (manifest, size, sha256) = {
            let mut apps = self.apps.lock();
            let app = apps.find(&context.name).ok_or("it was uninstalled")?;
            let mut manifest = app.record.manifest.clone();
            manifest.memory_quota = app.record.memory_quota();
            (manifest, app.record.size, app.record.sha256)
        };
        let bytes = self.read_module(&context.name, size)?;
        self.check_stored(&bytes).inspect_err(|reason| {
            self.audit(Kind::Signature, Some(&context.name), &format!("not started: {reason}"));
        })?;
        if <[u8; 32]>::from(Sha256::digest(&bytes[..])) != sha256 {
            return Err(
                "its file is damaged: it is not what was installed; install it again".into()
            );
        }
        let failed = |error: LoadError| {
            if error == LoadError::NoMemory {
                let text =
                    format!("over its quota of {} bytes at the start", manifest.memory_quota);
                self.audit(Kind::Killed, Some(&context.name), &text);
            }
            error.to_text(&manifest)
        };
        let module = self.engine.load(bytes).map_err(failed)?;
        let entry = module.entry(manifest.entry.as_deref()).map_err(failed)?;
        context.has_on_stop.store(module.exports_plain(c"on_stop"), Ordering::Release);
        self.step(context, Step::Load);
        let needs_heap =
            [akira_abi::MODULE, env::MODULE].iter().any(|from| module.imports(from, "mem_alloc"));
        let config = InstanceConfig {
            stack: manifest.stack_kb * 1024,
            heap: if needs_heap { manifest.heap_kb * 1024 } else { 0 },
        };
        self.open_ledger(context)
            .map_err(|errno| format!("its files cannot be counted: {errno}"))?;
        let terminate = &self.slots[context.slot].terminate;
        let mut instance =
            Instance::new(&module, config, context.clone(), terminate).map_err(failed)?;
        #[cfg(feature = "metering")]
        instance.limit_instructions(self.instruction_budget.load(Ordering::Relaxed));
        if context.stop_asked() {
            return Ok(Step::Stop);
        }
        self.step(context, Step::Start);
        context.started.store(true, Ordering::Release);
        self.counters.app_started();
        self.settle(context);
        self.open_inbox(context.slot, &context.name, context.granted, &context.scope.peers);
        context.enter();
        let result = instance.run(&entry).and_then(|code| {
            if module.exports_event(ON_EVENT) && code == 0 {
                self.serve_events(context, &mut instance)?;
            }
            Ok(code)
        });
        context.pause();
        Ok(match (result, context.exit_code()) {
            (Ok(_), None) if context.stop_asked() => Step::Stop,
            (Ok(code), _) => Step::Exit(code),
            (Err(_), Some(code)) => Step::Exit(code),
            (Err(_), None) if context.stop_asked() => Step::Stop,
            (Err(error), None) => {
                Step::Fail(context.kill_reason().unwrap_or_else(|| format!("{error}")))
            }
        })
    }

    /// Begins to count what the app's files have, if its scope limits that.
    fn open_ledger(&self, context: &AppContext<P>) -> Result<(), Errno> {
        if let Some(limit) = context.scope.storage_bytes {
            let ledger = Ledger::open(&self.platform, &context.name, limit)?;
            self.slots[context.slot].handles.lock().ledger = Some(ledger);
        }
        Ok(())
    }

    /// Calls the app's `on_event` for each thing that waits for it, until it is to stop. What it
    /// does not take then and there is dropped, so that it is called once for each.
    fn serve_events(
        &self,
        context: &Arc<AppContext<P>>,
        instance: &mut Instance<'_, AppContext<P>, P::RawMutex>,
    ) -> Result<(), RunError> {
        let inbox = || self.inboxes.lock().slots[context.slot].pending();
        loop {
            match context.wait_for(FOR_EVER, inbox) {
                Ok((kind, count)) => {
                    context.enter();
                    instance.call(ON_EVENT, Some(kind as i32)).unwrap_or(Ok(()))?;
                    self.inboxes.lock().slots[context.slot].drop_untaken(kind, count);
                }
                Err(_) => {
                    context.say_goodbye(|| instance.call(c"on_stop", None));
                    return Ok(());
                }
            }
        }
    }

    fn read_module(&self, name: &akira_core::name::AppName, size: u32) -> Result<Buffer, String> {
        let mut bytes =
            Buffer::new(size as usize).ok_or("there is not enough memory within its quota")?;
        self.read_exactly(&Piece::Module.path(name), &mut bytes)
            .map_err(|errno| format!("its file cannot be read: {errno}; install it again"))?;
        Ok(bytes)
    }

    /// Takes a step that the app's own thread decides on.
    fn step(&self, context: &AppContext<P>, step: Step) {
        let now = self.platform.uptime_ms();
        if let Some(app) = self.apps.lock().find(&context.name) {
            if step == Step::Start {
                app.started_ms = now;
            }
            // The thread that owns the slot is the only one to take steps in it, in this order.
            let _ = app.state.step(step);
        }
    }

    /// Records how the app ended and frees its slot.
    fn give_back(&self, context: &Arc<AppContext<P>>, step: Step) {
        let now = self.platform.uptime_ms();
        let mut restart = RestartPlan::default();
        if let Some(app) = self.apps.lock().find(&context.name) {
            if !context.started.load(Ordering::Acquire) {
                // Its code never ran; when it last did has nothing to do with this end.
                app.started_ms = now;
            }
            // However it ended: what was told to stop does not start again.
            let counts = if context.stop_asked() { &Step::Stop } else { &step };
            self.plan_restart(app, counts, now);
            restart = app.restart;
            if app.state == State::Installed {
                // It failed while it was being loaded.
                let _ = app.state.step(Step::Load);
            }
            let _ = app.state.step(step);
            app.ended_ms = now;
            app.peak = heap::account(context.slot).peak;
            app.context = None;
        }
        self.tell_restart(&context.name, restart, now);
    }
}

/// How a [`LoadError`] reads in a state's reason.
trait ToText {
    fn to_text(&self, manifest: &Manifest) -> String;
}

impl ToText for LoadError {
    fn to_text(&self, manifest: &Manifest) -> String {
        match self {
            LoadError::NoMemory => format!(
                "there is not enough memory within its quota of {} bytes, or on the device; raise \
                 its quota or stop another app",
                manifest.memory_quota
            ),
            error => format!("{error}"),
        }
    }
}
