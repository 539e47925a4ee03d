// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Firmware updates of a whole device, restarts included.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use akira_core::firmware::PublicKey;
use akira_core::manifest::Draft;
use akira_core::module::{SECTION_CBOR, append_custom_section};
use akira_host::bootloader::Keys;
use akira_host::flash::CutAt;
use akira_host::{Device, SimOptions};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::common::*;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn keys() -> Keys {
    Keys { keys: vec![PublicKey::Ed25519(key().verifying_key().to_bytes())], unsigned: false }
}

/// An image of that version with `len` bytes of content, signed by `key`.
fn signed(version: [u8; 2], len: usize, key: &SigningKey) -> Vec<u8> {
    let mut all = vec![0; 32];
    all[..4].copy_from_slice(&[0x3d, 0xb8, 0xf3, 0x96]);
    all[8] = 32;
    all[12..16].copy_from_slice(&(len as u32).to_le_bytes());
    all[20..22].copy_from_slice(&version);
    all.extend((0..len).map(|i| (i as u8).wrapping_mul(version[0]) ^ (i >> 8) as u8));
    let sha256: [u8; 32] = Sha256::digest(&all).into();
    let key_hash = PublicKey::Ed25519(key.verifying_key().to_bytes()).key_hash();
    let signature = key.sign(&sha256).to_bytes();
    let mut tlvs = Vec::new();
    for (kind, value) in [(0x10u16, &sha256[..]), (0x01, &key_hash), (0x24, &signature)] {
        tlvs.extend(kind.to_le_bytes());
        tlvs.extend((value.len() as u16).to_le_bytes());
        tlvs.extend(value);
    }
    all.extend(0x6907u16.to_le_bytes());
    all.extend((tlvs.len() as u16 + 4).to_le_bytes());
    all.extend(tlvs);
    all
}

