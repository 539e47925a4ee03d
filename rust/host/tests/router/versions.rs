// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The version that an update keeps: how long, at whose cost, and how it comes back.

use std::thread::sleep;
use std::time::Duration;

use akira_core::cose::Sign1;
use akira_core::hex;
use akira_core::lifecycle::HEALTHY_MS;
use akira_core::module::{SECTION_SIGNATURE, append_custom_section, scan};
use akira_core::trust::PublicKey;
use akira_host::flash::{Geometry, NorFlash};
use akira_runtime::SignaturePolicy;
use akira_runtime::http::Head;
use akira_runtime::platform::{File, OpenMode, Platform};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

use crate::common::{Lab, app, code, manifest, packed};

const HELLO: &str = "/api/v1/apps/hello";
const ROLLBACK: &str = "/api/v1/apps/hello/rollback";

/// What a version does when it runs.
pub const ENDS_WELL: &str = r#"(module (func (export "_start") (result i32) i32.const 0))"#;
const ENDS_WITH_3: &str = r#"(module (func (export "_start") (result i32) i32.const 3))"#;
const TRAPS: &str = r#"(module (func (export "_start") unreachable))"#;
const WAITS: &str = r#"(module (func (export "_start")) (func (export "on_event") (param i32)))"#;

/// A version of the app `hello` of about `size` bytes that asks for two capabilities.
pub fn version(number: &str, code: &str, size: usize) -> Vec<u8> {
    let mut manifest = manifest("hello", &["fs_read", "fs_write"]);
    manifest.version = Some(number.to_owned());
    // Long texts, so that its record needs a block of its own.
    manifest.description = Some("x".repeat(128));
    manifest.author = Some("y".repeat(128));
    packed(&manifest, code, size)
}

fn facts(lab: &Lab) -> Value {
    serde_json::from_str(&lab.done(200, "GET", HELLO, b"")).unwrap()
}

/// The installed version and the one that is kept.
pub fn versions(lab: &Lab) -> (String, Option<String>) {
    let facts = facts(lab);
    let previous = &facts["previous"]["version"];
    (facts["version"].as_str().unwrap().to_owned(), previous.as_str().map(str::to_owned))
}

fn pair(version: &str, previous: Option<&str>) -> (String, Option<String>) {
    (version.to_owned(), previous.map(str::to_owned))
}

/// Starts the app and waits until it has ended.
fn run(lab: &Lab) {
    lab.done(200, "POST", &format!("{HELLO}/start"), b"");
    while ["running", "loaded"].iter().any(|state| facts(lab)["state"] == **state) {
        sleep(Duration::from_millis(5));
    }
}

fn write(lab: &Lab, path: &str, bytes: &[u8]) {
    let mut file = lab.runtime.platform().open(path, OpenMode::REPLACE).unwrap();
    assert_eq!(file.write(bytes).unwrap(), bytes.len());
    file.close().unwrap();
}

fn read(lab: &Lab, path: &str) -> Vec<u8> {
    let platform = lab.runtime.platform();
    let mut bytes = vec![0; platform.stat(path).unwrap().size as usize];
    let mut file = platform.open(path, OpenMode::READ).unwrap();
    assert_eq!(file.read(&mut bytes).unwrap(), bytes.len());
    bytes
}

/// The device after a reset.
pub fn again(lab: Lab) -> Lab {
    again_with(lab, SignaturePolicy::Off)
}

/// The device after a reset, with that policy from now on.
fn again_with(lab: Lab, signatures: SignaturePolicy) -> Lab {
    let cells = lab.cells();
    // There is one engine for all devices.
    drop(lab);
    from(cells, signatures)
}

/// A device with that flash.
pub fn from(cells: Vec<u8>, signatures: SignaturePolicy) -> Lab {
    let size = Geometry::new(cells.len() as u64).unwrap();
    Lab::boot(NorFlash::from_cells(size, cells), signatures, |_| {})
}

