// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Exit codes and messages when there is no device, or something else in its place.

mod common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use common::{EMPTY, akira, akira_in};

/// The address of a server that answers one request with these bytes.
fn one_answer(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 2048];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(answer);
    });
    format!("http://{address}")
}

#[test]
fn nobody_listens() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let device = format!("127.0.0.1:{port}");
    let run = akira(&["status", "--device", &device, "--json"]);
    assert!(run.err.contains("akira sim"), "{}", run.err);
    assert_eq!(run.error(3), "unreachable");
}

#[test]
fn somebody_else_listens() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ] {
        let run = akira(&["apps", "--device", &one_answer(answer)]);
        assert_eq!(run.code, Some(3), "{:?}: {}", String::from_utf8_lossy(answer), run.err);
        assert!(run.out.is_empty());
    }
}

#[test]
fn what_a_device_refuses_has_the_devices_words() {
    let answer = b"HTTP/1.1 409 Conflict\r\nContent-Length: 75\r\n\r\n\
        {\"error\":{\"code\":\"not_running\",\"message\":\"hello\\u001b[2J is not running.\"}}";
    let run = akira(&["stop", "hello", "--device", &one_answer(answer), "--json"]);
    assert!(run.err.contains("is not running."), "{}", run.err);
    assert!(!run.err.contains('\x1b'), "a device does not steer the terminal");
    assert_eq!(run.error(1), "not_running");
}

#[test]
fn what_is_no_whole_picture_is_not_saved() {
    let folder = tempfile::TempDir::new().unwrap();
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\x89PNG\r\n\x1a\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x89PNG\r\n\x1a\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
    ] {
        let args = ["screenshot", "-o", "shot.png", "--device", &one_answer(answer), "--json"];
        assert_eq!(akira_in(folder.path(), &args).error(3), "unreachable");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn tokens_and_addresses_that_cannot_be() {
    let run = akira(&["status", "--token", "two words", "--json"]);
    assert_eq!(run.error(5), "unauthorized");
    let run = akira(&["status", "--device", "ftp://x", "--json"]);
    assert_eq!(run.error(2), "usage");
    let run = akira(&["start", "../x", "--json"]);
    assert_eq!(run.error(2), "bad_name");
    assert_eq!(akira(&["start"]).code, Some(2));
    for args in [&["start", "--json"][..], &["--json", "fly"], &["quota", "x", "1G", "--json"]] {
        let run = akira(args);
        assert!(!run.out.contains("Usage:"), "{}", run.out);
        assert_eq!(run.error(2), "usage", "{args:?}");
    }
    assert_eq!(akira(&["fly"]).code, Some(2));
    assert_eq!(akira(&["help"]).code, Some(0));
}

#[test]
fn an_app_without_a_manifest_is_not_sent() {
    let folder = tempfile::TempDir::new().unwrap();
    fs_write(&folder, "empty.wasm", EMPTY);
    let run = akira_in(folder.path(), &["install", "empty.wasm", "--json"]);
    assert_eq!(run.error(4), "no_manifest");
    // With the original system's manifest beside it, it is: nobody listens, so this is as far as
    // it comes.
    fs_write(&folder, "empty.json", br#"{"name":"empty","version":"1.0.0"}"#);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let device = format!("127.0.0.1:{port}");
    let run = akira_in(folder.path(), &["install", "empty.wasm", "--device", &device, "--json"]);
    assert_eq!(run.error(3), "unreachable");
}

#[test]
fn an_app_that_is_too_large_is_not_sent() {
    let folder = tempfile::TempDir::new().unwrap();
    // A custom section of 600 KiB: its size and the length of its name come first.
    let mut large = [EMPTY, &[0, 0x81, 0xc0, 0x25, 0]].concat();
    large.resize(large.len() + 600 * 1024, 0);
    fs_write(&folder, "large.wasm", &large);
    fs_write(&folder, "large.json", br#"{"name":"large","version":"1.0.0"}"#);
    let run = akira_in(folder.path(), &["install", "large.wasm", "--json"]);
    assert_eq!(run.error(4), "too_large");
}

fn fs_write(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) {
    std::fs::write(folder.path().join(name), bytes).unwrap();
}
