// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What the groups of SMP ask for beside commands: the admin token's check, uploads in chunks, paths
//! of files, and the device's name.

use alloc::boxed::Box;
use alloc::string::String;
use core::ffi::{CStr, c_char, c_void};
use core::net::IpAddr;
use core::{ptr, slice};

use akira_core::http::Peer;
use akira_core::path::DataPath;
use akira_core::transfer::Transport;
use akira_runtime::transfer::{Begin, Outcome, Sink, TransferId};

use crate::control::{AKIRA_NAME_SIZE, akira_print, not_up, report, terminated};
use crate::export;
use crate::smp_images;

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

/// An upload that becomes an app.
pub const AKIRA_UPLOAD_APP: u32 = 0;
/// An upload that becomes the image in the secondary firmware slot.
pub const AKIRA_UPLOAD_FIRMWARE: u32 = 1;

/// An upload under way.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct akira_upload {
    id: TransferId,
    received: u64,
}

/// Begins an upload of `size` bytes into a sink, an `AKIRA_UPLOAD_*`; null when it cannot be, and then
/// `status` is the HTTP status and the sentence has been printed. One of firmware that broke off goes
/// on: see `received` of [`akira_upload_chunk`].
///
/// # Safety
///
/// `sha256` is null or holds 32 bytes, `status` may be written, and `print` can be called with
/// `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_upload_begin(
    sink: u32,
    size: u64,
    sha256: *const u8,
    status: *mut u16,
    print: akira_print,
    context: *mut c_void,
) -> *mut akira_upload {
    // SAFETY: by this function's contract.
    let sha256 = <[u8; 32]>::try_from(unsafe { bytes(sha256, 32) }).ok();
    let begun = export::runtime().ok_or_else(not_up).and_then(|runtime| {
        let offset = match sink {
            AKIRA_UPLOAD_FIRMWARE => smp_images::resume_at(runtime, size, sha256),
            _ => 0,
        };
        let sink = match sink {
            AKIRA_UPLOAD_FIRMWARE => Sink::Firmware { offset },
            _ => Sink::App { name: None, denied: akira_abi::CapSet::EMPTY },
        };
        let begin = Begin { transport: Transport::Smp, sink, size: Some(size), sha256 };
        let id = runtime.transfer_begin(begin)?;
        Ok(akira_upload { id, received: u64::from(offset) })
    });
    match begun {
        Ok(upload) => Box::into_raw(Box::new(upload)),
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
/// how many there are now. 0, or the HTTP status as with the others; the upload can then only be
/// closed.
///
/// # Safety
///
/// `upload` is open, `data` holds `len` bytes, `received` may be written, and `print` can be called
/// with `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_upload_chunk(
    upload: *mut akira_upload,
    offset: u64,
    data: *const u8,
    len: usize,
    received: *mut u64,
    print: akira_print,
    context: *mut c_void,
) -> u16 {
    // SAFETY: what akira_upload_begin gave; SMP has one thread.
    let upload = unsafe { &mut *upload };
    // SAFETY: by this function's contract.
    let data = unsafe { bytes(data, len) };
    let done = if offset == upload.received {
        export::runtime().ok_or_else(not_up).and_then(|runtime| {
            upload.received = runtime.transfer_chunk(upload.id, Some(offset), data)?;
            Ok(())
        })
    } else {
        Ok(())
    };
    // SAFETY: by this function's contract.
    unsafe { received.write(upload.received) };
    // SAFETY: as above.
    unsafe { report(done, print, context) }
}

/// All bytes have come: has them take effect. Writes the name of the app that they became; an empty
/// one for firmware. 0, or the HTTP status as with the others. The upload is closed.
///
/// # Safety
///
/// `upload` is open and not used again, `name` has room for `AKIRA_NAME_SIZE` bytes, and `print` can
/// be called with `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_upload_end(
    upload: *mut akira_upload,
    name: *mut c_char,
    print: akira_print,
    context: *mut c_void,
) -> u16 {
    // SAFETY: akira_upload_begin made it of a Box, and by contract it comes here once.
    let upload = unsafe { Box::from_raw(upload) };
    let ended = export::runtime()
        .ok_or_else(not_up)
        .and_then(|runtime| runtime.transfer_end(upload.id))
        .map(|outcome| match outcome {
            Outcome::App(app, _) => app.name,
            _ => String::new(),
        });
    let done = ended.map(|installed| {
        // SAFETY: by this function's contract.
        unsafe { name.cast::<[c_char; AKIRA_NAME_SIZE]>().write(terminated(&installed)) }
    });
    // SAFETY: as above.
    unsafe { report(done, print, context) }
}

/// Closes an upload that has not ended. Nothing of it is left, but for firmware, which can go on.
///
/// # Safety
///
/// `upload` is null, or open and not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_upload_abort(upload: *mut akira_upload) {
    if upload.is_null() {
        return;
    }
    // SAFETY: akira_upload_begin made it of a Box, and by contract it comes here once.
    let upload = unsafe { Box::from_raw(upload) };
    if let Some(runtime) = export::runtime() {
        runtime.transfer_abort(upload.id);
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
pub unsafe fn bytes<'a>(pointer: *const u8, len: usize) -> &'a [u8] {
    if pointer.is_null() {
        return &[];
    }
    // SAFETY: by this function's contract.
    unsafe { slice::from_raw_parts(pointer, len) }
}
