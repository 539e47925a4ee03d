// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How far long steps are: a line on standard error, on a terminal only, which goes away when the
//! step is over.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far one step is.
pub struct Bar(ProgressBar);

impl Bar {
    /// So many bytes have to be carried, if that is known.
    pub fn bytes(total: Option<u64>) -> Self {
        match total {
            Some(total) => Self::new(
                ProgressBar::new(total),
                "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
            ),
            None => Self::new(ProgressBar::no_length(), "{spinner} {bytes}, {bytes_per_sec}"),
        }
    }

    /// Something goes on whose end nobody knows.
    pub fn busy(what: String) -> Self {
        let bar = Self::new(ProgressBar::no_length(), "{spinner} {msg}, {elapsed}");
        bar.0.set_message(what);
        bar.0.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    fn new(bar: ProgressBar, template: &str) -> Self {
        if !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template(template);
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// So much was done before this began.
    pub fn done_before(self, count: u64) -> Self {
        self.0.set_position(count);
        self.0.reset_eta();
        self
    }

    /// So much more is done.
    pub fn add(&self, count: u64) {
        self.0.inc(count);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        // So that it is not left in the middle of what is printed next.
        self.0.finish_and_clear();
    }
}
