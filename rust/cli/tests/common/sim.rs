// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A real virtual device for a test.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use serde_json::Value;

use super::{Run, akira_in, command};

pub const TOKEN: &str = "00112233445566778899aabbccddeeff";

/// A virtual device in a process of its own, which ends with the test.
pub struct Sim {
    process: Child,
    pub url: String,
    /// What it said before it was ready.
    pub console: Vec<String>,
}

impl Sim {
    /// Starts one with its flash in this folder.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same, with further options.
    pub fn start_with(folder: &Path, options: &[&str]) -> Self {
        let usual = ["sim", "--flash", "flash.bin"];
        let free = if options.contains(&"--listen") { "" } else { "--listen=127.0.0.1:0" };
        let free = Some(free).filter(|option| !option.is_empty());
        let mut process = command(&[&usual, options, free.as_slice()].concat())
            .current_dir(folder)
            .env("AKIRA_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut console = Vec::new();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .inspect(|line| console.push(line.clone()))
            .find_map(|line| Some(line.split_once("HTTP API at ")?.1.to_owned()))
            .expect("the device comes up");
        // The rest of its console goes nowhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url, console }
    }

    /// What comes behind these words on the console.
    #[track_caller]
    pub fn said(&self, words: &str) -> &str {
        let behind = |line: &'_ String| line.find(words).map(|at| at + words.len());
        let found = self.console.iter().find_map(|line| Some(line[behind(line)?..].trim()));
        found.unwrap_or_else(|| panic!("{words}: {:?}", self.console))
    }

    /// The address of its serial line.
    #[track_caller]
    pub fn serial(&self) -> String {
        format!("serial:{}", self.said("serial line at "))
    }

    /// Runs the program against this device, in a folder.
    pub fn akira(&self, folder: &Path, args: &[&str]) -> Run {
        self.akira_over(&self.url, folder, args)
    }

    /// The same, by another of its addresses.
    pub fn akira_over(&self, address: &str, folder: &Path, args: &[&str]) -> Run {
        akira_in(folder, &[args, &["--device", address, "--token", TOKEN]].concat())
    }

    /// Starts the program against this device, for what does not end by itself.
    pub fn follow(&self, address: &str, folder: &Path, args: &[&str]) -> Follower {
        let args = [args, &["--device", address, "--token", TOKEN]].concat();
        let mut process =
            command(&args).current_dir(folder).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Follower { process, lines }
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        // Killed like a device that loses its power. It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program that goes on until the test has seen enough.
pub struct Follower {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Follower {
    /// The first line from now on that is wanted. Without one the test would wait until somebody
    /// ends it, or the program does.
    #[track_caller]
    pub fn find(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        let mut seen = Vec::new();
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            if wanted(&line) {
                return line;
            }
            seen.push(line);
        }
        panic!("it ended after {seen:#?}");
    }

    /// The same with lines that are JSON.
    #[track_caller]
    pub fn find_json(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let read = |line: &str| serde_json::from_str::<Value>(line).expect("JSON");
        read(&self.find(|line| wanted(&read(line))))
    }
}

impl Follower {
    /// Waits for the program to end by itself, and with which code.
    pub fn end(mut self) -> Option<i32> {
        self.lines.by_ref().for_each(drop);
        self.process.wait().unwrap().code()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
