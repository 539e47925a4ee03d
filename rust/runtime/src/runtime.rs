// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The runtime as a whole: what it holds, how it boots and how it shuts down.
//!
//! Locks, in the order in which they may be taken: the slots' `handles` by ascending slot, `apps`, then
//! a slot's `terminate`. A slot's `sockets` belong to its own thread, which may take any other while it
//! has them. `logs`, `inboxes`, `screen`, `security`, `transfers`, `firmware` and `audit` are taken
//! last, and no two
//! of them together.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use akira_abi::{CapSet, Errno};
use akira_core::log::{Level, LogRing};
use akira_core::name::AppName;
use akira_core::signature::SignaturePolicy;
use akira_engine::{Engine, InitError, TerminateSlot};
use lock_api::Mutex;

use crate::apps::App;
use crate::audit::Audit;
use crate::context::AppContext;
use crate::counters::Counters;
use crate::firmware;
use crate::handles::Handles;
use crate::inbox::Inboxes;
use crate::native::net::SocketTable;
use crate::platform::{Platform, SLOTS};
use crate::screen::Screen;
use crate::security::Security;
use crate::transfer::Table;
use crate::{bridge, env_bridge};

/// How a runtime is set up.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Size of the pool that modules and instances live in, in bytes.
    pub pool_bytes: usize,
    /// Execution limit of an app whose manifest names none, in milliseconds.
    pub exec_timeout_ms: u32,
    /// Longest execution limit that this device gives, in milliseconds; a manifest's is cut to it.
    pub exec_timeout_max_ms: u32,
    /// What is done about the signatures of apps.
    pub signatures: SignaturePolicy,
    /// What the device grants at most, whatever a manifest asks for.
    pub grantable: CapSet,
    /// How long a boot must last to count as a good one, and after which firmware on trial is
    /// confirmed, in milliseconds.
    pub health_ms: u32,
}

/// Why a runtime cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// The engine could not be initialised.
    Engine(InitError),
    /// The storage failed.
    Storage(Errno),
    /// No admin token could be made or read.
    Token(Errno),
    /// The token given on the command line is too short, too long or not visible ASCII.
    BadToken,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Engine(error) => write!(f, "{error}"),
            StartError::Storage(errno) => write!(f, "the storage could not be used: {errno}"),
            StartError::Token(errno) => write!(f, "there is no admin token: {errno}"),
            StartError::BadToken => {
                f.write_str("the admin token must be 8 to 128 visible ASCII characters")
            }
        }
    }
}

impl core::error::Error for StartError {}

/// What belongs to one instance slot.
pub(crate) struct Slot<P: Platform> {
    pub(crate) terminate: TerminateSlot<P::RawMutex>,
    pub(crate) handles: Mutex<P::RawMutex, Handles<P>>,
    pub(crate) sockets: Mutex<P::RawMutex, SocketTable<P>>,
}

/// The runtime of one device.
pub struct Runtime<P: Platform> {
    pub(crate) platform: P,
    pub(crate) engine: Engine<AppContext<P>>,
    pub(crate) apps: Mutex<P::RawMutex, Apps<P>>,
    pub(crate) logs: Mutex<P::RawMutex, BTreeMap<AppName, LogRing>>,
    pub(crate) slots: [Slot<P>; SLOTS],
    pub(crate) inboxes: Mutex<P::RawMutex, Inboxes>,
    pub(crate) screen: Mutex<P::RawMutex, Screen>,
    pub(crate) security: Mutex<P::RawMutex, Security>,
    pub(crate) audit: Mutex<P::RawMutex, Audit>,
    pub(crate) transfers: Mutex<P::RawMutex, Table<P>>,
    pub(crate) firmware: Mutex<P::RawMutex, firmware::State>,
    /// Event streams that are open.
    pub(crate) streams: AtomicU32,
    /// How often the display has shown something else.
    pub(crate) pictures: AtomicU32,
    pub(crate) counters: Counters,
    /// A server has said that it speaks TLS.
    pub(crate) speaks_tls: AtomicBool,
    /// All transports serve.
    pub(crate) is_ready: AtomicBool,
    pub(crate) health_ms: u32,
    pub(crate) exec_timeout_ms: u32,
    pub(crate) exec_timeout_max_ms: u32,
    #[cfg(feature = "metering")]
    pub(crate) instruction_budget: AtomicU32,
    pub(crate) signatures: SignaturePolicy,
    pub(crate) grantable: CapSet,
}

/// The apps that are installed, and the names that a request is at work on.
pub(crate) struct Apps<P: Platform> {
    pub(crate) list: Vec<App<P>>,
    pub(crate) claims: Vec<AppName>,
}

