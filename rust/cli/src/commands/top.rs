// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `top`: a device and its apps as they change. Off a terminal it is one look.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::{cursor, event, execute, queue, terminal};
use serde_json::json;
use signal_hook::consts::{SIGHUP, SIGTERM};

use crate::args::TopArgs;
use crate::client::types::{App, AppList, Status, Transfer};
use crate::client::{Device, decode};
use crate::error::{CliError, Result};
use crate::output::{self, BAD, Cell, FAINT, GOOD, STRONG};

/// How often keys are looked for.
const KEYS: Duration = Duration::from_millis(100);

/// Width of the bars in characters.
const BAR: usize = 24;

/// One look at a device.
struct Look {
    status: Status,
    apps: Vec<App>,
}

pub fn run(device: Device, args: &TopArgs, json: bool) -> Result<()> {
    if json {
        let (status, apps) = (device.status()?, device.apps()?);
        output::print_json(&json!({ "status": status, "apps": apps["apps"] }));
        return Ok(());
    }
    let first = look(&device)?;
    if !(io::stdout().is_terminal() && io::stdin().is_terminal()) {
        for line in lines(device.address(), Ok(&first)) {
            output::print_line(&line);
        }
        return Ok(());
    }
    let name = device.name().map_or_else(|| device.address().to_owned(), str::to_owned);
    let looks = watch(device, Duration::from_secs(args.interval.into()));
    live(&name, first, &looks)
        .map_err(|error| CliError::local("terminal", format!("The terminal failed: {error}.")))
}

fn look(device: &Device) -> Result<Look> {
    let status: Status = decode(device.status()?)?;
    let list: AppList = decode::<AppList>(device.apps()?)?;
    Ok(Look { status, apps: list.apps })
}

/// Looks again and again, on a thread of its own: a slow device must not make keys slow.
fn watch(device: Device, interval: Duration) -> Receiver<Result<Look>> {
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        loop {
            thread::sleep(interval);
            if sender.send(look(&device)).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The terminal as it is needed here; what it was before comes back however this ends.
struct Screen;

impl Screen {
    fn new() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        let screen = Self;
        // A line that is too long is cut, and not continued over the next one.
        let mut out = io::stdout();
        execute!(out, terminal::EnterAlternateScreen, cursor::Hide, terminal::DisableLineWrap)?;
        Ok(screen)
    }

    fn draw(&self, lines: &[String]) -> io::Result<()> {
        let height = usize::from(terminal::size()?.1);
        let mut out = io::stdout().lock();
        queue!(out, terminal::BeginSynchronizedUpdate, cursor::MoveTo(0, 0))?;
        let shown = lines.len().min(height);
        for (row, line) in lines.iter().take(shown).enumerate() {
            let end = if row + 1 < height { "\r\n" } else { "" };
            if output::colours() {
                write!(out, "{line}")?;
            } else {
                write!(out, "{}", anstream::adapter::strip_str(line))?;
            }
            queue!(out, terminal::Clear(terminal::ClearType::UntilNewLine))?;
            write!(out, "{end}")?;
        }
        if shown < height {
            queue!(out, terminal::Clear(terminal::ClearType::FromCursorDown))?;
        }
        queue!(out, terminal::EndSynchronizedUpdate)?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Nobody is left to tell when this fails.
        let mut out = io::stdout();
        let _ =
            execute!(out, terminal::EnableLineWrap, cursor::Show, terminal::LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}

fn live(name: &str, first: Look, looks: &Receiver<Result<Look>>) -> io::Result<()> {
    // So that a killed program leaves a terminal that can be used.
    let ended = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&ended))?;
    }
    let screen = Screen::new()?;
    let mut last = first;
    let mut trouble = None;
    let mut draw = true;
    while !ended.load(Ordering::Relaxed) {
        if let Ok(look) = looks.try_recv() {
            draw = true;
            match look {
                Ok(look) => (last, trouble) = (look, None),
                Err(error) => trouble = Some(error),
            }
        }
        if draw {
            let shown = match &trouble {
                None => Ok(&last),
                Some(error) => Err((&last, error)),
            };
            screen.draw(&lines(name, shown))?;
            draw = false;
        }
        if event::poll(KEYS)? {
            match event::read()? {
                Event::Key(key) if ends(key) => break,
                Event::Resize(..) => draw = true,
                _ => {}
            }
        }
    }
    Ok(())
}

fn ends(key: KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    key.kind == KeyEventKind::Press
        && match key.code {
            KeyCode::Char('c' | 'd') => control,
            KeyCode::Char('q' | 'Q') | KeyCode::Esc => true,
            _ => false,
        }
}

