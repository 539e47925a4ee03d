// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The engine against real modules, also hostile ones.

#![cfg(feature = "host")]
mod lab;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use akira_engine::heap;
use akira_engine::{Instance, InstanceConfig, LoadError, RunError, TerminateSlot};
use lab::{ACCOUNT, Lab, Seen};
use parking_lot::RawMutex;

#[test]
fn natives_get_their_arguments_and_results_come_back() {
    let lab = Lab::open();
    let (result, seen) = lab.run(
        r#"(module
            (import "test" "add" (func $add (param i32 i64) (result i64)))
            (import "test" "say" (func $say (param i32 i32) (result i32)))
            (memory 1) (data (i32.const 65531) "hello")
            (func (export "_start") (result i32)
                (drop (call $add (i32.const -2) (i64.const 5000000000)))
                (call $say (i32.const 65531) (i32.const 5))))"#,
    );
    assert_eq!(result, Ok(5));
    assert_eq!(seen.sum.load(Ordering::Relaxed), 4_999_999_998);
    assert_eq!(*seen.text.lock().unwrap(), "hello");
}

#[test]
fn bytes_past_the_edge_give_efault_and_no_trap() {
    let lab = Lab::open();
    for (address, length) in [(65531, 6), (65536, 1), (-1, 1), (0, -1), (-5, 10), (1 << 30, 1)] {
        let (result, seen) = lab.run(&format!(
            r#"(module (import "test" "say" (func $say (param i32 i32) (result i32)))
                (memory 1)
                (func (export "_start") (result i32)
                    (call $say (i32.const {address}) (i32.const {length}))))"#
        ));
        assert_eq!(result, Ok(-14), "{address} {length}");
        assert_eq!(*seen.text.lock().unwrap(), "");
    }
}

#[test]
fn an_app_without_memory_can_lend_none() {
    let lab = Lab::open();
    let (result, _) = lab.run(
        r#"(module (import "test" "say" (func $say (param i32 i32) (result i32)))
            (func (export "main") (param i32 i32) (result i32)
                (call $say (i32.const 0) (i32.const 1))))"#,
    );
    assert_eq!(result, Ok(-14));
}

#[test]
fn traps_are_errors_with_wamrs_text() {
    let lab = Lab::open();
    let trap = |body: &str| {
        lab.run_failing(&format!(
            r#"(module (memory 1) (func $deep (call $deep)) (func (export "_start") {body}))"#
        ))
    };
    assert_eq!(trap("unreachable"), "unreachable");
    assert_eq!(trap("(drop (i32.load (i32.const 65536)))"), "out of bounds memory access");
    assert_eq!(trap("(drop (i32.div_u (i32.const 1) (i32.const 0)))"), "integer divide by zero");
    assert_eq!(trap("(call $deep)"), "wasm operand stack overflow");
}

