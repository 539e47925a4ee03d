// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is the device's own: folders, leftovers, tokens, settings, keys, the audit log.

use akira_core::audit::{self, PAGE_BYTES};
use akira_core::config::{self, DeviceConfig};
use akira_core::firmware::Guard;
use akira_core::firmware::record::{self, Record};
use akira_core::http::request::PEM_MAX;
use akira_core::http::token::TokenDigest;
use akira_core::name::AppName;
use akira_core::pem;
use akira_core::trust::{TrustStore, TrustedKey};

use super::report::{Report, Severity};
use super::tree::{Node, Tree};

/// What every device has.
const FOLDERS: [&str; 6] =
    ["/apps", "/config", "/config/keys", "/config/registry", "/data", "/logs"];

/// Folders in which a boot removes what has this ending.
const LEFTOVERS: ([&str; 4], &str) = (["/apps", "/config", "/config/registry", "/logs"], ".tmp");

/// Files of the device that are looked at here.
const KNOWN: [&str; 8] =
    ["boot", "device", "firmware", "keys", "registry", "tls.pem", "token", "token.read"];

pub(super) fn look(tree: &Tree, report: &mut Report) {
    for folder in FOLDERS {
        match tree.get(folder) {
            Some(Node::Folder) => {}
            None => report.note(folder, "the folder is missing", "The next boot makes it"),
            Some(_) => {
                let text = "a file is where a folder must be";
                report.useless(Severity::Error, folder, text, "Remove it with --repair");
            }
        }
    }
    for folder in LEFTOVERS.0 {
        for name in tree.names(folder).filter(|name| name.ends_with(LEFTOVERS.1)) {
            let text = "what was being stored when the power went";
            report.note(&format!("{folder}/{name}"), text, "The next boot removes it");
        }
    }
    for name in tree.names("/config").filter(|name| !name.ends_with(LEFTOVERS.1)) {
        if !KNOWN.contains(&name) {
            let text = "no file of this version";
            report.remark(&format!("/config/{name}"), text, "It is left alone");
        }
    }
    tokens(tree, report);
    settings(tree, report);
    keys(tree, report);
    log(tree, report);
}

fn tokens(tree: &Tree, report: &mut Report) {
    let is_bad = |path: &str| match tree.get(path) {
        None => false,
        Some(Node::File(content)) => TokenDigest::from_stored(content).is_none(),
        Some(_) => true,
    };
    if is_bad("/config/token") {
        let text = "the admin token is damaged, and a device without one stays shut";
        let advice = "Remove it with --repair: the next boot makes a new token and shows it";
        report.useless(Severity::Error, "/config/token", text, advice);
    }
    if is_bad("/config/token.read") {
        let text = "the read token is damaged and no longer good";
        let advice = "Make a new one with `akira token read`";
        report.useless(Severity::Warning, "/config/token.read", text, advice);
    }
}

fn settings(tree: &Tree, report: &mut Report) {
    let is_bad = |path: &str, is_good: &dyn Fn(&[u8]) -> bool| match tree.get(path) {
        None => false,
        Some(Node::File(content)) => !is_good(content),
        Some(_) => true,
    };
    let decodes =
        |bytes: &[u8]| bytes.len() <= config::RECORD_MAX && DeviceConfig::decode(bytes).is_some();
    if is_bad("/config/device", &decodes) {
        let text = "the device's settings are damaged";
        let advice = "The next boot makes them as at the first; set them with `akira config set`";
        report.useless(Severity::Warning, "/config/device", text, advice);
    }
    if is_bad("/config/boot", &|bytes| Guard::decode(bytes).is_some()) {
        let text = "the count of boots that did not last is damaged";
        report.useless(Severity::Warning, "/config/boot", text, "The next boot begins anew");
    }
    let is_record =
        |bytes: &[u8]| bytes.len() <= record::RECORD_MAX && Record::decode(bytes).is_some();
    if is_bad("/config/firmware", &is_record) {
        let text = "what is known about the last firmware update is damaged";
        let advice = "The next upload begins anew; both slots are as they were";
        report.useless(Severity::Warning, "/config/firmware", text, advice);
    }
    let is_pem = |bytes: &[u8]| bytes.len() <= PEM_MAX && pem::identity(bytes).is_ok();
    if is_bad("/config/tls.pem", &is_pem) {
        let text = "the certificate for TLS is damaged, and a device with TLS does not start";
        let advice = "Store another one, or remove it with --repair";
        report.useless(Severity::Warning, "/config/tls.pem", text, advice);
    }
}

fn keys(tree: &Tree, report: &mut Report) {
    let mut trusted = TrustStore::new();
    for file in tree.names("/config/keys") {
        let path = format!("/config/keys/{file}");
        let Ok(name) = file.parse::<AppName>() else {
            let text = "what was being stored when the power went";
            report.note(&path, text, "The next boot removes it");
            continue;
        };
        let key = tree.file(&path).and_then(|record| TrustedKey::decode(name, record));
        if key.is_none_or(|key| trusted.put(key).is_err()) {
            let text = format!("the key {file} is damaged and not trusted");
            let advice = "Have the device trust it again with `akira trust`";
            report.useless(Severity::Warning, &path, &text, advice);
        }
    }
}

fn log(tree: &Tree, report: &mut Report) {
    for path in ["/logs/audit.0", "/logs/audit.1"] {
        match tree.get(path) {
            None => {
                report.note(path, "a page of the audit log is missing", "The next boot makes it")
            }
            Some(Node::File(page)) if page.len() == PAGE_BYTES && audit::is_readable(page) => {}
            Some(_) => {
                let text = "a page of the audit log is damaged, and its records are lost";
                report.useless(Severity::Warning, path, text, "The next boot goes on without them");
            }
        }
    }
}