fn image(version: [u8; 2]) -> Vec<u8> {
    signed(version, 150_000, &key())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A device with a key, whose boots are judged after `health_ms`.
fn boot(flash: &Path, health_ms: u32, screen: &Screen) -> Device {
    let firmware = keys();
    Device::start(SimOptions { firmware, health_ms, ..options(flash, screen) }).unwrap()
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

fn state(device: &Device) -> Value {
    let answer = ask(device, "GET", "/firmware", b"");
    assert_eq!(answer.status, 200, "{answer:?}");
    json(&answer)
}

fn versions(state: &Value) -> [&str; 2] {
    [0, 1].map(|slot| state["slots"][slot]["image"]["version"].as_str().unwrap_or("-"))
}

fn states(state: &Value) -> [&str; 2] {
    [0, 1].map(|slot| state["slots"][slot]["state"].as_str().unwrap())
}

fn must(device: &Device, method: &str, path: &str, body: &[u8]) -> Value {
    let answer = ask(device, method, path, body);
    assert!((200..300).contains(&answer.status), "{method} {path}: {answer:?}");
    json(&answer)
}

fn refusal(device: &Device, method: &str, path: &str, body: &[u8]) -> (u16, String) {
    let answer = ask(device, method, path, body);
    (answer.status, answer.code().to_owned())
}

/// Restarts a device that is about to restart itself.
fn follow(device: Device) -> Device {
    assert!(device.wants_restart(Duration::from_secs(20)), "it does not restart");
    device.restart().unwrap()
}

/// Waits until a boot is judged; the state then.
fn judged(device: &Device) -> Value {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let state = state(device);
        if state["health"]["state"] != "checking" {
            return state;
        }
        assert!(Instant::now() < until, "{state}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Stores an image, has it tried, and restarts.
fn update(device: Device, image: &[u8]) -> Device {
    must(&device, "PUT", "/firmware", image);
    must(&device, "POST", "/firmware/test", b"");
    must(&device, "POST", "/reboot", b"");
    follow(device)
}

/// An app that starts at boot.
fn autostart(name: &str, code: &str) -> Vec<u8> {
    let mut module = wat::parse_str(code).unwrap();
    let draft = Draft { autostart: Some(true), ..manifest(name, &[]) };
    append_custom_section(&mut module, SECTION_CBOR, &draft.to_cbor().unwrap());
    module
}

/// One that starts at boot and runs for ever.
fn steady() -> Vec<u8> {
    autostart("steady", r#"(module (func (export "_start") (loop (br 0))))"#)
}

/// A power cut: nothing reaches the flash any more.
fn cut(device: Device) {
    device.runtime().platform().storage().with_chip(|chip| {
        let at = chip.changes();
        chip.set_fault_plan(Some(Box::new(CutAt { at, done: 0 })));
    });
    device.stop();
}

#[test]
fn an_update_is_tried_and_confirmed_by_itself() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let (flash, screen) = (dir.path().join("flash.bin"), Screen::default());
    let device = boot(&flash, 200, &screen);
    let address = device.address();
    assert_eq!(states(&state(&device)), ["empty", "empty"]);
    let stored = must(&device, "PUT", "/firmware", &image([1, 0]));
    assert_eq!(stored["slots"][1]["image"]["size"], image([1, 0]).len());
    assert_eq!((states(&stored), versions(&stored)), (["empty", "ready"], ["-", "1.0.0"]));
    assert_eq!((&stored["swap"], &stored["confirmed"]), (&"none".into(), &true.into()));
    let pending = must(&device, "POST", "/firmware/test", b"");
    assert_eq!((states(&pending), &pending["swap"]), (["empty", "pending"], &"test".into()));
    must(&device, "POST", "/reboot", b"");
    let device = follow(device);
    assert_eq!(device.address(), address);
    let kept = judged(&device);
    assert_eq!((states(&kept), versions(&kept)), (["running", "empty"], ["1.0.0", "-"]));
    assert_eq!((&kept["confirmed"], &kept["boots"]), (&true.into(), &0.into()));
    assert_eq!(kept["last"]["verdict"], "confirmed");
    let device = update(device, &image([1, 1]));
    let kept = judged(&device);
    assert_eq!((states(&kept), versions(&kept)), (["running", "previous"], ["1.1.0", "1.0.0"]));
    device.stop();
    let device = boot(&flash, 200, &screen);
    assert_eq!(versions(&state(&device)), ["1.1.0", "1.0.0"], "for good");
    let told = screen.text();
    for line in
        ["akira: the bootloader swaps the slots: firmware 1.1.0 is on trial", "akira: restarting"]
    {
        assert!(told.contains(line), "{told}");
    }
    assert!(told.contains("akira: firmware 1.1.0 is confirmed"), "{told}");
    let audit = must(&device, "GET", "/audit", b"").to_string();
    assert!(audit.contains("1.1.0 is tried at the next boot"), "{audit}");
}

#[test]
fn what_is_not_confirmed_in_time_is_reverted() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let (flash, screen) = (dir.path().join("flash.bin"), Screen::default());
    let device = update(boot(&flash, 100, &screen), &image([1, 0]));
    judged(&device);
    device.stop();
    let device = update(boot(&flash, 600_000, &screen), &image([2, 0]));
    let on_trial = state(&device);
    assert_eq!(
        (states(&on_trial), versions(&on_trial)),
        (["trial", "previous"], ["2.0.0", "1.0.0"])
    );
    assert_eq!((&on_trial["confirmed"], &on_trial["swap"]), (&false.into(), &"revert".into()));
    let busy = refusal(&device, "PUT", "/firmware", &image([3, 0]));
    assert_eq!(busy, (409, "unconfirmed".into()));
    assert_eq!(refusal(&device, "POST", "/firmware/test", b""), (409, "unconfirmed".into()));
    cut(device);
    let device = boot(&flash, 600_000, &screen);
    let back = state(&device);
    assert_eq!((states(&back), versions(&back)), (["running", "ready"], ["1.0.0", "2.0.0"]));
    assert_eq!(back["last"]["verdict"], "reverted");
    assert_eq!(back["last"]["reason"], "the device restarted before it was confirmed");
    // It may be tried again, and an operator may confirm it before its time, or revert it.
    must(&device, "POST", "/firmware/test", b"");
    must(&device, "POST", "/reboot", b"");
    let device = follow(device);
    must(&device, "POST", "/firmware/revert", b"");
    let device = follow(device);
    assert_eq!(state(&device)["last"]["reason"], "an operator reverted it");
    must(&device, "POST", "/firmware/test", b"");
    must(&device, "POST", "/reboot", b"");
    let device = follow(device);
    let kept = must(&device, "POST", "/firmware/confirm", b"");
    assert_eq!((states(&kept), versions(&kept)), (["running", "previous"], ["2.0.0", "1.0.0"]));
    device.stop();
    let device = boot(&flash, 600_000, &screen);
    assert_eq!(versions(&state(&device)), ["2.0.0", "1.0.0"]);
    // Going back to what was confirmed before is a trial, too.
    must(&device, "POST", "/firmware/revert", b"");
    let device = follow(device);
    assert_eq!(versions(&state(&device)), ["1.0.0", "2.0.0"]);
    assert_eq!(states(&state(&device)), ["trial", "ready"]);
}

#[test]
fn firmware_under_which_an_app_fails_is_reverted_by_itself() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let (flash, screen) = (dir.path().join("flash.bin"), Screen::default());
    let device = update(boot(&flash, 100, &screen), &image([1, 0]));
    judged(&device);
    let module = autostart("weak", r#"(module (func (export "_start") unreachable))"#);
    must(&device, "PUT", "/apps/weak", &module);
    let device = update(device, &image([2, 0]));
    let device = follow(device);
    let back = judged(&device);
    assert_eq!(versions(&back), ["1.0.0", "2.0.0"]);
    let reason = back["last"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("app weak failed: "), "{reason}");
    assert_eq!(back["health"]["state"], "healthy", "what is confirmed is not judged by its apps");
    // Where there is nothing to go back to, the device stays up and says so.
    let other = dir.path().join("other.bin");
    let device = {
        device.stop();
        let device = boot(&other, 100, &screen);
        must(&device, "PUT", "/apps/weak", &module);
        update(device, &image([1, 0]))
    };
    let stays = judged(&device);
    assert_eq!((&stays["health"]["state"], &stays["swap"]), (&"failed".into(), &"revert".into()));
    assert!(!device.wants_restart(Duration::from_millis(300)));
    assert_eq!(refusal(&device, "POST", "/firmware/revert", b""), (409, "no_image".into()));
    must(&device, "POST", "/firmware/confirm", b"");
    assert_eq!(state(&device)["swap"], "none");
}

#[test]
fn what_is_no_good_is_refused_and_what_was_stored_stays() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let (flash, screen) = (dir.path().join("flash.bin"), Screen::default());
    let device = update(boot(&flash, 100, &screen), &image([2, 0]));
    judged(&device);
    must(&device, "PUT", "/firmware", &image([3, 0]));
    let most = state(&device)["slots"][1]["image_max"].as_u64().unwrap() as usize;
    let mut cases = vec![
        (b"\0asm\x01\0\0\0".repeat(100), 400, "bad_image"),
        (Vec::new(), 400, "bad_image"),
        (vec![0xFF; 1000], 400, "bad_image"),
        (image([2, 0]), 409, "not_newer"),
        (image([1, 9]), 409, "not_newer"),
        (signed([4, 0], most, &key()), 413, "too_large"),
        (image([4, 0])[..100].to_vec(), 400, "bad_image"),
    ];
    let mut encrypted = image([4, 0]);
    encrypted[16] = 4;
    cases.push((encrypted, 400, "bad_image"));
    for (bytes, status, code) in cases {
        let refused = refusal(&device, "PUT", "/firmware", &bytes);
        assert_eq!(refused, (status, code.to_owned()), "{} bytes", bytes.len());
        assert_eq!(states(&state(&device)), ["running", "ready"], "refused before it is touched");
    }
    let mut damaged = image([4, 0]);
    damaged[70_000] ^= 1;
    let mut longer = image([4, 0]);
    longer.extend([0xFF; 100]);
    for (bytes, status, code) in [
        (damaged, 400, "bad_image"),
        (longer, 400, "bad_image"),
        (signed([4, 0], 9000, &SigningKey::from_bytes(&[4; 32])), 403, "bad_signature"),
    ] {
        assert_eq!(refusal(&device, "PUT", "/firmware", &bytes), (status, code.to_owned()));
        let state = state(&device);
        assert_eq!((states(&state), &state["upload"]), (["running", "empty"], &Value::Null));
        assert_eq!(refusal(&device, "POST", "/firmware/test", b""), (409, "no_image".into()));
    }
    let path = format!("/firmware?sha256={}", sha256(b"another file"));
    let refused = refusal(&device, "PUT", &path, &image([4, 0]));
    assert_eq!(refused, (400, "digest_mismatch".into()));
    assert_eq!(state(&device)["upload"], Value::Null);
    let audit = must(&device, "GET", "/audit", b"").to_string();
    assert!(audit.contains("an image was refused: No key of this device"), "{audit}");
    let metrics = ask(&device, "GET", "/metrics", b"").body;
    assert!(metrics.contains("akira_firmware_refused_total 12\n"), "{metrics}");
    let info = r#"akira_firmware_slot_info{slot="primary",state="running",version="2.0.0"} 1"#;
    assert!(metrics.contains(info), "{metrics}");
}

#[test]
fn a_device_without_a_key_takes_nothing_and_one_without_slots_says_so() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let (device, _flash) = device();
    let refused = refusal(&device, "PUT", "/firmware", &image([1, 0]));
    assert_eq!(refused, (501, "not_supported".into()));
    assert_eq!(states(&state(&device)), ["empty", "empty"]);
    device.stop();
    let flash = dir.path().join("flash.bin");
    let unsigned = Keys { unsigned: true, ..Keys::default() };
    let free = SimOptions { firmware: unsigned, ..options(&flash, &Screen::default()) };
    let device = Device::start(free).unwrap();
    must(&device, "PUT", "/firmware", &image([1, 0]));
    device.stop();
    let small = dir.path().join("small.bin");
    let small = SimOptions { flash_size: Some(2 << 20), ..options(&small, &Screen::default()) };
    let device = Device::start(small).unwrap();
    for (method, path) in [
        ("GET", "/firmware"),
        ("PUT", "/firmware"),
        ("POST", "/firmware/test"),
        ("POST", "/firmware/confirm"),
        ("POST", "/firmware/revert"),
    ] {
        let refused = refusal(&device, method, path, b"");
        assert_eq!(refused, (501, "not_supported".into()), "{method} {path}");
    }
    assert!(!ask(&device, "GET", "/metrics", b"").body.contains("firmware_slot"));
}

/// Sends the first bytes of an image and hangs up.
fn break_off(device: &Device, path: &str, all: usize, first: &[u8]) {
    let mut stream = connect(device);
    let length = format!("content-length: {all}\r\n");
    stream.write_all(head("PUT", path, &length).as_bytes()).unwrap();
    stream.write_all(first).unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while state(device)["upload"]["offset"] != first.len() {
        assert!(Instant::now() < until, "{}", state(device));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(states(&state(device))[1], "receiving");
    let busy = refusal(device, "PUT", "/firmware", &image([9, 9]));
    assert_eq!(busy, (409, "busy".into()));
    assert_eq!(refusal(device, "POST", "/firmware/test", b""), (409, "busy".into()));
    drop(stream);
    while state(device)["upload"]["active"] == true {
        assert!(Instant::now() < until, "{}", state(device));
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_upload_that_broke_off_goes_on_from_its_last_good_block() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let (flash, screen) = (dir.path().join("flash.bin"), Screen::default());
    let device = boot(&flash, 100, &screen);
    let all = image([1, 0]);
    let digest = sha256(&all);
    let path = format!("/firmware?sha256={digest}");
    break_off(&device, &path, all.len(), &all[..70_001]);
    let partial = state(&device);
    assert_eq!(states(&partial), ["empty", "partial"]);
    assert_eq!(partial["upload"]["offset"], 69_632, "whole erase blocks");
    assert_eq!(partial["upload"]["sha256"].as_str(), Some(digest.as_str()));
    assert_eq!(refusal(&device, "POST", "/firmware/test", b""), (409, "no_image".into()));
    // It is there after a restart, too, and goes on more than once.
    device.stop();
    let device = boot(&flash, 100, &screen);
    assert_eq!(state(&device)["upload"]["offset"], 69_632);
    for wrong in [4096, 73_728] {
        let path = format!("{path}&offset={wrong}");
        let refused = refusal(&device, "PUT", &path, &all[wrong..]);
        assert_eq!(refused, (409, "wrong_offset".into()));
    }
    let other = format!("/firmware?sha256={}&offset=69632", sha256(b"x"));
    let refused = refusal(&device, "PUT", &other, &all[69_632..]);
    assert_eq!(refused, (409, "wrong_offset".into()));
    let next = format!("{path}&offset=69632");
    let mut stream = connect(&device);
    let length = format!("content-length: {}\r\n", all.len() - 69_632);
    stream.write_all(head("PUT", &next, &length).as_bytes()).unwrap();
    stream.write_all(&all[69_632..100_000]).unwrap();
    while state(&device)["upload"]["offset"] != 100_000 {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stream);
    while state(&device)["upload"]["active"] == true {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(state(&device)["upload"]["offset"], 98_304);
    let next = format!("{path}&offset=98304");
    let stored = must(&device, "PUT", &next, &all[98_304..]);
    assert_eq!((states(&stored), &stored["upload"]), (["empty", "ready"], &Value::Null));
    must(&device, "POST", "/firmware/test", b"");
}

#[test]
fn an_upload_goes_on_after_a_power_cut_but_never_on_other_bytes() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let (flash, screen) = (dir.path().join("flash.bin"), Screen::default());
    let device = boot(&flash, 100, &screen);
    let all = image([1, 0]);
    let path = format!("/firmware?sha256={}", sha256(&all));
    let mut stream = connect(&device);
    let length = format!("content-length: {}\r\n", all.len());
    stream.write_all(head("PUT", &path, &length).as_bytes()).unwrap();
    stream.write_all(&all[..140_000]).unwrap();
    while state(&device)["upload"]["offset"] != 140_000 {
        std::thread::sleep(Duration::from_millis(5));
    }
    cut(device);
    let device = boot(&flash, 100, &screen);
    let offset = state(&device)["upload"]["offset"].as_u64().unwrap() as usize;
    assert!((65_536..=140_000).contains(&offset) && offset.is_multiple_of(4096), "{offset}");
    let next = format!("{path}&offset={offset}");
    assert_eq!(states(&must(&device, "PUT", &next, &all[offset..])), ["empty", "ready"]);
    // What is in the slot has changed meanwhile: the upload begins anew.
    break_off(&device, &path, all.len(), &all[..70_000]);
    device.stop();
    let mut bytes = std::fs::read(&flash).unwrap();
    bytes[0x7_5000 + 5000] ^= 0x10;
    std::fs::write(&flash, bytes).unwrap();
    let device = boot(&flash, 100, &screen);
    let state = state(&device);
    assert_eq!((states(&state), &state["upload"]), (["empty", "bad"], &Value::Null));
    // Without its SHA-256 an upload cannot go on, and nothing of it stays.
    break_off(&device, "/firmware", all.len(), &all[..70_000]);
    assert_eq!(states(&self::state(&device)), ["empty", "empty"]);
}

#[test]
fn a_device_whose_boots_do_not_last_comes_to_rest() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let (flash, screen) = (dir.path().join("flash.bin"), Screen::default());
    let mut device = boot(&flash, 100, &screen);
    for version in [[1, 0], [2, 0]] {
        device = update(device, &image(version));
        judged(&device);
    }
    must(&device, "PUT", "/apps/steady", &steady());
    device.stop();
    let running = |device: &Device| must(device, "GET", "/status", b"")["apps"]["running"].clone();
    for boot_count in 1..=3 {
        let device = boot(&flash, 600_000, &screen);
        assert_eq!((&state(&device)["boots"], running(&device)), (&boot_count.into(), 1.into()));
        cut(device);
    }
    let device = boot(&flash, 600_000, &screen);
    let status = must(&device, "GET", "/status", b"");
    assert_eq!((&status["safe_mode"], &status["apps"]["running"]), (&true.into(), &0.into()));
    let device = follow(device);
    let back = state(&device);
    assert_eq!((states(&back), versions(&back)), (["trial", "ready"], ["1.0.0", "2.0.0"]));
    assert_eq!((&back["safe_mode"], running(&device)), (&false.into(), 1.into()));
    // It does not last either: back again, and then no more going back and forth.
    cut(device);
    for boot_count in 2..=3 {
        let device = boot(&flash, 600_000, &screen);
        let state = state(&device);
        assert_eq!((&state["boots"], versions(&state)), (&boot_count.into(), ["2.0.0", "1.0.0"]));
        cut(device);
    }
    let device = boot(&flash, 100, &screen);
    assert!(!device.wants_restart(Duration::from_millis(400)));
    let rests = judged(&device);
    assert_eq!((&rests["safe_mode"], versions(&rests)), (&true.into(), ["2.0.0", "1.0.0"]));
    // Up for long enough, even like this: the next boot is an ordinary one.
    device.stop();
    let device = boot(&flash, 100, &screen);
    assert_eq!((&judged(&device)["safe_mode"], running(&device)), (&false.into(), 1.into()));
    assert!(screen.text().contains("safe mode: 3 boots in a row did not last"));
}

#[test]
fn devices_that_are_switched_off_in_order_are_not_suspected() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = boot(&flash, 600_000, &Screen::default());
    assert_eq!(state(&device)["boots"], 0, "nothing starts that could fail");
    must(&device, "PUT", "/apps/steady", &steady());
    device.stop();
    for _ in 0..6 {
        let device = boot(&flash, 600_000, &Screen::default());
        assert_eq!(state(&device)["boots"], 1);
        device.stop();
    }
}

#[test]
fn the_original_s_form_is_tried_at_the_next_boot_and_can_be_called_off() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let device = boot(&dir.path().join("flash.bin"), 100, &Screen::default());
    let mut body =
        b"--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n".to_vec();
    body.extend(image([1, 0]));
    body.extend(b"\r\n--x--\r\n");
    let fields = format!(
        "POST /ota/upload HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\ncontent-type: \
         multipart/form-data; boundary=x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let answer = ask_raw(&device, &[fields.as_bytes(), &body].concat()).unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(states(&json(&answer)), ["empty", "pending"]);
    let off = must(&device, "POST", "/firmware/revert", b"");
    assert_eq!((states(&off), &off["swap"]), (["empty", "empty"], &"none".into()));
    assert!(!device.wants_restart(Duration::from_millis(700)), "nothing to restart for");
    assert_eq!(refusal(&device, "POST", "/firmware/revert", b""), (409, "no_image".into()));
}
