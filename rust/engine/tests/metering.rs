// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Budgets of instructions. They need a WAMR that counts, so these tests are built only with the
//! feature `metering`, and with what `rust/wamr-sys/build.rs` then asks for in `CFLAGS`.

#![cfg(feature = "metering")]

use std::sync::Arc;
use std::sync::atomic::Ordering;

use akira_engine::{Instance, InstanceConfig, RunError};

mod lab;

use lab::{Lab, Seen};

const CONFIG: InstanceConfig = InstanceConfig { stack: 4096, heap: 0 };

/// Counts its rounds; `tests/zephyr/wamr` has the same module in bytes.
const ROUNDS: &str = r#"(module
    (import "test" "add" (func $add (param i32 i64) (result i64)))
    (func (export "_start")
        (loop (drop (call $add (i32.const 1) (i64.const 0))) (br 0))))"#;

/// How many rounds it gets done with 1000 instructions, and with that many more.
const ROUNDS_PER_1000: i64 = 500;

fn run(lab: &Lab, text: &str, budget: u32) -> (Result<i32, RunError>, i64) {
    let module = lab.load(text).unwrap();
    let entry = module.entry(None).unwrap();
    let seen = Arc::new(Seen::default());
    let mut instance = Instance::new(&module, CONFIG, seen.clone(), &lab.terminate).unwrap();
    instance.limit_instructions(budget);
    let result = instance.run(&entry);
    (result, seen.sum.load(Ordering::Relaxed))
}

#[test]
fn the_same_module_ends_at_the_same_instruction() {
    let lab = Lab::open();
    for thousands in [1, 2, 50] {
        for _ in 0..3 {
            let (result, rounds) = run(&lab, ROUNDS, thousands * 1000);
            assert_eq!(result.unwrap_err().0, "it has used up its instruction budget");
            assert_eq!(rounds, i64::from(thousands) * ROUNDS_PER_1000);
        }
    }
}

#[test]
fn a_budget_may_be_spent_to_the_last_instruction() {
    let lab = Lab::open();
    let text = r#"(module
        (func (export "_start") (result i32) (local $i i32)
            (loop (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                                     (i32.const 100))))
            (local.get $i)))"#;
    let enough = (1..2000).find(|&budget| run(&lab, text, budget).0.is_ok()).unwrap();
    assert_eq!(run(&lab, text, enough).0, Ok(100));
    assert!(run(&lab, text, enough - 1).0.is_err());
    // At least the branch of each round.
    assert!(enough > 100, "{enough}");
}

#[test]
fn no_budget_is_no_limit() {
    let lab = Lab::open();
    let text = r#"(module
        (func (export "_start") (result i32) (local $i i32)
            (loop (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                                     (i32.const 1000000))))
            (local.get $i)))"#;
    assert_eq!(run(&lab, text, 0).0, Ok(1_000_000));
    assert_eq!(run(&lab, text, u32::MAX).0, Ok(1_000_000));
}

#[test]
fn each_entry_has_a_budget_of_its_own() {
    let lab = Lab::open();
    let text = r#"(module
        (global $n (mut i32) (i32.const 0))
        (func (export "_start") (result i32) (global.get $n))
        (func (export "work") (local $i i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1)))
            (loop (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                                     (i32.const 100))))))"#;
    let module = lab.load(text).unwrap();
    let entry = module.entry(None).unwrap();
    let seen = Arc::new(Seen::default());
    let mut instance = Instance::new(&module, CONFIG, seen, &lab.terminate).unwrap();
    instance.limit_instructions(1000);
    for _ in 0..20 {
        instance.call(c"work", None).unwrap().unwrap();
    }
    assert_eq!(instance.run(&entry), Ok(20));
}

#[test]
fn calls_within_the_app_are_paid_from_one_budget() {
    let lab = Lab::open();
    let text = r#"(module
        (import "test" "add" (func $add (param i32 i64) (result i64)))
        (func $step (drop (call $add (i32.const 1) (i64.const 0))))
        (func (export "_start") (loop (call $step) (br 0))))"#;
    let (first, rounds) = run(&lab, text, 3000);
    assert!(first.is_err());
    assert!((1..=1000).contains(&rounds), "{rounds}");
    assert_eq!(run(&lab, text, 3000).1, rounds);
}
