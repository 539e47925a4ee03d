// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The runtime's end of a serial line, for `zephyr/src/serial.c`: bytes in, bytes out.

use alloc::boxed::Box;
use core::{ptr, slice};

use akira_core::transfer::Transport;
use akira_runtime::link::Link;

use crate::export;
use crate::platform::Zephyr;

/// One end of a line. Used by one thread.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct akira_link(Link<Zephyr>);

/// Opens the runtime's end of a serial line; null when the runtime is not up.
#[unsafe(no_mangle)]
pub extern "C" fn akira_link_open() -> *mut akira_link {
    match export::runtime() {
        Some(runtime) => {
            Box::into_raw(Box::new(akira_link(Link::new(runtime.clone(), Transport::Serial))))
        }
        None => ptr::null_mut(),
    }
}

/// Takes bytes that have come. Requests in them are carried out before this returns.
///
/// # Safety
///
/// `link` is open and used by no other thread; `data` holds `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_link_receive(link: *mut akira_link, data: *const u8, len: usize) {
    if data.is_null() || len == 0 {
        return;
    }
    // SAFETY: `data` holds `len` bytes, which nobody changes during the call.
    let data = unsafe { slice::from_raw_parts(data, len) };
    // SAFETY: serial.c passes what akira_link_open gave, and its calls come on one thread.
    unsafe { (*link).0.receive(data) };
}

/// Writes what is to be sent to `out`, up to `size` bytes, and gives how many that are; 0 when there
/// is nothing now.
///
/// # Safety
///
/// `link` is open and used by no other thread; `out` has room for `size` bytes and nobody else uses
/// it during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_link_transmit(
    link: *mut akira_link,
    out: *mut u8,
    size: usize,
) -> usize {
    if out.is_null() || size == 0 {
        return 0;
    }
    // SAFETY: initialised (a static array of serial.c's), of that size and not used meanwhile.
    let out = unsafe { slice::from_raw_parts_mut(out, size) };
    // SAFETY: as in akira_link_receive.
    unsafe { (*link).0.transmit(out) }
}

/// Lets the time pass. Call it several times a second.
///
/// # Safety
///
/// `link` is open and used by no other thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_link_tick(link: *mut akira_link) {
    // SAFETY: as in akira_link_receive.
    unsafe { (*link).0.tick() };
}

/// Closes an end. A request that is under way is aborted.
///
/// # Safety
///
/// `link` is what `akira_link_open` gave, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_link_close(link: *mut akira_link) {
    if !link.is_null() {
        // SAFETY: akira_link_open made it of a Box, and by contract it comes here once.
        drop(unsafe { Box::from_raw(link) });
    }
}
