// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The apps: modules, their records, what an install or an uninstall left half done, files without an
//! app.

use std::collections::BTreeSet;

use akira_core::module::scan;
use akira_core::name::AppName;
use akira_core::registry::{RECORD_MAX, Record};
use akira_core::versions::{Found, Note, Piece};
use sha2::{Digest, Sha256};

use super::report::{Report, StoredApp};
use super::tree::{Node, Tree};

/// What is done about an app whose module is not what was installed.
const ANEW: &str = "Install it again, or uninstall it";

pub(super) fn look(tree: &Tree, report: &mut Report) {
    let mut apps = BTreeSet::new();
    for file in tree.names("/apps").filter(|file| !file.ends_with(".tmp")) {
        let name = file.strip_suffix(".wasm").or_else(|| file.strip_suffix(".old"));
        match name.and_then(|name| name.parse::<AppName>().ok()) {
            Some(name) => drop(apps.insert(name)),
            None => report.remark(
                &format!("/apps/{file}"),
                "no app's file",
                "It is left alone; no device uses it",
            ),
        }
    }
    for name in &apps {
        app(tree, name, report);
    }
    let is_there = |name: &str| apps.iter().any(|app| app.as_str() == name);
    for file in tree.names("/config/registry").filter(|file| !file.ends_with(".tmp")) {
        let name = [".old", ".next"].iter().find_map(|end| file.strip_suffix(end)).unwrap_or(file);
        if !is_there(name) {
            let text = format!("the record of {name}, which is not installed");
            report.note(&format!("/config/registry/{file}"), &text, "The next boot removes it");
        }
    }
    for name in tree.names("/data") {
        if !is_there(name) {
            let text = format!("files of {name}, which is not installed");
            report.note(&format!("/data/{name}"), &text, "The next boot removes them");
        } else {
            let incoming = format!("/data/{name}/.kv/.new");
            if tree.get(&incoming).is_some() {
                let text = "the value of a key that was being stored when the power went";
                report.note(&incoming, text, "The next boot removes it");
            }
        }
    }
}

/// One app.
fn app(tree: &Tree, name: &AppName, report: &mut Report) {
    let record = |piece: Piece| read_record(tree, name, piece);
    let size = |piece: Piece| match tree.get(&piece.path(name)) {
        Some(Node::File(module)) => Some(module.len() as u32),
        // It is there all the same; that it cannot be read is told already.
        Some(_) => Some(0),
        None => None,
    };
    let (kept, note) = record(Piece::Record);
    let (previous, previous_note) = record(Piece::PreviousRecord);
    let (next, next_note) = record(Piece::NextRecord);
    let found = Found {
        module: size(Piece::Module),
        previous: size(Piece::Previous),
        record: note,
        previous_record: previous_note,
        next_record: next_note,
    };
    let path = Piece::Module.path(name);
    let cut_short = |report: &mut Report| {
        let text = format!("an install, update or uninstall of {name} was cut short");
        report.note(&path, &text, "The next boot finishes or undoes it");
    };
    if found.module.is_none() {
        // Whether it comes back is told by what was announced; the boot knows.
        return cut_short(report);
    }
    let module = tree.file(&path);
    let hash = module.map(|module| <[u8; 32]>::from(Sha256::digest(module)));
    let all = [&next, &kept, &previous];
    let fits = |record: &&&Option<Record>| record.as_ref().map(|record| record.sha256) == hash;
    let own = all.iter().find(fits).and_then(|record| record.as_ref()).filter(|_| hash.is_some());
    report.apps.push(StoredApp {
        name: name.to_string(),
        version: own.or(kept.as_ref()).map(|r| r.manifest.version.clone()).unwrap_or_default(),
        size: module.map_or(0, |module| module.len() as u64),
        whole: own.is_some(),
    });
    match (module, own) {
        // Told already.
        (None, _) => {}
        (Some(_), Some(_)) if found.is_settled() => {}
        (Some(_), Some(_)) => cut_short(report),
        (Some(module), None) => lost(name, &found, module, report),
    }
    if let (Some(version), Some(record)) = (tree.file(&Piece::Previous.path(name)), &previous)
        && found.is_settled()
        && record.sha256 != <[u8; 32]>::from(Sha256::digest(version))
    {
        let version = &record.manifest.version;
        let text = format!("the previous version of {name}, {version}, is damaged");
        report.damage(&Piece::Previous.path(name), &text, "It cannot be rolled back to");
    }
}

/// A module without a record that fits.
fn lost(name: &AppName, found: &Found, module: &[u8], report: &mut Report) {
    let path = Piece::Module.path(name);
    let damaged = matches!(found.record, Note::Damaged)
        || (found.record == Note::Absent && found.has_records());
    if matches!(found.record, Note::Of { .. }) || scan(module).is_err() {
        let text = format!("the module of {name} is not the one that was installed");
        report.damage(&path, &text, ANEW);
    } else if damaged {
        let text = format!("the registry record of {name} is damaged");
        let advice = "The next boot grants it nothing; install it again to grant it anew";
        report.lost(&Piece::Record.path(name), &text, advice);
    } else {
        let text = format!("{name} has no registry record");
        report.note(&Piece::Record.path(name), &text, "The next boot makes one from its module");
    }
}

fn read_record(tree: &Tree, name: &AppName, piece: Piece) -> (Option<Record>, Note) {
    let path = piece.path(name);
    if tree.get(&path).is_none() {
        return (None, Note::Absent);
    }
    let record = tree
        .file(&path)
        .filter(|bytes| bytes.len() <= RECORD_MAX)
        .and_then(|bytes| Record::decode(bytes).ok())
        .filter(|record| record.manifest.name == *name);
    match record {
        Some(record) => {
            let Record { sha256, size, .. } = record;
            (Some(record), Note::Of { sha256, size })
        }
        None => (None, Note::Damaged),
    }
}
