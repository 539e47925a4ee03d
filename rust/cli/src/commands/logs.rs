// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `logs`: what apps logged, once or as it comes.

use std::thread;
use std::time::Duration;

use akira_core::name::AppName;
use serde_json::json;

use crate::args::LogsArgs;
use crate::client::types::{AppList, Log, LogLine};
use crate::client::{Device, app_name, decode};
use crate::error::{CliError, Result};
use crate::output::{self, BAD, FAINT, STRONG};

/// How often new lines are asked for.
const POLL: Duration = Duration::from_millis(250);

/// An app whose log is read, with the number of the next line.
struct Source {
    name: AppName,
    next: u32,
}

/// How lines look.
struct View {
    json: bool,
    /// Width of the column with the app's name; 0 when there is only one app.
    name_width: usize,
}

pub fn run(device: &Device, args: &LogsArgs, json: bool) -> Result<()> {
    let mut sources = if args.names.is_empty() {
        all(device, args.since)?
    } else {
        let names = args.names.iter().map(|name| app_name(name)).collect::<Result<Vec<_>>>()?;
        names.into_iter().map(|name| Source { name, next: args.since }).collect()
    };
    loop {
        let longest = sources.iter().map(|source| source.name.as_str().len()).max().unwrap_or(0);
        let several = sources.len() > 1 || args.names.is_empty();
        let view = View { json, name_width: if several { longest } else { 0 } };
        round(device, &mut sources, &view, args.names.is_empty())?;
        if !args.follow {
            return Ok(());
        }
        thread::sleep(POLL);
        if args.names.is_empty() {
            meet_new_apps(device, &mut sources)?;
        }
    }
}

fn all(device: &Device, since: u32) -> Result<Vec<Source>> {
    let list: AppList = decode(device.apps()?)?;
    list.apps.iter().map(|app| Ok(Source { name: from_device(&app.name)?, next: since })).collect()
}

/// An app that was installed while we follow all of them.
fn meet_new_apps(device: &Device, sources: &mut Vec<Source>) -> Result<()> {
    for met in all(device, 0)? {
        if !sources.iter().any(|source| source.name == met.name) {
            sources.push(met);
        }
    }
    Ok(())
}

fn from_device(name: &str) -> Result<AppName> {
    name.parse().map_err(|_| CliError::unreachable("The device sent a name that no app may have."))
}

/// Shows the new lines of every app in the order of their time.
fn round(device: &Device, sources: &mut Vec<Source>, view: &View, all: bool) -> Result<()> {
    let mut lines: Vec<(AppName, LogLine)> = Vec::new();
    let mut gone = Vec::new();
    for source in sources.iter_mut() {
        let log: Log = match device.log(&source.name, source.next) {
            Ok(value) => decode(value)?,
            // With all apps in view, one that was removed meanwhile is simply no longer there.
            Err(error) if all && error.code == "not_found" => {
                gone.push(source.name.clone());
                continue;
            }
            Err(error) => return Err(error),
        };
        // The numbers begin anew when the device restarts or the app is installed anew.
        if log.next < source.next {
            source.next = 0;
            continue;
        }
        if log.dropped > 0 {
            anstream::eprintln!(
                "{FAINT}{}: {} older lines are no longer kept{FAINT:#}",
                source.name,
                log.dropped
            );
        }
        source.next = log.next;
        lines.extend(log.lines.into_iter().map(|line| (source.name.clone(), line)));
    }
    sources.retain(|source| !gone.contains(&source.name));
    lines.sort_by_key(|(_, line)| line.t_ms);
    for (name, line) in lines {
        show(&name, &line, view);
    }
    Ok(())
}

fn show(name: &AppName, line: &LogLine, view: &View) {
    if view.json {
        output::print_json(&json!({
            "app": name.as_str(), "seq": line.seq, "t_ms": line.t_ms,
            "level": line.level, "text": line.text,
        }));
        return;
    }
    let time = format!("{:>6}.{:03}", line.t_ms / 1000, line.t_ms % 1000);
    let mut text = format!("{FAINT}{time}{FAINT:#}  ");
    if view.name_width > 0 {
        text.push_str(&format!("{STRONG}{:<1$}{STRONG:#}  ", name.as_str(), view.name_width));
    }
    let style = match line.level.as_str() {
        "error" => BAD,
        "debug" => FAINT,
        _ => anstyle::Style::new(),
    };
    let level = match line.level.as_str() {
        "info" => "",
        "error" => "error: ",
        "debug" => "debug: ",
        _ => "",
    };
    text.push_str(&format!("{style}{level}{}{style:#}", output::clean(&line.text)));
    output::print_line(&text);
}
