// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What the device answers. Fields that a later version adds are passed over.

use serde::Deserialize;

/// `GET /status`.
#[derive(Debug, Deserialize)]
pub struct Status {
    pub device: String,
    pub version: String,
    pub wamr: String,
    pub abi: u32,
    pub uptime_ms: u64,
    pub apps: AppCounts,
    pub memory: Memory,
    pub storage: Storage,
    /// The device's name in the network.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub transfers: Vec<Transfer>,
}

/// An upload that is under way.
#[derive(Debug, Deserialize)]
pub struct Transfer {
    pub id: u64,
    pub transport: String,
    pub sink: String,
    pub name: Option<String>,
    pub received: u64,
    pub size: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub struct AppCounts {
    pub installed: u32,
    pub running: u32,
    pub max_running: u32,
}

#[derive(Debug, Deserialize)]
pub struct Memory {
    pub used: u64,
    pub peak: u64,
    pub total: u64,
}

#[derive(Debug, Deserialize)]
pub struct Storage {
    pub free: u64,
    pub total: u64,
}

/// One app.
#[derive(Debug, Deserialize)]
pub struct App {
    pub name: String,
    pub version: String,
    pub state: String,
    pub reason: Option<String>,
    pub exit_code: Option<i32>,
    pub size: u64,
    #[serde(default)]
    pub sha256: String,
    /// The version that is kept until this one has run healthily.
    #[serde(default)]
    pub previous: Option<Previous>,
    pub capabilities: Vec<String>,
    /// What the manifest asks for.
    #[serde(default)]
    pub requested: Vec<String>,
    /// Devices of the first release do not say it.
    #[serde(default)]
    pub signer: Option<String>,
    pub memory_quota: u64,
    /// The quota that the manifest asks for.
    #[serde(default)]
    pub memory_requested: Option<u64>,
    pub memory_used: u64,
    pub memory_peak: u64,
    pub run_ms: u64,
}

/// A version of an app that can come back.
#[derive(Debug, Deserialize)]
pub struct Previous {
    pub version: String,
}

/// `GET /apps`.
#[derive(Debug, Deserialize)]
pub struct AppList {
    pub apps: Vec<App>,
}

/// `GET /apps/{name}/log`.
#[derive(Debug, Deserialize)]
pub struct Log {
    pub lines: Vec<LogLine>,
    pub next: u32,
    pub dropped: u32,
}

#[derive(Debug, Deserialize)]
pub struct LogLine {
    pub seq: u32,
    pub t_ms: u64,
    pub level: String,
    pub text: String,
}

/// `GET /sensors`.
#[derive(Debug, Deserialize)]
pub struct SensorList {
    pub sensors: Vec<Sensor>,
}

/// One sensor.
#[derive(Debug, Deserialize)]
pub struct Sensor {
    pub id: u8,
    pub name: String,
    pub unit: String,
    /// None when the device could not read it.
    pub value: Option<f64>,
}

/// `GET /keys`.
#[derive(Debug, Deserialize)]
pub struct Keys {
    pub keys: Vec<Key>,
    pub policy: String,
}

#[derive(Debug, Deserialize)]
pub struct Key {
    pub name: String,
    pub fingerprint: String,
}

/// `GET /audit`.
#[derive(Debug, Deserialize)]
pub struct Audit {
    pub records: Vec<AuditRecord>,
    pub next: u32,
    pub dropped: u32,
}

#[derive(Debug, Deserialize)]
pub struct AuditRecord {
    pub seq: u32,
    pub boot: u32,
    pub t_ms: u64,
    pub kind: String,
    pub app: Option<String>,
    pub count: u32,
    pub text: String,
}

/// A message of the event stream; what a later version adds is passed over.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Hello {
        device: String,
        name: Option<String>,
    },
    Log {
        app: String,
        #[serde(flatten)]
        line: LogLine,
    },
    App {
        app: App,
    },
    Removed {
        app: String,
    },
    Status {
        status: Status,
    },
    Transfer {
        transfer: Transfer,
        state: String,
    },
    Audit {
        record: AuditRecord,
    },
    Display,
    Lost {
        count: u64,
    },
    #[serde(other)]
    Other,
}

/// `GET /files/{folder}`.
#[derive(Debug, Deserialize)]
pub struct Folder {
    pub entries: Vec<Entry>,
}

/// A file or folder in a folder.
#[derive(Debug, Deserialize)]
pub struct Entry {
    pub name: String,
    pub dir: bool,
    pub size: u64,
}

/// `GET /config`.
#[derive(Debug, Deserialize)]
pub struct Config {
    pub name: String,
    pub allowed_origins: Vec<String>,
    pub read_token: bool,
    pub tls: TlsState,
}

#[derive(Debug, Deserialize)]
pub struct TlsState {
    pub enabled: bool,
    pub certificate_sha256: Option<String>,
}

/// `POST /tokens/{kind}`.
#[derive(Debug, Deserialize)]
pub struct NewToken {
    pub token: String,
}

/// `GET /firmware`.
#[derive(Clone, Debug, Deserialize)]
pub struct Firmware {
    /// The primary slot and the secondary.
    pub slots: [Slot; 2],
    pub swap: String,
    pub upload: Option<Upload>,
    pub health: Health,
    pub boots: u32,
    pub safe_mode: bool,
    pub last: Option<LastUpdate>,
    pub keys: Vec<FirmwareKey>,
}

/// A place for a firmware image.
#[derive(Clone, Debug, Deserialize)]
pub struct Slot {
    pub slot: String,
    pub state: String,
    pub image: Option<SlotImage>,
    pub reason: Option<String>,
    pub image_max: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SlotImage {
    pub version: String,
    pub sha256: String,
    pub size: u64,
    pub security_counter: Option<u32>,
}

/// An upload of firmware that is under way or broke off.
#[derive(Clone, Debug, Deserialize)]
pub struct Upload {
    pub sha256: Option<String>,
    pub size: Option<u64>,
    pub offset: u64,
    pub active: bool,
}

/// Whether this boot does well.
#[derive(Clone, Debug, Deserialize)]
pub struct Health {
    pub state: String,
    pub left_ms: Option<u64>,
    pub reason: Option<String>,
}

/// What became of the last image on trial.
#[derive(Clone, Debug, Deserialize)]
pub struct LastUpdate {
    pub version: String,
    pub sha256: String,
    pub verdict: String,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct FirmwareKey {
    pub kind: String,
    pub sha256: String,
}
