// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! HTTP exchanges for `zephyr/src/http.c`: head in, body in pieces, answer out.

use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char};
use core::{iter, mem, ptr, slice};

use akira_runtime::http::{Body, Exchange, Head, Reply};

use crate::export;
use crate::platform::Zephyr;

/// Headers in an answer at most.
pub const AKIRA_HTTP_MAX_HEADERS: usize = 4;

/// The head of a request. Strings are terminated and need to live for the call only.
#[allow(non_camel_case_types, reason = "the name in C")]
#[repr(C)]
pub struct akira_http_head {
    /// The method, such as `GET`.
    pub method: *const c_char,
    /// The path, with its query.
    pub path: *const c_char,
    /// The `Authorization` header, or null.
    pub authorization: *const c_char,
    /// The body's declared length, or -1.
    pub content_length: i64,
    /// The body comes in a transfer coding other than `chunked`.
    pub unknown_coding: bool,
    /// The HTTP version times ten.
    pub http_version: u8,
}

/// One header of an answer, both parts terminated.
#[allow(non_camel_case_types, reason = "the name in C")]
#[repr(C)]
pub struct akira_http_header {
    /// Its name.
    pub name: *const c_char,
    /// Its value.
    pub value: *const c_char,
}

/// An answer. What it points to lives until `akira_http_end`, the body until `akira_http_next`.
#[allow(non_camel_case_types, reason = "the name in C")]
#[repr(C)]
pub struct akira_http_reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, the content type among them.
    pub headers: *const akira_http_header,
    /// How many.
    pub header_count: usize,
    /// The body, or its first piece.
    pub body: *const u8,
    /// The length of that.
    pub body_len: usize,
    /// There may be more of the body, for `akira_http_next`.
    pub more: bool,
}

/// An open exchange.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct akira_http_exchange {
    stage: Stage,
    /// The answer's body, as far as it has not been sent.
    body: Body,
    /// The piece of the body that is being sent.
    piece: Vec<u8>,
    /// The answer's strings, for C.
    texts: Vec<CString>,
    headers: Vec<akira_http_header>,
}

enum Stage {
    /// The body may still come.
    Open(Box<Exchange<Zephyr>>),
    /// Refused here, before the runtime: status and body.
    Refused(u16, &'static str),
    /// The answer has been given.
    Answered,
}

/// The runtime's answers are all JSON, and so are these of the platform's own.
const UNKNOWN_CODING: &str = concat!(
    r#"{"error":{"code":"bad_request","message":"This device knows no transfer coding but "#,
    r#"chunked; send the body as it is."}}"#
);
const BAD_CODING: &str =
    r#"{"error":{"code":"bad_request","message":"The body's chunks cannot be taken apart."}}"#;
const NO_VERSION: &str =
    r#"{"error":{"code":"bad_request","message":"This device speaks HTTP/1.1 only."}}"#;

/// Opens an exchange; null when the runtime is not up or there is no memory for it.
///
/// # Safety
///
/// The head's strings are terminated, or null where that is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_http_begin(
    head: *const akira_http_head,
) -> *mut akira_http_exchange {
    let Some(runtime) = export::runtime() else {
        return ptr::null_mut();
    };
    // SAFETY: http.c passes a head on its stack, which nobody changes during the call.
    let head = unsafe { &*head };
    let stage = if !matches!(head.http_version, 10 | 11) {
        Stage::Refused(505, NO_VERSION)
    } else if head.unknown_coding {
        Stage::Refused(400, UNKNOWN_CODING)
    } else {
        // SAFETY: terminated, as this function demands, and unchanged during the call.
        let method = unsafe { text(head.method) }.unwrap_or("");
        // SAFETY: as above.
        let path = unsafe { text(head.path) }.unwrap_or("");
        // SAFETY: terminated or null, and unchanged during the call.
        let authorization = unsafe { text(head.authorization) };
        let head = Head {
            authorization,
            content_length: u64::try_from(head.content_length).ok(),
            ..Head::new(method, path)
        };
        Stage::Open(Box::new(Exchange::begin(runtime, &head)))
    };
    Box::into_raw(Box::new(akira_http_exchange {
        stage,
        body: Body::whole(Vec::new()),
        piece: Vec::new(),
        texts: Vec::new(),
        headers: Vec::new(),
    }))
}

