// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `fsck`: looks over the flash of a device that is off.

use akira_host::fsck::{self, Finding, FsckError, Report, Severity};
use serde_json::json;

use super::sentence;
use crate::args::FsckArgs;
use crate::error::{CliError, Result};
use crate::output::{self, BAD, Cell, FAINT, GOOD, STRONG, WARN};

pub fn run(args: &FsckArgs, json: bool) -> Result<()> {
    let report = if args.repair { fsck::repair(&args.image) } else { fsck::check(&args.image) };
    let report = report.map_err(|error| failed(args, &error))?;
    if json {
        print_json(args, &report);
    } else {
        print(args, &report);
    }
    if report.is_sound() {
        return Ok(());
    }
    let mut error = CliError::local("damaged", format!("{} is damaged.", args.image.display()));
    error.in_report = true;
    Err(error)
}

fn failed(args: &FsckArgs, error: &FsckError) -> CliError {
    let text = error.to_string();
    // The name of a file begins as it does.
    let message = match text.starts_with(&*args.image.to_string_lossy()) {
        true => format!("{text}."),
        false => sentence(&text),
    };
    CliError::local("image", message)
}

fn print_json(args: &FsckArgs, report: &Report) {
    let apps: Vec<_> = report
        .apps
        .iter()
        .map(|app| {
            json!({
                "name": app.name,
                "version": app.version,
                "size": app.size,
                "whole": app.whole,
            })
        })
        .collect();
    let findings: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "severity": finding.severity.name(),
                "path": finding.path,
                "text": finding.text,
                "advice": finding.advice,
                "mended": finding.mended,
            })
        })
        .collect();
    output::print_json(&json!({
        "image": args.image.display().to_string(),
        "size": report.size,
        "storage": {
            "offset": report.storage.offset,
            "total": report.storage.size,
            "used": report.used,
        },
        "sound": report.is_sound(),
        "apps": apps,
        "findings": findings,
    }));
}

fn print(args: &FsckArgs, report: &Report) {
    let used = report.used.map_or_else(
        || "its storage cannot be read".to_owned(),
        |used| {
            let (used, total) = (u64::from(used), u64::from(report.storage.size));
            format!("{} of {} of its storage are used", output::size(used), output::size(total))
        },
    );
    output::print_line(&format!(
        "{STRONG}{}{STRONG:#}, {}: {used}",
        output::clean(&args.image.display().to_string()),
        output::size(u64::from(report.size)),
    ));
    let rows: Vec<_> = report
        .apps
        .iter()
        .map(|app| {
            [
                Cell::styled(app.name.as_str(), STRONG),
                Cell::plain(app.version.as_str()),
                Cell::plain(output::size(app.size)),
                if app.whole { Cell::plain("") } else { Cell::styled("see below", BAD) },
            ]
        })
        .collect();
    if !rows.is_empty() {
        output::print_table(["APP", "VERSION", "SIZE", ""], &rows);
    }
    for finding in &report.findings {
        show(finding);
    }
    output::print_line(&match report.findings.len() {
        0 => format!("{GOOD}nothing is wrong with it{GOOD:#}"),
        1 => "1 finding".to_owned(),
        count => format!("{count} findings"),
    });
}

fn show(finding: &Finding) {
    let style = match finding.severity {
        _ if finding.mended => GOOD,
        Severity::Note => FAINT,
        Severity::Warning => WARN,
        Severity::Error => BAD,
    };
    let kind = if finding.mended { "mended" } else { finding.severity.name() };
    let place = match finding.path.as_str() {
        "" => String::new(),
        path => format!("{path}: "),
    };
    let text = output::clean(&format!("{place}{}", finding.text));
    output::print_line(&format!("{style}{kind}{style:#}: {text}"));
    if !finding.mended {
        output::print_line(&format!("  {}", output::clean(&finding.advice)));
    }
}
