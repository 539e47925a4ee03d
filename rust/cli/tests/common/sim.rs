// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A real virtual device for a test.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use super::{Run, akira_in, command};

pub const TOKEN: &str = "00112233445566778899aabbccddeeff";

/// A virtual device in a process of its own, which ends with the test.
pub struct Sim {
    process: Child,
    pub url: String,
}

impl Sim {
    /// Starts one with its flash in this folder.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same, with further options.
    pub fn start_with(folder: &Path, options: &[&str]) -> Self {
        let usual = ["sim", "--listen", "127.0.0.1:0", "--flash", "flash.bin"];
        let mut process = command(&[&usual, options].concat())
            .current_dir(folder)
            .env("AKIRA_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("HTTP API at ")?.1.to_owned()))
            .expect("the device comes up");
        // The rest of its console goes nowhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url }
    }

    /// Runs the program against this device, in a folder.
    pub fn akira(&self, folder: &Path, args: &[&str]) -> Run {
        let with_device = [args, &["--device", &self.url, "--token", TOKEN]].concat();
        akira_in(folder, &with_device)
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        // Killed like a device that loses its power. It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
