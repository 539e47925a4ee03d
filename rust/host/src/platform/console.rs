// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's console: one line per record, `akira: text` for the device itself and
//! `[name] level: text` for an app.
//!
//! Contract: a record is one line whatever its text holds. What an app logs cannot look like
//! another app's line or the device's own, nor reach the terminal as a control sequence. Writing a
//! line never waits for whoever reads the console: lines queue for a thread of the console's own,
//! and when too many wait, the next ones are lost, with a line that tells how many. A console that
//! nobody reads any more is no error.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use akira_runtime::platform::{Level, console_line};
use parking_lot::{Condvar, Mutex};

/// How many lines wait for the reader at most.
const QUEUE: usize = 1024;
/// How long the last lines may take when the console goes.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Where console lines go.
pub struct Console {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// There is something to write, or the console goes.
    filled: Condvar,
    /// Everything is written.
    emptied: Condvar,
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<String>,
    /// How many lines were lost after those in the queue.
    lost: u64,
    /// The writer is at a line that is no longer in the queue.
    writing: bool,
    ended: bool,
}

impl Default for Console {
    /// The process's standard output.
    fn default() -> Self {
        Self::new(Box::new(io::stdout()))
    }
}

impl Console {
    /// Writes lines to `out`, each flushed.
    pub fn new(mut out: Box<dyn Write + Send>) -> Self {
        let shared = Arc::new(Shared::default());
        let lines = Arc::clone(&shared);
        let write = move || {
            while let Some(line) = lines.next() {
                // Nothing is left to tell when the console itself fails.
                let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
            }
        };
        // A system that gives no thread gives none to the device either, which then says so.
        let writer = Builder::new().name("akira-console".to_owned()).spawn(write).ok();
        Self { shared, writer }
    }

    /// Throws lines away.
    pub fn sink() -> Self {
        Self::new(Box::new(io::sink()))
    }

    /// Writes one line, now or when the lines before it are written.
    pub fn line(&self, level: Level, tag: &str, text: &str) {
        let line = console_line(level, tag, text) + "\n";
        let mut queue = self.shared.queue.lock();
        // Once lines were lost, the line that tells so comes before whatever follows.
        if queue.lost > 0 || queue.lines.len() == QUEUE {
            queue.lost += 1;
        } else {
            queue.lines.push_back(line);
            self.shared.filled.notify_one();
        }
    }

    /// Waits until every line so far is written, at most for `timeout`; whether they are.
    pub fn flush(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let mut queue = self.shared.queue.lock();
        while queue.writing || queue.lost > 0 || !queue.lines.is_empty() {
            if self.shared.emptied.wait_until(&mut queue, deadline).timed_out() {
                return false;
            }
        }
        true
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let Some(writer) = self.writer.take() else { return };
        let written = self.flush(LAST_LINES);
        self.shared.queue.lock().ended = true;
        self.shared.filled.notify_one();
        // A writer that is stuck stays behind until its reader takes or leaves what it has.
        if written {
            // It only fails when the thread panicked, which was reported then.
            let _ = writer.join();
        }
    }
}

impl Shared {
    /// Waits for the next line to write, the line before having been written; `None` at the end.
    fn next(&self) -> Option<String> {
        let mut queue = self.queue.lock();
        queue.writing = false;
        loop {
            let line = queue.lines.pop_front().or_else(|| queue.take_note());
            if line.is_some() {
                queue.writing = true;
                return line;
            }
            self.emptied.notify_all();
            if queue.ended {
                return None;
            }
            self.filled.wait(&mut queue);
        }
    }
}

impl Queue {
    fn take_note(&mut self) -> Option<String> {
        let lost = std::mem::take(&mut self.lost);
        let text = format!("{lost} lines were lost here: nobody read the console in time");
        (lost > 0).then(|| console_line(Level::Error, "akira", &text) + "\n")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver, Sender};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

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
        drop(console);
        assert_eq!(*writes.lock(), 2);
    }

    /// Takes a line only when it is let, and hands it on.
    struct Slow {
        let_through: Receiver<()>,
        lines: Sender<String>,
    }

    impl Write for Slow {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            // Once nobody holds the other end any more, everything is let through.
            let _ = self.let_through.recv();
            self.lines.send(String::from_utf8(data.to_vec()).unwrap()).unwrap();
            Ok(data.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow() -> (Console, Sender<()>, Receiver<String>) {
        let ((hold, let_through), (lines, shown)) = (mpsc::channel(), mpsc::channel());
        (Console::new(Box::new(Slow { let_through, lines })), hold, shown)
    }

    #[test]
    fn nobody_waits_for_a_reader_and_lost_lines_are_told() {
        let (console, hold, shown) = slow();
        console.line(Level::Info, "akira", "first");
        // The writer is stuck at the first line when the others come.
        while !console.shared.queue.lock().writing {
            std::thread::yield_now();
        }
        for number in 0..QUEUE + 7 {
            console.line(Level::Info, "akira", &number.to_string());
        }
        assert!(!console.flush(Duration::ZERO));
        // Room for one line: what comes now would hide that others are missing before it.
        hold.send(()).unwrap();
        assert_eq!(shown.recv_timeout(LONG).unwrap(), "akira: first\n");
        console.line(Level::Info, "akira", "late");
        drop(hold);
        assert!(console.flush(LONG));
        console.line(Level::Info, "akira", "after");
        drop(console);
        let lines: Vec<_> = shown.iter().collect();
        assert_eq!(lines.len(), QUEUE + 2);
        assert_eq!(lines[QUEUE - 1], format!("akira: {}\n", QUEUE - 1));
        assert!(lines[QUEUE].contains("8 lines were lost"), "{}", lines[QUEUE]);
        assert_eq!(lines[QUEUE + 1], "akira: after\n");
    }

    #[test]
    fn a_stuck_reader_does_not_keep_the_console_from_its_end() {
        let (console, hold, shown) = slow();
        console.line(Level::Info, "akira", "stuck");
        drop(console);
        assert!(shown.try_recv().is_err());
        drop(hold);
        assert_eq!(shown.recv_timeout(LONG).unwrap(), "akira: stuck\n");
    }
}
