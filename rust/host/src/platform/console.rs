// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's console: one line per record, `akira: text` for the device itself and
//! `[name] level: text` for an app.
//!
//! Contract: a record is one line whatever its text holds. What an app logs cannot look like
//! another app's line or the device's own, nor reach the terminal as a control sequence. A console
//! that nobody reads any more is no error.

use std::io::{self, Write};

use akira_runtime::platform::{Level, console_line};
use parking_lot::Mutex;

/// Where console lines go.
pub struct Console {
    out: Mutex<Box<dyn Write + Send>>,
}

impl Default for Console {
    /// The process's standard output.
    fn default() -> Self {
        Self::new(Box::new(io::stdout()))
    }
}

impl Console {
    /// Writes lines to `out`, each flushed.
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out: Mutex::new(out) }
    }

    /// Throws lines away.
    pub fn sink() -> Self {
        Self::new(Box::new(io::sink()))
    }

    /// Writes one line.
    pub fn line(&self, level: Level, tag: &str, text: &str) {
        let line = console_line(level, tag, text) + "\n";
        let mut out = self.out.lock();
        // Nothing is left to tell when the console itself fails.
        let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_broken_console_is_no_error() {
        struct Broken(Arc<Mutex<u32>>);
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                *self.0.lock() += 1;
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let writes = Arc::new(Mutex::new(0));
        let console = Console::new(Box::new(Broken(Arc::clone(&writes))));
        console.line(Level::Info, "akira", "one");
        console.line(Level::Info, "akira", "two");
        assert_eq!(*writes.lock(), 2);
    }
}
