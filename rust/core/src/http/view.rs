// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What answers look like. Field names and their order are part of the API; sizes are bytes, times
//! are milliseconds.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::scope::ScopeDraft;

/// `GET /api/v1/status`.
#[derive(Debug, Serialize)]
pub struct Status<'a> {
    /// The kind of device.
    pub device: &'a str,
    /// Version of the runtime.
    pub version: &'static str,
    /// Version of WAMR.
    pub wamr: String,
    /// Version of the native API.
    pub abi: u32,
    /// What the device is called.
    pub name: String,
    /// Time since boot.
    pub uptime_ms: u64,
    /// Counts of apps.
    pub apps: AppCounts,
    /// The pool that modules and instances live in.
    pub memory: Memory,
    /// The storage partition.
    pub storage: Storage,
    /// What is being sent to the device.
    pub transfers: Vec<Transfer>,
    /// Boots did not last, so no app has started by itself.
    pub safe_mode: bool,
}

/// `PUT /api/v1/files/{path}`.
#[derive(Clone, Debug, Serialize)]
pub struct StoredFile {
    /// Its path below `/data`.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A file or directory, in `GET /api/v1/files/{path}` of a directory.
#[derive(Clone, Debug, Serialize)]
pub struct FileEntry {
    /// Its name.
    pub name: String,
    /// Whether it is a directory.
    pub dir: bool,
    /// Bytes of a file; 0 for a directory.
    pub size: u32,
}

/// One transfer that is under way.
#[derive(Clone, Debug, Serialize)]
pub struct Transfer {
    /// Its number since boot.
    pub id: u32,
    /// What carries it: `http`, `serial`, `ble` or `smp`.
    pub transport: &'static str,
    /// What takes it: `app`, `firmware`, `file`, `config` or `null`.
    pub sink: &'static str,
    /// The app or the file that it is for; null when that is not known yet.
    pub name: Option<String>,
    /// Bytes that have arrived.
    pub received: u64,
    /// Bytes that will; null when nobody said.
    pub size: Option<u64>,
}

/// Counts of apps.
#[derive(Debug, Serialize)]
pub struct AppCounts {
    /// Installed apps.
    pub installed: usize,
    /// Apps in an instance slot.
    pub running: usize,
    /// How many instance slots there are.
    pub max_running: usize,
}

/// The pool that modules and instances live in.
#[derive(Debug, Serialize)]
pub struct Memory {
    /// In use now.
    pub used: usize,
    /// Most that was in use since boot.
    pub peak: usize,
    /// Of what is in use, what no app pays for. With the apps' `memory_used` it adds up to `used`.
    pub system: usize,
    /// Its size.
    pub total: usize,
}

/// The storage partition.
#[derive(Debug, Serialize)]
pub struct Storage {
    /// Not in use.
    pub free: u32,
    /// Its size.
    pub total: u32,
}

/// `GET /api/v1/apps`.
#[derive(Debug, Serialize)]
pub struct Apps {
    /// All apps, sorted by name.
    pub apps: Vec<App>,
}

/// One app.
#[derive(Clone, Debug, Serialize)]
pub struct App {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its state's name.
    pub state: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
    /// With which code it ended by itself.
    pub exit_code: Option<i32>,
    /// Size of the module.
    pub size: u32,
    /// SHA-256 of the module in hexadecimal.
    pub sha256: String,
    /// The version that is kept until this one has run healthily.
    pub previous: Option<Previous>,
    /// Capabilities that it has been granted.
    pub capabilities: Vec<&'static str>,
    /// Capabilities that its manifest asks for.
    pub requested: Vec<&'static str>,
    /// What narrows them.
    pub scope: Scope,
    /// The name of the trusted key that signed it, where signatures are looked at.
    pub signer: Option<String>,
    /// The most memory that it may cost: what an operator has set, or what the manifest asks for.
    pub memory_quota: u32,
    /// The most memory that its manifest asks for.
    pub memory_requested: u32,
    /// What it costs now.
    pub memory_used: usize,
    /// Most that it has cost since it was last started.
    pub memory_peak: usize,
    /// Whether it starts when the device boots.
    pub autostart: bool,
    /// When it starts again by itself: `never`, `on-failure` or `always`.
    pub restart: &'static str,
    /// In how many milliseconds it starts again, if it is about to.
    pub restart_in_ms: Option<u64>,
    /// Its priority.
    pub priority: u8,
    /// How long it runs, or ran.
    pub run_ms: u64,
    /// One sentence about it.
    pub description: String,
}

/// A version of an app that can come back.
#[derive(Clone, Debug, Serialize)]
pub struct Previous {
    /// Its version.
    pub version: String,
    /// SHA-256 of its module in hexadecimal.
    pub sha256: String,
}

/// `GET /api/v1/apps/{name}/log`.
#[derive(Debug, Serialize)]
pub struct Log<'a> {
    /// Records from the asked-for number on.
    pub lines: Vec<LogLine<'a>>,
    /// The number to ask for next.
    pub next: u32,
    /// How many records in between are no longer kept.
    pub dropped: u32,
}

