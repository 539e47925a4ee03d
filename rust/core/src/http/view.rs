// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What answers look like. Field names and their order are part of the API; sizes are bytes, times
//! are milliseconds.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

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
    /// Time since boot.
    pub uptime_ms: u64,
    /// Counts of apps.
    pub apps: AppCounts,
    /// The pool that modules and instances live in.
    pub memory: Memory,
    /// The storage partition.
    pub storage: Storage,
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
    /// Capabilities that it has been granted.
    pub capabilities: Vec<&'static str>,
    /// Capabilities that its manifest asks for.
    pub requested: Vec<&'static str>,
    /// The most memory that it may cost.
    pub memory_quota: u32,
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
