// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! HTTP exchanges for `zephyr/src/http.c`: head in, body in pieces, answer out.

use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char};
use core::net::IpAddr;
use core::{mem, ptr, slice};

use akira_core::http::{ApiError, Code, Peer};
use akira_core::transfer::Transport;
use akira_runtime::http::{Body, Exchange, Head, Reply};

use crate::export;
use crate::platform::Zephyr;

/// Headers in an answer at most.
pub const AKIRA_HTTP_MAX_HEADERS: usize = 12;

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
    /// The `Host` header, or null.
    pub host: *const c_char,
    /// The `Origin` header, or null.
    pub origin: *const c_char,
    /// The `Content-Type` header, or null.
    pub content_type: *const c_char,
    /// The `If-None-Match` header, or null.
    pub if_none_match: *const c_char,
    /// The client's IPv4 or IPv6 address as it goes over the network, or null.
    pub peer: *const u8,
    /// The length of that: 4 or 16 bytes.
    pub peer_len: usize,
    /// The connection is encrypted.
    pub secure: bool,
    /// The body's declared length, or -1.
    pub content_length: i64,
    /// A header that matters here was said twice or is too long to be kept.
    pub unclear: bool,
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

impl akira_http_head {
    /// Whether what the runtime decides by can be read at all. Left out it would count as not said.
    ///
    /// # Safety
    ///
    /// As for `view`.
    unsafe fn is_text(&self) -> bool {
        let headers = [self.host, self.origin, self.content_type, self.if_none_match];
        // SAFETY: as this function demands.
        headers.iter().all(|&header| header.is_null() || unsafe { text(header) }.is_some())
    }

    /// The head as the runtime takes it.
    ///
    /// # Safety
    ///
    /// Its strings are terminated or null, its address has its length, and all of that stays as it
    /// is while the view is in use.
    pub(crate) unsafe fn view(&self) -> Head<'_> {
        // SAFETY: as this function demands, here and in each line below.
        let text = |pointer| unsafe { text(pointer) };
        // SAFETY: as this function demands.
        let peer = unsafe { bytes(self.peer, self.peer_len) };
        Head {
            authorization: text(self.authorization),
            content_length: u64::try_from(self.content_length).ok(),
            host: text(self.host),
            origin: text(self.origin),
            content_type: text(self.content_type),
            if_none_match: text(self.if_none_match),
            peer: address(peer).map_or(Peer::UNKNOWN, Peer::ip),
            transport: Transport::Http,
            secure: self.secure,
            ..Head::new(text(self.method).unwrap_or(""), text(self.path).unwrap_or(""))
        }
    }
}

impl akira_http_exchange {
    /// An exchange whose answer is known already.
    pub(crate) fn decided(reply: Reply) -> Box<Self> {
        Self::new(Stage::Decided(reply))
    }

    fn new(stage: Stage) -> Box<Self> {
        Box::new(Self {
            stage,
            body: Body::whole(Vec::new()),
            piece: Vec::new(),
            texts: Vec::new(),
            headers: Vec::new(),
        })
    }
}

enum Stage {
    /// The body may still come.
    Open(Box<Exchange<Zephyr>>),
    /// Refused here, before the runtime.
    Refused(Refusal),
    /// Refused by the runtime.
    Decided(Reply),
    /// The answer has been given.
    Answered,
}

/// Why a request never gets to the runtime, or no further.
#[derive(Clone, Copy)]
enum Refusal {
    Version,
    Coding,
    Unclear,
    Stalled,
}

impl Refusal {
    fn reply(self) -> Reply {
        let (code, message) = match self {
            Refusal::Version => (Code::BadRequest, "This device speaks HTTP/1.1 only."),
            Refusal::Coding => (
                Code::BadRequest,
                "This device knows no transfer coding but chunked; send the body as it is.",
            ),
            Refusal::Unclear => (
                Code::BadRequest,
                "A header is there twice or is too long for this device; leave it out or \
                 shorten it.",
            ),
            Refusal::Stalled => (
                Code::Timeout,
                "The data came too slowly or not at all. Send the request again over a better \
                 connection.",
            ),
        };
        let mut reply = Reply::from(ApiError::new(code, message));
        if matches!(self, Refusal::Version) {
            reply.status = 505;
        }
        reply
    }
}

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
        Stage::Refused(Refusal::Version)
    } else if head.unknown_coding {
        Stage::Refused(Refusal::Coding)
    // SAFETY: as this function demands.
    } else if head.unclear || !unsafe { head.is_text() } {
        Stage::Refused(Refusal::Unclear)
    } else {
        // SAFETY: its strings are terminated, as this function demands.
        Stage::Open(Box::new(Exchange::begin(runtime, &unsafe { head.view() })))
    };
    Box::into_raw(akira_http_exchange::new(stage))
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
        Stage::Refused(_) | Stage::Decided(_) | Stage::Answered => false,
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

/// Aborts the request because it does not go on; the answer says so.
///
/// # Safety
///
/// `exchange` is open and was not finished before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_http_stalled(exchange: *mut akira_http_exchange) {
    // SAFETY: as in akira_http_wants_body.
    unsafe { (*exchange).stage = Stage::Refused(Refusal::Stalled) };
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
        Stage::Refused(refusal) => refusal.reply(),
        Stage::Decided(reply) => reply,
        // http.c asks once only.
        Stage::Answered => Reply::json(500, Vec::new()),
    };

    // What has no body has no type of it either.
    let content_type =
        (!matches!(answer.status, 204 | 304)).then(|| ("Content-Type", answer.content_type.into()));
    let all = content_type.iter().chain(&answer.headers);
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
    let length = this.body.known_len();
    this.piece = this.body.next_piece().unwrap_or_default();
    let more = length != Some(this.piece.len());
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

/// An address of that many bytes.
fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(v4.into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}

/// `len` bytes of C's; none for null.
///
/// # Safety
///
/// `pointer` is null or holds `len` bytes, and they stay as they are during the caller's call.
unsafe fn bytes<'a>(pointer: *const u8, len: usize) -> &'a [u8] {
    if pointer.is_null() {
        return &[];
    }
    // SAFETY: as this function demands.
    unsafe { slice::from_raw_parts(pointer, len) }
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
