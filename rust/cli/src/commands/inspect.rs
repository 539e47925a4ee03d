// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `inspect`: what is in an app file, and what a device would say to it.

use akira_abi::Capability;
use akira_core::manifest::Manifest;
use serde_json::{Value, json};

use crate::args::InspectArgs;
use crate::error::{CliError, Result};
use crate::module::{self, Facts, Import, Report};
use crate::output::{self, BAD, Cell, GOOD, STRONG, WARN};

pub fn run(args: &InspectArgs, json: bool) -> Result<()> {
    let bytes = module::read(&args.file)?;
    let report = module::check(&bytes);
    if json {
        output::print_json(&as_json(&report, bytes.len()));
    } else {
        print(&report, bytes.len());
    }
    let Some(problem) = report.problems.first() else { return Ok(()) };
    let count = report.problems.len();
    let message = format!(
        "A device would refuse {} ({count} problem{}).",
        args.file.display(),
        if count == 1 { "" } else { "s" }
    );
    let mut error = CliError::local(problem.code, message);
    // The report above has it already.
    error.in_report = true;
    Err(error)
}

fn as_json(report: &Report, size: usize) -> Value {
    json!({
        "size": size,
        "manifest": report.manifest.as_ref().map(manifest_json),
        "signature": report.key_id.as_ref().map(|key_id| json!({ "key_id": key_id })),
        "module": report.facts,
        "problems": report.problems,
        "warnings": report.warnings,
    })
}

fn manifest_json(manifest: &Manifest) -> Value {
    let capabilities: Vec<_> = manifest.capabilities.iter().map(|have| have.name()).collect();
    json!({
        "name": manifest.name.as_str(),
        "version": manifest.version,
        "description": manifest.description,
        "author": manifest.author,
        "capabilities": capabilities,
        "scope": manifest.scope.to_draft(),
        "memory_quota": manifest.memory_quota,
        "autostart": manifest.autostart,
        "priority": manifest.priority,
        "restart": manifest.restart.name(),
        "entry": manifest.entry,
        "stack_kb": manifest.stack_kb,
        "heap_kb": manifest.heap_kb,
        "exec_timeout_ms": manifest.exec_timeout_ms,
        "abi": manifest.abi,
    })
}

fn print(report: &Report, size: usize) {
    if let Some(manifest) = &report.manifest {
        print_manifest(manifest);
    }
    line(
        "Signature",
        &match &report.key_id {
            Some(kid) => format!("by key {kid}; `akira verify` tells whether it is true"),
            None => "none".to_owned(),
        },
    );
    line("Size", &output::size(size as u64));
    if let Some(facts) = &report.facts {
        print_facts(facts);
    }
    for warning in &report.warnings {
        output::print_line(&format!("{WARN}warning:{WARN:#} {}", output::clean(warning)));
    }
    for problem in &report.problems {
        let (code, message) = (problem.code, output::clean(&problem.message));
        output::print_line(&format!("{BAD}refused:{BAD:#} {message} ({code})"));
    }
    if report.problems.is_empty() {
        output::print_line(&format!("{GOOD}A device would take this app.{GOOD:#}"));
    }
}

fn line(label: &str, text: &str) {
    output::print_line(&format!("{STRONG}{label:<14}{STRONG:#}{}", output::clean(text)));
}

fn print_manifest(manifest: &Manifest) {
    line("App", &format!("{} {}", manifest.name, manifest.version));
    for (label, text) in [("Description", &manifest.description), ("Author", &manifest.author)] {
        if !text.is_empty() {
            line(label, text);
        }
    }
    if manifest.capabilities.is_empty() {
        line("Asks for", "nothing");
    }
    for (place, asked) in manifest.capabilities.iter().enumerate() {
        let label = if place == 0 { "Asks for" } else { "" };
        match scope_of(manifest, asked) {
            Some(scope) => line(label, &format!("{}: {scope}", asked.name())),
            None => line(label, asked.name()),
        }
    }
    line("Memory quota", &output::size(manifest.memory_quota.into()));
    let autostart = if manifest.autostart { "starts with the device, " } else { "" };
    line(
        "Runs",
        &format!(
            "{autostart}priority {} of 10, restart {}",
            manifest.priority,
            manifest.restart.name()
        ),
    );
}

/// What narrows a capability, in words; `None` when nothing does.
pub fn scope_of(manifest: &Manifest, capability: Capability) -> Option<String> {
    let scope = &manifest.scope;
    let list = |entries: Vec<String>| {
        Some(if entries.is_empty() { "none are named".to_owned() } else { entries.join(", ") })
    };
    match capability {
        Capability::Sensor => scope.sensors.and_then(|mask| {
            list((0..32).filter(|id| mask & (1 << id) != 0).map(|id| id.to_string()).collect())
        }),
        Capability::FsRead | Capability::FsWrite => {
            let bytes = scope.storage_bytes?;
            Some(format!("at most {} of files", output::size(bytes.into())))
        }
        Capability::NetworkClient => {
            list(scope.hosts.iter().map(|to| format!("{}:{}", to.host, to.port)).collect())
        }
        Capability::NetworkServer => {
            list(scope.ports.iter().map(|port| format!("port {port}")).collect())
        }
        Capability::Ipc => list(scope.peers.iter().map(ToString::to_string).collect()),
        Capability::Display | Capability::Input | Capability::Rf | Capability::Hid => None,
    }
}

fn print_facts(facts: &Facts) {
    let memory = facts.memory.map_or("none".to_owned(), |memory| {
        let kib = |pages: u64| format!("{} KiB", pages.saturating_mul(64));
        match memory.maximum_pages {
            Some(most) if most == memory.initial_pages => kib(most),
            Some(most) => format!("{}, may grow to {}", kib(memory.initial_pages), kib(most)),
            None => format!("{}, may grow up to its quota", kib(memory.initial_pages)),
        }
    });
    line("Linear memory", &memory);
    line("Functions", &facts.functions.to_string());
    let exports: Vec<_> = facts
        .exports
        .iter()
        .map(|export| format!("{} {}", export.name, export.signature))
        .collect();
    line("Exports", &exports.join(", "));
    output::print_line("");
    let rows: Vec<_> = facts.imports.iter().map(import_row).collect();
    output::print_table(["IMPORT", "SIGNATURE", "CAPABILITY"], &rows);
    output::print_line("");
    let rows: Vec<_> = facts
        .sections
        .iter()
        .map(|section| {
            [Cell::plain(section.name.as_str()), Cell::plain(output::size(section.bytes))]
        })
        .collect();
    output::print_table(["SECTION", "SIZE"], &rows);
    output::print_line("");
}

fn import_row(import: &Import) -> [Cell; 3] {
    let name = format!("{}.{}", import.module, import.name);
    let capability = match (import.known, &import.capability) {
        (false, _) => Cell::styled("no device has this", BAD),
        (true, Some(capability)) => Cell::plain(capability.as_str()),
        (true, None) => Cell::plain("none"),
    };
    [Cell::plain(name), Cell::plain(import.signature.as_str()), capability]
}
