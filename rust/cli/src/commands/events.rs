// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `events`: what happens on a device, as it happens.

use clap::ValueEnum;

use super::{logs, trust};
use crate::args::{EventType, EventsArgs};
use crate::client::types::{App, Event, Status, Transfer};
use crate::client::{Device, app_name, event};
use crate::error::{CliError, Result};
use crate::output::{self, BAD, FAINT, GOOD, STRONG, WARN};

pub fn run(device: &Device, args: &EventsArgs, json: bool) -> Result<()> {
    let app = args.app.as_deref().map(app_name).transpose()?;
    let names: Vec<String> = args
        .types
        .iter()
        .filter_map(EventType::to_possible_value)
        .map(|value| value.get_name().to_owned())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut events = device.events(&names, app.as_ref())?;
    while let Some(message) = events.next()? {
        if json {
            output::print_line(&output::clean(&message));
        } else {
            show(&event(&message)?);
        }
    }
    Err(ended(device))
}

/// The stream never ends by itself.
pub fn ended(device: &Device) -> CliError {
    CliError::unreachable(format!("The device at {} ended the stream of events.", device.address()))
        .hint("It may have restarted; try again.")
}

fn show(event: &Event) {
    match event {
        Event::Hello { device, name } => {
            let name = name.as_deref().map_or(String::new(), |name| format!(" {}", clean(name)));
            line("device", &format!("{STRONG}{}{STRONG:#}{name}", clean(device)));
        }
        Event::Log { app, line: text } => {
            line("log", &format!("{STRONG}{}{STRONG:#}  {}", clean(app), logs::text(text)));
        }
        Event::App { app } => line("app", &self::app(app)),
        Event::Removed { app } => {
            line("app", &format!("{STRONG}{}{STRONG:#}  removed", clean(app)));
        }
        Event::Status { status } => line("status", &self::status(status)),
        Event::Transfer { transfer, state } => line("transfer", &self::transfer(transfer, state)),
        Event::Audit { record } => line("audit", &trust::record(record)),
        Event::Display => line("display", "the picture changed"),
        Event::Lost { count } => lost(*count),
        Event::Other => {}
    }
}

fn line(kind: &str, text: &str) {
    output::print_line(&format!("{FAINT}{kind:<9}{FAINT:#} {text}"));
}

/// Says that messages did not come through.
pub fn lost(count: u64) {
    anstream::eprintln!(
        "{WARN}{count} messages were lost: they came faster than they left{WARN:#}"
    );
}

fn app(app: &App) -> String {
    let style = match app.state.as_str() {
        "running" => GOOD,
        "failed" => BAD,
        _ => anstyle::Style::new(),
    };
    let more = match (&app.reason, app.exit_code) {
        (Some(reason), _) if app.state == "failed" => format!(": {}", clean(reason)),
        (_, Some(code)) if app.state == "stopped" => format!(", exit {code}"),
        _ => String::new(),
    };
    let (name, version, state) = (clean(&app.name), clean(&app.version), clean(&app.state));
    format!("{STRONG}{name}{STRONG:#} {version}  {style}{state}{style:#}{more}")
}

fn status(status: &Status) -> String {
    format!(
        "up {}, {} running, memory {} of {}, storage {} free",
        output::duration(status.uptime_ms),
        status.apps.running,
        output::size(status.memory.used),
        output::size(status.memory.total),
        output::size(status.storage.free),
    )
}

fn transfer(transfer: &Transfer, state: &str) -> String {
    let Transfer { id, transport, sink, name, received, size } = transfer;
    let name = name.as_deref().map_or(String::new(), |name| format!(" {}", clean(name)));
    let size = size.map_or(String::new(), |size| format!(" of {}", output::size(size)));
    format!(
        "{id} {}{STRONG}{name}{STRONG:#} by {}  {}, {}{size}",
        clean(sink),
        clean(transport),
        clean(state),
        output::size(*received),
    )
}

fn clean(text: &str) -> String {
    output::clean(text)
}
