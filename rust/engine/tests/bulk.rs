// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Large blocks in memory of another kind. It stays set for the whole process, so this is a test
//! binary of its own.

#![cfg(feature = "host")]
mod lab;

use std::alloc::{Layout, alloc, dealloc, realloc};
use std::collections::BTreeMap;
use std::ptr;
use std::sync::{Arc, LazyLock, Mutex};

use akira_engine::heap::{self, Buffer, BulkMemory, Charge};
use akira_engine::{Instance, InstanceConfig};
use lab::{Lab, Seen};

const PAGE: usize = 65536;
const ROOM: usize = 5 * PAGE;
const INNER: usize = 128 * 1024;

/// The blocks that are in the memory, by address.
static BLOCKS: LazyLock<Mutex<BTreeMap<usize, usize>>> = LazyLock::new(Mutex::default);

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 8).unwrap()
}

fn used() -> usize {
    BLOCKS.lock().unwrap().values().sum()
}

unsafe fn take(size: usize) -> *mut u8 {
    if used() + size > ROOM {
        return ptr::null_mut();
    }
    // SAFETY: the caller's size is above zero.
    let block = unsafe { alloc(layout(size)) };
    // What was there before is not zero.
    // SAFETY: the block has that size.
    unsafe { block.write_bytes(0xa5, size) };
    BLOCKS.lock().unwrap().insert(block as usize, size);
    block
}

unsafe fn resize(block: *mut u8, old: usize, new: usize) -> *mut u8 {
    assert_eq!(BLOCKS.lock().unwrap().get(&(block as usize)), Some(&old), "its size is told");
    if used() - old + new > ROOM {
        return ptr::null_mut();
    }
    BLOCKS.lock().unwrap().remove(&(block as usize));
    // SAFETY: the block came from `take` or here, with that size.
    let moved = unsafe { realloc(block, layout(old), new) };
    if new > old {
        // SAFETY: the block has `new` bytes now.
        unsafe { moved.add(old).write_bytes(0xa5, new - old) };
    }
    BLOCKS.lock().unwrap().insert(moved as usize, new);
    moved
}

unsafe fn give(block: *mut u8) {
    let size = BLOCKS.lock().unwrap().remove(&(block as usize)).expect("a block of this memory");
    // SAFETY: the block came from `take` or `resize`, with that size, and is gone from the list.
    unsafe { dealloc(block, layout(size)) };
}

// SAFETY: blocks are std's, with an alignment of 8 and the size that was asked for.
static MEMORY: BulkMemory = unsafe { BulkMemory::new(take, resize, give, INNER) };

fn open() -> Lab {
    let lab = Lab::open();
    // WAMR's own tables are from before, and go back to where they came from.
    heap::set_bulk_memory(&MEMORY);
    lab
}

/// A module that grows by a page and tells the first byte of it that is not zero, or the result.
const GROWS: &str = r#"(module
    (memory 2)
    (func (export "_start") (result i32)
        (local $at i32)
        (i32.store (i32.const 0) (i32.const 1234))
        (if (i32.ne (memory.grow (i32.const 1)) (i32.const 2)) (then (return (i32.const -1))))
        (local.set $at (i32.const 4))
        (loop
            (if (i32.load8_u (local.get $at)) (then (return (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $at) (i32.const 196608))))
        (if (i32.ne (memory.grow (i32.const 4)) (i32.const -1)) (then (return (i32.const -2))))
        (i32.load (i32.const 0))))"#;

#[test]
fn linear_memory_is_there_zeroed_grows_and_is_given_back() {
    let lab = open();
    let module = lab.load(GROWS).unwrap();
    let entry = module.entry(None).unwrap();
    for _ in 0..3 {
        let before = used();
        let config = InstanceConfig { stack: 4096, heap: 0 };
        let mut instance =
            Instance::new(&module, config, Arc::new(Seen::default()), &lab.terminate).unwrap();
        assert!(used() >= before + 2 * PAGE, "{}", used());
        assert_eq!(instance.run(&entry), Ok(1234));
        assert!(used() >= before + 3 * PAGE, "{}", used());
        drop(instance);
        assert_eq!(used(), before);
    }
    drop(module);
    assert_eq!(used(), 0);
}

#[test]
fn a_full_memory_refuses_the_instance() {
    let lab = open();
    let module = lab.load("(module (memory 6) (func (export \"_start\")))").unwrap();
    let config = InstanceConfig { stack: 4096, heap: 0 };
    let seen = Arc::new(Seen::default());
    assert!(Instance::new(&module, config, seen, &lab.terminate).is_err());
    drop(module);
    assert_eq!(used(), 0);
}

#[test]
fn buffers_are_there_and_still_charged() {
    let _lab = open();
    let before = heap::pool().used;
    let buffer = Buffer::new(100_000).unwrap();
    assert!(buffer.iter().all(|byte| *byte == 0));
    assert!(used() >= 100_000);
    assert!(heap::pool().used >= before + 100_000);
    drop(buffer);
    assert_eq!((heap::pool().used, used()), (before, 0));
}

#[test]
fn what_is_elsewhere_has_a_limit_of_its_own() {
    let _lab = open();
    assert!(heap::pool().limit > heap::pool().used + INNER, "the pool itself has room");
    assert!(Charge::new(INNER + 1).is_none());
    let half = Charge::new(INNER / 2).unwrap();
    assert!(Charge::new(INNER / 2 + 1).is_none());
    // Large blocks are not counted there.
    let large = Buffer::new(INNER).unwrap();
    drop(half);
    let half = Charge::new(INNER / 2);
    assert!(half.is_some());
    drop(large);
}

#[test]
fn it_is_set_once() {
    static OTHER: BulkMemory = {
        unsafe fn none(_: usize) -> *mut u8 {
            ptr::null_mut()
        }
        unsafe fn neither(_: *mut u8, _: usize, _: usize) -> *mut u8 {
            ptr::null_mut()
        }
        unsafe fn nothing(_: *mut u8) {}
        // SAFETY: it never gives a block.
        unsafe { BulkMemory::new(none, neither, nothing, 0) }
    };
    let _lab = open();
    assert!(!heap::set_bulk_memory(&OTHER));
    assert!(Buffer::new(8).is_some());
}
