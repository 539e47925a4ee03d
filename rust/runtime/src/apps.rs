// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The app manager: which apps there are, in which state, and the steps between them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use akira_abi::{CapSet, Errno};
use akira_core::APPS_MAX;
use akira_core::audit::Kind;
use akira_core::http::{ApiError, Code, view};
use akira_core::lifecycle::{State, Step};
use akira_core::manifest::Manifest;
use akira_core::name::AppName;
use akira_core::registry::Record;
use akira_core::versions::Previous;
use akira_engine::heap;

use crate::context::AppContext;
use crate::platform::{Platform, SLOTS};
use crate::runtime::{Apps, Runtime};
use crate::watch::RestartPlan;

/// Longest time that `start` waits for an app to be brought into memory, in milliseconds.
const LOAD_MS: u64 = 10_000;
/// Longest time that `start` waits without looking whether the app has been, in milliseconds.
const LOOK_MS: u64 = 50;
/// Time that an app with `on_stop` gets to leave by itself, in milliseconds.
const GRACE_MS: u32 = 300;
/// Time that an app gets to end once it has been terminated, in milliseconds.
const TERMINATE_MS: u32 = 500;
/// Time that the thread of a slot's last app gets to wind up, in milliseconds.
const WIND_UP_MS: u32 = 1000;

/// One installed app.
pub(crate) struct App<P: Platform> {
    pub(crate) record: Record,
    /// The version that the last update has kept.
    pub(crate) previous: Option<Previous>,
    pub(crate) state: State,
    /// Why it can neither start nor be changed, only installed anew or uninstalled: what is stored of
    /// it is damaged, and its record stands for one that is lost.
    pub(crate) damage: Option<String>,
    /// Its instance, from the moment a slot is given to it until the slot is free again.
    pub(crate) context: Option<Arc<AppContext<P>>>,
    /// When it last started, and when it ended, since boot.
    pub(crate) started_ms: u64,
    pub(crate) ended_ms: u64,
    /// Most memory that the last run cost.
    pub(crate) peak: usize,
    /// Whether and when it starts again by itself.
    pub(crate) restart: RestartPlan,
}

impl<P: Platform> App<P> {
    pub(crate) fn new(record: Record) -> Self {
        Self {
            record,
            previous: None,
            state: State::Installed,
            damage: None,
            context: None,
            started_ms: 0,
            ended_ms: 0,
            peak: 0,
            restart: RestartPlan::default(),
        }
    }

    /// An app of which too little can be read to use it.
    pub(crate) fn damaged(name: &AppName, size: u32, reason: &str) -> Self {
        let record = Record {
            manifest: Manifest::lost(name.clone()),
            size,
            sha256: [0; 32],
            granted: CapSet::EMPTY,
            signer: None,
            quota: None,
        };
        Self {
            state: State::Failed(format!("it cannot be used: {reason}")),
            damage: Some(reason.to_string()),
            ..Self::new(record)
        }
    }

    /// Refuses what only an app can do whose files are in order.
    pub(crate) fn check_whole(&self) -> Result<(), ApiError> {
        let Some(reason) = &self.damage else { return Ok(()) };
        let name = &self.record.manifest.name;
        let text = format!("{name} cannot be used: {reason}. Install it again, or uninstall it.");
        Err(ApiError::new(Code::StartFailed, text))
    }
}

impl<P: Platform> App<P> {
    /// When it starts again by itself, if it waits for that.
    pub(crate) fn next_restart(&self) -> Option<u64> {
        self.restart.due_ms.filter(|_| self.context.is_none())
    }
}

impl<P: Platform> Apps<P> {
    pub(crate) fn find(&mut self, name: &AppName) -> Option<&mut App<P>> {
        self.list.iter_mut().find(|app| app.record.manifest.name == *name)
    }

    pub(crate) fn get(&mut self, name: &AppName) -> Result<&mut App<P>, ApiError> {
        self.find(name).ok_or_else(|| {
            ApiError::new(
                Code::NotFound,
                format!("There is no app named {name}. `akira apps` lists those there are."),
            )
        })
    }

    /// Keeps other requests away from an app until [`Apps::release`].
    pub(crate) fn claim(&mut self, name: &AppName) -> Result<(), ApiError> {
        self.check_unclaimed(name)?;
        self.claims.push(name.clone());
        Ok(())
    }

    pub(crate) fn release(&mut self, name: &AppName) {
        self.claims.retain(|claimed| claimed != name);
    }

