// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Counts seconds and keeps the count in a file, so that it goes on where it was after the app or
//! the device restarts.
//!
//! The new count is written beside the old one and then renamed over it: whenever the power goes,
//! one of the two is there, whole.

#![no_std]

use core::time::Duration;

use akira_sdk::{Error, Result, fs, log, log_error, time};

const FILE: &str = "count";
const NEW_FILE: &str = "count.new";
const SECOND: Duration = Duration::from_secs(1);

akira_sdk::entry!(main);

fn main() -> Result<()> {
    let mut count = load()?;
    log!("going on from {count}");
    loop {
        count = count.wrapping_add(1);
        save(count)?;
        log!("count is {count}");
        time::sleep(SECOND);
    }
}

/// The count in the file; 0 when there is none or when it makes no sense.
fn load() -> Result<u32> {
    let mut file = match fs::File::open(FILE) {
        Err(Error::NOT_FOUND) => return Ok(0),
        opened => opened?,
    };
    let mut text = [0; 16];
    let text = file.read_all(&mut text)?;
    let count = core::str::from_utf8(text).ok().and_then(|text| text.trim_ascii().parse().ok());
    if count.is_none() {
        log_error!("the file {FILE} has no number in it; starting at 0");
    }
    Ok(count.unwrap_or(0))
}

fn save(count: u32) -> Result<()> {
    let mut digits = [0; 10];
    let mut file = fs::File::create(NEW_FILE)?;
    file.write_all(decimal(count, &mut digits))?;
    file.close()?;
    fs::rename(NEW_FILE, FILE)
}

/// The number as text.
fn decimal(mut number: u32, digits: &mut [u8; 10]) -> &[u8] {
    let mut start = digits.len();
    for place in (0..digits.len()).rev() {
        start = place;
        digits[place] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    &digits[start..]
}
