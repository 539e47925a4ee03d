// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How firmware looks to people.

use crate::client::types::{Firmware, Slot};
use crate::output::{self, BAD, Cell, FAINT, GOOD, STRONG, WARN};

/// Digits of a SHA-256 that are enough to tell images apart.
const DIGITS: usize = 16;

/// All of it.
pub fn state(firmware: &Firmware) {
    let rows: Vec<_> = firmware.slots.iter().map(row).collect();
    output::print_table(["SLOT", "STATE", "VERSION", "SIZE", "SHA-256", "COUNTER"], &rows);
    for slot in &firmware.slots {
        if let Some(reason) = &slot.reason {
            let (slot, reason) = (output::clean(&slot.slot), output::clean(reason));
            output::print_line(&format!("{BAD}{slot}:{BAD:#} {reason}"));
        }
    }
    output::print_line("");
    if let Some(upload) = &firmware.upload {
        let size = upload.size.map(|size| format!(" of {}", output::size(size)));
        let text = format!("{}{}", output::size(upload.offset), size.unwrap_or_default());
        let what = if upload.active { "under way" } else { "broke off, and can go on" };
        line("Upload", &format!("{text}, {what}"));
    }
    line("Next boot", next_boot(firmware));
    let health = &firmware.health;
    line(
        "Health",
        &match (&health.reason, health.left_ms) {
            (Some(reason), _) => format!("{}: {reason}", health.state),
            (None, Some(left)) => {
                format!("{}, {} left", health.state, output::duration(left))
            }
            (None, None) => health.state.clone(),
        },
    );
    line("Boots", &boots(firmware));
    line(
        "Last",
        &match &firmware.last {
            None => "no update yet".to_owned(),
            Some(last) => {
                let reason = last.reason.as_ref().map(|reason| format!(": {reason}"));
                let verdict = match last.verdict.as_str() {
                    "open" => "is not decided yet",
                    verdict => verdict,
                };
                format!("{} {verdict}{}", last.version, reason.unwrap_or_default())
            }
        },
    );
    if firmware.keys.is_empty() {
        line("Keys", "none");
    }
    for (place, key) in firmware.keys.iter().enumerate() {
        let label = if place == 0 { "Keys" } else { "" };
        line(label, &format!("{} {}", key.kind, begin(&key.sha256)));
    }
}

fn line(label: &str, text: &str) {
    output::print_line(&format!("{STRONG}{label:<11}{STRONG:#}{}", output::clean(text)));
}

fn row(slot: &Slot) -> [Cell; 6] {
    let style = match slot.state.as_str() {
        "running" | "ready" => GOOD,
        "trial" | "pending" | "partial" | "receiving" => WARN,
        "bad" => BAD,
        _ => FAINT,
    };
    let cell = |text: Option<String>| match text {
        Some(text) => Cell::plain(text),
        None => Cell::styled("-", FAINT),
    };
    let image = slot.image.as_ref();
    [
        Cell::styled(slot.slot.as_str(), STRONG),
        Cell::styled(slot.state.as_str(), style),
        cell(image.map(|image| image.version.clone())),
        cell(image.map(|image| output::size(image.size))),
        cell(image.map(|image| begin(&image.sha256))),
        cell(image.and_then(|image| image.security_counter).map(|counter| counter.to_string())),
    ]
}

fn begin(sha256: &str) -> String {
    sha256.chars().take(DIGITS).collect()
}

fn next_boot(firmware: &Firmware) -> &str {
    match firmware.swap.as_str() {
        "none" => "the same firmware",
        "test" => "tries the image in the secondary slot",
        "permanent" => "swaps the slots for good",
        "revert" => "goes back, unless this firmware is confirmed before",
        other => other,
    }
}

fn boots(firmware: &Firmware) -> String {
    let count = match firmware.boots {
        0 => "none in a row that did not last".to_owned(),
        1 => "1 that has not lasted yet".to_owned(),
        count => format!("{count} in a row that did not last"),
    };
    let safe = "; safe mode: no app has started by itself";
    if firmware.safe_mode { count + safe } else { count }
}

/// What came of `test`, `confirm` or `revert`.
pub fn changed(what: &str, firmware: &Firmware) {
    let version = |slot: usize| {
        let image = firmware.slots[slot].image.as_ref();
        image.map_or("the firmware".to_owned(), |image| output::clean(&image.version))
    };
    output::print_line(&match (what, firmware.swap.as_str()) {
        ("test", _) => {
            format!(
                "{GOOD}pending{GOOD:#} {STRONG}{}{STRONG:#} is tried at the next boot",
                version(1)
            )
        }
        ("confirm", _) => format!("{GOOD}confirmed{GOOD:#} {STRONG}{}{STRONG:#}", version(0)),
        (_, "none") => format!("{GOOD}called off{GOOD:#}: the next boot changes nothing"),
        _ => format!("{GOOD}going back{GOOD:#} to {STRONG}{}{STRONG:#} by a restart", version(1)),
    });
}
