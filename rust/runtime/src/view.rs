// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The runtime's state as the HTTP API shows it.

use alloc::string::ToString;
use alloc::vec::Vec;

use akira_abi::Capability;
use akira_core::hex;
use akira_core::http::{ApiError, view};
use akira_core::lifecycle::State;
use akira_core::name::AppName;
use akira_engine::heap;

use crate::apps::App;
use crate::platform::{Platform, SLOTS};
use crate::runtime::Runtime;

impl<P: Platform> Runtime<P> {
    pub(crate) fn view(&self, app: &App<P>) -> view::App {
        let manifest = &app.record.manifest;
        let usage = app.context.as_ref().map(|context| heap::account(context.slot));
        let run_ms = match app.state {
            State::Running => self.platform.uptime_ms() - app.started_ms,
            State::Stopped(_) | State::Failed(_) => app.ended_ms - app.started_ms,
            State::Installed | State::Loaded => 0,
        };
        view::App {
            name: manifest.name.to_string(),
            version: manifest.version.clone(),
            state: app.state.name(),
            reason: match &app.state {
                State::Failed(reason) => Some(reason.clone()),
                _ => None,
            },
            exit_code: match app.state {
                State::Stopped(code) => code,
                _ => None,
            },
            size: app.record.size,
            sha256: hex::encode(&app.record.sha256),
            previous: app.previous.as_ref().map(|previous| view::Previous {
                version: previous.version.clone(),
                sha256: hex::encode(&previous.sha256),
            }),
            capabilities: app.record.granted.iter().map(Capability::name).collect(),
            scope: manifest.scope.to_draft().into(),
            signer: app.record.signer.as_ref().map(|signer| signer.name.to_string()),
            requested: manifest.capabilities.iter().map(Capability::name).collect(),
            memory_quota: app.record.memory_quota(),
            memory_requested: manifest.memory_quota,
            memory_used: usage.map_or(0, |usage| usage.used),
            memory_peak: usage.map_or(app.peak, |usage| usage.peak),
            autostart: manifest.autostart,
            restart: manifest.restart.name(),
            restart_in_ms: app
                .next_restart()
                .map(|due| due.saturating_sub(self.platform.uptime_ms())),
            priority: manifest.priority,
            run_ms,
            description: manifest.description.clone(),
        }
    }

    /// One app.
    pub fn app(&self, name: &AppName) -> Result<view::App, ApiError> {
        let mut apps = self.apps.lock();
        apps.get(name).map(|app| self.view(app))
    }

    /// All apps, sorted by name.
    pub fn app_list(&self) -> view::Apps {
        let apps = self.apps.lock();
        view::Apps { apps: apps.list.iter().map(|app| self.view(app)).collect() }
    }

    /// The device's status as JSON.
    pub(crate) fn status_json(&self) -> Result<Vec<u8>, ApiError> {
        self.status().map(|status| json(&status))
    }

    /// The device's status.
    pub fn status(&self) -> Result<view::Status<'_>, ApiError> {
        let space =
            self.platform.space().map_err(|errno| ApiError::storage("ask for room", errno))?;
        let pool = heap::pool();
        let (installed, running) = {
            let apps = self.apps.lock();
            (apps.list.len(), apps.list.iter().filter(|app| app.context.is_some()).count())
        };
        Ok(view::Status {
            device: self.platform.device(),
            version: env!("CARGO_PKG_VERSION"),
            wamr: self.engine.wamr_version(),
            abi: akira_abi::VERSION,
            name: self.device_name(),
            uptime_ms: self.platform.uptime_ms(),
            apps: view::AppCounts { installed, running, max_running: SLOTS },
            memory: view::Memory {
                used: pool.used,
                peak: pool.peak,
                system: heap::unowned().used,
                total: pool.limit,
            },
            storage: view::Storage { free: space.free, total: space.total },
            transfers: self.transfer_views(),
            safe_mode: self.is_safe_mode(),
        })
    }

    /// Records of an app's log as JSON.
    pub(crate) fn log_json(&self, name: &AppName, since: u32) -> Result<Vec<u8>, ApiError> {
        self.apps.lock().get(name)?;
        let logs = self.logs.lock();
        let Some(ring) = logs.get(name) else {
            return Ok(json(&view::Log { lines: Vec::new(), next: 0, dropped: 0 }));
        };
        let lines = ring
            .since(since)
            .map(|record| view::LogLine {
                seq: record.seq,
                t_ms: record.t_ms,
                level: record.level.name(),
                text: &record.text,
            })
            .collect();
        Ok(json(&view::Log { lines, next: ring.next(), dropped: ring.dropped(since) }))
    }
}

/// A view as JSON. Views have only fields that JSON can say.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
