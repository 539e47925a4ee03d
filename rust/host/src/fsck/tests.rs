// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Images as they come, and with one thing wrong at a time.

use akira_abi::CapSet;
use akira_core::config::{DeviceConfig, HostName};
use akira_core::firmware::Guard;
use akira_core::firmware::record::Record;
use akira_core::manifest::Draft;
use akira_core::module::{SECTION_CBOR, append_custom_section};
use akira_core::trust::{PublicKey, TrustedKey};
use akira_runtime::SignaturePolicy;
use akira_runtime::platform::{File, OpenMode};
use sha2::{Digest, Sha256};

use super::*;
use crate::factory::{Factory, FactoryApp};
use crate::flash::Geometry;

const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

fn module(name: &str, version: &str) -> Vec<u8> {
    let mut module = wat::parse_str(r#"(module (func (export "_start")))"#).unwrap();
    let draft = Draft {
        name: Some(name.to_owned()),
        version: Some(version.to_owned()),
        capabilities: vec!["fs_read".to_owned()],
        ..Draft::default()
    };
    append_custom_section(&mut module, SECTION_CBOR, &draft.to_cbor().unwrap());
    append_custom_section(&mut module, "filler", &[7; 9000]);
    module
}

/// An image with two apps, settings, a key and both tokens.
fn image() -> NorFlash {
    let app = |name: &str| FactoryApp {
        label: name.to_owned(),
        module: module(name, "1.0.0"),
        denied: CapSet::EMPTY,
    };
    let key = PublicKey::from_hex(KEY).unwrap();
    let factory = Factory {
        size: Geometry::new(64 * 4096).unwrap(),
        apps: vec![app("one"), app("two")],
        config: Some(DeviceConfig {
            name: HostName::parse("bench").unwrap(),
            allowed_origins: Vec::new(),
        }),
        token: Some("0123456789abcdef".to_owned()),
        keys: vec![TrustedKey { name: "alice".parse().unwrap(), key }],
        tls: None,
        signatures: SignaturePolicy::Off,
        grantable: CapSet::ALL,
    };
    let cells = factory.build().unwrap().cells;
    NorFlash::from_cells(Geometry::new(64 * 4096).unwrap(), cells)
}

fn put(storage: &Storage, path: &str, content: &[u8]) {
    let mut file = storage.open(path, OpenMode::REPLACE).unwrap();
    file.write(content).unwrap();
    file.close().unwrap();
}

fn get(storage: &Storage, path: &str) -> Vec<u8> {
    let mut content = vec![0; storage.stat(path).unwrap().size as usize];
    let mut file = storage.open(path, OpenMode::READ).unwrap();
    assert_eq!(file.read(&mut content).unwrap(), content.len());
    content
}

/// Flips a bit in the middle of a file.
fn damage(storage: &Storage, path: &str) {
    let mut content = get(storage, path);
    let middle = content.len() / 2;
    content[middle] ^= 4;
    put(storage, path, &content);
}

/// What is found when that was done to the image.
fn after(deed: impl FnOnce(&Storage)) -> (NorFlash, Report) {
    let storage = Storage::mount(image()).unwrap();
    deed(&storage);
    let (geometry, cells) = storage.with_chip(|chip| (chip.geometry(), chip.cells().to_vec()));
    let report = look_over(NorFlash::from_cells(geometry, cells.clone()));
    (NorFlash::from_cells(geometry, cells), report)
}

/// Each finding with its severity.
fn found(report: &Report) -> Vec<(Severity, &str)> {
    report.findings.iter().map(|finding| (finding.severity, finding.path.as_str())).collect()
}

/// Repairs a chip; the report, and the chip afterwards.
fn repaired(chip: NorFlash) -> (Report, NorFlash) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("flash.bin");
    std::fs::write(&path, chip.cells()).unwrap();
    let report = repair(&path).unwrap();
    (report, NorFlash::load(&path).unwrap())
}

#[test]
fn a_sound_image_has_no_findings_and_is_not_touched_by_a_repair() {
    let (chip, report) = after(|_| ());
    assert_eq!(found(&report), []);
    assert!(report.is_sound());
    let apps: Vec<_> = report.apps.iter().map(|app| (app.name.as_str(), app.whole)).collect();
    assert_eq!(apps, [("one", true), ("two", true)]);
    let cells = chip.cells().to_vec();
    let (report, chip) = repaired(chip);
    assert!(report.findings.is_empty() && chip.cells() == cells);
}

#[test]
fn all_that_a_device_keeps_is_known() {
    let (_, report) = after(|storage| {
        put(storage, "/config/boot", &Guard::default().booted().encode());
        put(storage, "/config/firmware", &Record::default().encode());
        // An update whose version before is kept.
        let record = get(storage, "/config/registry/one");
        let old = module("one", "0.9.0");
        put(storage, "/apps/one.old", &old);
        let mut before = akira_core::registry::Record::decode(&record).unwrap();
        before.sha256 = Sha256::digest(&old).into();
        before.size = old.len() as u32;
        put(storage, "/config/registry/one.old", &before.encode());
    });
    assert_eq!(found(&report), []);
}

