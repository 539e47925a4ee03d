// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! An app's log: a ring of the latest records, bounded in records and in bytes.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;

use akira_abi::LOG_TEXT_MAX;

use crate::rate::Rate;

/// How much a record matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For developers.
    Debug,
    /// Ordinary news.
    Info,
    /// Something failed.
    Error,
}

impl Level {
    /// The name in answers and on the console.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Error => "error",
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Counts up by one from the app's first record since boot.
    pub seq: u32,
    /// Milliseconds since boot.
    pub t_ms: u64,
    /// Its level.
    pub level: Level,
    /// Its text, at most [`LOG_TEXT_MAX`] bytes, in one line.
    pub text: String,
}

/// Records kept at most.
pub const RECORDS_MAX: usize = 64;

/// Bytes of text kept at most.
pub const BYTES_MAX: usize = 4096;

/// The latest records of one app.
#[derive(Debug, Default)]
pub struct LogRing {
    records: VecDeque<LogRecord>,
    bytes: usize,
    next: u32,
}

impl LogRing {
    /// An empty ring.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record and drops the oldest ones that no longer fit.
    pub fn push(&mut self, t_ms: u64, level: Level, text: String) {
        self.bytes += text.len();
        self.records.push_back(LogRecord { seq: self.next, t_ms, level, text });
        self.next = self.next.wrapping_add(1);
        while self.records.len() > RECORDS_MAX || self.bytes > BYTES_MAX {
            if let Some(oldest) = self.records.pop_front() {
                self.bytes -= oldest.text.len();
            }
        }
    }

    /// The records from number `since` on.
    pub fn since(&self, since: u32) -> impl Iterator<Item = &LogRecord> {
        self.records.iter().filter(move |record| record.seq >= since)
    }

    /// The number that the next record will get.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// How many records from number `since` on are no longer kept.
    pub fn dropped(&self, since: u32) -> u32 {
        let oldest = self.records.front().map_or(self.next, |record| record.seq);
        oldest.saturating_sub(since)
    }
}

/// Records that an app may write.
pub const RATE: Rate = Rate { burst: 100, per_second: 50 };

/// Once the bucket was empty, it must fill up to this before records are written again, so that one
/// note tells of many that were dropped.
pub const REOPEN: u32 = RATE.per_second / 2;

/// One line for a device's console: `akira: …` for the device's own news, `[app] level: …` for an
/// app's. Control characters are escaped, so that a line stays one line.
pub fn console_line(level: Level, tag: &str, text: &str) -> String {
    let mut line = match (tag, level) {
        ("akira", Level::Info) => String::from("akira: "),
        ("akira", _) => format!("akira: {}: ", level.name()),
        _ => format!("[{tag}] {}: ", level.name()),
    };
    for letter in text.chars() {
        if letter.is_control() {
            line.extend(letter.escape_default());
        } else {
            line.push(letter);
        }
    }
    line
}

/// Text from an app as one line of a log: at most [`LOG_TEXT_MAX`] bytes, what is not UTF-8
/// replaced, control characters (which could forge lines or steer a terminal) shown as a space.
pub fn clean_text(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(LOG_TEXT_MAX)];
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().chars().map(|c| if c.is_control() { ' ' } else { c }));
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn the_ring_keeps_the_latest_and_counts_what_it_dropped() {
        let mut ring = LogRing::new();
        for i in 0..100u64 {
            ring.push(i, Level::Info, i.to_string());
        }
        let kept: Vec<u32> = ring.since(0).map(|record| record.seq).collect();
        assert_eq!(kept.len(), RECORDS_MAX);
        assert_eq!(kept[0], 36);
        assert_eq!(ring.dropped(0), 36);
        assert_eq!(ring.dropped(99), 0);
        assert_eq!(ring.next(), 100);
        assert_eq!(ring.since(99).count(), 1);
    }

    #[test]
    fn long_texts_push_out_short_ones() {
        let mut ring = LogRing::new();
        for _ in 0..40 {
            ring.push(0, Level::Info, "x".repeat(LOG_TEXT_MAX));
        }
        assert_eq!(ring.since(0).count(), BYTES_MAX / LOG_TEXT_MAX);
    }

    #[test]
    fn console_lines_tell_who_and_how_bad() {
        assert_eq!(console_line(Level::Info, "akira", "ready"), "akira: ready");
        assert_eq!(console_line(Level::Error, "akira", "no"), "akira: error: no");
        assert_eq!(console_line(Level::Debug, "hello", "grüße"), "[hello] debug: grüße");
        assert_eq!(
            console_line(Level::Info, "evil", "a\nakira: ready\r\x1b[2J\u{9b}"),
            "[evil] info: a\\nakira: ready\\r\\u{1b}[2J\\u{9b}"
        );
    }

    #[test]
    fn hostile_text_becomes_one_line() {
        assert_eq!(clean_text(b"a\nb\x1b[2Jc\xff"), "a b [2Jc\u{fffd}");
        assert_eq!(clean_text(&[b'x'; 400]).len(), LOG_TEXT_MAX);
        assert_eq!(clean_text(b"done\n"), "done");
        assert_eq!(clean_text(b""), "");
    }
}
