// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Exports that are called besides the entry point, natives without a fixed type, and charges.

mod lab;

use std::sync::Arc;

use akira_engine::heap::{self, Charge};
use akira_engine::{Instance, InstanceConfig};
use lab::{Lab, Seen};

const CONFIG: InstanceConfig = InstanceConfig { stack: 4096, heap: 0 };

#[test]
fn an_export_is_called_when_its_type_fits() {
    let lab = Lab::open();
    let module = lab
        .load(
            r#"(module
            (global $sum (mut i32) (i32.const 0))
            (func (export "_start"))
            (func (export "event") (param i32)
                (global.set $sum (i32.add (global.get $sum) (local.get 0))))
            (func (export "plain") (if (i32.ne (global.get $sum) (i32.const 12)) (then unreachable)))
            (func (export "trap") (param i32) unreachable)
            (func (export "two") (param i32 i32))
            (func (export "wide") (param i64))
            (func (export "result") (param i32) (result i32) (i32.const 1)))"#,
        )
        .unwrap();
    assert!(module.exports_event(c"event") && module.exports_event(c"trap"));
    for name in [c"plain", c"two", c"wide", c"result", c"none"] {
        assert!(!module.exports_event(name), "{name:?}");
    }
    let seen = Arc::new(Seen::default());
    let mut instance = Instance::new(&module, CONFIG, seen, &lab.terminate).unwrap();
    assert_eq!(instance.call(c"event", Some(5)), Some(Ok(())));
    assert_eq!(instance.call(c"event", Some(7)), Some(Ok(())));
    assert_eq!(instance.call(c"plain", None), Some(Ok(())));
    assert!(matches!(instance.call(c"trap", Some(1)), Some(Err(_))));
    for name in [c"two", c"wide", c"result", c"none", c"plain"] {
        assert_eq!(instance.call(name, Some(1)), None, "{name:?}");
    }
    assert_eq!(instance.call(c"event", None), None);
}

#[test]
fn a_native_without_a_fixed_type_takes_plain_ones_only() {
    let lab = Lab::open();
    for import in ["", "(param i32)", "(param i64 i32)"] {
        let values = import.matches("i32").count() + import.matches("i64").count();
        let arguments = match values {
            0 => "",
            1 => "(i32.const 1)",
            _ => "(i64.const 1) (i32.const 2)",
        };
        let text = format!(
            r#"(module (import "test" "any" (func $any {import} (result i32)))
            (func (export "_start") (result i32) (call $any {arguments})))"#
        );
        assert_eq!(lab.run(&text).0, Ok(7), "{import}");
    }
    for import in ["(param f64)", "(result f32)", "(result i32 i32)", "(param externref)"] {
        let text = format!(
            r#"(module (import "test" "any" (func $any {import})) (func (export "_start")))"#
        );
        assert!(lab.load(&text).is_err(), "{import}");
    }
}

#[test]
fn charges_count_like_memory_and_are_credited() {
    let _lab = Lab::open();
    heap::open_account(3, 100);
    let first = Charge::on(3, 60).unwrap();
    assert!(Charge::on(3, 41).is_none());
    assert_eq!(heap::account(3).used, 60);
    let owned: usize = (0..heap::ACCOUNTS).map(|index| heap::account(index).used).sum();
    assert_eq!(heap::pool().used, owned + heap::unowned().used);
    std::thread::spawn(move || drop(first)).join().unwrap();
    assert_eq!(heap::account(3).used, 0);
    let again = Charge::on(3, 100);
    assert_eq!((again.is_some(), heap::account(3).peak), (true, 100));
    assert!(Charge::on(heap::ACCOUNTS, 1).is_none());
    assert!(Charge::new(usize::MAX).is_none());
}