/// Something that is done to a storage, and the path that is found then.
type Deed = (&'static str, fn(&Storage));

#[test]
fn what_a_boot_clears_up_is_a_note_and_is_mended() {
    let deeds: [Deed; 8] = [
        ("/apps/.0.tmp", |storage| put(storage, "/apps/.0.tmp", b"half a module")),
        ("/config/token.tmp", |storage| put(storage, "/config/token.tmp", b"")),
        ("/config/keys/bob.tmp", |storage| put(storage, "/config/keys/bob.tmp", b"x")),
        ("/config/registry/gone", |storage| put(storage, "/config/registry/gone", b"x")),
        ("/config/registry/one", |storage| storage.remove("/config/registry/one").unwrap()),
        ("/data/gone", |storage| {
            storage.mkdir("/data/gone").unwrap();
            put(storage, "/data/gone/f", b"x");
        }),
        ("/data/one/.kv/.new", |storage| {
            storage.mkdir("/data/one").unwrap();
            storage.mkdir("/data/one/.kv").unwrap();
            put(storage, "/data/one/.kv/.new", b"x");
        }),
        // An update that got as far as its announcement.
        ("/apps/one.wasm", |storage| {
            let record = get(storage, "/config/registry/one");
            put(storage, "/config/registry/one.next", &record);
        }),
    ];
    for (path, deed) in deeds {
        let (chip, report) = after(deed);
        assert_eq!(found(&report), [(Severity::Note, path)]);
        assert!(report.is_sound());
        let (report, chip) = repaired(chip);
        assert!(report.findings.iter().all(|finding| finding.mended), "{path}: {report:?}");
        assert_eq!(found(&look_over(chip)), [], "{path}");
    }
}

#[test]
fn damaged_files_of_the_device_are_told_and_mended() {
    let deeds: [(&str, Severity); 7] = [
        ("/config/token", Severity::Error),
        ("/config/boot", Severity::Warning),
        ("/config/firmware", Severity::Warning),
        ("/config/device", Severity::Warning),
        ("/config/keys/alice", Severity::Warning),
        ("/config/registry/one", Severity::Warning),
        ("/logs/audit.0", Severity::Warning),
    ];
    for (path, severity) in deeds {
        let (chip, report) = after(|storage| {
            if ["/config/token", "/config/boot", "/config/firmware"].contains(&path) {
                put(storage, path, b"short");
            } else {
                damage(storage, path);
            }
        });
        assert_eq!(found(&report), [(severity, path)]);
        assert!(!report.is_sound());
        let (report, chip) = repaired(chip);
        assert!(report.is_sound(), "{path}: {report:?}");
        assert_eq!(found(&look_over(chip)), [], "{path}");
    }
}

#[test]
fn a_damaged_app_is_told_and_never_removed() {
    let (chip, report) = after(|storage| damage(storage, "/apps/one.wasm"));
    assert_eq!(found(&report), [(Severity::Warning, "/apps/one.wasm")]);
    assert!(report.findings[0].advice.contains("Install it again"));
    assert!(!report.apps[0].whole && report.apps[1].whole);
    let (report, chip) = repaired(chip);
    assert_eq!(found(&report), [(Severity::Warning, "/apps/one.wasm")]);
    assert!(!report.findings[0].mended);
    Storage::mount(chip).unwrap().stat("/apps/one.wasm").unwrap();
}

#[test]
fn what_cannot_be_read_is_told() {
    let storage = Storage::mount(image()).unwrap();
    let (geometry, cells) = storage.with_chip(|chip| (chip.geometry(), chip.cells().to_vec()));
    let mut seen = (0, 0);
    for block in 0..geometry.blocks() {
        // Cells whose bits have fallen, as far as the file system can tell.
        let mut cells = cells.clone();
        let start = block as usize * 4096;
        cells[start..start + 4096].fill(0);
        let report = look_over(NorFlash::from_cells(geometry, cells));
        let is = |severity| report.findings.iter().any(|found| found.severity == severity);
        seen.0 += u32::from(is(Severity::Warning));
        seen.1 += u32::from(is(Severity::Error));
    }
    assert!(seen.0 >= 6, "three blocks for each app: {seen:?}");
}

#[test]
fn what_is_no_storage_is_told() {
    let geometry = Geometry::new(64 * 4096).unwrap();
    let report = look_over(NorFlash::in_memory(geometry));
    assert_eq!(found(&report), [(Severity::Note, "")]);
    let rubbish = (0..64 * 4096u32).map(|at| (at * 37 + 11) as u8).collect();
    let report = look_over(NorFlash::from_cells(geometry, rubbish));
    assert_eq!(found(&report), [(Severity::Error, "")]);
    // Not more than a format writes.
    let mut torn = vec![0xFF; 64 * 4096];
    torn[..40].fill(0);
    let report = look_over(NorFlash::from_cells(geometry, torn));
    assert_eq!(found(&report), [(Severity::Note, "")]);
}
