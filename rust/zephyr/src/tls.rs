// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's certificate, for `zephyr/src/http_tls.c`.

use core::ffi::c_char;
use core::slice;

use akira_core::http::request::PEM_MAX;
use akira_core::{hex, pem};

use crate::export;

/// The longest certificate chain with its key, in PEM.
pub const AKIRA_TLS_PEM_MAX: usize = 8192;

const _: () = assert!(AKIRA_TLS_PEM_MAX == PEM_MAX, "the runtime stores as much as fits in C");

/// A SHA-256 in hex, with its end.
pub const AKIRA_TLS_SHA256: usize = 65;

/// A device's name, with its end.
pub const AKIRA_TLS_NAME: usize = 32;

/// Writes the stored certificate chain and key; their length, 0 when there are none.
///
/// # Safety
///
/// `out` has room for `AKIRA_TLS_PEM_MAX` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_tls_load(out: *mut u8) -> usize {
    let Some(text) = export::runtime().and_then(|runtime| runtime.tls_pem()) else { return 0 };
    // SAFETY: as this function demands.
    let out = unsafe { slice::from_raw_parts_mut(out, AKIRA_TLS_PEM_MAX) };
    let Some(out) = out.get_mut(..text.len()) else { return 0 };
    out.copy_from_slice(&text);
    text.len()
}

/// Stores a certificate chain and key for further boots. False when they cannot be.
///
/// # Safety
///
/// `text` holds `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_tls_keep(text: *const u8, len: usize) -> bool {
    // SAFETY: as this function demands, and http_tls.c does not change them during the call.
    let text = unsafe { slice::from_raw_parts(text, len) };
    export::runtime().is_some_and(|runtime| runtime.store_tls_pem(text).is_ok())
}

/// Writes the device's name, terminated.
///
/// # Safety
///
/// `out` has room for `AKIRA_TLS_NAME` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_tls_name(out: *mut c_char) {
    let name = export::runtime().map(|runtime| runtime.device_name()).unwrap_or_default();
    // SAFETY: as this function demands.
    let out = unsafe { slice::from_raw_parts_mut(out.cast::<u8>(), AKIRA_TLS_NAME) };
    terminate(out, name.as_bytes());
}

/// Tells the runtime that the API is served over TLS, and writes the SHA-256 of the certificate,
/// terminated.
///
/// # Safety
///
/// `text` holds `len` bytes; `out` has room for `AKIRA_TLS_SHA256` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_tls_served(text: *const u8, len: usize, out: *mut c_char) {
    if let Some(runtime) = export::runtime() {
        runtime.note_tls();
    }
    // SAFETY: as this function demands, and http_tls.c does not change them during the call.
    let text = unsafe { slice::from_raw_parts(text, len) };
    let sha256 = pem::identity(text).map(|identity| hex::encode(&identity.certificate_sha256));
    // SAFETY: as this function demands.
    let out = unsafe { slice::from_raw_parts_mut(out.cast::<u8>(), AKIRA_TLS_SHA256) };
    terminate(out, sha256.unwrap_or_default().as_bytes());
}

/// Writes a text and its end, as far as there is room.
fn terminate(out: &mut [u8], text: &[u8]) {
    let len = text.len().min(out.len().saturating_sub(1));
    out[..len].copy_from_slice(&text[..len]);
    out[len..].fill(0);
}
