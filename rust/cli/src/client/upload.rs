// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The body of an upload: bytes that move a progress bar while they are read.

use std::io::{self, IsTerminal, Read};

use indicatif::{ProgressBar, ProgressStyle};

/// Reads from a slice. The bar is drawn on standard error, and only on a terminal.
pub struct Progress<'a> {
    rest: &'a [u8],
    bar: ProgressBar,
}

impl<'a> Progress<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let bar = if io::stderr().is_terminal() {
            ProgressBar::new(bytes.len() as u64).with_style(style())
        } else {
            ProgressBar::hidden()
        };
        Self { rest: bytes, bar }
    }

    /// Takes the bar away, so that it is not left in the middle of what is printed next.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

impl Read for Progress<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.rest.read(out)?;
        self.bar.inc(count as u64);
        Ok(count)
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
