// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Apps that try to reach what is not theirs through the files that are.

use crate::common::{alone, ask, device, exit_code, launch, manifest};
use akira_abi::Errno;
use akira_host::Device;
use akira_runtime::platform::{OpenMode, Platform};

/// What the apps here import, and buffers of `a`, of `b` and of `c`.
const PRELUDE: &str = r#"
    (import "akira" "fs_open" (func $open (param i32 i32 i32) (result i32)))
    (import "akira" "fs_read" (func $read (param i32 i32 i32) (result i32)))
    (import "akira" "fs_write" (func $write (param i32 i32 i32) (result i32)))
    (import "akira" "fs_seek" (func $seek (param i32 i32 i32) (result i32)))
    (import "akira" "fs_close" (func $close (param i32) (result i32)))
    (import "akira" "fs_delete" (func $delete (param i32 i32) (result i32)))
    (import "akira" "fs_rename" (func $rename (param i32 i32 i32 i32) (result i32)))
    (memory 2)
    (data (i32.const 0) "d/f" "e" "e/f" "g" "d/in")
    (func $fill (param $at i32) (param $byte i32)
        (memory.fill (local.get $at) (local.get $byte) (i32.const 16384)))
    ;; Writes d/f from scratch with one block of a.
    (func $make (local $w i32)
        (call $fill (i32.const 16384) (i32.const 97))
        (call $fill (i32.const 32768) (i32.const 98))
        (call $fill (i32.const 49152) (i32.const 99))
        (local.set $w (call $open (i32.const 0) (i32.const 3) (i32.const 14)))
        (drop (call $write (local.get $w) (i32.const 16384) (i32.const 4096)))
        (drop (call $close (local.get $w))))
    ;; Fills the storage with c, so that every block that is free is used anew.
    (func $flood (local $w i32)
        (local.set $w (call $open (i32.const 7) (i32.const 1) (i32.const 14)))
        (loop $more
            (br_if $more (i32.gt_s
                (call $write (local.get $w) (i32.const 49152) (i32.const 512)) (i32.const 0))))
        (drop (call $close (local.get $w))))"#;

/// Installs and runs an app and returns its exit code.
fn run(device: &Device, name: &str, code: &str) -> i32 {
    let manifest = manifest(name, &["fs_read", "fs_write"]);
    launch(device, &manifest, &format!("(module {PRELUDE} {code})"));
    exit_code(device, name)
}

/// `$r` reads what `d/f` was before `$w` replaced it: blocks that are anybody's by now.
#[test]
fn a_file_open_for_writing_is_open_once() {
    let _alone = alone();
    let (device, _dir) = device();
    let code = run(
        &device,
        "reader",
        r#"(func (export "_start") (result i32) (local $r i32) (local $w i32)
            (call $make)
            (local.set $w (call $open (i32.const 0) (i32.const 3) (i32.const 10)))
            (local.set $r (call $open (i32.const 0) (i32.const 3) (i32.const 1)))
            (if (i32.lt_s (local.get $r) (i32.const 0)) (then (return (local.get $r))))
            (drop (call $write (local.get $w) (i32.const 32768) (i32.const 4096)))
            (drop (call $close (local.get $w)))
            (call $flood)
            (call $fill (i32.const 16384) (i32.const 0))
            (drop (call $read (local.get $r) (i32.const 16384) (i32.const 4096)))
            (i32.load8_u (i32.const 20000)))"#,
    );
    assert_ne!(code, 99, "it read the content of another file");
    assert_eq!(code, -16, "EBUSY");
}

