// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The app's heap in its linear memory, also when the app writes over all of it.

#![cfg(feature = "host")]

mod lab;

use akira_engine::RunError;
use lab::Lab;

const IMPORTS: &str = r#"
    (import "test" "alloc" (func $alloc (param i32) (result i32)))
    (import "test" "free" (func $free (param i32)))"#;

fn run(module: &str) -> Result<i32, RunError> {
    let lab = Lab::open();
    lab.run(&format!("(module {IMPORTS} {module})")).0
}

#[test]
fn the_heap_in_linear_memory_is_bounded_and_reusable() {
    let lab = Lab::open();
    let (result, _) = lab.run(
        r#"(module
            (import "test" "alloc" (func $alloc (param i32) (result i32)))
            (import "test" "free" (func $free (param i32)))
            (memory 1)
            (func (export "_start") (result i32)
                (local $a i32)
                (if (call $alloc (i32.const 100000)) (then (return (i32.const 1))))
                (local.set $a (call $alloc (i32.const 4000)))
                (if (i32.eqz (local.get $a)) (then (return (i32.const 2))))
                (i32.store8 (local.get $a) (i32.const 7))
                (call $free (local.get $a))
                (call $free (i32.const 12345))
                (call $free (i32.const 0))
                (if (i32.eqz (call $alloc (i32.const 4000))) (then (return (i32.const 3))))
                (i32.const 0)))"#,
    );
    assert_eq!(result, Ok(0));
}

/// The memories that WAMR makes room for a heap in, each in another way: one page that cannot grow,
/// none, pages that can grow, and a heap before `__heap_base`.
const MEMORIES: [&str; 4] = [
    "(memory 1 1)",
    "(memory 0 0)",
    "(memory 1 9)",
    r#"(memory 2 9) (global (export "__heap_base") i32 (i32.const 70000))
       (global (export "__data_end") i32 (i32.const 69000))"#,
];

/// An allocator that kept its sizes in the heap would, after this, write where they lead: the word
/// before the block says that it reaches a gigabyte far, and so does every other word of the heap.
#[test]
fn a_heap_that_the_app_has_written_over_leads_nowhere() {
    for memory in MEMORIES {
        for word in ["0x47ffffff", "0x67ffffff", "0x00000400", "0x80000001", "-1"] {
            let result = run(&format!(
                r#"{memory}
                (func $fill (param $from i32) (param $to i32)
                    (loop $next
                        (i32.store (local.get $from) (i32.const {word}))
                        (local.set $from (i32.add (local.get $from) (i32.const 4)))
                        (br_if $next (i32.lt_u (local.get $from) (local.get $to)))))
                (func (export "_start") (result i32)
                    (local $a i32) (local $b i32) (local $c i32)
                    (local.set $a (call $alloc (i32.const 500)))
                    (local.set $b (call $alloc (i32.const 1000)))
                    (local.set $c (call $alloc (i32.const 40)))
                    (if (i32.eqz (local.get $c)) (then (return (i32.const 1))))
                    (call $free (local.get $b))
                    (call $fill
                        (i32.sub (local.get $a) (select (i32.const 8) (i32.const 0)
                            (i32.ge_u (local.get $a) (i32.const 8))))
                        (i32.add (local.get $a) (i32.const 7000)))
                    (call $free (local.get $a))
                    (call $free (i32.add (local.get $c) (i32.const 8)))
                    (call $free (local.get $c))
                    (local.set $b (call $alloc (i32.const 1000)))
                    (if (i32.eqz (local.get $b)) (then (return (i32.const 2))))
                    (i32.store (local.get $b) (i32.const 5))
                    (i32.load (local.get $b)))"#
            ));
            assert_eq!(result, Ok(5), "{memory} {word}");
        }
    }
}

/// The heap moves with the memory, and its end does not depend on what the app left in it.
#[test]
fn a_memory_that_grows_takes_its_heap_along() {
    let result = run(r#"(memory 1 9)
        (func (export "_start") (result i32)
            (local $a i32)
            (local.set $a (call $alloc (i32.const 64)))
            (i64.store (local.get $a) (i64.const 77))
            (i32.store (i32.sub (local.get $a) (i32.const 4)) (i32.const -1))
            (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then (return (i32.const 1))))
            (if (i32.eq (memory.grow (i32.const 3)) (i32.const -1)) (then (return (i32.const 2))))
            (call $free (local.get $a))
            (if (i32.ne (call $alloc (i32.const 64)) (local.get $a)) (then (return (i32.const 3))))
            (i32.wrap_i64 (i64.load (local.get $a))))"#);
    assert_eq!(result, Ok(77));
}

/// Data is put into the memory after the heap was made in it.
#[test]
fn data_laid_over_the_heap_changes_nothing() {
    let ones = r"\ff".repeat(8192);
    let result = run(&format!(
        r#"(memory 1 1) (data (i32.const 65536) "{ones}")
        (func (export "_start") (result i32)
            (local $a i32)
            (local.set $a (call $alloc (i32.const 100)))
            (call $free (local.get $a))
            (i32.load (local.get $a)))"#
    ));
    assert_eq!(result, Ok(-1));
}

/// WAMR gives no heap to a module with a `malloc` of its own; calling that one instead would run
/// code of the app inside a native function that does not expect it.
#[test]
fn a_module_with_a_malloc_of_its_own_gets_no_heap() {
    let result = run(r#"(memory 1)
        (func (export "malloc") (param i32) (result i32) (unreachable))
        (func (export "free") (param i32) (unreachable))
        (func (export "_start") (result i32)
            (call $free (i32.const 8))
            (call $alloc (i32.const 8)))"#);
    assert_eq!(result, Ok(0));
}

#[test]
fn without_a_memory_there_is_no_heap() {
    let result = run(r#"(func (export "_start") (result i32) (call $alloc (i32.const 8)))"#);
    assert_eq!(result, Ok(0));
}
