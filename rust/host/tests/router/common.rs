// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A device under test: real storage on a chip in memory, and a clock that can be put forward.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use akira_abi::{CapSet, Errno};
use akira_core::manifest::Draft;
use akira_core::module::{SECTION_CBOR, append_custom_section};
use akira_host::flash::{FaultPlan, Geometry, NorFlash};
use akira_host::platform::net::HostSocket;
use akira_host::platform::rf::Rf;
use akira_host::platform::{Console, Host};
use akira_host::storage::{Storage, StorageFile};
use akira_runtime::http::{Exchange, Head, Reply};
use akira_runtime::platform::{Job, Level, OpenMode, Platform, Space, Stat};
use akira_runtime::{Config, Runtime, SignaturePolicy};

/// The header that admits to the device.
pub const ADMIN: &str = "Bearer 0123456789abcdef";

/// The virtual device's platform with a clock that can be put forward.
pub struct Later {
    host: Host,
    ahead_ms: AtomicU64,
}

impl Platform for Later {
    type File = StorageFile;
    type RawMutex = <Host as Platform>::RawMutex;
    type Socket = HostSocket;

    fn device(&self) -> &str {
        self.host.device()
    }
    fn uptime_ms(&self) -> u64 {
        self.host.uptime_ms() + self.ahead_ms.load(Ordering::SeqCst)
    }
    fn console(&self, level: Level, tag: &str, text: &str) {
        self.host.console(level, tag, text);
    }
    fn random(&self, out: &mut [u8]) -> Result<(), Errno> {
        self.host.random(out)
    }
    fn provisioned_token(&self) -> Option<&str> {
        self.host.provisioned_token()
    }
    fn open(&self, path: &str, mode: OpenMode) -> Result<StorageFile, Errno> {
        self.host.open(path, mode)
    }
    fn remove(&self, path: &str) -> Result<(), Errno> {
        self.host.remove(path)
    }
    fn rename(&self, from: &str, to: &str) -> Result<(), Errno> {
        self.host.rename(from, to)
    }
    fn stat(&self, path: &str) -> Result<Stat, Errno> {
        self.host.stat(path)
    }
    fn list(&self, path: &str, each: &mut dyn FnMut(&str, Stat) -> bool) -> Result<(), Errno> {
        self.host.list(path, each)
    }
    fn mkdir(&self, path: &str) -> Result<(), Errno> {
        self.host.mkdir(path)
    }
    fn space(&self) -> Result<Space, Errno> {
        self.host.space()
    }
    fn spawn_app(&self, slot: usize, priority: u8, job: Job) -> Result<(), Errno> {
        self.host.spawn_app(slot, priority, job)
    }
    fn join_app(&self, slot: usize, timeout_ms: u32) -> bool {
        self.host.join_app(slot, timeout_ms)
    }
    fn current_slot() -> Option<usize> {
        Host::current_slot()
    }
    fn wait(&self, event: usize, timeout_ms: u64) -> bool {
        self.host.wait(event, timeout_ms)
    }
    fn wake(&self, event: usize) {
        self.host.wake(event);
    }
    fn reset_wake(&self, event: usize) {
        self.host.reset_wake(event);
    }
}

/// A device, which has the process's one engine while it lives.
pub struct Lab {
    /// Its runtime.
    pub runtime: Arc<Runtime<Later>>,
    _alone: MutexGuard<'static, ()>,
}

impl Lab {
    /// A device that has just booted for the first time.
    pub fn new() -> Self {
        Self::on(|_| {})
    }

    /// A device that has just booted on a storage on which there is what `prepare` has put there.
    pub fn on(prepare: impl FnOnce(&Later)) -> Self {
        let chip = NorFlash::in_memory(Geometry::new(2 << 20).unwrap());
        Self::boot(chip, SignaturePolicy::Off, prepare)
    }

    /// A device that has just booted on that flash.
    pub fn boot(chip: NorFlash, signatures: SignaturePolicy, prepare: impl FnOnce(&Later)) -> Self {
        static ONE: Mutex<()> = Mutex::new(());
        let alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let storage = Storage::mount(chip).unwrap();
        let token = ADMIN.strip_prefix("Bearer ").map(String::from);
        let host = Host::new(storage, Console::sink(), token, Rf::open(None).unwrap());
        let config = Config {
            pool_bytes: 1 << 20,
            exec_timeout_ms: 10_000,
            exec_timeout_max_ms: 10_000,
            signatures,
            grantable: CapSet::ALL,
            health_ms: 5000,
        };
        let later = Later { host, ahead_ms: AtomicU64::new(0) };
        prepare(&later);
        let runtime = Runtime::new(later, config).unwrap();
        runtime.boot().unwrap();
        Self { runtime, _alone: alone }
    }

