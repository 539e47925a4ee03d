// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How results look: styles, tables, sizes and times. Colours appear only on a terminal.

use std::io::Write;

use anstyle::{AnsiColor, Style};

/// Names and headings.
pub const STRONG: Style = Style::new().bold();
/// What is less important.
pub const FAINT: Style = Style::new().dimmed();
/// What runs or went well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What deserves a look.
pub const WARN: Style = AnsiColor::Yellow.on_default();
/// What failed.
pub const BAD: Style = AnsiColor::Red.on_default().bold();

/// Prints one line to standard output. A reader that went away (`akira logs | head`) ends the
/// program quietly, as with other tools.
pub fn print_line(line: &str) {
    if writeln!(anstream::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// Whether standard output takes colours.
pub fn colours() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// Prints JSON on one line.
pub fn print_json(value: &serde_json::Value) {
    print_line(&value.to_string());
}

/// Text from a device or a file, made harmless for a terminal: control characters become spaces.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The same, but keeps line ends.
pub fn clean_lines(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    // Tenths by integers: no rounding surprises such as 1024.0 KiB.
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{} KiB", tenths(KIB)),
        _ => format!("{} MiB", tenths(MIB)),
    }
}

/// A span of time for people: `1.204 s`, `3 min 07 s`, `2 h 05 min`, `4 d 01 h`.
pub fn duration(ms: u64) -> String {
    let seconds = ms / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if minutes == 0 {
        format!("{}.{} s", seconds, ms % 1000 / 100)
    } else if hours == 0 {
        format!("{minutes} min {:02} s", seconds % 60)
    } else if days == 0 {
        format!("{hours} h {:02} min", minutes % 60)
    } else {
        format!("{days} d {:02} h", hours % 24)
    }
}

/// A cell of a table: text with a style. The width is counted without the style.
pub struct Cell {
    pub text: String,
    pub style: Style,
}

impl Cell {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: clean(&text.into()), style: Style::new() }
    }

    pub fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: clean(&text.into()), style }
    }
}

/// Prints a table with a heading; columns are as wide as their widest cell.
pub fn print_table<const N: usize>(heading: [&str; N], rows: &[[Cell; N]]) {
    for line in table(heading, rows) {
        print_line(&line);
    }
}

/// The lines of such a table.
pub fn table<const N: usize>(heading: [&str; N], rows: &[[Cell; N]]) -> Vec<String> {
    let mut widths = heading.map(|text| text.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.text.chars().count());
        }
    }
    let heading = heading.map(|text| Cell::styled(text, FAINT));
    let mut lines = Vec::new();
    for row in std::iter::once(&heading).chain(rows) {
        let mut line = String::new();
        for (place, (cell, width)) in row.iter().zip(widths).enumerate() {
            let style = cell.style;
            if !cell.text.is_empty() {
                line.push_str(&format!("{style}{}{style:#}", cell.text));
            }
            if place + 1 < N {
                line.push_str(&" ".repeat(width - cell.text.chars().count() + 2));
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// How much of something is used, as a bar of so many characters.
pub fn gauge(used: u64, total: u64, width: usize) -> String {
    let filled = match total {
        0 => 0,
        _ => (u128::from(used) * width as u128).div_ceil(u128::from(total)) as usize,
    };
    let filled = filled.min(width);
    let style = match used.saturating_mul(10) / total.max(1) {
        0..7 => GOOD,
        7..9 => WARN,
        _ => BAD,
    };
    let (bar, rest) = ("#".repeat(filled), "-".repeat(width - filled));
    format!("[{style}{bar}{style:#}{FAINT}{rest}{FAINT:#}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit_that_fits() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1024), "1.0 KiB");
        assert_eq!(size(65_536 + 512), "64.5 KiB");
        assert_eq!(size(1024 * 1024 - 1), "1023.9 KiB");
        assert_eq!(size(1024 * 1024), "1.0 MiB");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        assert_eq!(duration(1234), "1.2 s");
        assert_eq!(duration(187_000), "3 min 07 s");
        assert_eq!(duration(7_500_000), "2 h 05 min");
        assert_eq!(duration(349_200_000), "4 d 01 h");
    }

    #[test]
    fn a_gauge_is_never_longer_than_it_may_be() {
        let plain = |used, total| anstream::adapter::strip_str(&gauge(used, total, 4)).to_string();
        assert_eq!(plain(0, 100), "[----]");
        assert_eq!(plain(1, 100), "[#---]");
        assert_eq!(plain(100, 100), "[####]");
        assert_eq!(plain(200, 100), "[####]");
        assert_eq!(plain(0, 0), "[----]");
        assert_eq!(plain(u64::MAX, u64::MAX), "[####]");
    }

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        assert_eq!(clean("a\x1b[2Jb\nc"), "a [2Jb c");
        assert_eq!(clean_lines("a\x1b\nc"), "a \nc");
    }
}
