// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The HTTP server against clients of every kind, over real sockets.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::common::{TOKEN, alone, answer, answer_head, app, ask, ask_raw, connect, device, head};
use akira_host::Device;
use akira_runtime::platform::{Platform, Space};

fn space(device: &Device) -> Space {
    device.runtime().platform().space().unwrap()
}

/// An upload that broke off is undone when its connection's end is noticed, soon but not at once:
/// waits until the app is free for other requests.
fn until_undone(device: &Device) {
    for _ in 0..400 {
        // An empty body is no module, whether or not the app is busy.
        if ask(device, "PUT", "/apps/hello", b"").code() == "bad_module" {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("the app stays busy");
}

/// Begins an upload and returns when the device has taken it up.
fn begin_upload(device: &Device, module: &[u8]) -> TcpStream {
    let fields = format!("content-length: {}\r\nexpect: 100-continue\r\n", module.len());
    let mut stream = connect(device);
    stream.write_all(head("PUT", "/apps/hello", &fields).as_bytes()).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
fn a_chunked_upload_is_as_good_as_one_with_a_length() {
    let _alone = alone();
    let (device, _dir) = device();
    let module = app("hello", false, 60_000);
    let mut request = head("PUT", "/apps/hello", "transfer-encoding: chunked\r\n").into_bytes();
    for part in module.chunks(7001) {
        request.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
        request.extend_from_slice(part);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    let chunked = ask_raw(&device, &request).unwrap();
    assert_eq!(chunked.status, 201, "{chunked:?}");
    let whole = ask(&device, "PUT", "/apps/hello", &module);
    assert_eq!(whole.status, 200, "{whole:?}");
    assert_eq!(whole.body, chunked.body);
}

#[test]
fn a_slow_client_is_served_byte_by_byte() {
    let _alone = alone();
    let (device, _dir) = device();
    let module = app("hello", false, 0);
    let mut stream = connect(&device);
    let length = format!("content-length: {}\r\n", module.len());
    for byte in head("PUT", "/apps/hello", &length).as_bytes().iter().chain(&module) {
        stream.write_all(&[*byte]).unwrap();
    }
    assert_eq!(answer(&mut stream).unwrap().status, 201);
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    let _alone = alone();
    let (device, _dir) = device();
    let before = space(&device);
    let module = app("hello", false, 200_000);
    for (part, half_close) in [(0, false), (50_000, false), (199_999, false), (50_000, true)] {
        let mut stream = begin_upload(&device, &module);
        stream.write_all(&module[..part]).unwrap();
        if half_close {
            stream.shutdown(Shutdown::Write).unwrap();
            let answer = answer(&mut stream).unwrap();
            assert_eq!((answer.status, answer.code()), (400, "bad_request"));
        }
        drop(stream);
        until_undone(&device);
        assert_eq!(space(&device), before);
        assert_eq!(ask(&device, "GET", "/apps/hello", b"").status, 404);
    }
    assert_eq!(ask(&device, "PUT", "/apps/hello", &module).status, 201);
}

#[test]
fn an_early_answer_reaches_a_client_that_is_still_sending() {
    let _alone = alone();
    let (device, _dir) = device();
    let before = space(&device);
    let large = vec![0; 3_000_000];
    let answer_to = |fields: &str, token: &str| {
        let mut stream = connect(&device);
        let head = head("PUT", "/apps/hello", fields).replace(TOKEN, token);
        stream.write_all(head.as_bytes()).unwrap();
        if fields.starts_with("transfer") {
            stream.write_all(format!("{:x}\r\n", large.len()).as_bytes()).unwrap();
        }
        stream.write_all(&large).unwrap();
        let answer = answer(&mut stream).unwrap();
        assert!(answer.fields.contains("connection: close"), "{answer:?}");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty(), "one request, one answer");
        (answer.status, answer.code().to_owned())
    };
    let length = format!("content-length: {}\r\n", large.len());
    assert_eq!(answer_to(&length, TOKEN), (413, "too_large".to_owned()));
    assert_eq!(answer_to(&length, "wrong"), (401, "unauthorized".to_owned()));
    let (status, _) = answer_to("transfer-encoding: chunked\r\n", TOKEN);
    assert_eq!(status, 400, "zeros are no module");
    assert_eq!(space(&device), before);
}

#[test]
fn a_body_is_asked_for_only_when_it_is_wanted() {
    let _alone = alone();
    let (device, _dir) = device();
    let module = app("hello", false, 0);
    let fields = format!("content-length: {}\r\nexpect: 100-continue\r\n", module.len());
    let mut stream = connect(&device);
    let request = head("PUT", "/apps/hello", &fields);
    stream.write_all(request.replace(TOKEN, "wrong").as_bytes()).unwrap();
    assert_eq!(answer(&mut stream).unwrap().status, 401);

    let mut stream = begin_upload(&device, &module);
    stream.write_all(&module).unwrap();
    assert_eq!(answer(&mut stream).unwrap().status, 201);
}

#[test]
fn malformed_requests_are_refused_in_json() {
    let _alone = alone();
    let (device, _dir) = device();
    let long = "x".repeat(100_000);
    for (request, status) in [
        ("nonsense\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n".to_owned(), 400),
        ("GET  /  HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("\u{16}\u{3}\u{1}\u{0}\u{0}".to_owned(), 400),
        (head("PUT", "/apps/a", "content-length: -1\r\n"), 400),
        (head("PUT", "/apps/a", "content-length: 1\r\ncontent-length: 2\r\n"), 400),
        (head("PUT", "/apps/a", "transfer-encoding: chunked\r\n") + "zz\r\nx", 400),
        (head("GET", "/status", &format!("x: {long}\r\n")), 431),
        (head("GET", &format!("/{long}"), ""), 431),
        (head("GET", "/status", &"x: y\r\n".repeat(100)), 431),
    ] {
        let start = &request[..request.len().min(60)];
        let answer =
            ask_raw(&device, request.as_bytes()).unwrap_or_else(|e| panic!("{start}: {e}"));
        assert_eq!((answer.status, answer.code()), (status, "bad_request"), "{start}");
        assert!(answer.fields.contains("content-type: application/json"), "{start}");
    }
    assert_eq!(ask(&device, "GET", "/status", b"").status, 200);
}

#[test]
fn several_requests_share_a_connection() {
    let _alone = alone();
    let (device, _dir) = device();
    let mut stream = connect(&device);
    let request = head("GET", "/apps", "");
    stream.write_all(request.repeat(3).as_bytes()).unwrap();
    for _ in 0..3 {
        assert_eq!(answer(&mut stream).unwrap().body, r#"{"apps":[]}"#);
    }
    stream.write_all(head("GET", "/nothing", "").as_bytes()).unwrap();
    assert_eq!(answer(&mut stream).unwrap().code(), "not_found");
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(answer(&mut stream).unwrap().status, 200, "said all, but waits for the answer");
}

#[test]
fn answers_without_a_body_leave_the_connection_as_it_was() {
    let _alone = alone();
    let (device, _dir) = device();
    assert_eq!(ask(&device, "PUT", "/apps/hello", &app("hello", false, 0)).status, 201);
    let mut stream = connect(&device);
    let mut send = |method: &str, path: &str, fields: &str| {
        stream.write_all(head(method, path, fields).as_bytes()).unwrap();
        let (status, fields) = answer_head(&mut stream).unwrap();
        let length = fields.lines().find_map(|field| field.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut body).unwrap();
        (status, fields, body.len())
    };
    let (status, fields, length) = send("GET", "/apps/hello", "");
    assert!(status == 200 && length > 100);
    let tag = fields.lines().find_map(|field| field.strip_prefix("etag: ")).unwrap();
    let known = format!("if-none-match: {tag}\r\n");
    let (status, fields, length) = send("GET", "/apps/hello", &known);
    assert_eq!((status, length), (304, 0));
    let typed = |fields: &str| fields.lines().any(|field| field.starts_with("content-type:"));
    assert!(!typed(&fields) && fields.contains(&format!("etag: {tag}")), "{fields}");

    let origin = r#"{"name":"here","allowed_origins":["https://page.example"]}"#;
    let fields = format!("content-length: {}\r\n\r\n{origin}", origin.len());
    assert_eq!(send("PUT", "/config", fields.trim_end()).0, 200);
    let asks = "origin: https://page.example\r\naccess-control-request-method: PUT\r\n";
    let (status, fields, length) = send("OPTIONS", "/apps/hello", asks);
    assert_eq!((status, length), (204, 0));
    assert!(!typed(&fields), "{fields}");
    assert!(fields.contains("access-control-allow-origin: https://page.example"), "{fields}");
    assert_eq!(send("GET", "/apps", "origin: https://other.example\r\n").0, 403);
    assert_eq!(send("GET", "/apps", "").0, 200);
}

#[test]
fn a_file_is_sent_in_pieces_and_its_reader_may_leave() {
    let _alone = alone();
    let (device, _dir) = device();
    assert_eq!(ask(&device, "PUT", "/apps/hello", &app("hello", false, 0)).status, 201);
    let file: Vec<u8> = (0..600_000_u32).map(|at| b'a' + (at / 5 % 23) as u8).collect();
    assert_eq!(ask(&device, "PUT", "/files/hello/large", &file).status, 201);
    for _ in 0..8 {
        let mut leaves = connect(&device);
        leaves.write_all(head("GET", "/files/hello/large", "").as_bytes()).unwrap();
        assert_eq!(answer_head(&mut leaves).unwrap().0, 200);
    }
    let answer = ask(&device, "GET", "/files/hello/large", b"");
    assert_eq!((answer.status, answer.body.as_bytes()), (200, &file[..]));
    assert_eq!(ask(&device, "DELETE", "/files/hello/large", b"").status, 200);
}

#[test]
fn two_tokens_are_none() {
    let _alone = alone();
    let (device, _dir) = device();
    let twice = format!("authorization: Bearer {TOKEN}\r\n");
    assert_eq!(ask_raw(&device, head("GET", "/apps", &twice).as_bytes()).unwrap().status, 401);
}

#[test]
fn a_device_that_stops_lets_its_clients_go() {
    let _alone = alone();
    let (device, _dir) = device();
    let mut idle = connect(&device);
    idle.write_all(head("GET", "/apps", "").as_bytes()).unwrap();
    answer(&mut idle).unwrap();
    let mut uploading = begin_upload(&device, &app("hello", false, 50_000));
    uploading.write_all(b"\0asm").unwrap();
    device.stop();
    for mut stream in [idle, uploading] {
        let mut rest = Vec::new();
        // Closed or reset; a time-out would be neither.
        if let Err(error) = stream.read_to_end(&mut rest) {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
    }
}

#[test]
fn the_same_app_from_many_clients_at_once_is_installed_once() {
    let _alone = alone();
    let (device, _dir) = device();
    let module = app("hello", false, 150_000);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| ask(&device, "PUT", "/apps/hello", &module).status))
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses.iter().filter(|&&status| status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 201, 409].contains(status)), "{statuses:?}");
    assert_eq!(ask(&device, "GET", "/apps/hello", b"").status, 200);
}