#[test]
fn a_rollback_brings_back_the_module_and_what_was_decided_for_it() {
    let lab = Lab::new();
    let free = lab.free();
    let first = version("1.0.0", ENDS_WELL, 6000);
    lab.done(201, "PUT", &format!("{HELLO}?deny=fs_write"), &first);
    assert_eq!(facts(&lab)["previous"], Value::Null);
    lab.done(200, "PUT", &format!("{HELLO}/quota"), br#"{"memory_bytes":100000}"#);
    lab.done(201, "PUT", "/api/v1/files/hello/notes", b"mine");
    let before = facts(&lab);
    lab.done(200, "PUT", HELLO, &version("2.0.0", TRAPS, 9000));
    let sha256 = hex::encode(&scan(&first).unwrap().sha256);
    assert_eq!(facts(&lab)["previous"], json!({ "version": "1.0.0", "sha256": sha256 }));
    assert_eq!(facts(&lab)["capabilities"], json!(["fs_read", "fs_write"]));
    // What is decided for the new version is not decided for the old one.
    lab.done(200, "PUT", &format!("{HELLO}/quota"), br#"{"memory_bytes":200000}"#);

    let lab = again(lab);
    assert_eq!(versions(&lab), pair("2.0.0", Some("1.0.0")));
    let answer: Value = serde_json::from_str(&lab.done(200, "POST", ROLLBACK, b"")).unwrap();
    assert_eq!(answer, before);
    assert_eq!(read(&lab, "/apps/hello.wasm"), first);
    assert_eq!(lab.done(200, "GET", "/api/v1/files/hello/notes", b""), "mine");
    assert_eq!(lab.names("/apps"), ["hello.wasm"]);
    assert_eq!(lab.names("/config/registry"), ["hello"]);
    assert_eq!(lab.refused("POST", ROLLBACK, b""), (409, "no_previous".into()));
    let audit = lab.done(200, "GET", "/api/v1/audit", b"");
    assert!(audit.contains("rolled back from 2.0.0 to 1.0.0"), "{audit}");
    let lab = again(lab);
    assert_eq!(facts(&lab), before);
    run(&lab);
    lab.done(200, "DELETE", HELLO, b"");
    assert_eq!(lab.free(), free);
}

#[test]
fn a_version_that_ends_well_needs_no_other_one() {
    let lab = Lab::new();
    let first = version("1.0.0", ENDS_WELL, 6000);
    lab.done(201, "PUT", HELLO, &first);
    let free = lab.free();
    lab.done(200, "PUT", HELLO, &version("2.0.0", ENDS_WELL, 6000));
    assert_eq!(free - lab.free(), 3 * 4096, "a module of two blocks and a record of one");
    run(&lab);
    assert_eq!(versions(&lab), pair("2.0.0", None));
    assert_eq!(lab.free(), free);
    // And is kept itself when the next one comes.
    lab.done(200, "PUT", HELLO, &version("3.0.0", TRAPS, 6000));
    assert_eq!(versions(&lab), pair("3.0.0", Some("2.0.0")));
    lab.done(200, "DELETE", HELLO, b"");
    assert_eq!(lab.names("/apps"), [""; 0]);
    assert_eq!(lab.names("/config/registry"), [""; 0]);
}

#[test]
fn a_version_that_ends_badly_leaves_the_choice_and_says_so() {
    let lab = Lab::new();
    for (number, code) in [("1.0.0", ENDS_WITH_3), ("2.0.0", TRAPS)] {
        lab.done(
            if number == "1.0.0" { 201 } else { 200 },
            "PUT",
            HELLO,
            &version(number, code, 0),
        );
        run(&lab);
    }
    let log = lab.done(200, "GET", &format!("{HELLO}/log"), b"");
    let hint = "the version before, 1.0.0, is kept: `akira rollback hello` brings it back";
    assert_eq!(log.matches(hint).count(), 1, "{log}");
    // One fix after the other: the last version that was not replaced for its faults stays.
    lab.done(200, "PUT", HELLO, &version("2.0.1", ENDS_WITH_3, 0));
    run(&lab);
    lab.done(200, "PUT", HELLO, &version("2.0.2", WAITS, 0));
    lab.done(200, "POST", &format!("{HELLO}/start"), b"");
    lab.done(200, "POST", &format!("{HELLO}/stop"), b"");
    assert_eq!(versions(&lab), pair("2.0.2", Some("1.0.0")), "a stop shows nothing");
    // The previous version by hand is no update from it.
    lab.done(200, "PUT", HELLO, &version("1.0.0", ENDS_WITH_3, 0));
    assert_eq!(versions(&lab), pair("1.0.0", None));
    assert_eq!(lab.names("/apps"), ["hello.wasm"]);
    assert_eq!(lab.names("/config/registry"), ["hello"]);
}

#[test]
fn a_version_that_runs_for_a_minute_needs_no_other_one() {
    let lab = Lab::new();
    lab.done(201, "PUT", HELLO, &version("1.0.0", ENDS_WELL, 0));
    lab.done(200, "PUT", HELLO, &version("2.0.0", WAITS, 0));
    lab.done(200, "POST", &format!("{HELLO}/start"), b"");
    assert_eq!(lab.refused("POST", ROLLBACK, b""), (409, "running".into()));
    lab.pass(HEALTHY_MS - 2000);
    assert_eq!(versions(&lab), pair("2.0.0", Some("1.0.0")));
    lab.pass(2000);
    assert_eq!(versions(&lab), pair("2.0.0", None));
    assert_eq!(facts(&lab)["state"], "running");
    lab.done(200, "POST", &format!("{HELLO}/stop"), b"");
    assert_eq!(lab.refused("POST", ROLLBACK, b""), (409, "no_previous".into()));
}

#[test]
fn the_same_module_again_is_no_other_version() {
    let lab = Lab::new();
    let (first, second) = (version("1.0.0", TRAPS, 0), version("2.0.0", TRAPS, 0));
    lab.done(201, "PUT", HELLO, &first);
    lab.done(200, "PUT", &format!("{HELLO}?deny=fs_read"), &first);
    assert_eq!(versions(&lab), pair("1.0.0", None));
    lab.done(200, "PUT", HELLO, &second);
    lab.done(200, "PUT", &format!("{HELLO}?deny=fs_write"), &second);
    assert_eq!(versions(&lab), pair("2.0.0", Some("1.0.0")));
    lab.done(200, "POST", ROLLBACK, b"");
    assert_eq!(facts(&lab)["capabilities"], json!(["fs_write"]), "as it was granted last");
    assert_eq!(lab.refused("POST", "/api/v1/apps/nobody/rollback", b"").0, 404);
}

/// A storage on which about `room` bytes are free.
fn fill(lab: &Lab, room: u32) {
    let mut number = 0;
    while lab.free() > room {
        let size = (lab.free() - room).min(60_000) as usize;
        write(lab, &format!("/data/keeper/{number}"), &vec![7; size]);
        number += 1;
    }
}

#[test]
fn what_is_kept_makes_room_for_what_comes() {
    for known in [true, false] {
        let lab = Lab::new();
        lab.done(201, "PUT", "/api/v1/apps/keeper", &app("keeper", 0));
        lab.runtime.platform().mkdir("/data/keeper").unwrap();
        lab.done(201, "PUT", HELLO, &version("1.0.0", ENDS_WELL, 100_000));
        lab.done(200, "PUT", HELLO, &version("2.0.0", TRAPS, 100_000));
        let send = |module: &[u8]| {
            let content_length = known.then_some(module.len() as u64);
            lab.send(Head { content_length, ..Head::new("PUT", HELLO) }, module, 1000)
        };
        // There is room as long as there is; the version that is kept stays.
        fill(&lab, 200_000);
        assert_eq!(send(&version("2.0.1", TRAPS, 100_000)).status, 200);
        assert_eq!(versions(&lab), pair("2.0.1", Some("1.0.0")));
        fill(&lab, 50_000);
        // What does not fit without it either changes nothing.
        let reply = send(&version("2.0.2", TRAPS, 300_000));
        assert_eq!(reply.status, 507);
        assert_eq!(code(&String::from_utf8(reply.body.read_all()).unwrap()), "no_space");
        assert_eq!(versions(&lab).0, "2.0.1");
        if !known {
            // That nobody knew.
            assert_eq!(versions(&lab).1, None);
            continue;
        }
        assert_eq!(versions(&lab).1.as_deref(), Some("1.0.0"));
        assert_eq!(send(&version("2.0.2", TRAPS, 100_000)).status, 200);
        // The version that was installed until now is the one before now, if there is room for that.
        assert_eq!(versions(&lab).0, "2.0.2");
        assert_ne!(versions(&lab).1.as_deref(), Some("1.0.0"));
        let audit = lab.done(200, "GET", "/api/v1/audit", b"");
        assert!(audit.contains("1.0.0, is given up: an install needs room"), "{audit}");
        let lab = again(lab);
        assert_eq!(versions(&lab).0, "2.0.2");
    }
}

#[test]
fn another_apps_update_may_take_the_room_too() {
    let lab = Lab::new();
    lab.done(201, "PUT", "/api/v1/apps/keeper", &app("keeper", 0));
    lab.runtime.platform().mkdir("/data/keeper").unwrap();
    lab.done(201, "PUT", HELLO, &version("1.0.0", ENDS_WELL, 100_000));
    lab.done(200, "PUT", HELLO, &version("2.0.0", WAITS, 100_000));
    fill(&lab, 60_000);
    // It runs, which is not in the way of that.
    lab.done(200, "POST", &format!("{HELLO}/start"), b"");
    lab.done(201, "PUT", "/api/v1/apps/other", &app("other", 90_000));
    assert_eq!(versions(&lab), pair("2.0.0", None));
    assert_eq!(facts(&lab)["state"], "running");
    lab.done(200, "POST", &format!("{HELLO}/stop"), b"");
}

#[test]
fn a_full_storage_takes_an_app_back() {
    let lab = Lab::new();
    lab.done(201, "PUT", "/api/v1/apps/keeper", &app("keeper", 0));
    lab.runtime.platform().mkdir("/data/keeper").unwrap();
    lab.done(201, "PUT", HELLO, &version("1.0.0", ENDS_WELL, 50_000));
    lab.done(200, "PUT", HELLO, &version("2.0.0", TRAPS, 50_000));
    fill(&lab, 60_000);
    let platform = lab.runtime.platform();
    // Each of these takes a block, until the storage takes no more.
    for number in 0.. {
        let path = format!("/data/keeper/full{number}");
        let Ok(mut file) = platform.open(&path, OpenMode::REPLACE) else { break };
        if file.write(&[7; 1024]).is_err() || file.close().is_err() {
            break;
        }
    }
    assert_eq!(lab.refused("PUT", HELLO, &version("3.0.0", TRAPS, 90_000)).1, "no_space");
    assert_eq!(versions(&lab), pair("2.0.0", Some("1.0.0")));
    lab.done(200, "POST", ROLLBACK, b"");
    assert_eq!(versions(&lab), pair("1.0.0", None));
    let lab = again(lab);
    assert_eq!(versions(&lab), pair("1.0.0", None));
    run(&lab);
}

#[test]
fn what_is_damaged_does_not_come_back() {
    let lab = Lab::new();
    let first = version("1.0.0", ENDS_WELL, 6000);
    lab.done(201, "PUT", HELLO, &first);
    lab.done(200, "PUT", HELLO, &version("2.0.0", ENDS_WELL, 6000));
    let mut damaged = first.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for bytes in [&damaged[..], &first[..5000], b"garbage"] {
        write(&lab, "/apps/hello.old", bytes);
        assert_eq!(lab.refused("POST", ROLLBACK, b""), (500, "internal".into()));
        assert_eq!(versions(&lab), pair("2.0.0", Some("1.0.0")));
    }
    write(&lab, "/apps/hello.old", &first);
    let record = read(&lab, "/config/registry/hello.old");
    write(&lab, "/config/registry/hello.old", &record[..record.len() - 1]);
    assert_eq!(lab.refused("POST", ROLLBACK, b""), (500, "internal".into()));
    // A boot finds out what the module is. What was granted to it, nobody knows any more.
    let lab = again(lab);
    assert_eq!(versions(&lab), pair("2.0.0", Some("1.0.0")));
    assert_eq!(facts(&lab)["capabilities"], json!(["fs_read", "fs_write"]));
    let audit = lab.done(200, "GET", "/api/v1/audit", b"");
    assert!(audit.contains("previous version's record is damaged"), "{audit}");
    lab.done(200, "POST", ROLLBACK, b"");
    assert_eq!(facts(&lab)["capabilities"], json!([]));
    run(&lab);
    // A version that cannot be read and has no record is of no use, and goes.
    lab.done(200, "PUT", HELLO, &version("2.0.0", ENDS_WELL, 6000));
    write(&lab, "/apps/hello.old", b"garbage");
    write(&lab, "/config/registry/hello.old", b"garbage");
    let lab = again(lab);
    assert_eq!(versions(&lab), pair("2.0.0", None));
    assert_eq!(lab.names("/apps"), ["hello.wasm"]);
    assert_eq!(lab.names("/config/registry"), ["hello"]);
}

/// `module` with a signature by that key.
fn signed(mut module: Vec<u8>, key: &SigningKey) -> Vec<u8> {
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
    let payload = scan(&module).unwrap().sha256;
    let signature = key.sign(&Sign1::to_be_signed(&public.kid(), &payload)).to_bytes();
    let content = Sign1 { kid: public.kid(), payload, signature }.encode();
    append_custom_section(&mut module, SECTION_SIGNATURE, &content);
    module
}

#[test]
fn where_signatures_are_required_only_what_is_trusted_comes_back() {
    let lab = again_with(Lab::new(), SignaturePolicy::Require);
    let [alice, bob] = [7, 8].map(|seed| SigningKey::from_bytes(&[seed; 32]));
    let trust = |name: &str, key: &SigningKey| {
        let key = hex::encode(key.verifying_key().as_bytes());
        let body = format!(r#"{{"public_key":"{key}"}}"#);
        lab.done(201, "PUT", &format!("/api/v1/keys/{name}"), body.as_bytes());
    };
    trust("alice", &alice);
    trust("bob", &bob);
    lab.done(201, "PUT", HELLO, &signed(version("1.0.0", ENDS_WELL, 6000), &alice));
    lab.done(200, "PUT", HELLO, &signed(version("2.0.0", TRAPS, 6000), &bob));
    lab.done(200, "DELETE", "/api/v1/keys/alice", b"");
    assert_eq!(lab.refused("POST", ROLLBACK, b""), (403, "bad_signature".into()));
    assert_eq!(versions(&lab), pair("2.0.0", Some("1.0.0")));
    assert!(lab.done(200, "GET", "/api/v1/audit", b"").contains("not rolled back"));
    // Under another name it is the same key, and the app is that key's now.
    trust("anna", &alice);
    lab.done(200, "POST", ROLLBACK, b"");
    assert_eq!(facts(&lab)["signer"], "anna");
    run(&lab);
    let lab = again_with(lab, SignaturePolicy::Require);
    assert_eq!(
        (&facts(&lab)["signer"], &facts(&lab)["version"]),
        (&json!("anna"), &json!("1.0.0"))
    );
    run(&lab);
    // A previous version that may not run and whose record is lost is no reason for the app not to.
    lab.done(200, "PUT", HELLO, &signed(version("2.0.0", ENDS_WELL, 6000), &bob));
    lab.done(200, "DELETE", "/api/v1/keys/anna", b"");
    write(&lab, "/config/registry/hello.old", b"garbage");
    let lab = again_with(lab, SignaturePolicy::Require);
    assert_eq!(versions(&lab), pair("2.0.0", None));
    assert_eq!(lab.names("/apps"), ["hello.wasm"]);
    run(&lab);
}
