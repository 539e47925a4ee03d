// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `files`: what apps keep on a device.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::args::{FilesAction, FilesArgs};
use crate::client::types::Folder;
use crate::client::{Device, decode};
use crate::error::{CliError, Result};
use crate::module;
use crate::output::{self, Cell, FAINT, GOOD, STRONG};

/// Largest file that is sent or fetched: more than any board has flash for.
const FILE_MAX: u64 = 64 * 1024 * 1024;

pub fn run(device: &Device, args: &FilesArgs, json: bool) -> Result<()> {
    match &args.action {
        FilesAction::Ls { path } => ls(device, path, json),
        FilesAction::Get { path, to } => get(device, path, to.as_deref(), json),
        FilesAction::Put { from, path } => put(device, from, path, json),
        FilesAction::Rm { paths } => rm(device, paths, json),
    }
}

fn ls(device: &Device, path: &str, json: bool) -> Result<()> {
    let value = device.list(path)?;
    if json {
        output::print_json(&value);
        return Ok(());
    }
    let folder: Folder = decode(value)?;
    let rows: Vec<_> = folder
        .entries
        .iter()
        .map(|entry| {
            if entry.dir {
                [Cell::styled("-", FAINT), Cell::styled(format!("{}/", entry.name), STRONG)]
            } else {
                [Cell::plain(output::size(entry.size)), Cell::plain(entry.name.as_str())]
            }
        })
        .collect();
    if rows.is_empty() {
        anstream::eprintln!("{FAINT}nothing is in there{FAINT:#}");
    } else {
        output::print_table(["SIZE", "NAME"], &rows);
    }
    Ok(())
}

fn get(device: &Device, path: &str, to: Option<&Path>, json: bool) -> Result<()> {
    let to_stdout = to == Some(Path::new("-"));
    if to_stdout && json {
        let message = "--json and the file cannot both go to standard output.";
        return Err(CliError::usage(message).hint("Name a file to write."));
    }
    let to = match to {
        Some(to) if to.is_dir() => to.join(own_name(path)?),
        Some(to) => to.to_owned(),
        None => PathBuf::from(own_name(path)?),
    };
    let bytes = device.fetch(path, FILE_MAX)?;
    if to_stdout {
        return to_terminal_or_pipe(&bytes);
    }
    module::write(&to, &bytes)?;
    let size = bytes.len();
    if json {
        output::print_json(&json!({ "path": path, "file": to, "size": size }));
    } else {
        let name = output::clean(&to.display().to_string());
        output::print_line(&format!(
            "{GOOD}fetched{GOOD:#} {STRONG}{name}{STRONG:#}  {}",
            output::size(size as u64)
        ));
    }
    Ok(())
}

/// What an app wrote may be anything; a terminal gets only what cannot steer it.
fn to_terminal_or_pipe(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    let harmless = |byte: &u8| matches!(byte, b'\n' | b'\t' | b'\r' | b' '..=b'~' | 0xa0..);
    if out.is_terminal() && !(bytes.iter().all(harmless) && std::str::from_utf8(bytes).is_ok()) {
        let message = "That is no text that a terminal can show.";
        return Err(CliError::usage(message).hint("Name a file to write, or use a pipe."));
    }
    // A reader that went away ends this quietly, as everywhere.
    let _ = out.write_all(bytes).and_then(|()| out.flush());
    Ok(())
}

/// The last part of a path on the device, which becomes a file here.
fn own_name(path: &str) -> Result<&str> {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if matches!(name, "" | "." | "..") {
        return Err(CliError::usage(format!("'{path}' names no file."))
            .hint("Name one as `akira files ls` shows it, such as hello/notes.txt."));
    }
    Ok(name)
}

fn put(device: &Device, from: &Path, path: &str, json: bool) -> Result<()> {
    let stdin = from == Path::new("-");
    let path = if path.ends_with('/') || path.is_empty() {
        let name = from.file_name().and_then(|name| name.to_str()).filter(|_| !stdin);
        let name = name.ok_or_else(|| CliError::usage("The file on the device needs a name."))?;
        format!("{path}{name}")
    } else {
        path.to_owned()
    };
    let bytes = if stdin { all_of(io::stdin().lock()) } else { read(from) };
    let bytes = bytes.map_err(|error| CliError::file("read", from, &error))?;
    device.put(&path, &bytes)?;
    let size = bytes.len();
    if json {
        output::print_json(&json!({ "path": path, "size": size }));
    } else {
        let path = output::clean(&path);
        let size = output::size(size as u64);
        output::print_line(&format!("{GOOD}sent{GOOD:#} {STRONG}{path}{STRONG:#}  {size}"));
    }
    Ok(())
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    all_of(fs::File::open(path)?)
}

fn all_of(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(FILE_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(io::Error::other("it is larger than any device's storage"));
    }
    Ok(bytes)
}

fn rm(device: &Device, paths: &[String], json: bool) -> Result<()> {
    for path in paths {
        device.remove(path)?;
        if !json {
            let path = output::clean(path);
            output::print_line(&format!("{GOOD}removed{GOOD:#} {STRONG}{path}{STRONG:#}"));
        }
    }
    if json {
        output::print_json(&json!({ "removed": paths }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fetched_file_stays_in_this_folder() {
        assert_eq!(own_name("hello/notes.txt").unwrap(), "notes.txt");
        assert_eq!(own_name("notes").unwrap(), "notes");
        for path in ["", "/", "..", "hello/..", "hello/../"] {
            assert!(own_name(path).is_err(), "{path}");
        }
    }
}
