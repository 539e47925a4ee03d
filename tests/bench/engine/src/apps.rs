// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The modules that are measured.

use std::fmt::Write;

use akira_core::manifest::Draft;
use akira_core::module::{SECTION_CBOR, append_custom_section};

/// Kinds of loop that the call app runs, in the order of their numbers.
pub const LOOPS: [&str; 4] =
    ["empty loop", "plain WAMR native", "plain WAMR native, raw form", "mediated native"];

/// A packed app.
fn pack(name: &str, text: &str) -> Vec<u8> {
    let mut module = wat::parse_str(text).expect("the module is valid text");
    let draft = Draft {
        name: Some(name.to_string()),
        version: Some("1.0.0".to_string()),
        memory_quota: Some(4 * 1024 * 1024),
        ..Draft::default()
    };
    let manifest = draft.to_cbor().expect("a draft can be written");
    append_custom_section(&mut module, SECTION_CBOR, &manifest);
    module
}

/// An app that makes `calls` calls of each kind in each of `rounds` rounds, and reports the
/// nanoseconds that each loop took. All kinds take one i32 and do nothing with it.
pub fn call_app(calls: u32, rounds: u32) -> Vec<u8> {
    let bodies = [
        "(drop (i32.const 0))",
        "(call $plain (i32.const 0))",
        "(call $raw (i32.const 0))",
        "(call $mediated (i32.const 0))",
    ];
    let mut loops = String::new();
    for (kind, body) in bodies.iter().enumerate() {
        let _ = write!(
            loops,
            "(local.set $from (call $now))
             (local.set $i (i32.const {calls}))
             (loop $again
                {body}
                (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
             (call $report (i32.const {kind}) (i64.sub (call $now) (local.get $from)))"
        );
    }
    pack(
        "calls",
        &format!(
            r#"(module
                (import "plain" "now" (func $now (result i64)))
                (import "plain" "report" (func $report (param i32 i64)))
                (import "plain" "nothing" (func $plain (param i32)))
                (import "plain_raw" "nothing" (func $raw (param i32)))
                (import "akira" "mem_free" (func $mediated (param i32)))
                (memory 1 1)
                (func (export "_start")
                    (local $i i32) (local $round i32) (local $from i64)
                    (local.set $round (i32.const {rounds}))
                    (loop $rounds
                        {loops}
                        (br_if $rounds
                            (local.tee $round (i32.sub (local.get $round) (i32.const 1)))))))"#
        ),
    )
}

/// An app of about `bytes` bytes of ordinary code: arithmetic, memory access, branches and calls.
/// It ends as soon as it starts.
pub fn large_app(name: &str, bytes: usize) -> Vec<u8> {
    let mut functions = String::new();
    let mut count = 0;
    // One such function takes about 85 bytes of the module.
    while count * 85 < bytes {
        let callee = if count == 0 { String::new() } else { format!("(call $f{})", count - 1) };
        let call = if count == 0 { "(local.get $a)" } else { "(local.get $a) (local.get $b)" };
        let call = if count == 0 { call.to_string() } else { format!("(i32.add {call}) {callee}") };
        let _ = write!(
            functions,
            "(func $f{count} (param $a i32) (result i32) (local $b i32)
                (local.set $b (i32.mul (local.get $a) (i32.const {})))
                (loop $l
                    (i32.store (i32.and (local.get $b) (i32.const 4092)) (local.get $a))
                    (local.set $a (i32.sub (local.get $a) (i32.const 1)))
                    (br_if $l (i32.gt_s (local.get $a) (i32.const {}))))
                (if (i32.eqz (i32.load offset={} (i32.const 0)))
                    (then (local.set $b (i32.xor (local.get $b) (i32.const {})))))
                {call})\n",
            count * 7919 + 3,
            count % 120,
            (count * 4) % 4000,
            count * 104_729 + 1
        );
        count += 1;
    }
    pack(
        name,
        &format!(
            r#"(module (memory 1 1) {functions}
                (func (export "keep") (param i32) (result i32)
                    (call $f{} (local.get 0)))
                (func (export "_start")))"#,
            count - 1
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_app_has_about_the_size_asked_for() {
        let size = large_app("large", 100_000).len();
        assert!((90_000..115_000).contains(&size), "{size}");
    }
}
