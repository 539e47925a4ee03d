// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! WAMR as its documents show it: the measure that ours is held against.
//!
//! The natives are registered in WAMR's ordinary and in its raw form and check nothing. Loading
//! copies a module in RAM and instantiates it. WAMR must have been initialised.

use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::Mutex;
use std::time::Instant;

use akira_wamr_sys as wamr;

/// What apps reported: the kind of loop, and its nanoseconds.
static REPORTS: Mutex<Vec<(usize, i64)>> = Mutex::new(Vec::new());

extern "C" fn now(_: wamr::wasm_exec_env_t) -> i64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as i64
}

extern "C" fn report(_: wamr::wasm_exec_env_t, kind: i32, nanoseconds: i64) {
    if let Ok(mut reports) = REPORTS.lock() {
        reports.push((kind as usize, nanoseconds));
    }
}

extern "C" fn nothing(_: wamr::wasm_exec_env_t, value: i32) {
    std::hint::black_box(value);
}

unsafe extern "C" fn nothing_raw(_: wamr::wasm_exec_env_t, cells: *mut u64) {
    std::hint::black_box(cells);
}

/// Takes what apps have reported so far.
pub fn take_reports() -> Vec<(usize, i64)> {
    REPORTS.lock().map(|mut reports| std::mem::take(&mut *reports)).unwrap_or_default()
}

fn symbol(
    name: &'static std::ffi::CStr,
    function: *mut c_void,
    signature: &'static std::ffi::CStr,
) -> wamr::NativeSymbol {
    wamr::NativeSymbol {
        symbol: name.as_ptr(),
        func_ptr: function,
        signature: signature.as_ptr(),
        attachment: ptr::null_mut(),
    }
}

/// Registers the modules `plain` (ordinary form) and `plain_raw`.
pub fn register() {
    let ordinary = Box::leak(Box::new([
        symbol(c"now", now as *mut c_void, c"()I"),
        symbol(c"report", report as *mut c_void, c"(iI)"),
        symbol(c"nothing", nothing as *mut c_void, c"(i)"),
    ]));
    let raw = Box::leak(Box::new([symbol(c"nothing", nothing_raw as *mut c_void, c"(i)")]));
    // SAFETY: the tables live for ever, and each function has the parameters of its signature.
    let done = unsafe {
        wamr::wasm_runtime_register_natives(
            c"plain".as_ptr(),
            ordinary.as_mut_ptr(),
            ordinary.len() as u32,
        )
    };
    assert!(done, "WAMR took no natives");
    // SAFETY: as above; the function has the raw form's parameters.
    let done = unsafe {
        wamr::wasm_runtime_register_natives_raw(
            c"plain_raw".as_ptr(),
            raw.as_mut_ptr(),
            raw.len() as u32,
        )
    };
    assert!(done, "WAMR took no raw natives");
}

/// Loads and instantiates a module from RAM, ready to run, and frees it again. Returns the seconds
/// from the first byte's copy to the instance.
pub fn load(module: &[u8]) -> f64 {
    let from = Instant::now();
    let mut error: [c_char; 128] = [0; 128];
    let mut bytes = module.to_vec();
    // SAFETY: `bytes` outlives the module below.
    let loaded = unsafe {
        wamr::wasm_runtime_load(
            bytes.as_mut_ptr(),
            bytes.len() as u32,
            error.as_mut_ptr(),
            error.len() as u32,
        )
    };
    assert!(!loaded.is_null(), "WAMR did not load the module");
    // SAFETY: the module is loaded.
    let instance = unsafe {
        wamr::wasm_runtime_instantiate(loaded, 4096, 0, error.as_mut_ptr(), error.len() as u32)
    };
    assert!(!instance.is_null(), "WAMR did not instantiate the module");
    // SAFETY: the instance is live.
    let env = unsafe { wamr::wasm_runtime_create_exec_env(instance, 4096) };
    let seconds = from.elapsed().as_secs_f64();
    // SAFETY: created above, nothing runs in it.
    unsafe { wamr::wasm_runtime_destroy_exec_env(env) };
    // SAFETY: created above, its exec env is gone.
    unsafe { wamr::wasm_runtime_deinstantiate(instance) };
    // SAFETY: loaded above, its instance is gone.
    unsafe { wamr::wasm_runtime_unload(loaded) };
    seconds
}