#[test]
fn what_cannot_be_loaded_says_why() {
    let lab = Lab::open();
    let refuse = |text: &str| lab.load(text).err().unwrap();
    assert_eq!(
        refuse(r#"(module (import "test" "nothing" (func)))"#),
        LoadError::UnknownImport { module: "test".into(), name: "nothing".into() }
    );
    assert_eq!(
        refuse(r#"(module (import "test" "add" (func (param i32))))"#),
        LoadError::UnknownImport { module: "test".into(), name: "add".into() }
    );
    assert!(matches!(
        refuse(r#"(module (import "env" "memory" (memory 1)))"#),
        LoadError::ForeignImport { .. } | LoadError::Malformed(_)
    ));
    assert_eq!(
        refuse(r#"(module (func (export "__wasm_call_ctors")))"#),
        LoadError::EarlyCode("__wasm_call_ctors")
    );
    let LoadError::Malformed(text) =
        lab.load_bytes(b"\0asm\x01\0\0\0\x03\x02\x01\x07").err().unwrap()
    else {
        panic!("a broken module was not malformed")
    };
    assert!(!text.is_empty());
    let no_entry = lab.load("(module)").unwrap();
    assert_eq!(no_entry.entry(None).err(), Some(LoadError::NoEntry("_start".into())));
    let bad = lab.load(r#"(module (func (export "go") (param f32)))"#).unwrap();
    assert_eq!(bad.entry(Some("go")).err(), Some(LoadError::BadEntry("go".into())));
}

#[test]
fn every_cut_of_a_module_is_refused_or_runs() {
    let lab = Lab::open();
    let whole = wat::parse_str(
        r#"(module (import "test" "say" (func $say (param i32 i32) (result i32)))
            (memory 1) (data (i32.const 0) "abc")
            (func (export "_start") (drop (call $say (i32.const 0) (i32.const 3)))))"#,
    )
    .unwrap();
    for length in 0..whole.len() {
        if let Ok(module) = lab.load_bytes(&whole[..length]) {
            let _ = module.entry(None);
        }
    }
}

#[test]
fn an_endless_loop_is_terminated_from_another_thread() {
    let lab = Lab::open();
    for body in
        ["(loop $l (br $l))", "(loop $l (call $f) (br $l))", "(loop $l (br_if $l (i32.const 1)))"]
    {
        let text = format!(r#"(module (func $f) (func (export "_start") {body}))"#);
        let result = thread::scope(|scope| {
            let run = scope.spawn(|| lab.run_failing(&text));
            while !lab.terminate.terminate() {
                thread::yield_now();
            }
            // The first one may come before the code runs; it still counts.
            run.join().unwrap()
        });
        assert_eq!(result, "terminated by user");
        assert!(!lab.terminate.terminate(), "the slot is not empty");
    }
}

#[test]
fn a_native_can_end_the_app_after_calling_an_export() {
    let lab = Lab::open();
    let (result, seen) = lab.run(
        r#"(module
            (import "test" "leave" (func $leave))
            (import "test" "add" (func $add (param i32 i64) (result i64)))
            (func (export "on_stop") (drop (call $add (i32.const 1) (i64.const 1))))
            (func (export "_start")
                (call $leave)
                (drop (call $add (i32.const 100) (i64.const 0)))))"#,
    );
    assert_eq!(result, Err(RunError("left".into())));
    assert_eq!(seen.sum.load(Ordering::Relaxed), 2, "code ran on after the end");
}

#[test]
fn memory_grows_zeroed_until_the_account_is_used_up() {
    let lab = Lab::open();
    heap::open_account(0, 400 * 1024);
    ACCOUNT.set(Some(0));
    let (result, _) = lab.run(
        r#"(module (memory 1 100)
            (func (export "_start") (result i32)
                (i32.store (i32.const 65532) (i32.const 9))
                (loop $grow
                    (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then
                        (if (i32.load (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))
                            (then (return (i32.const -7))))
                        (br $grow))))
                (if (i32.ne (i32.load (i32.const 65532)) (i32.const 9)) (then (return (i32.const -8))))
                (memory.size)))"#,
    );
    let pages = result.unwrap();
    assert!((2..=6).contains(&pages), "{pages} pages");
    let account = heap::account(0);
    assert_eq!(account.used, 0);
    assert!(account.peak > 128 * 1024 && account.peak <= 400 * 1024, "{account:?}");
    ACCOUNT.set(None);
}

/// WAMR hands the size of a memory to its allocator in 32 bits: 4 GiB would be 0 bytes, and every
/// address of the device inside the sandbox.
#[test]
fn a_memory_of_4_gib_is_refused_and_cannot_be_grown_to() {
    let lab = Lab::open();
    for memory in ["65536 65536", "65536", "65535 65536"] {
        let text = format!(r#"(module (memory {memory}) (func (export "_start")))"#);
        assert!(matches!(lab.load(&text).err(), Some(LoadError::TooManyPages(_))), "{memory}");
    }
    for memory in ["1", "1 65536", "1 65535", "0 65536"] {
        let (result, _) = lab.run(&format!(
            r#"(module (memory {memory})
                (func (export "_start") (result i32)
                    (if (i32.ne (memory.grow (i32.const 65536)) (i32.const -1))
                        (then (return (i32.const 1))))
                    (if (i32.ne (memory.grow (i32.const 65535)) (i32.const -1))
                        (then (return (i32.const 2))))
                    (i32.const 0)))"#
        ));
        assert_eq!(result, Ok(0), "{memory}");
    }
}

#[test]
fn a_module_over_its_account_is_refused_whole() {
    let lab = Lab::open();
    heap::open_account(1, 16 * 1024);
    ACCOUNT.set(Some(1));
    let module = lab.load(r#"(module (memory 1) (func (export "_start")))"#).unwrap();
    let config = InstanceConfig { stack: 4096, heap: 0 };
    let refused = Instance::new(&module, config, Arc::new(Seen::default()), &lab.terminate);
    assert_eq!(refused.err(), Some(LoadError::NoMemory));
    drop(module);
    assert_eq!(heap::account(1).used, 0);
    ACCOUNT.set(None);
}

#[test]
fn four_instances_run_side_by_side() {
    let lab = Lab::open();
    let text = r#"(module (func (export "_start") (result i32)
        (local $i i32)
        (loop $l
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $i) (i32.const 200000))))
        (local.get $i)))"#;
    let bytes = wat::parse_str(text).unwrap();
    thread::scope(|scope| {
        for account in 0..4 {
            let bytes = &bytes;
            let lab = &lab;
            scope.spawn(move || {
                ACCOUNT.set(Some(account));
                heap::open_account(account, 1 << 20);
                let terminate = TerminateSlot::<RawMutex>::new();
                for _ in 0..20 {
                    let module = lab.load_bytes(bytes).unwrap();
                    let entry = module.entry(None).unwrap();
                    let config = InstanceConfig { stack: 4096, heap: 0 };
                    let seen = Arc::new(Seen::default());
                    let mut instance = Instance::new(&module, config, seen, &terminate).unwrap();
                    assert_eq!(instance.run(&entry), Ok(200_000));
                }
            });
        }
    });
    for account in 0..4 {
        assert_eq!(heap::account(account).used, 0);
    }
}
