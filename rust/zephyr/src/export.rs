// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What C calls: the start of the runtime and the body of an app's thread.

use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicPtr, Ordering};
use core::{ptr, slice};

use akira_abi::{CapSet, Capability, Errno};
use akira_runtime::platform::{Job, Level, Platform, TICK_MS};
use akira_runtime::{Config, Runtime, SignaturePolicy, StartError};

use crate::devices;
use crate::ffi;
use crate::firmware;
use crate::heap;
use crate::platform::Zephyr;

/// App slots, each with a thread.
pub const AKIRA_SLOTS: usize = 4;

/// Events that threads wait for.
pub const AKIRA_EVENTS: usize = 8;

/// The runtime, once it is up; never taken down.
static RUNTIME: AtomicPtr<Arc<Runtime<Zephyr>>> = AtomicPtr::new(ptr::null_mut());

/// The runtime; `None` before [`akira_start`] has succeeded.
pub fn runtime() -> Option<&'static Arc<Runtime<Zephyr>>> {
    // SAFETY: null, or what akira_start leaked: valid for ever and shared by everybody.
    unsafe { RUNTIME.load(Ordering::Acquire).as_ref() }
}

/// Starts the runtime and the autostart apps. The storage must be mounted. Call it once, from one
/// thread. 0, or a negative errno.
#[unsafe(no_mangle)]
pub extern "C" fn akira_start() -> c_int {
    heap::use_external();
    let keys = match firmware::keys() {
        Ok(keys) => keys,
        Err(why) => {
            say(&format!("The firmware key that was given cannot be used. {why}"));
            return Errno::EINVAL.code();
        }
    };
    // SAFETY: takes no argument.
    let pool_bytes = unsafe { ffi::akira_app_heap_size() };
    // SAFETY: takes no argument.
    let exec_timeout_ms = unsafe { ffi::akira_exec_timeout_ms() };
    // SAFETY: takes no argument.
    let exec_timeout_max_ms = unsafe { ffi::akira_exec_timeout_max_ms() };
    // SAFETY: takes no argument.
    let signatures = SignaturePolicy::from_number(unsafe { ffi::akira_signature_policy() });
    // SAFETY: takes no argument.
    let grantable = CapSet::from_bits(unsafe { ffi::akira_grantable() }).unwrap_or(CapSet::EMPTY);
    // SAFETY: takes no argument.
    let health_ms = unsafe { ffi::akira_health_ms() };
    let config = Config {
        pool_bytes,
        exec_timeout_ms,
        exec_timeout_max_ms,
        signatures,
        grantable,
        health_ms,
    };
    let started = Runtime::new(Zephyr::probe(keys), config).and_then(|runtime| {
        #[cfg(feature = "metering")]
        // SAFETY: takes no argument.
        runtime.limit_instructions(unsafe { ffi::akira_instruction_budget() });
        runtime.boot()?;
        Ok(runtime)
    });
    let runtime = match started {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("{error}"));
            return match error {
                StartError::Engine(_) => Errno::ENOMEM,
                StartError::Storage(errno) | StartError::Token(errno) => errno,
                StartError::BadToken => Errno::EINVAL,
            }
            .code();
        }
    };

    RUNTIME.store(Box::into_raw(Box::new(runtime)), Ordering::Release);
    0
}

/// Tells an error that there is no runtime for.
fn say(text: &str) {
    Zephyr::probe(Vec::new()).console(Level::Error, "akira", text);
}

// The C side reads lists of capabilities by these names, and numbers them by their places.
const _: () = assert!(names_in_order(ffi::AKIRA_CAPABILITY_NAMES));

/// Whether `list` (terminated) is the names of all capabilities, with commas between them.
const fn names_in_order(list: &[u8]) -> bool {
    let mut at = 0;
    let mut next = 0;
    while next < Capability::ALL.len() {
        let name = Capability::ALL[next].name().as_bytes();
        let mut i = 0;
        while i < name.len() {
            if at == list.len() || list[at] != name[i] {
                return false;
            }
            at += 1;
            i += 1;
        }
        next += 1;
        let separator = if next < Capability::ALL.len() { b',' } else { 0 };
        if at == list.len() || list[at] != separator {
            return false;
        }
        at += 1;
    }
    at == list.len()
}

/// How often [`akira_tick`] is to be called, in milliseconds.
pub const AKIRA_TICK_MS: u32 = 50;

const _: () = assert!(AKIRA_TICK_MS == TICK_MS);

/// Looks after the apps: watchdog and restarts. Call it every `AKIRA_TICK_MS`, from one thread that
/// is more urgent than the apps.
#[unsafe(no_mangle)]
pub extern "C" fn akira_tick() {
    if let Some(runtime) = runtime() {
        runtime.tick();
    }
}

/// All that the device serves is served. Call it once that is so: firmware on trial is not confirmed
/// before.
#[unsafe(no_mangle)]
pub extern "C" fn akira_ready() {
    if let Some(runtime) = runtime() {
        runtime.note_ready();
    }
}

/// The device is about to be switched off: apps stop, what is stored is whole. Returns within seconds.
#[unsafe(no_mangle)]
pub extern "C" fn akira_shutdown() {
    if let Some(runtime) = runtime() {
        runtime.shutdown();
    }
}

/// Hands a packet that the radio has received to the apps. Call it on a thread of the device's.
///
/// # Safety
///
/// `packet` points to `len` bytes, which stay as they are during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_rf_received(packet: *const c_void, len: usize, rssi_dbm: i16) {
    if let Some(runtime) = runtime() {
        // SAFETY: by this function's contract, which rf.c upholds.
        let packet = unsafe { slice::from_raw_parts(packet.cast::<u8>(), len) };
        runtime.rf_received(packet, rssi_dbm);
    }
}

/// Hands an input event on to the apps: kinds, codes and values are those of `akira_sim_input`. Call
/// it on a thread of the device's.
#[unsafe(no_mangle)]
pub extern "C" fn akira_input_event(kind: u32, code: u32, value: i32) {
    if let (Some(runtime), Some(event)) = (runtime(), devices::input_event(kind, code, value)) {
        runtime.input(event);
    }
}

/// The body of an app's thread: runs the job that was given to `akira_thread_start`.
///
/// # Safety
///
/// `job` is what `akira_thread_start` was called with, and is given here once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_run_job(job: *mut c_void) {
    // SAFETY: spawn_app made the pointer of a Box<Job>; threads.c passes it on once.
    let job = unsafe { Box::from_raw(job.cast::<Job>()) };
    job();
}
