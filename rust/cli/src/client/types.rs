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
    pub capabilities: Vec<String>,
    /// Devices of the first release do not say it.
    #[serde(default)]
    pub signer: Option<String>,
    pub memory_quota: u64,
    pub memory_used: u64,
    pub memory_peak: u64,
    pub run_ms: u64,
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
