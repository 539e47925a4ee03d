// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The serial line, from its other end.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use akira_core::link::{Client, LinkError, RequestHead, Response};
use akira_host::Device;
use rustix::fs::OFlags;
use tempfile::TempDir;

use crate::common::{Screen, TOKEN, alone, app, ask, options};

fn device() -> (Device, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let screen = Screen::default();
    let mut options = options(&dir.path().join("flash.bin"), &screen);
    options.serial = true;
    let device = Device::start(options).unwrap();
    let told = format!("akira: serial line at {}\n", device.serial().unwrap());
    assert!(screen.text().contains(&told), "{}", screen.text());
    (device, dir)
}

fn open(device: &Device) -> File {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags((OFlags::NOCTTY | OFlags::NONBLOCK).bits().cast_signed())
        .open(device.serial().unwrap())
        .unwrap()
}

/// Sends `bytes`, as fast as the line takes them, and throws away what comes.
fn send(line: &mut File, bytes: &[u8]) {
    let mut rest = bytes;
    while !rest.is_empty() {
        match line.write(rest) {
            Ok(count) => rest = &rest[count..],
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
        let _ = line.read(&mut [0; 4096]);
    }
}

fn request(
    line: &mut File,
    seed: u32,
    method: &str,
    path: &str,
    body: Vec<u8>,
) -> Result<Response, LinkError> {
    let authorization = format!("Bearer {TOKEN}");
    let began = Instant::now();
    let now = || began.elapsed().as_millis() as u64;
    let mut client = Client::new(seed);
    let head = RequestHead {
        method,
        path: &format!("/api/v1{path}"),
        authorization: Some(&authorization),
        content_length: Some(body.len() as u64),
        content_type: None,
        if_none_match: None,
    };
    client.request(now(), &head, body);
    let (mut out, mut at, mut end) = ([0; 4096], 0, 0);
    loop {
        let mut bytes = [0; 4096];
        let idle = match line.read(&mut bytes) {
            Ok(count) => {
                client.receive(now(), &bytes[..count]);
                count == 0
            }
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        };
        if at == end {
            (at, end) = (0, client.transmit(now(), &mut out));
        }
        if at < end {
            match line.write(&out[at..end]) {
                Ok(count) => at += count,
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        } else if let Some(result) = client.poll() {
            return result;
        } else if idle {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn requests_go_over_the_line() {
    let _alone = alone();
    let (device, _dir) = device();
    let mut line = open(&device);
    let module = app("hello", false, 60_000);
    let put = request(&mut line, 1, "PUT", "/apps/hello", module).unwrap();
    assert_eq!(put.status, 201, "{put:?}");
    let get = request(&mut line, 2, "GET", "/apps/hello", Vec::new()).unwrap();
    let over_http = ask(&device, "GET", "/apps/hello", b"");
    assert_eq!((get.status, get.body), (200, over_http.body.into_bytes()));
    assert_eq!(request(&mut line, 3, "GET", "/nothing", Vec::new()).unwrap().status, 404);
}

#[test]
fn the_line_survives_noise_and_whoever_leaves_it() {
    let _alone = alone();
    let (device, _dir) = device();
    for round in 0..4_u32 {
        let mut line = open(&device);
        // Noise of every byte there is, and the beginning of a frame.
        let noise: Vec<u8> =
            (0..20_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        send(&mut line, &noise[..usize::try_from(round).unwrap() * 5_000]);
        let status = request(&mut line, round, "GET", "/status", Vec::new()).unwrap();
        assert_eq!(status.status, 200);
    }
    // Gone in the middle of an upload, and what it was sent is not read.
    let mut line = open(&device);
    let authorization = format!("Bearer {TOKEN}");
    let mut client = Client::new(99);
    let head = RequestHead {
        method: "PUT",
        path: "/api/v1/apps/hello",
        authorization: Some(&authorization),
        content_length: Some(50_000),
        content_type: None,
        if_none_match: None,
    };
    client.request(0, &head, app("hello", false, 50_000));
    let mut out = [0; 4096];
    for now in (0..2_000).step_by(100) {
        let count = client.transmit(now, &mut out);
        let _ = line.write(&out[..count]);
        std::thread::sleep(Duration::from_millis(2));
        if now == 1_000 {
            let count = line.read(&mut out).unwrap_or(0);
            client.receive(now, &out[..count]);
        }
    }
    drop(line);
    let mut line = open(&device);
    let put = request(&mut line, 7, "PUT", "/apps/hello", app("hello", false, 20_000)).unwrap();
    assert_eq!(put.status, 201, "{put:?}");
    drop(line);
    device.stop();
}
