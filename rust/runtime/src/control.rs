// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The commands of somebody who sits at the device itself: `akira apps`, `akira start hello`.
//!
//! A device's shell gives the words that were typed and prints the lines that come back. Who can
//! type there has the device in hand, so no token is asked for.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

use akira_core::http::{ApiError, Code, view};
use akira_core::name::AppName;
use akira_engine::heap;

use crate::platform::{Platform, SLOTS};
use crate::runtime::Runtime;

/// What can be typed.
const USAGES: [&str; 10] = [
    "apps",
    "start NAME",
    "stop NAME",
    "restart NAME",
    "rollback NAME",
    "log NAME [COUNT]",
    "status",
    "audit [COUNT]",
    "ota [test|confirm|revert]",
    "reboot",
];

/// Lines of a log when no count is given.
const LINES: usize = 20;

/// Takes the lines of an answer.
pub type Print<'a> = &'a mut dyn FnMut(&str);

impl<P: Platform> Runtime<P> {
    /// Carries out a command and prints its answer, line by line and without line ends.
    pub fn control(self: &Arc<Self>, words: &[&str], print: Print<'_>) -> Result<(), ApiError> {
        match words {
            ["apps"] => self.print_apps(print),
            ["start", name] => told(&self.start(&app_name(name)?)?, print),
            ["stop", name] => told(&self.stop(&app_name(name)?)?, print),
            ["restart", name] => told(&self.restart(&app_name(name)?)?, print),
            ["rollback", name] => {
                let app = self.rollback(&app_name(name)?)?;
                print(&format!("{} is {} again.", app.name, app.version));
            }
            ["log", name] => self.print_log(&app_name(name)?, LINES, print)?,
            ["log", name, lines] => self.print_log(&app_name(name)?, count(lines)?, print)?,
            ["status"] => self.print_status(print)?,
            ["audit"] => self.print_audit(LINES, print),
            ["audit", records] => self.print_audit(count(records)?, print),
            ["ota"] => self.print_firmware(print)?,
            ["ota", what @ ("test" | "confirm" | "revert")] => {
                match *what {
                    "test" => self.test_firmware()?,
                    "confirm" => self.confirm_firmware()?,
                    _ => self.revert_firmware()?,
                };
                self.print_firmware(print)?;
            }
            ["reboot"] => {
                self.request_reboot()?;
                print("The device restarts.");
            }
            _ => return Err(usage(words)),
        }
        Ok(())
    }

    fn print_apps(&self, print: Print<'_>) {
        let list = self.app_list().apps;
        if list.is_empty() {
            return print("No app is installed.");
        }
        let width = list.iter().map(|app| app.name.len()).max().unwrap_or(0).max(4);
        let version = list.iter().map(|app| app.version.len()).max().unwrap_or(0).max(7);
        print(&format!("{:width$}  {:version$}  {:9}  MEMORY", "NAME", "VERSION", "STATE"));
        for app in &list {
            let memory = match app.memory_used {
                0 => String::from("-"),
                used => format!("{} of {}", bytes(used), bytes(app.memory_quota as usize)),
            };
            let state = app.state;
            print(&format!("{:width$}  {:version$}  {state:9}  {memory}", app.name, app.version));
            if let Some(reason) = &app.reason {
                print(&format!("{:width$}  {reason}", ""));
            }
            if let Some(previous) = &app.previous {
                let (name, version) = (&app.name, &previous.version);
                print(&format!("{:width$}  {version} is kept: akira rollback {name}", ""));
            }
        }
    }

    fn print_log(&self, name: &AppName, lines: usize, print: Print<'_>) -> Result<(), ApiError> {
        self.app(name)?;
        // Printing is slow, and apps write their logs meanwhile.
        let records: alloc::vec::Vec<_> = {
            let logs = self.logs.lock();
            let Some(ring) = logs.get(name) else {
                print(&format!("{name} has written nothing since boot."));
                return Ok(());
            };
            let first = ring.next().saturating_sub(u32::try_from(lines).unwrap_or(u32::MAX));
            ring.since(first).cloned().collect()
        };
        for record in records {
            let level = record.level.name();
            print(&format!("{} {level}: {}", seconds(record.t_ms), record.text));
        }
        Ok(())
    }

    fn print_audit(&self, count: usize, print: Print<'_>) {
        let next = self.audit_view(u32::MAX).next;
        let first = next.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        if next == 0 {
            print("Nothing has been recorded.");
        }
        for record in self.audit_view(first).records {
            let app: Cow<'_, str> = match &record.app {
                Some(name) => format!(" [{name}]").into(),
                None => "".into(),
            };
            let times =
                if record.count > 1 { format!(" ({} times)", record.count) } else { "".into() };
            print(&format!(
                "#{} boot {} {} {}{app}: {}{times}",
                record.seq,
                record.boot,
                seconds(record.t_ms),
                record.kind,
                record.text
            ));
        }
    }

    fn print_status(&self, print: Print<'_>) -> Result<(), ApiError> {
        let space =
            self.platform.space().map_err(|errno| ApiError::storage("ask for room", errno))?;
        let pool = heap::pool();
        let apps = self.app_list().apps;
        let running = apps.iter().filter(|app| matches!(app.state, "running" | "loaded")).count();
        let version = env!("CARGO_PKG_VERSION");
        let wamr = self.engine.wamr_version();
        print(&format!("AkiraOS {version} on {}, WAMR {wamr}", self.platform.device()));
        print(&format!("up       {} s", self.platform.uptime_ms() / 1000));
        print(&format!("apps     {running} of {SLOTS} run, {} installed", apps.len()));
        let (used, peak, limit) = (bytes(pool.used), bytes(pool.peak), bytes(pool.limit));
        print(&format!("memory   {used} of {limit} used, at most {peak}"));
        let used = space.total.saturating_sub(space.free) as usize;
        print(&format!("storage  {} of {} used", bytes(used), bytes(space.total as usize)));
        Ok(())
    }
}

fn told(app: &view::App, print: Print<'_>) {
    print(&format!("{} is {}.", app.name, app.state));
}

fn app_name(text: &str) -> Result<AppName, ApiError> {
    text.parse().map_err(|bad| ApiError::new(Code::BadName, format!("{bad}")))
}

fn count(text: &str) -> Result<usize, ApiError> {
    text.parse().map_err(|_| {
        ApiError::new(Code::BadRequest, format!("{text} is no count. Give a number of lines."))
    })
}

fn usage(words: &[&str]) -> ApiError {
    let command = |usage: &'static str| usage.split(' ').next().unwrap_or(usage);
    let message = match USAGES.iter().find(|usage| Some(&command(usage)) == words.first()) {
        Some(usage) => format!("Usage: akira {usage}"),
        None => format!("Usage: akira {}", USAGES.map(command).join("|")),
    };
    ApiError::new(Code::BadRequest, message)
}

/// A number of bytes for a person.
fn bytes(number: usize) -> String {
    match number {
        0..1024 => format!("{number} B"),
        _ => format!("{} KiB", number.div_ceil(1024)),
    }
}

/// A time since boot for a person.
fn seconds(ms: u64) -> String {
    format!("{:>5}.{:03}", ms / 1000, ms % 1000)
}
