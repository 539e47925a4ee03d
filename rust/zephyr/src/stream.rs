// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Event streams for `zephyr/src/http_websocket.c` and `http_stream.c`.
//!
//! A stream is opened on the HTTP server's thread and from then on used by one other thread.

use alloc::boxed::Box;
use alloc::string::String;
use core::ffi::{CStr, c_char};
use core::{ptr, slice};

use akira_runtime::stream::Stream;
use base64ct::{Base64, Encoding};
use sha1::{Digest, Sha1};

use crate::export;
use crate::http::{akira_http_exchange, akira_http_head};
use crate::platform::Zephyr;

/// The length of a handshake's proof, with its end.
pub const AKIRA_WEBSOCKET_ACCEPT: usize = 29;

/// What a proof is made of, besides the client's key (RFC 6455, 1.3).
const MAGIC: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// An open stream.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct akira_stream {
    stream: Stream<Zephyr>,
    /// The message that is being sent.
    text: String,
}

/// Opens a stream for whoever sends `head`. Null when there is none: then `refused` has an exchange
/// whose answer says why, or null where there is no memory for that.
///
/// # Safety
///
/// As for `akira_http_begin`; `refused` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_stream_open(
    head: *const akira_http_head,
    refused: *mut *mut akira_http_exchange,
) -> *mut akira_stream {
    let Some(runtime) = export::runtime() else {
        // SAFETY: http_websocket.c passes a pointer of its own.
        unsafe { refused.write(ptr::null_mut()) };
        return ptr::null_mut();
    };
    // SAFETY: http.c passes a head on its stack, which nobody changes during the call.
    let head = unsafe { &*head };
    // SAFETY: its strings are terminated, as this function demands.
    match Stream::open(runtime, &unsafe { head.view() }) {
        Ok(stream) => Box::into_raw(Box::new(akira_stream { stream, text: String::new() })),
        Err(reply) => {
            let exchange = Box::into_raw(akira_http_exchange::decided(reply));
            // SAFETY: as above.
            unsafe { refused.write(exchange) };
            ptr::null_mut()
        }
    }
}

/// Makes the next message, in place of the one before. False when there is nothing to tell now.
///
/// # Safety
///
/// `stream` is open; `text` and `len` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_stream_next(
    stream: *mut akira_stream,
    text: *mut *const c_char,
    len: *mut usize,
) -> bool {
    // SAFETY: http_stream.c passes what akira_stream_open gave and akira_stream_close has not taken,
    // on one thread.
    let this = unsafe { &mut *stream };
    let Some(message) = this.stream.next() else { return false };
    this.text = message;
    // SAFETY: http_stream.c passes pointers on its stack.
    unsafe { text.write(this.text.as_ptr().cast()) };
    // SAFETY: as above.
    unsafe { len.write(this.text.len()) };
    true
}

/// Whether there will never be another message.
///
/// # Safety
///
/// `stream` is open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_stream_is_over(stream: *const akira_stream) -> bool {
    // SAFETY: as in akira_stream_next.
    unsafe { (*stream).stream.is_over() }
}

/// Closes a stream.
///
/// # Safety
///
/// `stream` is what `akira_stream_open` gave, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_stream_close(stream: *mut akira_stream) {
    if !stream.is_null() {
        // SAFETY: akira_stream_open made it of a Box, and by contract it comes here once.
        drop(unsafe { Box::from_raw(stream) });
    }
}

/// Writes the proof that a client's key was read, terminated. False when it is no key.
///
/// # Safety
///
/// `key` is terminated; `out` has room for `AKIRA_WEBSOCKET_ACCEPT` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_websocket_accept(key: *const c_char, out: *mut c_char) -> bool {
    // SAFETY: terminated, as this function demands, and unchanged during the call.
    let key = unsafe { CStr::from_ptr(key) }.to_bytes();
    let mut nonce = [0; 18];
    // 16 bytes (RFC 6455, 4.1).
    if !Base64::decode(key, &mut nonce).is_ok_and(|nonce| nonce.len() == 16) {
        return false;
    }
    let hash = Sha1::new().chain_update(key).chain_update(MAGIC).finalize();
    // SAFETY: as this function demands.
    let out = unsafe { slice::from_raw_parts_mut(out.cast::<u8>(), AKIRA_WEBSOCKET_ACCEPT) };
    let Some((end, text)) = out.split_last_mut() else { return false };
    *end = 0;
    Base64::encode(&hash, text).is_ok()
}