    /// Puts the device's clock forward and lets it look after things.
    pub fn pass(&self, ms: u64) {
        self.runtime.platform().ahead_ms.fetch_add(ms, Ordering::SeqCst);
        self.runtime.tick();
    }

    /// What is on the flash now.
    pub fn cells(&self) -> Vec<u8> {
        self.runtime.platform().host.storage().with_chip(|chip| chip.cells().to_vec())
    }

    /// Has `plan` decide about every further operation that would change the flash. Returns how many
    /// there have been.
    pub fn plan(&self, plan: Option<Box<dyn FaultPlan>>) -> u64 {
        self.runtime.platform().host.storage().with_chip(|chip| {
            chip.set_fault_plan(plan);
            chip.changes()
        })
    }

    /// Bytes of storage that are free.
    pub fn free(&self) -> u32 {
        self.runtime.platform().space().unwrap().free
    }

    /// The names in a folder of the storage.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let mut names = Vec::new();
        let mut each = |name: &str, _| {
            names.push(name.to_owned());
            true
        };
        self.runtime.platform().list(folder, &mut each).unwrap();
        names
    }

    /// Sends a request as an operator does, its body in pieces of that size.
    pub fn send(&self, head: Head<'_>, body: &[u8], piece: usize) -> Reply {
        let head = Head { authorization: Some(ADMIN), ..head };
        let mut exchange = Exchange::begin(&self.runtime, &head);
        for piece in body.chunks(piece) {
            if !exchange.wants_body() {
                break;
            }
            exchange.chunk(piece);
        }
        exchange.finish()
    }

    /// Sends a request; its status and its body as text.
    pub fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, String) {
        let head = Head { content_length: Some(body.len() as u64), ..Head::new(method, path) };
        let reply = self.send(head, body, 1000);
        let status = reply.status;
        (status, String::from_utf8(reply.body.read_all()).unwrap())
    }

    /// Sends a request that succeeds with that status.
    pub fn done(&self, expected: u16, method: &str, path: &str, body: &[u8]) -> String {
        let (status, text) = self.ask(method, path, body);
        assert_eq!(status, expected, "{method} {path}: {text}");
        text
    }

    /// Sends a request that is refused; with which status and code.
    pub fn refused(&self, method: &str, path: &str, body: &[u8]) -> (u16, String) {
        let (status, text) = self.ask(method, path, body);
        (status, code(&text))
    }

    /// Installs an app, given as the text of a module, and starts it.
    pub fn launch(&self, manifest: &Draft, code: &str) {
        let path = format!("/api/v1/apps/{}", manifest.name.as_ref().unwrap());
        let mut module = wat::parse_str(code).unwrap();
        append_custom_section(&mut module, SECTION_CBOR, &manifest.to_cbor().unwrap());
        self.done(201, "PUT", &path, &module);
        self.done(200, "POST", &format!("{path}/start"), b"");
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.runtime.shutdown();
    }
}

/// The code in an error's body.
pub fn code(text: &str) -> String {
    let rest = text.split_once(r#""code":""#).map_or("", |(_, rest)| rest);
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// What a manifest must have, with these capabilities.
pub fn manifest(name: &str, capabilities: &[&str]) -> Draft {
    Draft {
        name: Some(name.to_owned()),
        version: Some("1.0.0".to_owned()),
        capabilities: capabilities.iter().map(|&name| name.to_owned()).collect(),
        memory_quota: Some(256 * 1024),
        ..Draft::default()
    }
}

/// An app of about `size` bytes whose `_start` returns at once.
pub fn app(name: &str, size: usize) -> Vec<u8> {
    packed(&manifest(name, &[]), r#"(module (func (export "_start")))"#, size)
}

/// An app of about `size` bytes, given as the text of a module.
pub fn packed(manifest: &Draft, code: &str, size: usize) -> Vec<u8> {
    let mut module = wat::parse_str(code).unwrap();
    append_custom_section(&mut module, SECTION_CBOR, &manifest.to_cbor().unwrap());
    let filler: Vec<u8> = (0..size.saturating_sub(module.len())).map(|at| (at / 7) as u8).collect();
    append_custom_section(&mut module, "filler", &filler);
    module
}
