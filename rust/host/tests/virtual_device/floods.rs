// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Clients that take more than their share: too many, too slow, or lying about what they send.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use akira_host::Device;
use akira_host::http::{CONNECTIONS, Limits};
use akira_runtime::platform::Platform;
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

use crate::common::{
    Screen, alone, answer, answer_head, app, ask, ask_raw, connect, device, head, options,
};

/// A device that loses patience soon.
fn impatient() -> (Device, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&dir.path().join("flash.bin"), &Screen::default());
    options.limits = Limits {
        head: Duration::from_secs(1),
        pause: Duration::from_millis(1500),
        stretch: Duration::from_secs(3),
        ..Limits::default()
    };
    (Device::start(options).unwrap(), dir)
}

/// Whether the other side has ended the connection.
fn ended(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

#[test]
fn a_client_without_a_request_makes_room_and_one_with_a_request_stays() {
    let _alone = alone();
    let (device, _dir) = device();
    let module = app("hello", false, 50_000);
    let fields = format!("content-length: {}\r\nexpect: 100-continue\r\n", module.len());
    let mut uploading = connect(&device);
    uploading.write_all(head("PUT", "/apps/hello", &fields).as_bytes()).unwrap();
    assert_eq!(answer_head(&mut uploading).unwrap().0, 100);
    let mut idle: Vec<_> = (1..CONNECTIONS).map(|_| connect(&device)).collect();
    // An answer proves that a client has its place.
    for stream in &mut idle {
        stream.write_all(head("GET", "/apps", "").as_bytes()).unwrap();
        assert_eq!(answer(stream).unwrap().status, 200);
    }
    assert_eq!(ask(&device, "GET", "/status", b"").status, 200);
    assert!(ended(&mut idle[0]), "it was idle for the longest time");
    idle[1].write_all(head("GET", "/apps", "").as_bytes()).unwrap();
    assert_eq!(answer(&mut idle[1]).unwrap().status, 200);
    uploading.write_all(&module).unwrap();
    assert_eq!(answer(&mut uploading).unwrap().status, 201);
}

/// Memory of this process that is in use, in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_thousand_connections_keep_nobody_out_and_leave_nothing() {
    let _alone = alone();
    let (device, _dir) = device();
    let space = device.runtime().platform().space().unwrap();
    let before = resident();
    let half = format!("GET /api/v1/status HTTP/1.1\r\nhost: x\r\nx-pad: {}", "x".repeat(8000));
    let flood: Vec<_> = (0..1000)
        .map(|number| {
            let mut stream = connect(&device);
            match number % 3 {
                0 => {}
                1 => drop(stream.write_all(half.as_bytes())),
                // Begins an upload that is not let in.
                _ => {
                    let request = head("PUT", "/apps/x", "content-length: 400000\r\n");
                    drop(stream.write_all(request.replace("authorization", "x").as_bytes()));
                }
            }
            stream
        })
        .collect();
    for _ in 0..3 {
        assert_eq!(ask(&device, "GET", "/status", b"").status, 200);
    }
    let module = app("hello", false, 100_000);
    assert_eq!(ask(&device, "PUT", "/apps/hello", &module).status, 201);
    drop(flood);
    assert_eq!(ask(&device, "DELETE", "/apps/hello", b"").status, 200);
    assert_eq!(device.runtime().platform().space().unwrap(), space);
    let grown = resident().saturating_sub(before);
    assert!(grown < 24 * 1024, "{grown} KiB more than before");
}

