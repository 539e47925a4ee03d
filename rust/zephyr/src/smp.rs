// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What the app group of SMP asks for beside commands: the admin token's check, installs in chunks,
//! paths of files, and the device's name.

use alloc::boxed::Box;
use core::ffi::{CStr, c_char, c_void};
use core::net::IpAddr;
use core::{ptr, slice};

use akira_core::http::{ApiError, Code, Peer};
use akira_core::path::DataPath;
use akira_core::transfer::Transport;
use akira_runtime::transfer::{Begin, Outcome, Sink, TransferId};

use crate::control::{AKIRA_NAME_SIZE, akira_print, not_up, report, terminated};
use crate::export;

/// Length of the device's name at most, with the terminating zero.
pub const AKIRA_DEVICE_NAME_SIZE: usize = 32;

/// Checks a token. 0 when it is the admin token; else the HTTP status, and the sentence is printed.
///
/// # Safety
///
/// `token` holds `len` bytes, `peer` null or `peer_len` bytes of an address as it goes over the
/// network, and `print` can be called with `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_admit_admin(
    token: *const u8,
    len: usize,
    peer: *const u8,
    peer_len: usize,
    print: akira_print,
    context: *mut c_void,
) -> u16 {
    // SAFETY: by this function's contract.
    let token = unsafe { bytes(token, len) };
    // SAFETY: by this function's contract.
    let peer = match unsafe { bytes(peer, peer_len) } {
        bytes if bytes.len() == 4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        bytes => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
    };
    let done = export::runtime().ok_or_else(not_up).and_then(|runtime| {
        // What is not UTF-8 is no token, and is counted as a wrong one.
        let token = str::from_utf8(token).unwrap_or("?");
        runtime.admit_admin(token, peer.map_or(Peer::UNKNOWN, Peer::ip))
    });
    // SAFETY: by this function's contract.
    unsafe { report(done, print, context) }
}

/// An install under way.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct akira_install {
    id: TransferId,
    received: u64,
}

/// Begins an install of `size` bytes; null when it cannot be, and then `status` is the HTTP status
/// and the sentence has been printed.
///
/// # Safety
///
/// `sha256` is null or holds 32 bytes, `status` may be written, and `print` can be called with
/// `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_install_begin(
    size: u64,
    sha256: *const u8,
    status: *mut u16,
    print: akira_print,
    context: *mut c_void,
) -> *mut akira_install {
    // SAFETY: by this function's contract.
    let sha256 = <[u8; 32]>::try_from(unsafe { bytes(sha256, 32) }).ok();
    let begun = export::runtime().ok_or_else(not_up).and_then(|runtime| {
        runtime.transfer_begin(Begin {
            transport: Transport::Smp,
            sink: Sink::App { name: None, denied: akira_abi::CapSet::EMPTY },
            size: Some(size),
            sha256,
        })
    });
    match begun {
        Ok(id) => Box::into_raw(Box::new(akira_install { id, received: 0 })),
        Err(error) => {
            // SAFETY: by this function's contract.
            let why = unsafe { report(Err(error), print, context) };
            // SAFETY: as above.
            unsafe { status.write(why) };
            ptr::null_mut()
        }
    }
}

/// Takes the bytes from `offset` on, if that is where the last ones ended, and says in `received`
/// how many there are now. 0, or the HTTP status as with the others; the install can then only be
/// closed.
///
/// # Safety
///
/// `install` is open, `data` holds `len` bytes, `received` may be written, and `print` can be called
/// with `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_install_chunk(
    install: *mut akira_install,
    offset: u64,
    data: *const u8,
    len: usize,
    received: *mut u64,
    print: akira_print,
    context: *mut c_void,
) -> u16 {
    // SAFETY: what akira_install_begin gave; SMP has one thread.
    let install = unsafe { &mut *install };
    // SAFETY: by this function's contract.
    let data = unsafe { bytes(data, len) };
    let done = if offset == install.received {
        export::runtime().ok_or_else(not_up).and_then(|runtime| {
            install.received = runtime.transfer_chunk(install.id, Some(offset), data)?;
            Ok(())
        })
    } else {
        Ok(())
    };
    // SAFETY: by this function's contract.
    unsafe { received.write(install.received) };
    // SAFETY: as above.
    unsafe { report(done, print, context) }
}

/// All bytes have come: has the app take effect, and writes its name. 0, or the HTTP status as with
/// the others. The install is closed.
///
/// # Safety
///
/// `install` is open and not used again, `name` has room for `AKIRA_NAME_SIZE` bytes, and `print`
/// can be called with `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_install_end(
    install: *mut akira_install,
    name: *mut c_char,
    print: akira_print,
    context: *mut c_void,
) -> u16 {
    // SAFETY: akira_install_begin made it of a Box, and by contract it comes here once.
    let install = unsafe { Box::from_raw(install) };
    let ended = export::runtime()
        .ok_or_else(not_up)
        .and_then(|runtime| runtime.transfer_end(install.id))
        .and_then(|outcome| match outcome {
            Outcome::App(app, _) => Ok(app.name),
            _ => Err(ApiError::new(Code::Internal, "What was sent became no app.")),
        });
    let done = ended.map(|installed| {
        // SAFETY: by this function's contract.
        unsafe { name.cast::<[c_char; AKIRA_NAME_SIZE]>().write(terminated(&installed)) }
    });
    // SAFETY: as above.
    unsafe { report(done, print, context) }
}

/// Closes an install that has not ended. Nothing of it is left.
///
/// # Safety
///
/// `install` is null, or open and not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_install_abort(install: *mut akira_install) {
    if install.is_null() {
        return;
    }
    // SAFETY: akira_install_begin made it of a Box, and by contract it comes here once.
    let install = unsafe { Box::from_raw(install) };
    if let Some(runtime) = export::runtime() {
        runtime.transfer_abort(install.id);
    }
}

/// Whether a path of the device's storage, such as `/data/hello/notes.txt`, is inside the folder of
/// an app and means just what it says. With `top` also apps' folders themselves, and `/data`.
///
/// # Safety
///
/// `path` is terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_is_data_path(path: *const c_char, top: bool) -> bool {
    // SAFETY: terminated, by this function's contract, and unchanged during the call.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    let inside = path.strip_prefix(b"/data").map(|rest| rest.strip_prefix(b"/").unwrap_or(rest));
    let Some(Ok(inside)) = inside.map(DataPath::new) else { return false };
    (top || !inside.is_top()) && inside.as_str().as_bytes() == path
}

/// Writes the name that the device has on its network, terminated. False before the runtime is up.
///
/// # Safety
///
/// `name` has room for `AKIRA_DEVICE_NAME_SIZE` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_network_name(name: *mut c_char) -> bool {
    let Some(runtime) = export::runtime() else { return false };
    let text = terminated::<AKIRA_DEVICE_NAME_SIZE>(&runtime.device_name());
    // SAFETY: by this function's contract.
    unsafe { name.cast::<[c_char; AKIRA_DEVICE_NAME_SIZE]>().write(text) };
    true
}

/// Bytes of C's; none for null.
///
/// # Safety
///
/// `pointer` is null or holds `len` bytes, which stay as they are during the caller's call.
unsafe fn bytes<'a>(pointer: *const u8, len: usize) -> &'a [u8] {
    if pointer.is_null() {
        return &[];
    }
    // SAFETY: by this function's contract.
    unsafe { slice::from_raw_parts(pointer, len) }
}