    fn check_unclaimed(&self, name: &AppName) -> Result<(), ApiError> {
        if self.claims.contains(name) {
            return Err(ApiError::new(
                Code::Busy,
                format!("Another request is at work on {name}. Try again when it is done."),
            ));
        }
        Ok(())
    }

    /// Refuses one more app when there are as many as can be, those being installed included.
    pub(crate) fn check_room(&self) -> Result<(), ApiError> {
        let installed = |name: &AppName| self.list.iter().any(|a| a.record.manifest.name == *name);
        let coming = self.claims.iter().filter(|name| !installed(name)).count();
        if self.list.len() + coming >= APPS_MAX {
            return Err(ApiError::new(
                Code::TooManyApps,
                format!("{APPS_MAX} apps are installed, more cannot. Uninstall one."),
            ));
        }
        Ok(())
    }

    /// An instance slot that nobody uses.
    fn free_slot(&self) -> Option<usize> {
        (0..SLOTS).find(|slot| {
            !self.list.iter().any(|app| app.context.as_ref().is_some_and(|c| c.slot == *slot))
        })
    }
}

impl<P: Platform> Runtime<P> {
    /// Brings an app into memory and lets it run on its own thread. Returns when its code runs, or
    /// with the reason why it does not.
    pub fn start(self: &Arc<Self>, name: &AppName) -> Result<view::App, ApiError> {
        // Whoever starts an app by hand begins a new row of restarts.
        self.apps.lock().get(name)?.restart.in_a_row = 0;
        let context = self.begin_start(name, Cause::Request)?;
        self.wait_until_settled(&context);
        let mut apps = self.apps.lock();
        let app = apps.get(name)?;
        match &app.state {
            State::Failed(reason) if !context.started.load(Ordering::Acquire) => {
                Err(ApiError::new(Code::StartFailed, format!("{name} could not start: {reason}")))
            }
            _ => Ok(self.view(app)),
        }
    }

    /// Gives an app a slot and a thread, and does not wait for its code to run.
    pub(crate) fn begin_start(
        self: &Arc<Self>,
        name: &AppName,
        cause: Cause,
    ) -> Result<Arc<AppContext<P>>, ApiError> {
        let context = self.take_slot(name, cause)?;
        if let Err(error) = self.start_thread(&context) {
            self.leave_slot(&context);
            return Err(error);
        }
        Ok(context)
    }

    /// Waits until an app's code runs, or it is known that it will not.
    fn wait_until_settled(&self, context: &AppContext<P>) {
        let until = self.platform.uptime_ms() + LOAD_MS;
        while !context.settled.load(Ordering::Acquire) {
            let left = until.saturating_sub(self.platform.uptime_ms());
            if left == 0 {
                break;
            }
            // An app that ends at once leaves the slot, and the slot's event, to the next one: its
            // start may take this one's wake or forget it. So nobody waits long without looking.
            self.platform.wait(SLOTS + context.slot, left.min(LOOK_MS));
        }
    }

    /// Gives an app a free instance slot.
    fn take_slot(
        self: &Arc<Self>,
        name: &AppName,
        cause: Cause,
    ) -> Result<Arc<AppContext<P>>, ApiError> {
        let mut apps = self.apps.lock();
        apps.check_unclaimed(name)?;
        let slot = apps.free_slot();
        let app = apps.get(name)?;
        if app.context.is_some() {
            return Err(ApiError::new(Code::AlreadyRunning, format!("{name} runs already.")));
        }
        if cause == Cause::Restart && app.next_restart().is_none() {
            return Err(ApiError::new(Code::NotRunning, format!("{name} was stopped.")));
        }
        app.check_whole()?;
        if let Err(error) = self.check_signer(&app.record) {
            if cause == Cause::Request {
                self.audit(Kind::Signature, Some(name), &format!("not started: {error}"));
            }
            return Err(error.into());
        }
        let slot = slot.ok_or_else(|| {
            ApiError::new(
                Code::NoSlot,
                format!("{SLOTS} apps run, more cannot. Stop one, then start {name}."),
            )
        })?;
        let context = Arc::new(AppContext::new(self.clone(), &app.record, slot));
        if app.state != State::Installed {
            // Only `stopped` and `failed` are left, and from both there is this step.
            let _ = app.state.step(Step::Unload);
        }
        app.context = Some(context.clone());
        heap::open_account(slot, app.record.memory_quota() as usize);
        Ok(context)
    }

