// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The thread that lets the runtime look after its apps: watchdog and restarts.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use akira_runtime::Runtime;
use akira_runtime::platform::TICK_MS;

use crate::platform::Host;

/// Ticks until it is dropped.
pub struct Ticker {
    /// Nothing is ever sent; that it is gone ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// Begins to tick.
    pub fn start(runtime: Arc<Runtime<Host>>) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        let pause = Duration::from_millis(TICK_MS.into());
        let thread = Builder::new().name("akira-tick".to_owned()).spawn(move || {
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                runtime.tick();
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It only fails when the thread panicked, which was reported then.
            let _ = thread.join();
        }
    }
}
