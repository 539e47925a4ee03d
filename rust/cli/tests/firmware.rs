// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Firmware updates with the tool, of a real virtual device with signed images: restarts, refusals,
//! and what goes on after a broken connection.

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use akira_core::firmware::PublicKey;
use common::sim::{Sim, TOKEN};
use common::{EMPTY, akira_in};
use ed25519_dalek::pkcs8::EncodePublicKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

/// A file with an image of that version with `len` bytes of content, signed by `key`.
fn image(folder: &Path, name: &str, version: [u8; 2], len: usize, key: &SigningKey) -> Vec<u8> {
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
    std::fs::write(folder.join(name), &all).unwrap();
    all
}

/// A device that takes what [`key`] has signed, and judges its boots after a second.
fn device(folder: &Path, options: &[&str]) -> Sim {
    let pem = key().verifying_key().to_public_key_pem(LineEnding::LF).unwrap();
    std::fs::write(folder.join("key.pem"), pem).unwrap();
    let usual = ["--firmware-key", "key.pem", "--health-seconds", "1"];
    Sim::start_with(folder, &[&usual, options].concat())
}

#[test]
fn an_update_from_the_file_to_its_confirmation() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = device(path, &["--serial"]);
    let size = image(path, "a.bin", [1, 0], 60_000, &key()).len();
    image(path, "b.bin", [1, 1], 60_000, &key());
    image(path, "c.bin", [1, 2], 60_000, &key());
    let stored = sim.akira(path, &["firmware", "upload", "a.bin", "--json"]).json();
    assert_eq!(stored["slots"][1]["state"], "ready");
    assert_eq!(stored["slots"][1]["image"]["size"], size);
    let again = sim.akira(path, &["firmware", "upload", "a.bin", "--json"]).json();
    assert_eq!(again["unchanged"], true);
    let all = ["firmware", "upload", "a.bin", "--from-start", "--json"];
    assert!(sim.akira(path, &all).json().get("unchanged").is_none());
    let told = sim.akira(path, &["firmware", "upload", "a.bin", "--reboot"]).success();
    assert!(told.ends_with("confirmed 1.0.0\n"), "{told}");
    let told = sim.akira(path, &["firmware", "upload", "b.bin", "--reboot", "--json"]).json();
    assert_eq!((&told["outcome"], &told["confirmed"]), (&"confirmed".into(), &true.into()));
    let shown = sim.akira(path, &["firmware", "status"]).success();
    for line in ["1.1.0", "previous  1.0.0", "1.1.0 confirmed", "ed25519 ", "healthy"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    // The same over a serial line, and with each step by itself.
    let serial = |args: &[&str]| sim.akira_over(&sim.serial(), path, args);
    let told = serial(&["firmware", "upload", "c.bin", "--test"]).success();
    assert!(told.ends_with("pending 1.2.0 is tried at the next boot\n"), "{told}");
    assert!(serial(&["firmware", "revert"]).success().starts_with("called off"));
    assert_eq!(serial(&["firmware", "test", "--json"]).error(1), "no_image");
    let told = serial(&["firmware", "upload", "c.bin", "--reboot"]).success();
    assert!(told.ends_with("confirmed 1.2.0\n"), "{told}");
    assert_eq!(serial(&["firmware", "confirm"]).success(), "confirmed 1.2.0\n");
    let told = serial(&["firmware", "revert"]).success();
    assert!(told.starts_with("going back to 1.1.0"), "{told}");
}

#[test]
fn what_is_refused_says_why() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = device(path, &[]);
    let good = image(path, "b.bin", [2, 0], 60_000, &key());
    image(path, "old.bin", [1, 9], 60_000, &key());
    image(path, "other.bin", [3, 0], 60_000, &SigningKey::from_bytes(&[4; 32]));
    image(path, "large.bin", [3, 0], 430_000, &key());
    std::fs::write(path.join("app.wasm"), EMPTY).unwrap();
    std::fs::write(path.join("half.bin"), &good[..30_000]).unwrap();
    std::fs::write(path.join("padded.bin"), [&good[..], &[0xff; 100]].concat()).unwrap();
    let mut damaged = good.clone();
    damaged[5000] ^= 1;
    std::fs::write(path.join("damaged.bin"), damaged).unwrap();
    sim.akira(path, &["firmware", "upload", "b.bin", "--reboot"]).success();
    for (file, words, exit, code) in [
        ("app.wasm", "imgtool sign", 4, "bad_image"),
        ("half.bin", "ends too early", 4, "bad_image"),
        ("padded.bin", "without padding", 4, "bad_image"),
        ("damaged.bin", "damaged", 4, "bad_image"),
        ("nothing.bin", "nothing.bin", 4, "file"),
        ("large.bin", "at most 421888", 4, "too_large"),
        ("old.bin", "not newer than 2.0.0", 1, "not_newer"),
        ("b.bin", "not newer than 2.0.0", 1, "not_newer"),
        ("other.bin", "No key of this device", 1, "bad_signature"),
    ] {
        let run = sim.akira(path, &["firmware", "upload", file, "--json"]);
        assert!(run.err.contains(words), "{file}: {}", run.err);
        assert_eq!(run.error(exit), code, "{file}");
    }
    assert_eq!(sim.akira(path, &["firmware", "revert", "--json"]).error(1), "no_image");
    drop(sim);
    let keyless = Sim::start(path);
    let run = keyless.akira(path, &["firmware", "upload", "large.bin", "--json"]);
    assert_eq!(run.error(4), "too_large");
    image(path, "c.bin", [3, 0], 60_000, &key());
    let run = keyless.akira(path, &["firmware", "upload", "c.bin", "--json"]);
    assert!(run.err.contains("--firmware-key"), "{}", run.err);
    assert_eq!(run.error(1), "not_supported");
    let other = TempDir::new().unwrap();
    let small = device(other.path(), &["--flash-size", "2048"]);
    for args in [&["upload", "b.bin"][..], &["status"], &["test"], &["confirm"], &["revert"]] {
        let run = small.akira(path, &[&["firmware"], args, &["--json"]].concat());
        assert!(run.err.contains("no firmware slots"), "{}", run.err);
        assert_eq!(run.error(1), "not_supported", "{args:?}");
    }
    assert_eq!(akira_in(path, &["firmware", "upload"]).code, Some(2));
    let wait = ["firmware", "upload", "b.bin", "--timeout", "9"];
    assert_eq!(akira_in(path, &wait).code, Some(2), "nothing to wait for");
}

