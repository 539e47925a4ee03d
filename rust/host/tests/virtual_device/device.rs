// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The virtual device as a whole: it starts, keeps what it was given, and ends in order.

use std::io::{self, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use crate::common::{Screen, TOKEN, alone, app, ask, exit_code, launch, manifest, options, start};
use akira_host::platform::Console;
use akira_host::{Device, SimError, SimOptions};
use akira_runtime::platform::{File, OpenMode, Platform};

#[test]
fn apps_survive_a_restart_byte_for_byte() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let module = app("hello", false, 100_000);

    let device = start(&flash).unwrap();
    let answer = ask(&device, "PUT", "/apps/hello", &module);
    assert_eq!(answer.status, 201, "{answer:?}");
    device.stop();

    let device = start(&flash).unwrap();
    let answer = ask(&device, "GET", "/apps/hello", b"");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains(r#""state":"installed""#), "{answer:?}");
    let host = device.runtime().platform();
    let mut file = host.open("/apps/hello.wasm", OpenMode::READ).unwrap();
    let mut kept = vec![0; module.len() + 1];
    assert_eq!(file.read(&mut kept).unwrap(), module.len());
    assert_eq!(kept[..module.len()], module);
    assert_eq!(host.storage().with_chip(|chip| chip.stats().refused), 0);
}

#[test]
fn an_app_whose_record_finds_no_room_at_boot_is_there_all_the_same() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    assert_eq!(ask(&device, "PUT", "/apps/hello", &app("hello", false, 20_000)).status, 201);
    let host = device.runtime().platform();
    // What an update that was cut short leaves: the module without its record.
    host.remove("/config/registry/hello").unwrap();
    // Each of these takes a block; what was synced stays when the storage takes no more.
    for number in 0.. {
        let Ok(mut filler) = host.open(&format!("/logs/{number}"), OpenMode::REPLACE) else {
            break;
        };
        if filler.write(&[7; 1024]).is_err() || filler.sync().is_err() {
            break;
        }
    }
    device.stop();

    let screen = Screen::default();
    let device = Device::start(options(&flash, &screen)).unwrap();
    let text = screen.text();
    assert!(text.contains("no record of hello could be written yet"), "{text}");
    assert_eq!(ask(&device, "GET", "/apps/hello", b"").status, 200, "{text}");
}

#[test]
fn the_console_tells_the_address_and_a_made_token_once() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let first = Screen::default();
    let device = Device::start(SimOptions { token: None, ..options(&flash, &first) }).unwrap();
    let text = first.text();
    let ready = format!("akira: ready, HTTP API at http://{}\n", device.address());
    assert!(text.ends_with(&ready), "{text}");
    let line = text.lines().find_map(|line| line.strip_prefix("akira: admin token (shown once): "));
    let token = line.unwrap_or_else(|| panic!("{text}")).to_owned();
    assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    device.stop();

    let again = Screen::default();
    let device = Device::start(SimOptions { token: None, ..options(&flash, &again) }).unwrap();
    assert!(!again.text().contains("admin token"), "{}", again.text());
    assert_eq!(ask(&device, "GET", "/status", b"").status, 401, "not this token");
}

#[test]
fn a_provisioned_token_is_never_shown() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let screen = Screen::default();
    let device = Device::start(options(&dir.path().join("flash.bin"), &screen)).unwrap();
    assert_eq!(ask(&device, "GET", "/status", b"").status, 200);
    assert!(!screen.text().contains(TOKEN), "{}", screen.text());
}

/// Whoever was given the console's other end may read it late or never.
#[test]
fn a_console_that_nobody_reads_holds_nobody_up() {
    struct Stuck(Receiver<()>);
    impl Write for Stuck {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            // Stuck until the test lets go of the other end.
            let _ = self.0.recv();
            Ok(data.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let (_hold, held) = channel();
    let console = Console::new(Box::new(Stuck(held)));
    let options = options(&dir.path().join("flash.bin"), &Screen::default());
    let device = Device::start(SimOptions { console: console.into(), ..options }).unwrap();
    launch(
        &device,
        &manifest("logger", &[]),
        r#"(module
            (import "akira" "log" (func $log (param i32 i32) (result i32)))
            (memory 1)
            (data (i32.const 0) "hello")
            (func (export "_start") (result i32)
                (drop (call $log (i32.const 0) (i32.const 5)))
                (call $log (i32.const 0) (i32.const 5))))"#,
    );
    assert_eq!(exit_code(&device, "logger"), 0);
    device.stop();
}

#[test]
fn four_looping_apps_neither_stop_the_device_nor_its_end() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    for name in ["a", "b", "c", "d"] {
        assert_eq!(ask(&device, "PUT", &format!("/apps/{name}"), &app(name, true, 0)).status, 201);
        let answer = ask(&device, "POST", &format!("/apps/{name}/start"), b"");
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let answer = ask(&device, "GET", "/status", b"");
    assert!(answer.body.contains(r#""running":4"#), "{answer:?}");
    device.stop();
    let device = start(&flash).unwrap();
    let answer = ask(&device, "GET", "/status", b"");
    assert!(answer.body.contains(r#""installed":4,"running":0"#), "{answer:?}");
}

#[test]
fn what_cannot_start_says_why() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    let error = start(&flash).map(drop).unwrap_err();
    assert!(matches!(error, SimError::Image(_)) && error.to_string().contains("in use"), "{error}");

    let mut taken = options(&dir.path().join("other.bin"), &Screen::default());
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    taken.listen = port.local_addr().unwrap();
    let error = Device::start(taken).map(drop).unwrap_err();
    assert!(matches!(error, SimError::Listen { .. }), "{error}");

    let mut odd = options(&dir.path().join("odd.bin"), &Screen::default());
    odd.flash_size = Some(100_000);
    let error = Device::start(odd).map(drop).unwrap_err();
    assert!(matches!(error, SimError::FlashSize(100_000)), "{error}");
    assert!(!dir.path().join("odd.bin").exists());

    let foreign = dir.path().join("foreign.bin");
    std::fs::write(&foreign, vec![0x42; 2 << 20]).unwrap();
    let error = start(&foreign).map(drop).unwrap_err();
    assert!(matches!(error, SimError::Mount { .. }), "{error}");
    assert!(error.to_string().contains("foreign.bin"), "{error}");

    let mut short = options(&dir.path().join("new.bin"), &Screen::default());
    short.token = Some("x".to_owned());
    let error = Device::start(short).map(drop).unwrap_err();
    assert!(matches!(error, SimError::Runtime(_)), "{error}");
    drop(device);
    start(&flash).unwrap();
}
