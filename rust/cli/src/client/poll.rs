// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The event stream of devices and lines that have none: made from what the device answers when it
//! is asked again and again. What only a stream can tell, how uploads go and that the display
//! changed, is not in it.

use std::collections::{BTreeMap, VecDeque};
use std::thread;
use std::time::{Duration, Instant};

use akira_core::name::AppName;
use serde_json::{Value, json};

use super::types::Status;
use super::{Device, Events, decode};
use crate::error::{CliError, Result};

/// How often a device is asked.
const POLL: Duration = Duration::from_millis(250);

/// How often it is asked how it is.
const STATUS: Duration = Duration::from_secs(1);

/// What the stream tells when nothing is asked for.
const USUAL: [&str; 4] = ["log", "app", "status", "audit"];

/// The stream.
pub struct Polled<'a> {
    device: &'a Device,
    types: Vec<String>,
    only: Option<AppName>,
    waiting: VecDeque<Value>,
    apps: BTreeMap<String, Seen>,
    /// The next record; none was looked at yet.
    audit: Option<u32>,
    status_due: Instant,
    begun: bool,
}

/// An app as it was when it was last looked at.
struct Seen {
    app: Value,
    /// The next line of its log.
    next: u32,
}

impl<'a> Polled<'a> {
    pub fn new(device: &'a Device, types: &[&str], only: Option<AppName>) -> Self {
        let types = if types.is_empty() { &USUAL[..] } else { types };
        Self {
            device,
            types: types.iter().map(|name| (*name).to_owned()).collect(),
            only,
            waiting: VecDeque::new(),
            apps: BTreeMap::new(),
            audit: None,
            status_due: Instant::now(),
            begun: false,
        }
    }

    fn wants(&self, name: &str) -> bool {
        self.types.iter().any(|wanted| wanted == name)
    }

    fn tell(&mut self, message: Value) {
        self.waiting.push_back(message);
    }

    fn round(&mut self) -> Result<()> {
        if !self.begun {
            self.begun = true;
            let value = self.device.status()?;
            let name = value.get("name").cloned().unwrap_or(Value::Null);
            let status: Status = decode(value)?;
            self.tell(json!({
                "type": "hello", "device": status.device, "name": name,
                "time_ms": status.uptime_ms,
            }));
        }
        if self.wants("log") || self.wants("app") {
            self.look_at_apps()?;
        }
        if self.wants("log") {
            self.look_at_logs()?;
        }
        if self.wants("audit") && self.only.is_none() {
            self.look_at_audit()?;
        }
        if self.wants("status") && Instant::now() >= self.status_due {
            self.status_due = Instant::now() + STATUS;
            let status = self.device.status()?;
            self.tell(json!({ "type": "status", "status": status }));
        }
        Ok(())
    }

    fn look_at_apps(&mut self) -> Result<()> {
        let list = self.device.apps()?;
        let list = list.get("apps").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut there = BTreeMap::new();
        for app in list {
            let name = app.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            if self.only.as_ref().is_none_or(|only| only.as_str() == name) {
                there.insert(name, app);
            }
        }
        let gone: Vec<String> =
            self.apps.keys().filter(|name| !there.contains_key(*name)).cloned().collect();
        for name in gone {
            self.apps.remove(&name);
            if self.wants("app") {
                self.tell(json!({ "type": "removed", "app": name }));
            }
        }
        for (name, app) in there {
            let old = self.apps.get(&name);
            if self.wants("app") && old.is_none_or(|old| changed(&old.app, &app)) {
                self.tell(json!({ "type": "app", "app": app }));
            }
            let next = self.apps.get(&name).map_or(0, |old| old.next);
            self.apps.insert(name, Seen { app, next });
        }
        Ok(())
    }

    fn look_at_logs(&mut self) -> Result<()> {
        let mut lines = Vec::new();
        for (name, seen) in &mut self.apps {
            let app: AppName = name.parse().map_err(|_| {
                CliError::unreachable("The device sent a name that no app may have.")
            })?;
            let log = match self.device.log(&app, seen.next) {
                Ok(log) => log,
                // Removed in this moment.
                Err(error) if error.code == "not_found" => continue,
                Err(error) => return Err(error),
            };
            let number = |field| log.get(field).and_then(Value::as_u64).unwrap_or(0);
            let next = u32::try_from(number("next")).unwrap_or(u32::MAX);
            // The numbers begin anew when the device restarts or the app is installed anew.
            if next < seen.next {
                seen.next = 0;
                continue;
            }
            // What was no longer kept when this began was never to be seen.
            if number("dropped") > 0 && seen.next > 0 {
                lines.push(json!({ "type": "lost", "count": number("dropped") }));
            }
            seen.next = next;
            for line in log.get("lines").and_then(Value::as_array).into_iter().flatten() {
                let mut message = json!({ "type": "log", "app": name });
                if let (Some(message), Some(line)) = (message.as_object_mut(), line.as_object()) {
                    message.extend(line.clone());
                }
                lines.push(message);
            }
        }
        lines.sort_by_key(|line| line.get("t_ms").and_then(Value::as_u64));
        self.waiting.extend(lines);
        Ok(())
    }

    fn look_at_audit(&mut self) -> Result<()> {
        let audit: Value = self.device.audit(self.audit.unwrap_or(0))?;
        let number = |field| {
            let number = audit.get(field).and_then(Value::as_u64).unwrap_or(0);
            u32::try_from(number).unwrap_or(u32::MAX)
        };
        let next = number("next");
        match self.audit {
            // Only what happens from now on is told, as by a stream.
            None => self.audit = Some(next),
            // The numbers begin anew when the device's storage was erased.
            Some(old) if next < old => self.audit = Some(0),
            Some(_) => {
                self.audit = Some(next);
                if number("dropped") > 0 {
                    self.tell(json!({ "type": "lost", "count": number("dropped") }));
                }
                for record in audit.get("records").and_then(Value::as_array).into_iter().flatten() {
                    self.tell(json!({ "type": "audit", "record": record }));
                }
            }
        }
        Ok(())
    }
}

/// Whether an app is another than before; how long it has run and what it takes just now always is.
fn changed(old: &Value, new: &Value) -> bool {
    let still = |app: &Value| {
        let mut app = app.clone();
        if let Some(fields) = app.as_object_mut() {
            for moving in ["run_ms", "memory_used", "memory_peak", "restart_in_ms"] {
                fields.remove(moving);
            }
        }
        app
    };
    still(old) != still(new)
}

impl Events for Polled<'_> {
    fn next(&mut self) -> Result<Option<String>> {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                return Ok(Some(message.to_string()));
            }
            if self.begun {
                thread::sleep(POLL);
            }
            self.round()?;
        }
    }
}
