// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The stack that a compiler keeps in linear memory belongs to the app as a whole. By default WAMR
//! keeps four fifths of it for threads, which apps do not have.

mod lab;

use std::sync::Arc;

use akira_engine::{Instance, InstanceConfig};
use lab::{Lab, Seen};

/// Cargo does not see that the flags of a C library changed.
const CLEAN: &str = "Build it anew with: cargo clean -p wamrx-sys";

#[test]
fn all_of_the_stack_can_be_used_and_nothing_behind_it() {
    let lab = Lab::open();
    let module = lab
        .load(
            r#"(module
            (memory 1 1)
            (global $stack (mut i32) (i32.const 4096))
            (global (export "__data_end") i32 (i32.const 5000))
            (global (export "__heap_base") i32 (i32.const 5008))
            (func (export "take") (param i32)
                (global.set $stack (i32.sub (global.get $stack) (local.get 0)))
                (i32.store (global.get $stack) (i32.const 1))
                (global.set $stack (i32.add (global.get $stack) (local.get 0)))))"#,
        )
        .unwrap();
    let config = InstanceConfig { stack: 4096, heap: 0 };
    let mut instance =
        Instance::new(&module, config, Arc::new(Seen::default()), &lab.terminate).unwrap();
    for taken in [16, 1024, 4000] {
        let done = instance.call(c"take", Some(taken));
        assert_eq!(
            done,
            Some(Ok(())),
            "{taken} bytes; is WAMR here from before its flags changed? {CLEAN}"
        );
    }
    let overflow = instance.call(c"take", Some(4112)).unwrap().unwrap_err();
    assert!(overflow.to_string().contains("auxiliary stack"), "{overflow}");
}
