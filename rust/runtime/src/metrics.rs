// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's figures for monitoring, as OpenMetrics 1.0 text.

use alloc::string::String;
use core::fmt::{self, Display, Write};
use core::sync::atomic::Ordering;

use akira_core::http::{ApiError, view};

use crate::http::{Body, Reply};
use crate::platform::Platform;
use crate::runtime::Runtime;
use crate::stream::STREAMS_MAX;

/// The media type of the text.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The states that an app can be in.
const STATES: [&str; 5] = ["installed", "loaded", "running", "stopped", "failed"];

/// A text that is being written. Writing to a `String` cannot fail.
struct Text(String);

impl Text {
    /// Begins a family of figures.
    fn family(&mut self, name: &str, kind: &str, unit: &str, help: &str) {
        let _ = writeln!(self.0, "# TYPE akira_{name} {kind}");
        if !unit.is_empty() {
            let _ = writeln!(self.0, "# UNIT akira_{name} {unit}");
        }
        let _ = writeln!(self.0, "# HELP akira_{name} {help}");
    }

    /// One figure of a family; `suffix` is what its kind puts behind the name.
    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let _ = write!(self.0, "akira_{name}");
        for (place, (key, text)) in labels.iter().enumerate() {
            let open = if place == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{open}{key}=\"{}\"", Escaped(text));
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{close} {value}");
    }

    /// A family of one figure without labels.
    fn gauge(&mut self, name: &str, unit: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", unit, help);
        self.sample(name, &[], value);
    }

    /// A family of one count without labels.
    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "counter", "", help);
        let _ = writeln!(self.0, "akira_{name}_total {value}");
    }
}

/// A label's value as the format wants it.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Milliseconds in seconds.
struct Seconds(u64);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

impl<P: Platform> Runtime<P> {
    /// The figures as an answer.
    pub(crate) fn metrics(&self) -> Result<Reply, ApiError> {
        let status = self.status()?;
        let apps = self.app_list().apps;
        let mut text = Text(String::with_capacity(4096));
        device(&mut text, &status);
        app_figures(&mut text, &apps);
        self.counts(&mut text);
        self.firmware_figures(&mut text);
        text.0.push_str("# EOF\n");
        Ok(Reply::new(200, MEDIA_TYPE, Body::whole(text.0.into_bytes())))
    }

    fn counts(&self, text: &mut Text) {
        let counters = &self.counters;
        let name = "http_requests";
        text.family(name, "counter", "", "Requests by the class of their answer's status.");
        for (class, label) in [(2, "2xx"), (3, "3xx"), (4, "4xx"), (5, "5xx")] {
            let labels = [("status", label)];
            text.sample("http_requests_total", &labels, counters.requests(class));
        }
        let help = "Requests with a wrong token, or from who had to wait after such.";
        text.counter("auth_failures", help, counters.login_failures());
        text.counter("app_starts", "Apps whose code was started.", counters.app_starts());
        let help = "Native calls that were denied for want of a capability or scope.";
        text.counter("denied_calls", help, counters.denied_calls());
        let open = self.streams.load(Ordering::Relaxed);
        text.gauge("event_streams", "", "Event streams that are open.", open);
        let help = "Event streams that may be open at once.";
        text.gauge("event_streams_limit", "", help, STREAMS_MAX);
    }

    fn firmware_figures(&self, text: &mut Text) {
        let help = "Boots in a row that did not last, this one included until it has.";
        text.gauge("unsteady_boots", "", help, self.unsteady_boots());
        let help = "Whether no app has started by itself because boots did not last.";
        text.gauge("safe_mode", "", help, u8::from(self.is_safe_mode()));
        let Ok(firmware) = self.firmware_view() else { return };
        let help = "Whether the firmware that runs is confirmed, not on trial.";
        text.gauge("firmware_confirmed", "", help, u8::from(firmware.confirmed));
        text.family("firmware_slot_info", "gauge", "", "What is in the firmware slots.");
        for slot in &firmware.slots {
            let version = slot.image.as_ref().map_or("", |image| &image.version);
            let labels = [("slot", slot.slot), ("state", slot.state), ("version", version)];
            text.sample("firmware_slot_info", &labels, 1);
        }
        let (stored, refused) = self.counters.firmware();
        text.counter("firmware_stored", "Firmware images that were stored.", stored);
        text.counter("firmware_refused", "Firmware images that were refused.", refused);
    }
}

fn device(text: &mut Text, status: &view::Status<'_>) {
    text.0.push_str("# TYPE akira info\n# HELP akira What the device is.\n");
    let labels = [
        ("device", status.device),
        ("name", &status.name),
        ("version", status.version),
        ("wamr", &status.wamr),
    ];
    text.sample("info", &labels, 1);
    let up = Seconds(status.uptime_ms);
    text.gauge("uptime_seconds", "seconds", "Time since boot.", up);
    let slots = status.apps.max_running;
    text.gauge("app_slots", "", "Apps that may run at once.", slots);
    let memory = &status.memory;
    for (name, help, value) in [
        ("memory_used_bytes", "Of the pool that apps live in: in use.", memory.used),
        ("memory_peak_bytes", "Of the pool: most that was in use since boot.", memory.peak),
        ("memory_system_bytes", "Of what is in use: what no app pays for.", memory.system),
        ("memory_limit_bytes", "Size of the pool.", memory.total),
    ] {
        text.gauge(name, "bytes", help, value);
    }
    let help = "Of the storage: not in use.";
    text.gauge("storage_free_bytes", "bytes", help, status.storage.free);
    let help = "Size of the storage.";
    text.gauge("storage_size_bytes", "bytes", help, status.storage.total);
    let transfers = status.transfers.len();
    text.gauge("transfers", "", "Transfers that are under way.", transfers);
}

fn app_figures(text: &mut Text, apps: &[view::App]) {
    text.family("apps", "gauge", "", "Installed apps by their state.");
    for state in STATES {
        let count = apps.iter().filter(|app| app.state == state).count();
        text.sample("apps", &[("state", state)], count);
    }
    type Figure = fn(&view::App) -> usize;
    let families: [(&str, &str, Figure); 3] = [
        ("app_memory_used_bytes", "What an app costs now.", |app| app.memory_used),
        ("app_memory_peak_bytes", "Most that an app has cost since its start.", |app| {
            app.memory_peak
        }),
        ("app_memory_quota_bytes", "Most that an app may cost.", |app| app.memory_quota as usize),
    ];
    for (name, help, figure) in families {
        text.family(name, "gauge", "bytes", help);
        for app in apps {
            text.sample(name, &[("app", &app.name)], figure(app));
        }
    }
    let name = "app_run_seconds";
    text.family(name, "gauge", "seconds", "How long an app runs, or ran.");
    for app in apps {
        text.sample(name, &[("app", &app.name)], Seconds(app.run_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        let mut text = Text(String::new());
        text.sample("x", &[("a", "1\"\\\n"), ("b", "2")], 3);
        text.sample("y", &[], Seconds(1_005));
        assert_eq!(text.0, "akira_x{a=\"1\\\"\\\\\\n\",b=\"2\"} 3\nakira_y 1.005\n");
    }
}
