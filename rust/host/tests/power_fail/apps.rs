// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Apps to install: small ones that end at once, large ones, and ones that write files.

use std::fmt::Write;

use akira_core::manifest::Draft;
use akira_core::module::{SECTION_CBOR, append_custom_section};

/// Writing.
pub const WRITE: i32 = 2;
/// Making the file if it is not there.
pub const CREATE: i32 = 4;
/// Cutting it to nothing first.
pub const TRUNCATE: i32 = 8;
/// Writing at its end.
pub const APPEND: i32 = 16;

/// A module of `size` bytes or a little more, whose bytes differ by `seed`.
pub fn plain(name: &str, version: &str, size: usize, seed: u8) -> Vec<u8> {
    pack(r#"(module (func (export "_start")))"#, name, version, size, seed)
}

/// What an app does with its files.
pub enum Deed {
    /// Opens a file with these flags, writes so many bytes that differ by the last number, closes it.
    Write(&'static str, i32, usize, u8),
    /// Moves a file.
    Rename(&'static str, &'static str),
    /// Removes a file.
    Delete(&'static str),
    /// Stores so many bytes under a key.
    Set(&'static str, usize, u8),
    /// Removes a key.
    Unset(&'static str),
}

/// An app that does that and ends with exit code 0, or with another one when something failed.
pub fn doing(name: &str, deeds: &[Deed]) -> Vec<u8> {
    let mut text = String::from(
        r#"(module
        (import "akira" "fs_open" (func $open (param i32 i32 i32) (result i32)))
        (import "akira" "fs_write" (func $write (param i32 i32 i32) (result i32)))
        (import "akira" "fs_close" (func $close (param i32) (result i32)))
        (import "akira" "fs_rename" (func $rename (param i32 i32 i32 i32) (result i32)))
        (import "akira" "fs_delete" (func $delete (param i32 i32) (result i32)))
        (import "akira" "storage_kv_set" (func $set (param i32 i32 i32 i32) (result i32)))
        (import "akira" "storage_kv_delete" (func $unset (param i32 i32) (result i32)))
        (memory 1)
        "#,
    );
    let mut at = 0;
    let mut code = String::new();
    let mut place = |bytes: &[u8]| {
        let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
        writeln!(text, "(data (i32.const {at}) \"{escaped}\")").unwrap();
        let placed = format!("(i32.const {at}) (i32.const {})", bytes.len());
        at += bytes.len();
        placed
    };
    // The first deed that fails is the exit code, counted from 1.
    for (number, deed) in (1..).zip(deeds) {
        let good = match deed {
            Deed::Write(path, flags, size, seed) => {
                let (path, data) = (place(path.as_bytes()), place(&pattern(*size, *seed)));
                let open = format!("(call $open {path} (i32.const {flags}))");
                let write = format!("(call $write (local.get $file) {data})");
                format!(
                    "(local.set $file {open})
                    (i32.and (i32.eq {write} (i32.const {size}))
                        (i32.eqz (call $close (local.get $file))))"
                )
            }
            Deed::Rename(from, to) => {
                let (from, to) = (place(from.as_bytes()), place(to.as_bytes()));
                format!("(i32.eqz (call $rename {from} {to}))")
            }
            Deed::Delete(path) => format!("(i32.eqz (call $delete {}))", place(path.as_bytes())),
            Deed::Set(key, size, seed) => {
                let (key, value) = (place(key.as_bytes()), place(&pattern(*size, *seed)));
                format!("(i32.eqz (call $set {key} {value}))")
            }
            Deed::Unset(key) => format!("(i32.eqz (call $unset {}))", place(key.as_bytes())),
        };
        writeln!(code, "{good} (if (then) (else (return (i32.const {number}))))").unwrap();
    }
    writeln!(
        text,
        r#"(func (export "_start") (result i32) (local $file i32) {code} (i32.const 0)))"#
    )
    .unwrap();
    pack(&text, name, "1.0.0", 0, 0)
}

/// Bytes that differ by `seed`.
pub fn pattern(len: usize, seed: u8) -> Vec<u8> {
    (0..len).map(|at| (at as u8).wrapping_mul(31) ^ (at >> 8) as u8 ^ seed).collect()
}

fn pack(code: &str, name: &str, version: &str, size: usize, seed: u8) -> Vec<u8> {
    let mut module = wat::parse_str(code).unwrap();
    let draft = Draft {
        name: Some(name.to_owned()),
        version: Some(version.to_owned()),
        capabilities: ["fs_read", "fs_write", "display"].map(str::to_owned).to_vec(),
        ..Draft::default()
    };
    append_custom_section(&mut module, SECTION_CBOR, &draft.to_cbor().unwrap());
    let filler = pattern(size.saturating_sub(module.len()), seed);
    if size > 0 {
        append_custom_section(&mut module, "filler", &filler);
    }
    module
}
