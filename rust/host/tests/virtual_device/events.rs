// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The stream of events over a WebSocket.

use std::io::{Read, Write};
use std::net::TcpStream;

use akira_host::Device;
use akira_runtime::stream::STREAMS_MAX;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::Error;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{HandshakeError, Message, WebSocket, client};

use crate::common::{TOKEN, alone, answer, answer_head, app, ask, connect, device, head};

/// Opens a stream over `wire`, or gives the status of what came instead.
pub fn open<S: Read + Write>(wire: S, query: &str, token: &str) -> Result<WebSocket<S>, u16> {
    let uri = format!("ws://device/api/v1/events{query}");
    let mut request = uri.into_client_request().unwrap();
    let value = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("authorization", value);
    match client(request, wire) {
        Ok((socket, _)) => Ok(socket),
        Err(HandshakeError::Failure(Error::Http(answer))) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

fn stream(device: &Device, query: &str) -> WebSocket<TcpStream> {
    open(connect(device), query, TOKEN).unwrap()
}

/// The next text.
pub fn text<S: Read + Write>(socket: &mut WebSocket<S>) -> String {
    loop {
        if let Message::Text(text) = socket.read().unwrap() {
            return text.to_string();
        }
    }
}

/// Reads on until a text has all of `words`.
fn until<S: Read + Write>(socket: &mut WebSocket<S>, words: &[&str]) -> String {
    loop {
        let text = text(socket);
        if words.iter().all(|word| text.contains(word)) {
            return text;
        }
    }
}

fn close_code(socket: &mut WebSocket<TcpStream>) -> CloseCode {
    loop {
        if let Message::Close(frame) = socket.read().unwrap() {
            return frame.unwrap().code;
        }
    }
}

#[test]
fn what_happens_is_told_as_it_happens() {
    let _alone = alone();
    let (device, _dir) = device();
    let mut socket = stream(&device, "");
    assert!(text(&mut socket).contains(r#""type":"hello""#));
    assert_eq!(ask(&device, "PUT", "/apps/hello", &app("hello", true, 0)).status, 201);
    until(&mut socket, &[r#""type":"app""#, r#""name":"hello""#, r#""state":"installed""#]);
    assert_eq!(ask(&device, "POST", "/apps/hello/start", b"").status, 200);
    until(&mut socket, &[r#""type":"app""#, r#""state":"running""#]);
    until(&mut socket, &[r#""type":"status""#, r#""running":1"#]);
    assert_eq!(ask(&device, "POST", "/apps/hello/stop", b"").status, 200);
    assert_eq!(ask(&device, "DELETE", "/apps/hello", b"").status, 200);
    until(&mut socket, &[r#""type":"removed""#, "hello"]);
}

#[test]
fn a_stream_is_refused_in_plain_http() {
    let _alone = alone();
    let (device, _dir) = device();
    assert_eq!(open(connect(&device), "", "wrong").unwrap_err(), 401);
    assert_eq!(open(connect(&device), "?types=nonsense", TOKEN).unwrap_err(), 400);
    let plain = ask(&device, "GET", "/events", b"");
    assert_eq!((plain.status, plain.code()), (426, "upgrade_required"));
    assert!(plain.fields.contains("upgrade: websocket"), "{plain:?}");
    let other_version = "connection: upgrade\r\nupgrade: websocket\r\n\
                         sec-websocket-version: 12\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    let mut stream = connect(&device);
    stream.write_all(head("GET", "/events", other_version).as_bytes()).unwrap();
    assert_eq!(answer(&mut stream).unwrap().status, 426);
}

#[test]
fn streams_are_few_and_their_places_come_back() {
    let _alone = alone();
    let (device, _dir) = device();
    let mut streams: Vec<_> = (0..STREAMS_MAX).map(|_| stream(&device, "")).collect();
    assert_eq!(open(connect(&device), "", TOKEN).unwrap_err(), 503);
    // One says goodbye, one is just gone.
    let mut polite = streams.pop().unwrap();
    polite.close(None).unwrap();
    while polite.read().is_ok() {}
    drop(streams.pop().unwrap().into_inner());
    // That somebody is gone is found out soon, but not at once.
    for _ in 0..2 {
        streams.push(loop {
            match open(connect(&device), "", TOKEN) {
                Ok(stream) => break stream,
                Err(status) => assert_eq!(status, 503),
            }
        });
    }
    for stream in &mut streams {
        until(stream, &[r#""type":"status""#]);
    }
}

#[test]
fn control_frames_are_answered_and_the_rest_is_ignored() {
    let _alone = alone();
    let (device, _dir) = device();
    let mut socket = stream(&device, "");
    socket.send(Message::text("no command")).unwrap();
    socket.send(Message::binary(vec![0; 1024])).unwrap();
    socket.send(Message::Ping(b"here?"[..].into())).unwrap();
    loop {
        if let Message::Pong(data) = socket.read().unwrap() {
            assert_eq!(&data[..], b"here?");
            break;
        }
    }
    socket.send(Message::binary(vec![0; 1025])).unwrap();
    assert_eq!(close_code(&mut socket), CloseCode::Size);

    let mut socket = stream(&device, "");
    // No frame: reserved bits are set.
    socket.get_mut().write_all(b"\xff\x80\0\0\0\0").unwrap();
    assert_eq!(close_code(&mut socket), CloseCode::Protocol);
}

#[test]
fn frames_may_come_together_with_the_request() {
    let _alone = alone();
    let (device, _dir) = device();
    let fields = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                  sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    let mut wire = connect(&device);
    let mut bytes = head("GET", "/events", fields).into_bytes();
    // A ping that says `a`, masked with zeros.
    bytes.extend_from_slice(b"\x89\x81\0\0\0\0a");
    wire.write_all(&bytes).unwrap();
    assert_eq!(answer_head(&mut wire).unwrap().0, 101);
    let mut seen = Vec::new();
    while !seen.windows(3).any(|bytes| bytes == b"\x8a\x01a") {
        let mut byte = [0];
        wire.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
}

#[test]
fn a_device_that_stops_says_so() {
    let _alone = alone();
    let (device, _dir) = device();
    let mut socket = stream(&device, "");
    text(&mut socket);
    let stopping = std::thread::spawn(move || device.stop());
    assert_eq!(close_code(&mut socket), CloseCode::Away);
    while socket.read().is_ok() {}
    stopping.join().unwrap();
}
