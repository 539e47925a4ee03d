// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The messages of the serial link. Their order and their fields are the protocol: what changes them
//! changes [`VERSION`](super::VERSION).

use alloc::vec::Vec;

use serde::{Deserialize, Serialize, Serializer};

/// The head of a request, as in HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestHead<'a> {
    /// The method's name.
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// `Authorization`.
    pub authorization: Option<&'a str>,
    /// `Content-Length`.
    pub content_length: Option<u64>,
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// `If-None-Match`.
    pub if_none_match: Option<&'a str>,
}

/// From the client to the device.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToDevice<'a> {
    /// Who is there?
    Hello,
    /// A request begins. One that was begun already is not begun again.
    Request {
        /// The boot that the client believes the device to be in.
        boot: u32,
        /// The request's number.
        id: u32,
        /// Its head.
        #[serde(borrow)]
        head: RequestHead<'a>,
    },
    /// A piece of its body.
    Body {
        /// The request's number.
        id: u32,
        /// Where the piece belongs.
        offset: u32,
        /// Its bytes.
        #[serde(borrow, serialize_with = "bytes")]
        data: &'a [u8],
    },
    /// Its body has ended.
    End {
        /// The request's number.
        id: u32,
        /// Length of the body.
        length: u32,
        /// CRC-32 of the body.
        crc: u32,
    },
    /// What has come of the answer.
    Ack {
        /// The request's number.
        id: u32,
        /// Bytes of the answer's body.
        received: u32,
        /// What follows them is to be sent again.
        resend: bool,
    },
    /// The client needs nothing more of this request.
    Done {
        /// The request's number.
        id: u32,
    },
}

/// From the device to the client.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToClient<'a> {
    /// The device is here.
    Hello {
        /// A number for this boot of the device.
        boot: u32,
    },
    /// The request's body is wanted, and how much of it has come.
    Credit {
        /// The request's number.
        id: u32,
        /// Bytes of the body.
        received: u32,
        /// Something was lost: what follows them is to be sent again.
        resend: bool,
    },
    /// The answer's head. The request is decided; nothing more of its body is wanted.
    Reply {
        /// The request's number.
        id: u32,
        /// The HTTP status.
        status: u16,
        /// The body's media type.
        #[serde(borrow)]
        content_type: &'a str,
        /// Further headers.
        #[serde(borrow)]
        headers: Vec<(&'a str, &'a str)>,
        /// The body's length, where that is known.
        length: Option<u32>,
    },
    /// A piece of the answer's body.
    Body {
        /// The request's number.
        id: u32,
        /// Where the piece belongs.
        offset: u32,
        /// Its bytes.
        #[serde(borrow, serialize_with = "bytes")]
        data: &'a [u8],
    },
    /// The answer's body has ended.
    End {
        /// The request's number.
        id: u32,
        /// Its length.
        length: u32,
        /// CRC-32 of it.
        crc: u32,
    },
    /// The device knows nothing more about this request: it waited too long, or the body was not
    /// what its end said.
    Gone {
        /// The request's number.
        id: u32,
    },
}

/// In one piece, not byte by byte; written the same.
fn bytes<S: Serializer>(data: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(data)
}

/// Reads a message, without its version; `None` for what is none or has something behind it.
pub(super) fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    postcard::take_from_bytes(bytes).ok().filter(|(_, rest)| rest.is_empty()).map(|(it, _)| it)
}
