// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Apps at the device's display, input, sensors and radio, moved from outside.

use std::net::UdpSocket;
use std::thread::sleep;
use std::time::Duration;

use crate::common::{Screen, alone, app, ask, device, exit_code, launch, manifest, options, start};
use akira_abi::{CapSet, Capability};
use akira_host::platform::rf::{PACKET_MAX, Rf};
use akira_host::{Device, SimError, SimOptions};
use akira_runtime::platform::{Platform, RfTuning};

/// Waits until an app has logged `ready`.
pub fn until_ready(device: &Device, name: &str) {
    while !ask(device, "GET", &format!("/apps/{name}/log"), b"").body.contains(r#""ready""#) {
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_an_app_draws_is_on_the_panel_and_stays_there() {
    let _alone = alone();
    let (device, _dir) = device();
    launch(
        &device,
        &manifest("painter", &["display"]),
        r#"(module
            (import "akira" "display_size" (func $size (result i32)))
            (import "akira" "display_rect"
                (func $rect (param i32 i32 i32 i32 i32) (result i32)))
            (import "akira" "display_flush" (func $flush (result i32)))
            (memory 1)
            (func (export "_start") (result i32)
                (drop (call $rect (i32.const 310) (i32.const 100) (i32.const 50) (i32.const 2)
                    (i32.const 0xff0000)))
                (drop (call $flush))
                (call $size)))"#,
    );
    assert_eq!(exit_code(&device, "painter"), (320 << 16) | 240);
    let mut rows = [[0; 320]; 4];
    for (y, row) in (99..).zip(&mut rows) {
        device.runtime().platform().display_read(y, row).unwrap();
    }
    let [mut line, empty] = [[0; 320]; 2];
    line[310..].fill(0xf800);
    assert_eq!(rows, [empty, line, line, empty]);
}

#[test]
fn input_from_outside_reaches_an_app_that_waits_for_it() {
    let _alone = alone();
    let (device, _dir) = device();
    launch(
        &device,
        &manifest("player", &["input"]),
        r#"(module
            (import "akira" "log" (func $log (param i32 i32) (result i32)))
            (import "akira" "input_next_event" (func $next (param i32 i32 i32) (result i32)))
            (import "akira" "input_read_analog" (func $analog (param i32) (result i32)))
            (memory 1)
            (data (i32.const 100) "ready")
            (func (export "_start") (result i32)
                (drop (call $log (i32.const 100) (i32.const 5)))
                (drop (call $next (i32.const 0) (i32.const 16) (i32.const -1)))
                (drop (call $next (i32.const 16) (i32.const 16) (i32.const -1)))
                (drop (call $next (i32.const 32) (i32.const 16) (i32.const -1)))
                ;; Kinds and codes of all three must be right, or the result is 0.
                (i32.mul
                    (i32.and
                        (i32.and
                            (i32.eq (i32.load (i32.const 0)) (i32.const 1))
                            (i32.eq (i32.load (i32.const 4)) (i32.const 6)))
                        (i32.and
                            (i32.eq (i32.load (i32.const 16)) (i32.const 2))
                            (i32.and
                                (i32.eq (i32.load (i32.const 20)) (i32.const 0x13f00ef))
                                (i32.eq (i32.load (i32.const 32)) (i32.const 3)))))
                    (call $analog (i32.const 1)))))"#,
    );
    until_ready(&device, "player");
    for event in [
        r#"{"kind":"button","button":"left","pressed":true}"#,
        r#"{"kind":"touch","x":319,"y":239,"pressed":true}"#,
        r#"{"kind":"analog","channel":1,"value":54321}"#,
    ] {
        let answer = ask(&device, "POST", "/input", event.as_bytes());
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(exit_code(&device, "player"), 54321);
}

#[test]
fn a_sensor_set_from_outside_is_what_an_app_reads() {
    let _alone = alone();
    let (device, _dir) = device();
    let answer = ask(&device, "PUT", "/sensors/12", br#"{"value":-1234.5}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(ask(&device, "PUT", "/sensors/16", br#"{"value":1}"#).code(), "not_found");
    launch(
        &device,
        &manifest("reader", &["sensor"]),
        r#"(module
            (import "akira" "sensor_list" (func $list (param i32 i32) (result i32)))
            (import "akira" "sensor_read" (func $read (param i32 i32) (result i32)))
            (memory 1)
            (func (export "_start") (result i32)
                (drop (call $read (i32.const 12) (i32.const 64)))
                (i32.add
                    (i32.mul (call $list (i32.const 0) (i32.const 32)) (i32.const 10000))
                    (i32.trunc_f32_s (f32.load (i32.const 64))))))"#,
    );
    assert_eq!(exit_code(&device, "reader"), 160_000 - 1234);
}

/// A device whose radio uses the same port as the one that is returned with it.
fn device_and_radio() -> (Device, Rf, u16, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    // A port that was free a moment ago.
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let options = options(&dir.path().join("flash.bin"), &Screen::default());
    let device = Device::start(SimOptions { rf_port: Some(port), ..options }).unwrap();
    (device, Rf::open(Some(port)).unwrap(), port, dir)
}

/// Waits for a packet, sends it back and returns its length.
const ECHO: &str = r#"(module
    (import "akira" "log" (func $log (param i32 i32) (result i32)))
    (import "akira" "rf_recv" (func $recv (param i32 i32 i32) (result i32)))
    (import "akira" "rf_send" (func $send (param i32 i32) (result i32)))
    (memory 1)
    (data (i32.const 300) "ready")
    (func (export "_start") (result i32) (local $n i32)
        (drop (call $log (i32.const 300) (i32.const 5)))
        (local.set $n (call $recv (i32.const 0) (i32.const 256) (i32.const -1)))
        (if (i32.lt_s (local.get $n) (i32.const 0)) (then (return (local.get $n))))
        (drop (call $send (i32.const 0) (local.get $n)))
        (local.get $n)))"#;

