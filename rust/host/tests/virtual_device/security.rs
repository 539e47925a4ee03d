// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What an operator decided, after the power failed at the worst moments.

use std::path::Path;

use akira_abi::{CapSet, Capability};
use akira_core::cose::Sign1;
use akira_core::hex;
use akira_core::module::{SECTION_JSON, SECTION_SIGNATURE, append_custom_section, scan};
use akira_core::trust::PublicKey;
use akira_host::Device;
use akira_runtime::SignaturePolicy;
use akira_runtime::platform::{File, OpenMode, Platform};
use ed25519_dalek::{Signer, SigningKey};

use crate::common::{Screen, alone, ask, exit_code, options, start};

const RECORD: &str = "/config/registry/hello";
const NEXT: &str = "/config/registry/hello.next";

fn read(device: &Device, path: &str) -> Vec<u8> {
    let host = device.runtime().platform();
    let mut bytes = vec![0; host.stat(path).unwrap().size as usize];
    let mut file = host.open(path, OpenMode::READ).unwrap();
    assert_eq!(file.read(&mut bytes).unwrap(), bytes.len());
    bytes
}

fn write(device: &Device, path: &str, bytes: &[u8]) {
    let mut file = device.runtime().platform().open(path, OpenMode::REPLACE).unwrap();
    assert_eq!(file.write(bytes).unwrap(), bytes.len());
    file.sync().unwrap();
    file.close().unwrap();
}

/// Ends the device in order and starts it on the same flash.
fn again(device: Device, flash: &Path) -> Device {
    device.stop();
    start(flash).unwrap()
}

fn granted(device: &Device) -> String {
    let body = ask(device, "GET", "/apps/hello", b"").body;
    let rest = body.split(r#""capabilities":["#).nth(1).unwrap();
    rest[..rest.find(']').unwrap()].to_owned()
}

const BOTH: &str = r#""fs_read","fs_write""#;
const READ_ONLY: &str = r#""fs_read""#;

/// An app that asks for both capabilities. Others differ in nothing but their hashes.
fn module(fill: u8) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0".to_vec();
    module.extend_from_slice(b"\x07\x0a\x01\x06_start\0\0\x0a\x04\x01\x02\0\x0b");
    let manifest = br#"{"name":"hello","version":"1.0.0","capabilities":["fs_read","fs_write"]}"#;
    append_custom_section(&mut module, SECTION_JSON, manifest);
    append_custom_section(&mut module, "fill", &[fill; 600]);
    module
}

#[test]
fn what_was_withheld_is_not_lost_with_the_power() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    assert_eq!(ask(&device, "PUT", "/apps/hello", &module(2)).status, 201);
    let new_record = read(&device, RECORD);
    assert_eq!(ask(&device, "PUT", "/apps/hello?deny=fs_write", &module(1)).status, 200);
    assert_eq!(granted(&device), READ_ONLY);

    // The power fails while the record of an update is written, and when it was: the old app.
    let mut device = device;
    for announced in [&new_record[..20], &new_record[..]] {
        write(&device, NEXT, announced);
        device = again(device, &flash);
        assert_eq!(granted(&device), READ_ONLY);
        assert!(device.runtime().platform().stat(NEXT).is_err());
    }
    // The power fails when the new module is in place: the new app.
    write(&device, NEXT, &new_record);
    write(&device, "/apps/hello.wasm", &module(2));
    device = again(device, &flash);
    assert_eq!(granted(&device), BOTH);
    assert_eq!(read(&device, RECORD), new_record);
    assert!(device.runtime().platform().stat(NEXT).is_err());
}

#[test]
fn a_device_that_grants_less_takes_it_from_installed_apps_too() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    assert_eq!(ask(&device, "PUT", "/apps/hello", &module(1)).status, 201);
    device.stop();
    let mut narrow = options(&flash, &Screen::default());
    narrow.grantable = CapSet::EMPTY.with(Capability::FsRead);
    let device = Device::start(narrow).unwrap();
    assert_eq!(granted(&device), READ_ONLY);
    // What the install recorded is still there for a device that grants it again.
    let device = again(device, &flash);
    assert_eq!(granted(&device), BOTH);
}

