// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Uploads as the original's: a form with the module in it, which names itself.

use akira_runtime::http::Head;
use akira_runtime::transfer::Transfer;

use crate::common::{Lab, app, code, manifest};

const TYPE: &str = "multipart/form-data; boundary=xx";

fn form(content: &[u8]) -> Vec<u8> {
    let before: &[u8] = b"--xx\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n\
        --xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"app.wasm\"\r\n\
        Content-Type: application/wasm\r\n\r\n";
    [before, content, b"\r\n--xx--\r\n"].concat()
}

fn upload(lab: &Lab, path: &str, media_type: &str, body: &[u8], piece: usize) -> (u16, String) {
    let head = Head {
        content_type: Some(media_type),
        content_length: Some(body.len() as u64),
        ..Head::new("POST", path)
    };
    let reply = lab.send(head, body, piece);
    (reply.status, String::from_utf8(reply.body.read_all()).unwrap())
}

#[test]
fn the_module_names_itself() {
    let lab = Lab::new();
    let free = lab.free();
    let body = form(&app("hello", 1500));
    let (status, text) = upload(&lab, "/upload", TYPE, &body, 7);
    assert_eq!(status, 201, "{text}");
    assert!(text.contains(r#""name":"hello""#));
    for piece in [1, 2, 3, 64, 4096] {
        assert_eq!(upload(&lab, "/upload", TYPE, &body, piece).0, 200);
    }
    lab.done(200, "DELETE", "/api/v1/apps/hello", b"");
    assert_eq!(lab.free(), free);
}

#[test]
fn what_is_refused_leaves_nothing() {
    let lab = Lab::new();
    let good = form(&app("hello", 1500));
    let cases: [(&str, &[u8], u16, &str); 6] = [
        ("application/wasm", &good, 400, "bad_multipart"),
        ("multipart/form-data; boundary=yy", &good, 400, "bad_multipart"),
        (TYPE, &good[..good.len() / 2], 400, "bad_multipart"),
        (TYPE, b"--xx--\r\n", 400, "bad_multipart"),
        (TYPE, &form(b"no module"), 400, "bad_module"),
        (TYPE, &form(b"\0asm\x01\0\0\0"), 400, "no_manifest"),
    ];
    for (media_type, body, status, name) in cases {
        let (came, text) = upload(&lab, "/upload", media_type, body, 100);
        assert_eq!((came, code(&text).as_str()), (status, name), "{text}");
        assert_eq!(lab.names("/apps"), [""; 0]);
    }
    let (status, text) = upload(&lab, "/ota/upload", TYPE, &good, 100);
    assert_eq!((status, code(&text).as_str()), (501, "not_supported"));
}

#[test]
fn a_name_that_comes_late_is_as_good_as_one_in_the_path() {
    let lab = Lab::new();
    let body = form(&app("hello", 1500));
    lab.launch(
        &manifest("hello", &[]),
        r#"(module (import "akira" "sleep_ms" (func $sleep (param i32)))
            (memory (export "memory") 1)
            (func (export "_start") (loop (call $sleep (i32.const 50)) (br 0))))"#,
    );
    let (status, text) = upload(&lab, "/upload", TYPE, &body, 100);
    assert_eq!((status, code(&text).as_str()), (409, "running"));
    lab.done(200, "POST", "/api/v1/apps/hello/stop", b"");
    // Somebody else is installing it.
    let begin = akira_runtime::transfer::Begin {
        transport: akira_core::transfer::Transport::Serial,
        sink: akira_runtime::transfer::Sink::App {
            name: Some("hello".parse().unwrap()),
            denied: akira_abi::CapSet::EMPTY,
        },
        size: None,
        sha256: None,
    };
    let other = Transfer::begin(&lab.runtime, begin).unwrap();
    let (status, text) = upload(&lab, "/upload", TYPE, &body, 100);
    assert_eq!((status, code(&text).as_str()), (409, "busy"));
    drop(other);
    assert_eq!(upload(&lab, "/upload", TYPE, &body, 100).0, 200);
}