#[test]
fn a_head_that_does_not_come_and_a_body_that_trickles_are_cut() {
    let _alone = alone();
    let (device, _dir) = impatient();
    let mut silent = connect(&device);
    let mut slow_head = connect(&device);
    slow_head.write_all(b"GET /api/v1/status HTTP/1.1\r\n").unwrap();
    assert!(ended(&mut silent) && ended(&mut slow_head));

    let module = app("hello", false, 100_000);
    let begin = || {
        let mut stream = connect(&device);
        let length = format!("content-length: {}\r\n", module.len());
        stream.write_all(head("PUT", "/apps/hello", &length).as_bytes()).unwrap();
        stream
    };
    let mut paused = begin();
    paused.write_all(&module[..1000]).unwrap();
    let cut = answer(&mut paused).unwrap();
    assert_eq!((cut.status, cut.code()), (408, "timeout"));

    // Never pauses for long, and never gets anywhere.
    let mut trickling = begin();
    trickling.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let cut = module.iter().find_map(|byte| {
        let _ = trickling.write_all(&[*byte]);
        answer(&mut trickling).ok()
    });
    assert_eq!(cut.expect("it is cut before its end").code(), "timeout");

    // Slow, but it gets on.
    let mut steady = begin();
    for part in module.chunks(10_000) {
        steady.write_all(part).unwrap();
        std::thread::sleep(Duration::from_millis(150));
    }
    assert_eq!(answer(&mut steady).unwrap().status, 201);
}

#[test]
fn a_client_that_does_not_read_its_answer_is_cut() {
    let _alone = alone();
    let (device, _dir) = impatient();
    let deaf = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    deaf.set_recv_buffer_size(4096).unwrap();
    deaf.connect(&device.address().into()).unwrap();
    let mut deaf = TcpStream::from(deaf);
    let request = head("GET", "/display", "");
    // More answers than fit on the way; a client that is cut cannot send all these.
    let sent = (0..200_000).try_for_each(|_| deaf.write_all(request.as_bytes()));
    assert!(sent.is_err(), "cut off");
    assert_eq!(ask(&device, "GET", "/status", b"").status, 200);
}

#[test]
fn chunks_that_lie_are_refused_and_leave_nothing() {
    let _alone = alone();
    let (device, _dir) = device();
    let space = device.runtime().platform().space().unwrap();
    let module = app("hello", false, 3_000);
    let text = String::from_utf8(module[..8].to_vec()).unwrap();
    for body in [
        format!("ffffffffffffffff\r\n{text}"),
        format!("fffffffffffffffff\r\n{text}"),
        format!("9\r\n{text}\r\n0\r\n\r\n"),
        format!("7\r\n{text}\r\n0\r\n\r\n"),
        format!("-8\r\n{text}\r\n0\r\n\r\n"),
        format!("8\r\n{text}\r\n"),
        format!("8{}\r\n{text}\r\n0\r\n\r\n", ";x".repeat(20_000)),
        format!("8\r\n{text}\r\n0\r\n{}\r\n", "x: y\r\n".repeat(5_000)),
    ] {
        let request = head("PUT", "/apps/hello", "transfer-encoding: chunked\r\n") + &body;
        let answer = ask_raw(&device, request.as_bytes()).unwrap();
        let start = &body[..body.len().min(30)];
        assert_eq!(answer.status, 400, "{start}: {answer:?}");
    }
    // Both lengths at once: whoever stands between could read it in another way.
    let both = "content-length: 3\r\ntransfer-encoding: chunked\r\n";
    let request = head("PUT", "/apps/hello", both) + "0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    let mut stream = connect(&device);
    stream.write_all(request.as_bytes()).unwrap();
    assert_eq!(answer(&mut stream).unwrap().status, 400);
    assert!(ended(&mut stream), "what follows is no request");
    assert_eq!(ask(&device, "GET", "/apps/hello", b"").status, 404);
    assert_eq!(device.runtime().platform().space().unwrap(), space);
}

#[test]
fn many_requests_at_once_are_answered_in_order() {
    let _alone = alone();
    let (device, _dir) = device();
    let mut stream = connect(&device);
    let mut sender = stream.try_clone().unwrap();
    let send = std::thread::spawn(move || {
        for number in 0..400 {
            let path = if number % 2 == 0 { "/apps" } else { "/nothing" };
            sender.write_all(head("GET", path, "").as_bytes()).unwrap();
        }
    });
    for number in 0..400 {
        let expected = if number % 2 == 0 { 200 } else { 404 };
        assert_eq!(answer(&mut stream).unwrap().status, expected);
    }
    send.join().unwrap();
}
