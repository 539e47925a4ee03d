// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `watch`: an author's loop. Whenever the source changes, the app is built, installed and started;
//! meanwhile its log is shown. What goes wrong is said, and watching goes on; a device that went away
//! and is back gets the app again.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use akira_abi::CapSet;
use akira_core::name::AppName;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use serde_json::{Value, json};

use super::install::{self, Done, Package};
use super::{author, lifecycle, logs};
use crate::args::WatchArgs;
use crate::build::{self, Sources};
use crate::client::types::Log;
use crate::client::{Device, decode};
use crate::error::{CliError, Kind, Result};
use crate::output::{self, FAINT};

/// How often the log is looked at.
const POLL: Duration = Duration::from_millis(250);

/// How often a device that went away is looked for.
const LOOK: Duration = Duration::from_secs(2);

/// An editor that saves writes several times; it is over when nothing more comes for so long.
const QUIET: Duration = Duration::from_millis(150);

pub fn run(device: &Device, args: &WatchArgs, json: bool) -> Result<()> {
    let mut watch = Watch { device, json, app: None, lost: None };
    // What is no project never becomes one by being saved.
    let mut sources = Sources::of(&args.dir)?;
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading is no change, and compilers read a lot.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // Nobody is left to tell when the program ends.
            let _ = sender.send(());
        }
    })
    .map_err(|error| cannot_watch(&error))?;
    let mut watched = Vec::new();
    loop {
        watch_folders(&mut watcher, &sources, &mut watched)?;
        // As the build is about to see them: what is saved while it works counts as a change.
        let before = sources.print();
        if let Err(error) = watch.build_and_start(args) {
            watch.failed(&error);
        }
        watch.say("watching for changes; Ctrl-C ends");
        loop {
            if wait(&changes)? {
                // The app.toml may name others now; while it cannot be read, the old ones count.
                sources = Sources::of(&args.dir).unwrap_or(sources);
            }
            if sources.print() != before || watch.is_back() {
                break;
            }
            watch.show_log();
        }
    }
}

fn cannot_watch(error: &notify::Error) -> CliError {
    CliError::local("watch", format!("The folder cannot be watched: {error}."))
}

fn watch_folders(
    watcher: &mut RecommendedWatcher,
    sources: &Sources,
    watched: &mut Vec<std::path::PathBuf>,
) -> Result<()> {
    for (folder, deep) in sources.folders() {
        if !watched.contains(&folder) {
            let mode = if deep { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
            watcher.watch(&folder, mode).map_err(|error| cannot_watch(&error))?;
            watched.push(folder);
        }
    }
    Ok(())
}

/// Waits for changes to begin and to end, but not longer than the log may wait. Whether there were
/// any.
fn wait(changes: &Receiver<()>) -> Result<bool> {
    let ended = || CliError::local("watch", "The system has ended the watching of the folder.");
    match changes.recv_timeout(POLL) {
        Err(RecvTimeoutError::Timeout) => return Ok(false),
        Err(RecvTimeoutError::Disconnected) => return Err(ended()),
        Ok(()) => {}
    }
    loop {
        match changes.recv_timeout(QUIET) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return Ok(true),
            Err(RecvTimeoutError::Disconnected) => return Err(ended()),
        }
    }
}

struct Watch<'a> {
    device: &'a Device,
    json: bool,
    /// The app that runs, and the next line of its log.
    app: Option<(AppName, u32)>,
    /// When the device went away, or was last looked for since.
    lost: Option<Instant>,
}

impl Watch<'_> {
    fn build_and_start(&mut self, args: &WatchArgs) -> Result<()> {
        self.lost = None;
        let built = build::build(&args.dir, None)?;
        if self.json {
            self.tell(&json!({
                "event": "built", "name": built.name, "file": built.path, "size": built.size,
                "warnings": built.warnings,
            }));
        } else {
            author::show(&built);
        }
        let package = Package::load(&built.path)?;
        let name = package.manifest.name.clone();
        let there = package.find(self.device)?;
        let running = there.as_ref().is_some_and(|(_, app)| app.state == "running");
        let same = there.as_ref().is_some_and(|(_, app)| package.is(app, CapSet::EMPTY));
        if running && !same {
            install::stop(self.device, &name)?;
        }
        // What the app logged before is not what this build does.
        let next = match (&self.app, &there) {
            (Some((old, next)), _) if *old == name => *next,
            (_, Some(_)) => decode::<Log>(self.device.log(&name, 0)?)?.next,
            (_, None) => 0,
        };
        let (value, done) = package.send(self.device, there, CapSet::EMPTY, false)?;
        self.app = Some((name.clone(), next));
        let what = match done {
            Done::Installed => "installed",
            Done::Updated => "updated",
            Done::Unchanged => "unchanged",
        };
        if self.json {
            self.tell(&json!({ "event": what, "app": value }));
        } else {
            let app = decode(value)?;
            // What an update is granted was shown when it was installed.
            if done == Done::Installed {
                package.show(&app, done)
            } else {
                install::show(&app, done)
            }
        }
        if running && same {
            return Ok(());
        }
        let value = self.device.start(&name)?;
        if self.json {
            self.tell(&json!({ "event": "started", "app": value }));
        } else {
            lifecycle::show("started", &decode(value)?);
        }
        Ok(())
    }

    /// Says what went wrong. A device that went away is looked for from now on.
    fn failed(&mut self, error: &CliError) {
        error.print(false);
        self.tell(&json!({
            "event": "failed", "error": { "code": error.code, "message": error.message },
        }));
        if error.kind == Kind::Unreachable {
            self.lost = Some(Instant::now());
        }
    }

    /// Whether a device that went away answers again.
    fn is_back(&mut self) -> bool {
        let Some(looked) = self.lost else { return false };
        if looked.elapsed() < LOOK {
            return false;
        }
        let back = self.device.status().is_ok();
        self.lost = if back { None } else { Some(Instant::now()) };
        back
    }

    /// Shows what the app has logged since. When that fails, it is said once: the next build tries
    /// again.
    fn show_log(&mut self) {
        if let Err(error) = self.try_show_log() {
            self.app = None;
            self.failed(&error);
        }
    }

    fn try_show_log(&mut self) -> Result<()> {
        let Some((name, next)) = &mut self.app else { return Ok(()) };
        let log: Log = decode(self.device.log(name, *next)?)?;
        // The numbers begin anew when the device restarts or the app is installed anew.
        if log.next < *next {
            *next = 0;
            return Ok(());
        }
        *next = log.next;
        for line in &log.lines {
            if self.json {
                output::print_json(&json!({
                    "event": "log", "app": name.as_str(), "seq": line.seq, "t_ms": line.t_ms,
                    "level": line.level, "text": line.text,
                }));
            } else {
                output::print_line(&logs::text(line));
            }
        }
        Ok(())
    }

    fn tell(&self, event: &Value) {
        if self.json {
            output::print_json(event);
        }
    }

    fn say(&self, what: &str) {
        if !self.json {
            anstream::eprintln!("{FAINT}{what}{FAINT:#}");
        }
    }
}
