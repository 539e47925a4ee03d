// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A whole device on a chip in memory: the real runtime and LittleFS, without a process, a server or
//! a thread that ticks. Requests are given to the runtime as a server would.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akira_abi::CapSet;
use akira_core::registry::Record;
use akira_host::flash::{Geometry, NorFlash};
use akira_host::platform::rf::Rf;
use akira_host::platform::{Console, Host};
use akira_host::storage::Storage;
use akira_runtime::http::{Exchange, Head, Reply};
use akira_runtime::platform::{File, OpenMode, Platform};
use akira_runtime::{Config, Runtime, SignaturePolicy};
use sha2::{Digest, Sha256};

use crate::trace::{Change, Recorder, Trace};

/// The admin token of devices that are given one.
pub const TOKEN: &str = "0123456789abcdef";

/// A file's longest path here is far below this; what nests deeper goes round in circles.
const DEPTH_MAX: usize = 8;

/// What was written to a console.
#[derive(Clone, Default)]
pub struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    /// All of it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Screen {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How devices of a scenario are used.
#[derive(Clone, Default)]
pub struct Owner {
    /// The device makes its admin token itself.
    pub makes_token: bool,
    /// Tokens that were good at some time of the scenario.
    pub tokens: Vec<String>,
}

/// The sizes of a chip with that many cells.
pub fn geometry(cells: &[u8]) -> Geometry {
    Geometry::new(cells.len() as u64).expect("a chip's size")
}

/// A runtime that has not booted yet.
pub fn runtime(
    storage: Storage,
    console: Console,
    token: Option<String>,
) -> Result<Arc<Runtime<Host>>, String> {
    let rf = Rf::open(None).expect("a radio without a port");
    let host = Host::new(storage, console, token, rf);
    let config = Config {
        pool_bytes: 1 << 20,
        exec_timeout_ms: 10_000,
        exec_timeout_max_ms: 10_000,
        signatures: SignaturePolicy::Off,
        grantable: CapSet::ALL,
        health_ms: 5000,
    };
    Runtime::new(host, config).map_err(|error| format!("no start: {error}"))
}

/// A device whose power is on.
pub struct Device {
    runtime: Arc<Runtime<Host>>,
    trace: Trace,
    screen: Screen,
    token: String,
}

impl Device {
    /// Switches a device on that has these cells.
    pub fn on(cells: &[u8], owner: &Owner) -> Result<Self, String> {
        let trace = Trace::default();
        let mut chip = NorFlash::from_cells(geometry(cells), cells.to_vec());
        chip.set_fault_plan(Some(Box::new(Recorder(Arc::clone(&trace)))));
        let storage = Storage::mount(chip).map_err(|error| format!("no mount: {error}"))?;
        let screen = Screen::default();
        let console = Console::new(Box::new(screen.clone()));
        let token = (!owner.makes_token).then(|| TOKEN.to_owned());
        let runtime = runtime(storage, console, token)?;
        runtime.boot().map_err(|error| format!("no boot: {error}"))?;
        let mut device = Self { runtime, trace, screen, token: TOKEN.to_owned() };
        // The newest that is good: nobody guesses.
        for token in owner.tokens.iter().rev() {
            if device.status_with(token) == 200 {
                device.token.clone_from(token);
                break;
            }
        }
        Ok(device)
    }

    /// The runtime.
    pub fn runtime(&self) -> &Arc<Runtime<Host>> {
        &self.runtime
    }

    /// What the chip has done since the power came, or since this was asked for.
    pub fn take_trace(&self) -> Vec<Change> {
        std::mem::take(&mut self.trace.lock().unwrap())
    }

    /// How many operations that were.
    pub fn operations(&self) -> usize {
        self.trace.lock().unwrap().len()
    }

    /// The chip's cells now.
    pub fn cells(&self) -> Vec<u8> {
        self.host().storage().with_chip(|chip| {
            assert_eq!(chip.stats().refused, 0, "littlefs asked for what a chip refuses");
            chip.cells().to_vec()
        })
    }

    /// What the device has said.
    pub fn console(&self) -> String {
        let lines = self.host().console_lines();
        assert!(lines.flush(Duration::from_secs(10)), "the console is stuck");
        self.screen.text()
    }

    /// The device's platform.
    pub fn host(&self) -> &Host {
        self.runtime.platform()
    }

    /// Uses that admin token from now on.
    pub fn use_token(&mut self, token: &str) {
        token.clone_into(&mut self.token);
    }

    fn send(&self, head: &Head<'_>, body: &[u8]) -> Reply {
        let mut exchange = Exchange::begin(&self.runtime, head);
        for piece in body.chunks(1460) {
            if !exchange.wants_body() {
                break;
            }
            exchange.chunk(piece);
        }
        exchange.finish()
    }

    /// 200 for the admin token, 403 for the read token, 401 for one that is good no more.
    fn status_with(&self, token: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        let head = Head { authorization: Some(&bearer), ..Head::new("GET", "/api/v1/keys") };
        self.send(&head, b"").status
    }

    /// One request, with the length of its body when `told`.
    pub fn request(&self, method: &str, path: &str, body: &[u8], told: bool) -> (u16, Vec<u8>) {
        let bearer = format!("Bearer {}", self.token);
        let head = Head {
            authorization: Some(&bearer),
            content_length: told.then_some(body.len() as u64),
            content_type: Some("multipart/form-data; boundary=xx"),
            ..Head::new(method, path)
        };
        let reply = self.send(&head, body);
        (reply.status, reply.body.read_all())
    }