#[test]
fn firmware_that_is_not_well_is_reverted_and_told_of() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = device(path, &[]);
    image(path, "a.bin", [1, 0], 60_000, &key());
    image(path, "b.bin", [2, 0], 60_000, &key());
    sim.akira(path, &["firmware", "upload", "a.bin", "--reboot"]).success();
    // An app that starts at boot and traps at once: its body is `unreachable`.
    let trap = [&EMPTY[..EMPTY.len() - 5], &[5, 1, 3, 0, 0, 0x0b]].concat();
    std::fs::write(path.join("trap.wasm"), trap).unwrap();
    let manifest = "name = \"weak\"\nversion = \"1.0.0\"\nautostart = true\n";
    std::fs::write(path.join("app.toml"), manifest).unwrap();
    akira_in(path, &["pack", "trap.wasm", "-o", "weak.wasm"]).success();
    sim.akira(path, &["install", "weak.wasm"]).success();
    let run = sim.akira(path, &["firmware", "upload", "b.bin", "--reboot", "--json"]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(run.err.contains("2.0.0 was reverted: app weak failed"), "{}", run.err);
    let told: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(told["outcome"], "reverted");
    assert_eq!(told["slots"][0]["image"]["version"], "1.0.0");
}

/// Sends the first bytes of an image and hangs up.
fn break_off(sim: &Sim, image: &[u8], count: usize) {
    let mut stream = TcpStream::connect(sim.url.strip_prefix("http://").unwrap()).unwrap();
    let digest: String = Sha256::digest(image).iter().map(|byte| format!("{byte:02x}")).collect();
    let head = format!(
        "PUT /api/v1/firmware?sha256={digest} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\
         \r\nContent-Length: {}\r\n\r\n",
        image.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&image[..count]).unwrap();
}

#[test]
fn what_broke_off_goes_on_from_the_last_block() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = device(path, &["--serial"]);
    let all = image(path, "a.bin", [1, 0], 300_000, &key());
    image(path, "b.bin", [1, 1], 60_000, &key());
    for address in [sim.url.clone(), sim.serial()] {
        break_off(&sim, &all, 150_000);
        let told =
            sim.akira_over(&address, path, &["firmware", "upload", "a.bin", "--json"]).json();
        let from = told["resumed_from"].as_u64().unwrap();
        assert!(from.is_multiple_of(4096) && (65_536..=150_000).contains(&from), "{from}");
        assert_eq!(told["slots"][1]["state"], "ready");
    }
    break_off(&sim, &all, 150_000);
    let told = sim.akira(path, &["firmware", "upload", "b.bin", "--json"]).json();
    assert!(told.get("resumed_from").is_none(), "another file: {told}");
}

/// The address of something between the tool and the device that breaks the first connections over
/// which so many bytes have gone to the device.
fn breaking(sim: &Sim, after: usize, times: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let device = sim.url.strip_prefix("http://").unwrap().to_owned();
    let left = Arc::new(AtomicUsize::new(times));
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(server) = TcpStream::connect(&device) else { return };
            let (client_back, server_back) =
                (client.try_clone().unwrap(), server.try_clone().unwrap());
            let left = left.clone();
            thread::spawn(move || {
                carry(client, server, |count| {
                    let enough = |left: usize| left.checked_sub(1);
                    count > after
                        && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, enough).is_ok()
                })
            });
            thread::spawn(move || carry(server_back, client_back, |_| false));
        }
    });
    format!("http://{address}")
}

/// Carries bytes until one side ends, or it is enough.
fn carry(mut from: TcpStream, mut to: TcpStream, enough: impl Fn(usize) -> bool) {
    let (mut bytes, mut sum) = ([0; 4096], 0);
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        sum += count;
        if enough(sum) || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn a_broken_connection_is_made_again() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let sim = device(path, &[]);
    image(path, "a.bin", [1, 0], 300_000, &key());
    let address = breaking(&sim, 120_000, 2);
    let run = sim.akira_over(&address, path, &["firmware", "upload", "a.bin", "--json"]);
    assert!(run.err.contains("goes on in a moment"), "{}", run.err);
    assert_eq!(run.json()["slots"][1]["state"], "ready");
    // One that never lets anything through is given up.
    image(path, "b.bin", [1, 1], 300_000, &key());
    let address = breaking(&sim, 3000, usize::MAX);
    let run = sim.akira_over(&address, path, &["firmware", "upload", "b.bin", "--json"]);
    assert_eq!(run.error(3), "unreachable");
}