/// One log record.
#[derive(Debug, Serialize)]
pub struct LogLine<'a> {
    /// Its number.
    pub seq: u32,
    /// When it was written, since boot.
    pub t_ms: u64,
    /// Its level.
    pub level: &'static str,
    /// Its text.
    pub text: &'a str,
}

/// `POST /api/v1/events/ticket`.
#[derive(Debug, Serialize)]
pub struct Ticket {
    /// The ticket.
    pub ticket: String,
    /// In how many seconds it ends.
    pub expires_in_s: u64,
}

/// `POST /api/v1/tokens/{access}`.
#[derive(Debug, Serialize)]
pub struct Token {
    /// The token, told this once.
    pub token: String,
}

/// `GET /api/v1/config`.
#[derive(Debug, Serialize)]
pub struct Config {
    /// What the device is called.
    pub name: String,
    /// Whose web pages may use it besides its own.
    pub allowed_origins: Vec<String>,
    /// Whether there is a read token.
    pub read_token: bool,
    /// TLS.
    pub tls: Tls,
}

/// What there is for TLS.
#[derive(Debug, Serialize)]
pub struct Tls {
    /// Whether the device speaks TLS now.
    pub enabled: bool,
    /// SHA-256 of the certificate that is stored, in hexadecimal; null when there is none.
    pub certificate_sha256: Option<String>,
}

/// `GET /api/v1/sensors`.
#[derive(Debug, Serialize)]
pub struct Sensors {
    /// Those that are there, by ascending id.
    pub sensors: Vec<Sensor>,
}

/// One sensor.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sensor {
    /// Its id.
    pub id: u8,
    /// What it measures.
    pub name: &'static str,
    /// In which unit.
    pub unit: &'static str,
    /// What it measures now; null when reading it failed.
    pub value: Option<f32>,
}

/// `GET /api/v1/keys`.
#[derive(Debug, Serialize)]
pub struct Keys {
    /// The trusted keys, sorted by name.
    pub keys: Vec<Key>,
    /// What is done about signatures: `off`, `warn` or `require`.
    pub policy: &'static str,
}

/// One trusted key.
#[derive(Clone, Debug, Serialize)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// SHA-256 of the public key in hexadecimal.
    pub fingerprint: String,
}

/// `GET /api/v1/audit`.
#[derive(Debug, Serialize)]
pub struct Audit {
    /// Records from the asked-for number on.
    pub records: Vec<AuditRecord>,
    /// The number to ask for next.
    pub next: u32,
    /// How many records in between are no longer kept.
    pub dropped: u32,
}

/// One record of the audit log.
#[derive(Debug, Serialize)]
pub struct AuditRecord {
    /// Its number.
    pub seq: u32,
    /// In which boot of the device it was.
    pub boot: u32,
    /// When it happened first, since that boot.
    pub t_ms: u64,
    /// What it is about.
    pub kind: &'static str,
    /// The app that it is about.
    pub app: Option<String>,
    /// How often it happened.
    pub count: u32,
    /// What happened.
    pub text: String,
}

/// What narrows an app's capabilities.
#[derive(Clone, Debug, Serialize)]
pub struct Scope {
    /// Ids of the sensors that it may read; null for all.
    pub sensors: Option<Vec<u32>>,
    /// Most bytes that its files may have; null for what the storage has.
    pub storage_bytes: Option<u32>,
    /// Whom it may connect to, as `host:port`.
    pub hosts: Vec<String>,
    /// The TCP ports that it may listen on.
    pub ports: Vec<u32>,
    /// The apps that it may exchange messages with.
    pub peers: Vec<String>,
}

impl From<ScopeDraft> for Scope {
    fn from(draft: ScopeDraft) -> Self {
        Self {
            sensors: draft.sensors,
            storage_bytes: draft.storage_bytes,
            hosts: draft.hosts.unwrap_or_default(),
            ports: draft.ports.unwrap_or_default(),
            peers: draft.peers.unwrap_or_default(),
        }
    }
}