    /// One request that must be answered with `status`.
    pub fn must(&self, status: u16, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let (found, answer) = self.request(method, &format!("/api/v1{path}"), body, true);
        let text = String::from_utf8_lossy(&answer);
        assert_eq!(found, status, "{method} {path}: {text}");
        answer
    }

    /// Installs or updates an app.
    pub fn install(&self, status: u16, name: &str, module: &[u8]) {
        self.must(status, "PUT", &format!("/apps/{name}"), module);
    }

    /// Starts an app and waits until it has ended by itself with exit code 0.
    pub fn run(&self, name: &str) {
        self.must(200, "POST", &format!("/apps/{name}/start"), b"");
        for _ in 0..2000 {
            let answer = self.must(200, "GET", &format!("/apps/{name}"), b"");
            let text = String::from_utf8_lossy(&answer);
            if text.contains(r#""state":"stopped""#) {
                assert!(text.contains(r#""exit_code":0,"#), "{text}");
                return;
            }
            assert!(!text.contains(r#""state":"failed""#), "{text}");
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("{name} does not end");
    }
}

/// All that a device keeps, as far as somebody can tell.
#[derive(Clone, PartialEq, Eq)]
pub struct State {
    /// Every file with its content, every folder.
    pub files: BTreeMap<String, Option<Vec<u8>>>,
    /// What the HTTP API tells of apps, settings, keys, and which tokens are good.
    pub told: Vec<(String, String)>,
    /// Bytes free.
    pub free: u32,
}

impl State {
    /// Of a device that has booted. What must never be is in the error.
    pub fn of(device: &Device, owner: &Owner) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        read_tree(device.host(), "", &mut files, 0)?;
        let mut told = Vec::new();
        for path in ["/api/v1/apps", "/api/v1/config", "/api/v1/keys"] {
            let (status, body) = device.request("GET", path, b"", true);
            if status != 200 {
                return Err(format!("{path} is answered with {status}"));
            }
            told.push((path.to_owned(), String::from_utf8_lossy(&body).into_owned()));
        }
        for token in &owner.tokens {
            told.push((format!("token {token}"), device.status_with(token).to_string()));
        }
        let free = device.host().space().map_err(|errno| format!("no space: {errno}"))?.free;
        let state = Self { files, told, free };
        state.check()?;
        Ok(state)
    }

    /// What holds of every state, whatever happened before.
    fn check(&self) -> Result<(), String> {
        for path in self.files.keys() {
            let name = path.rsplit('/').next().unwrap_or_default();
            if [".tmp", ".next"].iter().any(|end| name.ends_with(end)) || name == ".new" {
                return Err(format!("{path} was left behind"));
            }
        }
        let apps: serde_json::Value =
            serde_json::from_str(&self.told[0].1).map_err(|error| error.to_string())?;
        let apps = apps["apps"].as_array().ok_or("no list of apps")?;
        let modules = self.files.keys().filter(|path| path.ends_with(".wasm")).count();
        if apps.len() != modules {
            return Err(format!("{modules} modules, but {} apps", apps.len()));
        }
        let mut kept = 0;
        for app in apps {
            let name = app["name"].as_str().unwrap_or_default();
            self.check_version(name, &app["sha256"], "wasm", "")?;
            if let Some(sha256) = app["previous"].get("sha256") {
                self.check_version(name, sha256, "old", ".old")?;
                kept += 1;
            }
        }
        let old = self.files.keys().filter(|path| path.ends_with(".old")).count();
        if old != 2 * kept {
            return Err(format!("{kept} previous versions, but {old} files of them"));
        }
        Ok(())
    }

    /// A module is there with a record of its own, and is the one that is told.
    fn check_version(
        &self,
        name: &str,
        told: &serde_json::Value,
        module: &str,
        record: &str,
    ) -> Result<(), String> {
        let content = |path: String| self.files.get(&path).cloned().flatten();
        let module = content(format!("/apps/{name}.{module}")).ok_or("an app without a module")?;
        let record = content(format!("/config/registry/{name}{record}"))
            .and_then(|bytes| Record::decode(&bytes).ok())
            .ok_or_else(|| format!("{name} has no readable record"))?;
        let hash: [u8; 32] = Sha256::digest(&module).into();
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        if record.sha256 != hash || *told != hex.as_str() {
            return Err(format!("{name}: the record is of another module"));
        }
        Ok(())
    }

    /// In which it is not the other; empty when it is the same but for what is free.
    pub fn difference(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for path in self.files.keys().chain(other.files.keys()) {
            if self.files.get(path) != other.files.get(path) {
                found.push(path.clone());
            }
        }
        for ((what, mine), (_, theirs)) in self.told.iter().zip(&other.told) {
            if mine != theirs {
                found.push(what.clone());
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

fn read_tree(
    host: &Host,
    folder: &str,
    files: &mut BTreeMap<String, Option<Vec<u8>>>,
    depth: usize,
) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err(format!("{folder} does not end"));
    }
    let mut entries = Vec::new();
    let path = if folder.is_empty() { "/" } else { folder };
    host.list(path, &mut |name, stat| {
        entries.push((format!("{folder}/{name}"), stat));
        true
    })
    .map_err(|errno| format!("{path} cannot be listed: {errno}"))?;
    for (path, stat) in entries {
        if stat.is_dir {
            read_tree(host, &path, files, depth + 1)?;
            files.insert(path, None);
        } else {
            let content = read(host, &path).map_err(|errno| format!("{path}: {errno}"))?;
            files.insert(path, Some(content));
        }
    }
    Ok(())
}

fn read(host: &Host, path: &str) -> Result<Vec<u8>, akira_abi::Errno> {
    let mut file = host.open(path, OpenMode::READ)?;
    let (mut all, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(all),
            count => all.extend_from_slice(&piece[..count]),
        }
    }
}
