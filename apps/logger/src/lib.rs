// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A sensor logger: once a second it writes what the sensors measure into `log.csv`, one line with
//! the time since boot in milliseconds and a column for each sensor that the device has and the
//! manifest's scope admits. What cannot be read leaves its column empty.
//!
//! A file that has grown to its limit becomes `log.1.csv`, the one before it `log.2.csv`, and the
//! one before that is dropped. The period and the limit are settings in the key-value store,
//! `period_ms` and `limit_bytes`, kept there as text at the first start.

#![no_std]

use core::fmt::Write;
use core::time::Duration;

use akira_sdk::fs::{self, OpenOptions};
use akira_sdk::sensor::{self, Sensor};
use akira_sdk::text::{Fixed, Text};
use akira_sdk::{Error, Result, kv, log, log_error, time};

const CURRENT: &str = "log.csv";
/// From the newest to the oldest.
const OLDER: [&str; 2] = ["log.1.csv", "log.2.csv"];

const PERIOD_MS: (&str, u32) = ("period_ms", 1000);
const LIMIT_BYTES: (&str, u32) = ("limit_bytes", 16 * 1024);

type Line = Text<192>;

akira_sdk::entry!(main);

fn main() -> Result<()> {
    let period = Duration::from_millis(setting(PERIOD_MS)?.max(10).into());
    let limit = setting(LIMIT_BYTES)?.max(256) as usize;
    let mut ids = [0; 32];
    let ids = sensor::ids(&mut ids)?;
    log!("logging {} sensors every {} ms", ids.len(), period.as_millis());
    loop {
        let mut line = Line::new();
        measure(ids, &mut line);
        append(ids, &line, limit)?;
        log!("{}", line.trim_end());
        time::sleep(period);
    }
}

/// A setting; the first start writes its default down.
fn setting((key, default): (&str, u32)) -> Result<u32> {
    let mut value = [0; 16];
    if let Some(text) = kv::get_text(key, &mut value)? {
        return Ok(text.trim().parse().unwrap_or_else(|_| {
            log_error!("the setting {key} is no number; taking {default}");
            default
        }));
    }
    let mut text = Text::<16>::new();
    // Any number fits.
    let _ = write!(text, "{default}");
    kv::set(key, text.as_bytes())?;
    Ok(default)
}

/// One line of the file. All sensors of a device fit.
fn measure(ids: &[u8], line: &mut Line) {
    let _ = write!(line, "{}", time::since_boot().as_millis() as u64);
    for id in ids {
        let _ = match sensor::read(*id) {
            Ok(value) => write!(line, ",{}", Fixed::new(value, 2)),
            Err(_) => line.write_char(','),
        };
    }
    let _ = line.write_char('\n');
}

fn append(ids: &[u8], line: &str, limit: usize) -> Result<()> {
    let size = match fs::size(CURRENT) {
        Ok(size) if size + line.len() <= limit => size,
        Ok(_) => {
            rotate()?;
            0
        }
        Err(Error::NOT_FOUND) => 0,
        Err(error) => return Err(error),
    };
    let mut file = OpenOptions::new().write().create().append().open(CURRENT)?;
    if size == 0 {
        file.write_all(heading(ids).as_bytes())?;
    }
    file.write_all(line.as_bytes())?;
    // Written is what is closed: a power cut after this costs nothing.
    file.close()
}

fn heading(ids: &[u8]) -> Line {
    let mut line = Line::new();
    let _ = line.write_str("uptime_ms");
    for id in ids {
        let _ = match Sensor::from_id(*id) {
            Some(sensor) => write!(line, ",{}", sensor.name()),
            None => write!(line, ",sensor_{id}"),
        };
    }
    let _ = line.write_char('\n');
    line
}

/// Makes room for a new file.
fn rotate() -> Result<()> {
    let [newer, oldest] = OLDER;
    for (from, to) in [(newer, oldest), (CURRENT, newer)] {
        match fs::rename(from, to) {
            // After a power cut in the middle there may be nothing to rename.
            Ok(()) | Err(Error::NOT_FOUND) => {}
            Err(error) => return Err(error),
        }
    }
    log!("{CURRENT} is full; it is {newer} now");
    Ok(())
}