/// A look in lines; one that failed shows what was seen last, and why there is nothing newer.
fn lines(name: &str, shown: Result<&Look, (&Look, &CliError)>) -> Vec<String> {
    let (look, trouble) = match shown {
        Ok(look) => (look, None),
        Err((look, error)) => (look, Some(error)),
    };
    let Status { memory, storage, apps, .. } = &look.status;
    let mut lines = vec![
        format!(
            "{STRONG}{}{STRONG:#}  {} {}  up {}",
            output::clean(look.status.name.as_deref().unwrap_or(name)),
            output::clean(&look.status.device),
            output::clean(&look.status.version),
            output::duration(look.status.uptime_ms),
        ),
        format!(
            "{STRONG}Apps   {STRONG:#} {} of at most {} running, {} installed",
            apps.running, apps.max_running, apps.installed
        ),
        measure("Memory", memory.used, memory.total),
        measure("Storage", storage.total.saturating_sub(storage.free), storage.total),
    ];
    lines.extend(look.status.transfers.iter().map(transfer));
    lines.push(match trouble {
        None => String::new(),
        Some(error) => {
            let message = output::clean(&error.message);
            format!("{BAD}{message}{BAD:#} {FAINT}(this is what was seen last){FAINT:#}")
        }
    });
    if look.apps.is_empty() {
        lines.push("No app is installed.".to_owned());
    } else {
        lines.extend(table(&look.apps));
    }
    lines
}

fn measure(label: &str, used: u64, total: u64) -> String {
    let (gauge, used, total) =
        (output::gauge(used, total, BAR), output::size(used), output::size(total));
    format!("{STRONG}{label:<7}{STRONG:#} {gauge} {used} of {total}")
}

fn transfer(transfer: &Transfer) -> String {
    let name = output::clean(transfer.name.as_deref().unwrap_or(&transfer.sink));
    let received = output::size(transfer.received);
    match transfer.size {
        Some(size) => {
            let done = transfer.received * BAR as u64 / size.max(1);
            let done = usize::try_from(done).unwrap_or(BAR).min(BAR);
            let (bar, rest) = ("=".repeat(done), " ".repeat(BAR - done));
            let size = output::size(size);
            format!("{STRONG}Upload {STRONG:#} [{bar}{rest}] {received} of {size}  {name}")
        }
        None => format!("{STRONG}Upload {STRONG:#} {received}  {name}"),
    }
}

fn table(apps: &[App]) -> Vec<String> {
    // What runs comes first, and of that what takes most.
    let mut apps: Vec<&App> = apps.iter().collect();
    apps.sort_by_key(|app| {
        (app.state != "running", std::cmp::Reverse(app.memory_used), app.name.clone())
    });
    let size = |bytes: u64| {
        if bytes == 0 { Cell::styled("-", FAINT) } else { Cell::plain(output::size(bytes)) }
    };
    let rows: Vec<_> = apps
        .into_iter()
        .map(|app| {
            let running = app.state == "running";
            let percent = app.memory_used * 100 / app.memory_quota.max(1);
            [
                Cell::styled(app.name.as_str(), STRONG),
                match app.state.as_str() {
                    "running" => Cell::styled("running", GOOD),
                    "failed" => Cell::styled("failed", BAD),
                    state => Cell::plain(state),
                },
                if running {
                    Cell::plain(output::duration(app.run_ms))
                } else {
                    Cell::styled("-", FAINT)
                },
                size(app.memory_used),
                if running {
                    Cell::plain(format!("{percent} %"))
                } else {
                    Cell::styled("-", FAINT)
                },
                size(app.memory_peak),
                Cell::plain(output::size(app.memory_quota)),
                Cell::styled(app.reason.as_deref().unwrap_or_default(), BAD),
            ]
        })
        .collect();
    output::table(["NAME", "STATE", "RUNS FOR", "MEMORY", "OF QUOTA", "PEAK", "QUOTA", ""], &rows)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn seen(apps: Value) -> Look {
        let status = json!({
            "device": "virtual", "version": "0.1.0", "wamr": "2.4.3", "abi": 1, "uptime_ms": 61_000,
            "apps": { "installed": 2, "running": 1, "max_running": 4 },
            "memory": { "used": 512, "peak": 600, "total": 1024 },
            "storage": { "free": 1024, "total": 4096 },
            "transfers": [{
                "id": 1, "transport": "http", "sink": "app", "name": "new", "received": 50,
                "size": 100,
            }],
        });
        Look {
            status: serde_json::from_value(status).unwrap(),
            apps: serde_json::from_value(apps).unwrap(),
        }
    }

    fn app(name: &str, state: &str) -> Value {
        json!({
            "name": name, "version": "1.0.0", "state": state, "reason": null, "exit_code": null,
            "size": 1, "capabilities": [], "memory_quota": 65536, "memory_used": 32768,
            "memory_peak": 32768, "run_ms": 1000,
        })
    }

    fn plain(lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn what_runs_comes_first() {
        let look = seen(json!([app("a", "stopped"), app("b", "running")]));
        let lines = plain(&lines("desk", Ok(&look)));
        assert!(lines[0].starts_with("desk  virtual 0.1.0  up 1 min 01 s"), "{lines:?}");
        assert!(lines[2].ends_with("512 B of 1.0 KiB") && lines[2].contains("############-"));
        assert!(lines[4].contains("50 B of 100 B  new"), "{lines:?}");
        assert!(lines[7].starts_with("b     running  1.0 s") && lines[7].contains("50 %"));
        assert!(lines[8].starts_with("a     stopped  -"), "{lines:?}");
    }

    #[test]
    fn a_device_that_went_away_is_said_to_have() {
        let look = seen(json!([]));
        let error = CliError::unreachable("The device is gone.");
        let lines = plain(&lines("desk", Err((&look, &error))));
        assert!(lines.iter().any(|line| line.starts_with("The device is gone.")), "{lines:?}");
    }
}