/// Whether more of the body changes anything; false once the answer is decided.
///
/// # Safety
///
/// `exchange` is open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_http_wants_body(exchange: *const akira_http_exchange) -> bool {
    // SAFETY: http.c passes what akira_http_begin gave and akira_http_end has not taken, and its
    // calls come on one thread.
    match unsafe { &(*exchange).stage } {
        Stage::Open(exchange) => exchange.wants_body(),
        Stage::Refused(..) | Stage::Answered => false,
    }
}

/// Takes a piece of the body. What goes wrong is kept for the answer.
///
/// # Safety
///
/// `exchange` is open; `data` holds `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_http_chunk(
    exchange: *mut akira_http_exchange,
    data: *const u8,
    len: usize,
) {
    if data.is_null() || len == 0 {
        return;
    }
    // SAFETY: `data` holds `len` bytes, which nobody changes during the call.
    let data = unsafe { slice::from_raw_parts(data, len) };
    // SAFETY: as in akira_http_wants_body.
    if let Stage::Open(exchange) = unsafe { &mut (*exchange).stage } {
        exchange.chunk(data);
    }
}

/// Aborts the request because its body's transfer coding is broken; the answer says so.
///
/// # Safety
///
/// `exchange` is open and was not finished before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_http_refuse_coding(exchange: *mut akira_http_exchange) {
    // SAFETY: as in akira_http_wants_body.
    unsafe { (*exchange).stage = Stage::Refused(400, BAD_CODING) };
}

/// Ends the request and gives the answer, once.
///
/// # Safety
///
/// `exchange` is open and was not finished before; `reply` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_http_finish(
    exchange: *mut akira_http_exchange,
    reply: *mut akira_http_reply,
) {
    // SAFETY: as in akira_http_wants_body.
    let this = unsafe { &mut *exchange };
    let stage = mem::replace(&mut this.stage, Stage::Answered);
    let answer = match stage {
        Stage::Open(exchange) => exchange.finish(),
        Stage::Refused(status, body) => json(status, body),
        // http.c asks once only.
        Stage::Answered => json(500, ""),
    };

    let content_type = ("Content-Type", answer.content_type.into());
    let all = iter::once(&content_type).chain(&answer.headers);
    for (name, value) in all.take(AKIRA_HTTP_MAX_HEADERS) {
        // A header with a zero in it cannot be said in C; the runtime has none.
        let (Ok(name), Ok(value)) = (CString::new(*name), CString::new(value.as_ref())) else {
            continue;
        };
        this.headers.push(akira_http_header { name: name.as_ptr(), value: value.as_ptr() });
        // A CString's bytes stay where they are when the CString itself moves.
        this.texts.extend([name, value]);
    }
    this.body = answer.body;
    let more = this.body.known_len().is_none();
    this.piece = this.body.next_piece().unwrap_or_default();
    let out = akira_http_reply {
        status: answer.status,
        headers: this.headers.as_ptr(),
        header_count: this.headers.len(),
        body: this.piece.as_ptr(),
        body_len: this.piece.len(),
        more,
    };
    // SAFETY: http.c passes a reply on its stack.
    unsafe { reply.write(out) };
}

/// Makes the next piece of an answer's body, in place of the one before. False at the end.
///
/// # Safety
///
/// `exchange` is open and was finished before; `data` and `len` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_http_next(
    exchange: *mut akira_http_exchange,
    data: *mut *const u8,
    len: *mut usize,
) -> bool {
    // SAFETY: as in akira_http_wants_body.
    let this = unsafe { &mut *exchange };
    let Some(piece) = this.body.next_piece() else { return false };
    this.piece = piece;
    // SAFETY: http_answer.c passes a pointer on its stack.
    unsafe { data.write(this.piece.as_ptr()) };
    // SAFETY: as above.
    unsafe { len.write(this.piece.len()) };
    true
}

/// Frees an exchange. One that was not finished is aborted and leaves nothing behind.
///
/// # Safety
///
/// `exchange` is what `akira_http_begin` gave, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_http_end(exchange: *mut akira_http_exchange) {
    if !exchange.is_null() {
        // SAFETY: akira_http_begin made it of a Box, and by contract it comes here once.
        drop(unsafe { Box::from_raw(exchange) });
    }
}

fn json(status: u16, body: &str) -> Reply {
    Reply::json(status, body.into())
}

/// A terminated string of C's; `None` for null and for what is not UTF-8.
///
/// # Safety
///
/// `pointer` is null or terminated, and stays as it is during the caller's call.
unsafe fn text<'a>(pointer: *const c_char) -> Option<&'a str> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: as this function demands.
    unsafe { CStr::from_ptr(pointer) }.to_str().ok()
}