#[test]
fn devices_on_one_frequency_hear_each_other() {
    let _alone = alone();
    let (device, other, port, _dir) = device_and_radio();
    launch(&device, &manifest("echo", &["rf"]), ECHO);
    until_ready(&device, "echo");
    // What is no frame, and what is on another frequency, is no packet to the app.
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.set_broadcast(true).unwrap();
    for bytes in [&b""[..], b"AKRF", &[0xff; 276], &[0xff; 2000]] {
        stranger.send_to(bytes, ("127.255.255.255", port)).unwrap();
    }
    other.tune(RfTuning { frequency_hz: 868_300_000, power_dbm: 14 }).unwrap();
    other.send(b"not for you").unwrap();
    other.tune(RfTuning { frequency_hz: 868_100_000, power_dbm: -4 }).unwrap();
    other.send(&[7; PACKET_MAX]).unwrap();
    let mut packet = [0; PACKET_MAX];
    assert_eq!(other.receive(&mut packet), Some((PACKET_MAX, -46)));
    assert_eq!(packet, [7; PACKET_MAX]);
    assert_eq!(exit_code(&device, "echo"), 256);
}

#[test]
fn who_waits_for_the_world_ends_with_the_device() {
    let _alone = alone();
    let (device, _other, _port, dir) = device_and_radio();
    launch(&device, &manifest("echo", &["rf"]), ECHO);
    until_ready(&device, "echo");
    let answer = ask(&device, "POST", "/apps/echo/stop", b"");
    assert!(answer.body.contains(r#""state":"stopped""#), "{answer:?}");
    assert_eq!(ask(&device, "POST", "/apps/echo/start", b"").status, 200);
    device.stop();
    // All of it is free again.
    start(&dir.path().join("flash.bin")).unwrap();
}

#[test]
fn a_port_that_is_taken_keeps_the_device_from_starting() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    // Unlike a radio's socket, this one does not share its port.
    let selfish = UdpSocket::bind("0.0.0.0:0").unwrap();
    let port = selfish.local_addr().unwrap().port();
    let options = options(&dir.path().join("flash.bin"), &Screen::default());
    let options = SimOptions { rf_port: Some(port), ..options };
    let error = Device::start(options).map(drop).unwrap_err();
    assert!(matches!(error, SimError::Radio(_)) && error.to_string().contains("port"), "{error}");
}

#[test]
fn a_device_grants_no_more_than_it_was_told() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let options = options(&dir.path().join("flash.bin"), &Screen::default());
    let grantable = CapSet::EMPTY.with(Capability::Rf);
    let device = Device::start(SimOptions { grantable, ..options }).unwrap();
    launch(
        &device,
        &manifest("greedy", &["rf", "display"]),
        r#"(module
            (import "akira" "display_size" (func $size (result i32)))
            (memory 1)
            (func (export "_start") (result i32) (call $size)))"#,
    );
    assert_eq!(exit_code(&device, "greedy"), -13, "EACCES");
    let answer = ask(&device, "GET", "/apps/greedy", b"");
    assert!(answer.body.contains(r#""capabilities":["rf"]"#), "{answer:?}");
    assert_eq!(ask(&device, "PUT", "/apps/plain", &app("plain", false, 0)).status, 201);
}
