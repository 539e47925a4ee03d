// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Apps' files in an operator's hands.

use akira_core::scope::ScopeDraft;
use akira_runtime::http::Head;

use crate::common::{Lab, app, manifest};

const FILES: &str = "/api/v1/files";

#[test]
fn files_are_stored_read_and_removed() {
    let lab = Lab::new();
    lab.done(201, "PUT", "/api/v1/apps/keeper", &app("keeper", 0));
    assert_eq!(lab.done(200, "GET", FILES, b""), r#"{"path":"","entries":[]}"#);
    let listing = format!("{FILES}/keeper");
    assert_eq!(lab.done(200, "GET", &listing, b""), r#"{"path":"keeper","entries":[]}"#);

    let text: Vec<u8> = (0..50_000u32).map(|n| b'a' + (n / 3 % 26) as u8).collect();
    let path = format!("{FILES}/keeper/notes/a%20b.txt");
    let stored = lab.done(201, "PUT", &path, &text);
    assert_eq!(stored, r#"{"path":"keeper/notes/a b.txt","size":50000}"#);
    assert_eq!(lab.done(200, "GET", &path, b"").as_bytes(), text);
    let reply = lab.send(Head::new("GET", &path), b"", 1);
    assert_eq!(reply.content_type, "application/octet-stream");
    assert_eq!(reply.body.known_len(), Some(50_000));
    lab.done(200, "PUT", &path, b"short");
    assert_eq!(lab.done(200, "GET", &path, b""), "short");
    lab.done(201, "PUT", &format!("{FILES}/keeper/empty"), b"");
    assert_eq!(lab.done(200, "GET", &format!("{FILES}/keeper/empty"), b""), "");
    let entries = lab.done(200, "GET", &listing, b"");
    assert!(entries.contains(r#"{"name":"notes","dir":true,"size":0}"#), "{entries}");
    assert!(entries.contains(r#"{"name":"empty","dir":false,"size":0}"#), "{entries}");

    let folder = format!("{FILES}/keeper/notes");
    assert_eq!(lab.refused("DELETE", &folder, b""), (409, "not_empty".into()));
    assert_eq!(lab.refused("PUT", &folder, b"x"), (409, "is_directory".into()));
    assert_eq!(lab.refused("PUT", &format!("{path}/x"), b"x"), (400, "bad_path".into()));
    lab.done(200, "DELETE", &path, b"");
    assert_eq!(lab.refused("GET", &path, b""), (404, "not_found".into()));
    assert_eq!(lab.refused("DELETE", &path, b""), (404, "not_found".into()));
    lab.done(200, "DELETE", &folder, b"");
    assert_eq!(lab.refused("DELETE", &listing, b""), (400, "bad_path".into()));
    assert_eq!(lab.names("/data/keeper"), ["empty"]);
}

#[test]
fn nothing_but_apps_files_can_be_named() {
    let lab = Lab::new();
    lab.done(201, "PUT", "/api/v1/apps/keeper", &app("keeper", 0));
    let free = lab.free();
    for path in [
        "..",
        "../config/token",
        "%2e%2e/config/token",
        "keeper/../../config/token",
        "keeper/..%2f..%2fconfig%2ftoken",
        "/config/token",
        "%2fconfig/token",
        "keeper/%00",
        "keeper/a%5c..%5cb",
        "keeper/%",
        "Keeper/x",
        "keeper%",
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let (status, code) = lab.refused(method, &format!("{FILES}/{path}"), b"x");
            assert_eq!((status, code.as_str()), (400, "bad_path"), "{method} {path}");
        }
    }
    // Undone once only.
    assert_eq!(lab.refused("GET", &format!("{FILES}/keeper/%252e%252e"), b"").0, 404);
    for (method, path) in [("PUT", "nobody/x"), ("DELETE", "nobody/x"), ("GET", "nobody")] {
        assert_eq!(lab.refused(method, &format!("{FILES}/{path}"), b"x").0, 404, "{method} {path}");
    }
    assert_eq!(lab.free(), free);
    assert_eq!(lab.names("/apps"), ["keeper.wasm"]);
}

#[test]
fn a_directory_with_very_many_files_is_told_whole() {
    let lab = Lab::new();
    lab.done(201, "PUT", "/api/v1/apps/keeper", &app("keeper", 0));
    for number in 0..100 {
        lab.done(201, "PUT", &format!("{FILES}/keeper/f{number}"), b"x");
    }
    let listing = lab.done(200, "GET", &format!("{FILES}/keeper"), b"");
    for number in 0..100 {
        let entry = format!(r#"{{"name":"f{number}","dir":false,"size":1}}"#);
        assert_eq!(listing.matches(&entry).count(), 1, "{listing}");
    }
    assert_eq!(listing.matches("},{").count(), 99);
    assert!(listing.ends_with("}]}"));
}

#[test]
fn what_does_not_fit_leaves_nothing() {
    let lab = Lab::new();
    lab.done(201, "PUT", "/api/v1/apps/keeper", &app("keeper", 0));
    let path = format!("{FILES}/keeper/large");
    lab.done(201, "PUT", &path, b"before");
    let free = lab.free();
    let large = vec![7; free as usize + 1];
    assert_eq!(lab.refused("PUT", &path, &large), (507, "no_space".into()));
    // Nobody said how much it would be.
    let reply = lab.send(Head::new("PUT", &path), &large, 4096);
    assert_eq!(reply.status, 507);
    assert_eq!(lab.free(), free);
    assert_eq!(lab.done(200, "GET", &path, b""), "before");
}

/// Writes 100 bytes to `log` at its start, keeps the file open, and then, each time `go` is there,
/// tries to write 10 bytes more; its log tells how many it could.
const WRITER: &str = r#"(module
  (import "akira" "fs_open" (func $open (param i32 i32 i32) (result i32)))
  (import "akira" "fs_write" (func $write (param i32 i32 i32) (result i32)))
  (import "akira" "fs_stat" (func $stat (param i32 i32) (result i32)))
  (import "akira" "sleep_ms" (func $sleep (param i32)))
  (import "akira" "app_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "loggo")
  (func (export "_start") (local $fd i32)
    (local.set $fd (call $open (i32.const 0) (i32.const 3) (i32.const 6)))
    (if (i32.ne (call $write (local.get $fd) (i32.const 64) (i32.const 100)) (i32.const 100))
      (then (call $exit (i32.const 99))))
    (loop $wait
      (call $sleep (i32.const 10))
      (br_if $wait (i32.lt_s (call $stat (i32.const 3) (i32.const 2)) (i32.const 0))))
    (call $exit (call $write (local.get $fd) (i32.const 64) (i32.const 1000)))))"#;

#[test]
fn what_an_app_has_open_is_left_alone() {
    let lab = Lab::new();
    lab.launch(&manifest("writer", &["fs_read", "fs_write"]), WRITER);
    let path = format!("{FILES}/writer/log");
    while lab.refused("GET", &path, b"").0 == 404 {}
    for (method, body) in [("GET", &b""[..]), ("PUT", b"x"), ("DELETE", b"")] {
        assert_eq!(lab.refused(method, &path, body), (409, "busy".into()), "{method}");
    }
    // What it has not open can be changed beside it.
    lab.done(201, "PUT", &format!("{FILES}/writer/go"), b"");
    while lab.done(200, "GET", "/api/v1/apps/writer", b"").contains(r#""state":"running""#) {}
    assert_eq!(lab.done(200, "GET", &path, b"").len(), 1100);
    lab.done(200, "DELETE", &path, b"");
}

#[test]
fn an_app_s_room_counts_what_an_operator_stores() {
    let lab = Lab::new();
    let scope = ScopeDraft { storage_bytes: Some(1000), ..ScopeDraft::default() };
    let limited = akira_core::manifest::Draft {
        scope: Some(scope),
        ..manifest("writer", &["fs_read", "fs_write"])
    };
    lab.launch(&limited, WRITER);
    while lab.refused("GET", &format!("{FILES}/writer/log"), b"").0 == 404 {}
    // Of 1000 it has 100, each file costs 64 more, and the operator's file has 500.
    lab.done(201, "PUT", &format!("{FILES}/writer/more"), &[7; 500]);
    lab.done(201, "PUT", &format!("{FILES}/writer/go"), b"");
    let app = loop {
        let app = lab.done(200, "GET", "/api/v1/apps/writer", b"");
        if !app.contains(r#""state":"running""#) {
            break app;
        }
    };
    assert!(app.contains(r#""exit_code":208"#), "{app}");
}
