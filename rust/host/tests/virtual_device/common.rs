// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A virtual device under test, a plain TCP client for it, and apps to install.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use akira_core::manifest::Draft;
use akira_core::module::{SECTION_CBOR, SECTION_JSON, append_custom_section};
use akira_host::platform::Console;
use akira_host::{Device, SimError, SimOptions};
use tempfile::TempDir;

/// The admin token of the devices under test.
pub const TOKEN: &str = "0123456789abcdef";

/// The engine is one for the process, so devices take turns.
pub fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a device wrote to its console.
#[derive(Clone, Default)]
pub struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    /// All of it.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
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

/// Options for a device on `flash` that listens on a free port.
pub fn options(flash: &Path, screen: &Screen) -> SimOptions {
    SimOptions {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        token: Some(TOKEN.to_owned()),
        console: Console::new(Box::new(screen.clone())).into(),
        ..SimOptions::new(flash)
    }
}

/// Starts a device on `flash`.
pub fn start(flash: &Path) -> Result<Device, SimError> {
    Device::start(options(flash, &Screen::default()))
}

/// A device on a flash of its own, in a folder that goes after it.
pub fn device() -> (Device, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (start(&dir.path().join("flash.bin")).unwrap(), dir)
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head's fields, as they came.
    pub fields: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The error code of an error answer.
    pub fn code(&self) -> &str {
        let start = r#"{"error":{"code":""#;
        let rest = self.body.strip_prefix(start).unwrap_or_else(|| panic!("{self:?}"));
        &rest[..rest.find('"').unwrap()]
    }
}

/// Connects to a device; reads give up after a while.
pub fn connect(device: &Device) -> TcpStream {
    let stream = TcpStream::connect(device.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Reads one answer.
pub fn answer(stream: &mut impl Read) -> io::Result<Answer> {
    let (status, fields) = answer_head(stream)?;
    let field = |name: &str| fields.lines().find_map(|field| field.strip_prefix(name));
    let mut body = Vec::new();
    if let Some(length) = field("content-length: ") {
        body.resize(length.parse().unwrap(), 0);
        stream.read_exact(&mut body)?;
    } else if field("transfer-encoding: ") == Some("chunked") {
        loop {
            let mut chunk = vec![0; usize::from_str_radix(line(stream)?.trim_end(), 16).unwrap()];
            stream.read_exact(&mut chunk)?;
            body.extend_from_slice(&chunk);
            line(stream)?;
            if chunk.is_empty() {
                break;
            }
        }
    }
    Ok(Answer { status, fields, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Reads the head of an answer: its status and its fields.
pub fn answer_head(stream: &mut impl Read) -> io::Result<(u16, String)> {
    let first = line(stream)?;
    let status = first.split(' ').nth(1).unwrap().parse().unwrap();
    let mut fields = String::new();
    loop {
        let field = line(stream)?;
        if field == "\r\n" {
            return Ok((status, fields));
        }
        fields += &field;
    }
}

fn line(stream: &mut impl Read) -> io::Result<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        line.push(byte[0]);
    }
    Ok(String::from_utf8(line).unwrap())
}

/// A request's head with the token.
pub fn head(method: &str, path: &str, fields: &str) -> String {
    format!(
        "{method} /api/v1{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n{fields}\r\n"
    )
}

/// One whole request on a connection of its own.
pub fn ask(device: &Device, method: &str, path: &str, body: &[u8]) -> Answer {
    let mut stream = connect(device);
    let length = format!("content-length: {}\r\n", body.len());
    stream.write_all(head(method, path, &length).as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    answer(&mut stream).unwrap()
}

/// Sends `bytes`, then nothing more, and reads one answer.
pub fn ask_raw(device: &Device, bytes: &[u8]) -> io::Result<Answer> {
    let mut stream = connect(device);
    stream.write_all(bytes)?;
    stream.shutdown(Shutdown::Write)?;
    answer(&mut stream)
}

/// A module that exports `_start`, which returns at once or never, made about `size` bytes long.
pub fn app(name: &str, loops: bool, size: usize) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0".to_vec();
    module.extend_from_slice(b"\x07\x0a\x01\x06_start\0\0");
    module.extend_from_slice(if loops {
        b"\x0a\x09\x01\x07\0\x03\x40\x0c\0\x0b\x0b".as_slice()
    } else {
        b"\x0a\x04\x01\x02\0\x0b".as_slice()
    });
    // Long texts, so that a record of it needs a block of its own.
    let long = "x".repeat(128);
    let manifest = format!(
        r#"{{"name":"{name}","version":"1.0.0","description":"{long}","author":"{long}"}}"#
    );
    append_custom_section(&mut module, SECTION_JSON, manifest.as_bytes());
    let filler: Vec<u8> = (0..size.saturating_sub(module.len())).map(|at| (at / 7) as u8).collect();
    append_custom_section(&mut module, "filler", &filler);
    module
}

/// What a manifest must have, with these capabilities.
pub fn manifest(name: &str, capabilities: &[&str]) -> Draft {
    Draft {
        name: Some(name.to_owned()),
        version: Some("1.0.0".to_owned()),
        capabilities: capabilities.iter().map(|&name| name.to_owned()).collect(),
        memory_quota: Some(512 * 1024),
        ..Draft::default()
    }
}

/// Installs and starts an app, given as the text of a module.
pub fn launch(device: &Device, manifest: &Draft, code: &str) {
    let mut module = wat::parse_str(code).unwrap();
    append_custom_section(&mut module, SECTION_CBOR, &manifest.to_cbor().unwrap());
    let path = format!("/apps/{}", manifest.name.as_ref().unwrap());
    let answer = ask(device, "PUT", &path, &module);
    assert_eq!(answer.status, 201, "{answer:?}");
    let answer = ask(device, "POST", &format!("{path}/start"), b"");
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// Waits until an app has ended by itself and returns its exit code.
pub fn exit_code(device: &Device, name: &str) -> i32 {
    loop {
        let answer = ask(device, "GET", &format!("/apps/{name}"), b"");
        if !answer.body.contains(r#""state":"running""#) {
            let rest = answer.body.split(r#""exit_code":"#).nth(1).unwrap();
            return rest[..rest.find(',').unwrap()]
                .parse()
                .unwrap_or_else(|error| panic!("{error}: {answer:?}"));
        }
        sleep(Duration::from_millis(10));
    }
}