#[test]
fn a_damaged_record_grants_nothing() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    assert_eq!(ask(&device, "PUT", "/apps/hello", &module(1)).status, 201);
    let mut record = read(&device, RECORD);
    record[30] ^= 1;
    write(&device, RECORD, &record);
    device.stop();
    let screen = Screen::default();
    let device = Device::start(options(&flash, &screen)).unwrap();
    assert_eq!(granted(&device), "");
    assert!(screen.text().contains("nothing is granted to it"), "{}", screen.text());
    let device = again(device, &flash);
    assert_eq!(granted(&device), "");
    assert_eq!(ask(&device, "PUT", "/apps/hello", &module(1)).status, 200);
    assert_eq!(granted(&device), BOTH);
}

#[test]
fn a_damaged_key_is_not_trusted_and_the_rest_is() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    let keys = [
        ("one", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
        ("two", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
    ];
    for (name, key) in keys {
        let body = format!(r#"{{"public_key":"{key}"}}"#);
        assert_eq!(ask(&device, "PUT", &format!("/keys/{name}"), body.as_bytes()).status, 201);
    }
    let record = read(&device, "/config/keys/one");
    // Neither a flipped bit nor another key's record passes.
    let mut damaged = record.clone();
    damaged[10] ^= 1;
    write(&device, "/config/keys/one", &damaged);
    write(&device, "/config/keys/three", &record);
    write(&device, "/config/keys/four.tmp", &record);
    let device = again(device, &flash);
    let listed = ask(&device, "GET", "/keys", b"").body;
    assert!(listed.contains(r#""name":"two""#), "{listed}");
    assert_eq!(listed.matches(r#""name":"#).count(), 1, "{listed}");
    assert!(device.runtime().platform().stat("/config/keys/four.tmp").is_err());
    let audit = ask(&device, "GET", "/audit", b"").body;
    assert!(audit.contains("the key one cannot be read"), "{audit}");
}

/// `module` with a signature by a key of this test, and that key's public half in hexadecimal.
fn signed(mut module: Vec<u8>) -> (Vec<u8>, String) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
    let payload = scan(&module).unwrap().sha256;
    let message = Sign1::to_be_signed(&public.kid(), &payload);
    let signature = key.sign(&message).to_bytes();
    let content = Sign1 { kid: public.kid(), payload, signature }.encode();
    append_custom_section(&mut module, SECTION_SIGNATURE, &content);
    (module, hex::encode(key.verifying_key().as_bytes()))
}

#[test]
fn where_signatures_are_required_the_stored_bytes_must_be_the_signed_ones() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let mut options = options(&flash, &Screen::default());
    options.signatures = SignaturePolicy::Require;
    let device = Device::start(options).unwrap();
    let (module, key) = signed(module(1));
    let body = format!(r#"{{"public_key":"{key}"}}"#);
    assert_eq!(ask(&device, "PUT", "/keys/maker", body.as_bytes()).status, 201);
    assert_eq!(ask(&device, "PUT", "/apps/hello", &module).status, 201);
    assert_eq!(ask(&device, "POST", "/apps/hello/start", b"").status, 200);
    assert_eq!(exit_code(&device, "hello"), 0);
    // Somebody writes to the flash, past the runtime: one byte that no code depends on.
    let mut altered = module.clone();
    let fill = altered.windows(8).position(|bytes| bytes == [1; 8]).unwrap();
    altered[fill] = 2;
    write(&device, "/apps/hello.wasm", &altered);
    let refused = ask(&device, "POST", "/apps/hello/start", b"");
    assert_eq!((refused.status, refused.code()), (422, "start_failed"));
    assert!(refused.body.contains("changed after it was signed"), "{}", refused.body);
    assert!(ask(&device, "GET", "/audit", b"").body.contains("cannot be trusted"));
    write(&device, "/apps/hello.wasm", &module);
    assert_eq!(ask(&device, "POST", "/apps/hello/start", b"").status, 200);
}

#[test]
fn a_damaged_page_of_the_audit_log_costs_only_itself() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    assert_eq!(ask(&device, "PUT", "/apps/hello", b"no module").status, 400);
    let device = again(device, &flash);
    assert!(ask(&device, "GET", "/audit", b"").body.contains("install refused"));
    write(&device, "/logs/audit.0", b"garbage");
    write(&device, "/logs/audit.1", &[0xff; 5000]);
    // An orderly end writes nothing, because nothing is new.
    let device = again(device, &flash);
    let audit = ask(&device, "GET", "/audit", b"").body;
    assert_eq!(audit, r#"{"records":[],"next":0,"dropped":0}"#);
    assert_eq!(ask(&device, "PUT", "/apps/hello", b"no module").status, 400);
    let device = again(device, &flash);
    assert!(ask(&device, "GET", "/audit", b"").body.contains("install refused"));
}
