// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The threads that hand on what happens by itself: input events and radio packets.

use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use akira_runtime::Runtime;

use crate::platform::Host;
use crate::platform::rf::PACKET_MAX;

/// Hands on until it is dropped. After that the device takes in nothing more.
pub struct Intake {
    runtime: Arc<Runtime<Host>>,
    threads: Vec<JoinHandle<()>>,
}

impl Intake {
    /// Begins to hand on.
    pub fn start(runtime: Arc<Runtime<Host>>) -> io::Result<Self> {
        let mut intake = Self { runtime, threads: Vec::new() };
        // What was started ends with the intake, also when the next one does not start.
        intake.thread("akira-input", |runtime| {
            while let Some(event) = runtime.platform().input_line().next() {
                runtime.input(event);
            }
        })?;
        intake.thread("akira-rf", |runtime| {
            let mut packet = [0; PACKET_MAX];
            while let Some((length, strength)) = runtime.platform().radio().receive(&mut packet) {
                runtime.rf_received(&packet[..length], strength);
            }
        })?;
        Ok(intake)
    }

    fn thread(&mut self, name: &str, body: fn(&Arc<Runtime<Host>>)) -> io::Result<()> {
        let runtime = Arc::clone(&self.runtime);
        let thread = Builder::new().name(name.to_owned()).spawn(move || body(&runtime))?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.runtime.platform().input_line().close();
        self.runtime.platform().radio().close();
        for thread in self.threads.drain(..) {
            // It only fails when the thread panicked, which was reported then.
            let _ = thread.join();
        }
    }
}