/// Under its new name the file would not be known to be open, and could be deleted.
#[test]
fn a_folder_with_an_open_file_is_not_moved() {
    let _alone = alone();
    let (device, _dir) = device();
    let code = run(
        &device,
        "mover",
        r#"(func (export "_start") (result i32) (local $r i32) (local $e i32)
            (call $make)
            (local.set $r (call $open (i32.const 0) (i32.const 3) (i32.const 1)))
            (local.set $e (call $rename (i32.const 0) (i32.const 1) (i32.const 3) (i32.const 1)))
            (if (i32.lt_s (local.get $e) (i32.const 0)) (then (return (local.get $e))))
            (drop (call $delete (i32.const 4) (i32.const 3)))
            (call $flood)
            (call $fill (i32.const 16384) (i32.const 0))
            (drop (call $read (local.get $r) (i32.const 16384) (i32.const 4096)))
            (i32.load8_u (i32.const 20000)))"#,
    );
    assert_ne!(code, 99, "it read the content of another file");
    assert_eq!(code, -16, "EBUSY");
}

#[test]
fn a_folder_is_not_moved_into_itself() {
    let _alone = alone();
    let (device, _dir) = device();
    let code = run(
        &device,
        "looper",
        r#"(func (export "_start") (result i32)
            (call $make)
            (call $rename (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 4)))"#,
    );
    assert_eq!(code, -22, "EINVAL");
    assert_eq!(ask(&device, "DELETE", "/apps/looper", b"").status, 200);
}

#[test]
fn an_uninstall_takes_along_all_that_an_app_has_made() {
    let _alone = alone();
    let (device, _dir) = device();
    let free = |device: &Device| device.runtime().platform().space().unwrap().free;
    let before = free(&device);
    assert_eq!(run(&device, "maker", r#"(func (export "_start") (call $make))"#), 0);
    let host = device.runtime().platform();
    for folder in ["/data/maker/x", "/data/maker/x/y", "/data/maker/x/y/z", "/data/maker/empty"] {
        host.mkdir(folder).unwrap();
    }
    for number in 0..150 {
        for folder in ["", "/d", "/x/y", "/x/y/z"] {
            host.open(&format!("/data/maker{folder}/{number}"), OpenMode::REPLACE).unwrap();
        }
    }
    assert_eq!(ask(&device, "DELETE", "/apps/maker", b"").status, 200);
    assert_eq!(host.stat("/data/maker"), Err(Errno::ENOENT));
    assert_eq!(free(&device), before);
}

/// The module may be gone already: the device lost it, or an uninstall before failed after that.
#[test]
fn an_app_without_its_module_can_be_uninstalled() {
    let _alone = alone();
    let (device, _dir) = device();
    assert_eq!(run(&device, "lost", r#"(func (export "_start") (call $make))"#), 0);
    device.runtime().platform().remove("/apps/lost.wasm").unwrap();
    let answer = ask(&device, "DELETE", "/apps/lost", b"");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(device.runtime().platform().stat("/data/lost"), Err(Errno::ENOENT));
    assert_eq!(ask(&device, "GET", "/apps/lost", b"").status, 404);
}

/// LittleFS fills a gap with zeros, all in one call and until the storage is full.
#[test]
fn no_position_lies_past_the_end() {
    let _alone = alone();
    let (device, _dir) = device();
    let code = run(
        &device,
        "seeker",
        r#"(func (export "_start") (result i32) (local $w i32)
            (local.set $w (call $open (i32.const 7) (i32.const 1) (i32.const 15)))
            (drop (call $write (local.get $w) (i32.const 49152) (i32.const 10000)))
            (if (i32.ne (call $seek (local.get $w) (i32.const 10000) (i32.const 0))
                    (i32.const 10000)) (then (return (i32.const 1))))
            (if (i32.ne (call $seek (local.get $w) (i32.const -1) (i32.const 1))
                    (i32.const 9999)) (then (return (i32.const 2))))
            (if (i32.ne (call $seek (local.get $w) (i32.const 1) (i32.const 2))
                    (i32.const -22)) (then (return (i32.const 3))))
            (if (i32.ne (call $seek (local.get $w) (i32.const 0x7ffffff0) (i32.const 0))
                    (i32.const -22)) (then (return (i32.const 4))))
            (if (i32.ne (call $seek (local.get $w) (i32.const -10001) (i32.const 2))
                    (i32.const -22)) (then (return (i32.const 5))))
            (call $seek (local.get $w) (i32.const 0) (i32.const 1)))"#,
    );
    assert_eq!(code, 9999, "the position is where it was");
}