    fn start_thread(self: &Arc<Self>, context: &Arc<AppContext<P>>) -> Result<(), ApiError> {
        let slot = context.slot;
        if !self.platform.join_app(slot, WIND_UP_MS) {
            return Err(ApiError::new(
                Code::Busy,
                "The last app in this slot has not wound up yet. Try again.",
            ));
        }
        self.platform.reset_wake(slot);
        self.platform.reset_wake(SLOTS + slot);
        let priority = {
            let mut apps = self.apps.lock();
            apps.get(&context.name)?.record.manifest.priority
        };
        let (runtime, own) = (self.clone(), context.clone());
        let job = alloc::boxed::Box::new(move || runtime.run_slot(&own));
        self.platform.spawn_app(slot, priority, job).map_err(|errno| match errno {
            Errno::ENOMEM => ApiError::no_memory(),
            errno => ApiError::storage("start a thread", errno),
        })
    }

    /// Takes an app's slot away without its code having run.
    fn leave_slot(&self, context: &Arc<AppContext<P>>) {
        if let Some(app) = self.apps.lock().find(&context.name) {
            app.context = None;
        }
    }

    /// Stops an app: lets it leave by itself if it has an `on_stop`, then ends its code. Returns
    /// within a bound, whatever the app does.
    pub fn stop(self: &Arc<Self>, name: &AppName) -> Result<view::App, ApiError> {
        let context = {
            let mut apps = self.apps.lock();
            let app = apps.get(name)?;
            match (app.context.clone(), app.restart.due_ms.take()) {
                (Some(context), _) => context,
                // It would have started again; now it does not.
                (None, Some(_)) => return Ok(self.view(app)),
                (None, None) => {
                    return Err(ApiError::new(
                        Code::NotRunning,
                        format!("{name} does not run, so it cannot stop."),
                    ));
                }
            }
        };
        context.ask_stop();
        let left = context.has_on_stop.load(Ordering::Acquire)
            && self.platform.join_app(context.slot, GRACE_MS);
        if !left {
            self.terminate(&context);
            self.platform.join_app(context.slot, TERMINATE_MS);
        }
        let mut apps = self.apps.lock();
        let app = apps.get(name)?;
        if app.context.as_ref().is_some_and(|now| Arc::ptr_eq(now, &context)) {
            return Err(ApiError::new(
                Code::Internal,
                format!("{name} did not stop in time; it will end as soon as its call returns."),
            ));
        }
        Ok(self.view(app))
    }

    /// Stops an app if it runs or waits to, then starts it.
    pub fn restart(self: &Arc<Self>, name: &AppName) -> Result<view::App, ApiError> {
        match self.stop(name) {
            Err(error) if error.code != Code::NotRunning => Err(error),
            _ => self.start(name),
        }
    }

    /// Ends the code of this very instance, if it still has its slot.
    pub(crate) fn terminate(&self, context: &Arc<AppContext<P>>) {
        let mut apps = self.apps.lock();
        let still = apps
            .find(&context.name)
            .and_then(|app| app.context.as_ref())
            .is_some_and(|now| Arc::ptr_eq(now, context));
        if still {
            context.mark_terminated();
            self.slots[context.slot].terminate.terminate();
            // It may wait in a native function, where WAMR looks at no flag.
            self.platform.wake(context.slot);
        }
    }

    /// Removes an app with all its data. Returns what it was.
    pub fn uninstall(self: &Arc<Self>, name: &AppName) -> Result<view::App, ApiError> {
        let view = {
            let mut apps = self.apps.lock();
            let app = apps.get(name)?;
            if app.context.is_some() {
                return Err(still_running(name, "uninstalling"));
            }
            let view = self.view(app);
            apps.claim(name)?;
            view
        };
        let removed = self.remove_app(name);
        let mut apps = self.apps.lock();
        apps.release(name);
        removed.map_err(|errno| ApiError::storage("uninstall the app", errno))?;
        apps.list.retain(|app| app.record.manifest.name != *name);
        drop(apps);
        self.logs.lock().remove(name);
        Ok(view)
    }
}

/// Who starts an app.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Somebody asked for it.
    Request,
    /// Its time has come; a stop in the meantime calls that off.
    Restart,
}

/// The refusal of a request that needs the app at rest.
pub(crate) fn still_running(name: &AppName, doing: &str) -> ApiError {
    ApiError::new(Code::Running, format!("{name} runs. Stop it before {doing} it."))
}
