// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `logs`: what apps logged, once or as it comes.

use akira_core::name::AppName;
use serde_json::json;

use super::events;
use crate::args::LogsArgs;
use crate::client::types::{AppList, Event, Log, LogLine};
use crate::client::{Device, app_name, decode, event};
use crate::error::{CliError, Result};
use crate::output::{self, BAD, FAINT, STRONG};

/// How lines look.
struct View {
    json: bool,
    /// Width of the column with the app's name; 0 when there is only one app.
    name_width: usize,
}

pub fn run(device: &Device, args: &LogsArgs, json: bool) -> Result<()> {
    let names = if args.names.is_empty() {
        all(device)?
    } else {
        args.names.iter().map(|name| app_name(name)).collect::<Result<Vec<_>>>()?
    };
    let several = names.len() > 1 || args.names.is_empty();
    let longest = names.iter().map(|name| name.as_str().len()).max().unwrap_or(0);
    let view = View { json, name_width: if several { longest } else { 0 } };
    if !args.follow {
        return once(device, &names, args, &view);
    }
    // The stream says nothing of apps that there are not.
    for name in names.iter().filter(|_| !args.names.is_empty()) {
        device.app(name)?;
    }
    let one = match names.as_slice() {
        [one] if !several => Some(one),
        _ => None,
    };
    let mut messages = device.events(&["log"], one)?;
    while let Some(message) = messages.next()? {
        match event(&message)? {
            Event::Log { app, line } => {
                let wanted = args.names.is_empty() || names.iter().any(|name| name.as_str() == app);
                if wanted && line.seq >= args.since {
                    show(&app, &line, &view);
                }
            }
            Event::Lost { count } => events::lost(count),
            _ => {}
        }
    }
    Err(events::ended(device))
}

fn all(device: &Device) -> Result<Vec<AppName>> {
    let list: AppList = decode(device.apps()?)?;
    let name = |name: &str| {
        name.parse()
            .map_err(|_| CliError::unreachable("The device sent a name that no app may have."))
    };
    list.apps.iter().map(|app| name(&app.name)).collect()
}

/// Shows the lines of every app in the order of their time.
fn once(device: &Device, names: &[AppName], args: &LogsArgs, view: &View) -> Result<()> {
    let mut lines: Vec<(&AppName, LogLine)> = Vec::new();
    for name in names {
        let log: Log = match device.log(name, args.since) {
            Ok(value) => decode(value)?,
            // With all apps in view, one that was removed meanwhile is simply no longer there.
            Err(error) if args.names.is_empty() && error.code == "not_found" => continue,
            Err(error) => return Err(error),
        };
        if log.dropped > 0 {
            let count = log.dropped;
            anstream::eprintln!("{FAINT}{name}: {count} older lines are no longer kept{FAINT:#}");
        }
        lines.extend(log.lines.into_iter().map(|line| (name, line)));
    }
    lines.sort_by_key(|(_, line)| line.t_ms);
    for (name, line) in lines {
        show(name.as_str(), &line, view);
    }
    Ok(())
}

fn show(name: &str, line: &LogLine, view: &View) {
    if view.json {
        output::print_json(&json!({
            "app": name, "seq": line.seq, "t_ms": line.t_ms,
            "level": line.level, "text": line.text,
        }));
        return;
    }
    let name = if view.name_width > 0 {
        format!("{STRONG}{:<1$}{STRONG:#}  ", output::clean(name), view.name_width)
    } else {
        String::new()
    };
    output::print_line(&format!("{}{name}{}", time(line.t_ms), words(line)));
}

/// A line with its time.
pub fn text(line: &LogLine) -> String {
    format!("{}{}", time(line.t_ms), words(line))
}

fn time(t_ms: u64) -> String {
    let time = format!("{:>6}.{:03}", t_ms / 1000, t_ms % 1000);
    format!("{FAINT}{time}{FAINT:#}  ")
}

fn words(line: &LogLine) -> String {
    let (style, level) = match line.level.as_str() {
        "error" => (BAD, "error: "),
        "debug" => (FAINT, "debug: "),
        _ => (anstyle::Style::new(), ""),
    };
    format!("{style}{level}{}{style:#}", output::clean(&line.text))
}