impl<P: Platform> Runtime<P> {
    /// Initialises the engine. Nothing is read from storage yet.
    pub fn new(platform: P, config: Config) -> Result<Arc<Self>, StartError> {
        let engine = Engine::init(
            &akira_engine::Config { pool: config.pool_bytes, current_account: P::current_slot },
            &[
                (bridge::MODULE, bridge::natives::<P>()),
                (bridge::ENV_MODULE, env_bridge::natives::<P>()),
            ],
        )
        .map_err(StartError::Engine)?;
        let tuning = platform.rf_tuning();
        Ok(Arc::new(Self {
            platform,
            engine,
            apps: Mutex::new(Apps { list: Vec::new(), claims: Vec::new() }),
            logs: Mutex::new(BTreeMap::new()),
            slots: core::array::from_fn(|_| Slot {
                terminate: TerminateSlot::new(),
                handles: Mutex::new(Handles::new()),
                sockets: Mutex::new(SocketTable::new()),
            }),
            inboxes: Mutex::new(Inboxes::new(tuning)),
            screen: Mutex::new(Screen::new()),
            security: Mutex::new(Security::new()),
            audit: Mutex::new(Audit::new()),
            transfers: Mutex::new(Table::new()),
            firmware: Mutex::new(firmware::State::new()),
            streams: AtomicU32::new(0),
            pictures: AtomicU32::new(0),
            counters: Counters::default(),
            speaks_tls: AtomicBool::new(false),
            is_ready: AtomicBool::new(false),
            health_ms: config.health_ms,
            exec_timeout_ms: config.exec_timeout_ms,
            exec_timeout_max_ms: config.exec_timeout_max_ms,
            #[cfg(feature = "metering")]
            instruction_budget: AtomicU32::new(0),
            signatures: config.signatures,
            grantable: config.grantable,
        }))
    }

    /// From now on apps that start may take that many instructions for each entry into their code; 0
    /// is for as many as they like, which is how it begins.
    #[cfg(feature = "metering")]
    pub fn limit_instructions(&self, budget: u32) {
        self.instruction_budget.store(budget, Ordering::Relaxed);
    }

    /// The platform.
    pub fn platform(&self) -> &P {
        &self.platform
    }

    /// What is done about the signatures of apps.
    pub fn signature_policy(&self) -> SignaturePolicy {
        self.signatures
    }

    /// Reads the storage, which must be mounted: makes the folders, clears what an interrupted
    /// install left, reads the keys and the registry. Nothing starts, and nobody gets a token: for
    /// whoever makes or mends the storage of a device that is off.
    pub fn open_storage(&self) -> Result<(), StartError> {
        self.prepare_storage().map_err(StartError::Storage)?;
        self.read_audit();
        self.read_keys().map_err(StartError::Storage)?;
        let apps = self.read_registry().map_err(StartError::Storage)?;
        self.apps.lock().list = apps;
        Ok(())
    }

    /// Opens the storage, reads the token and the settings, and starts the apps marked `autostart`.
    pub fn boot(self: &Arc<Self>) -> Result<(), StartError> {
        self.open_storage()?;
        self.begin_boot();
        self.prepare_token()?;
        self.prepare_config();
        let mut autostart: Vec<AppName> = self
            .apps
            .lock()
            .list
            .iter()
            .map(|app| &app.record.manifest)
            .filter(|manifest| manifest.autostart)
            .map(|manifest| manifest.name.clone())
            .collect();
        if !self.may_autostart(!autostart.is_empty()) {
            autostart.clear();
        }
        for name in autostart {
            if let Err(error) = self.start(&name) {
                let text = format!("autostart of {name} failed: {}", error.message);
                self.platform.console(Level::Error, "akira", &text);
            }
        }
        Ok(())
    }

    /// Stops all apps; each gets the same time as by [`Runtime::stop`].
    pub fn shutdown(self: &Arc<Self>) {
        let running: Vec<AppName> = self
            .apps
            .lock()
            .list
            .iter()
            .filter(|app| app.context.is_some() || app.restart.due_ms.is_some())
            .map(|app| app.record.manifest.name.clone())
            .collect();
        for name in running {
            // An app that ended by itself in the meantime needs no stop.
            let _ = self.stop(&name);
        }
        self.end_boot();
        self.write_audit(self.platform.uptime_ms());
    }

    /// Notes that the display shows something else.
    pub(crate) fn note_picture(&self) {
        self.pictures.fetch_add(1, Ordering::Relaxed);
    }

    /// Adds a record to an app's log and shows it on the console.
    pub(crate) fn log(&self, app: &AppName, level: Level, text: alloc::string::String) {
        self.platform.console(level, app.as_str(), &text);
        let now = self.platform.uptime_ms();
        self.logs.lock().entry(app.clone()).or_default().push(now, level, text);
    }
}
