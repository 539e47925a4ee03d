// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What `http_get` says and understands: one HTTP/1.0 request for one plain answer (RFC 9110 and
//! 9112). HTTP/1.0, so that no server answers in chunks.

use alloc::format;

use akira_abi::Errno;
use akira_core::scope::is_host;
use akira_engine::heap::Buffer;

use super::net::{OpenSocket, PATIENCE_MS};
use crate::context::AppContext;
use crate::platform::Platform;

/// Longest head of an answer in bytes; it is charged to the app while it is read.
const HEAD_MAX: usize = 2048;

/// Header lines of an answer at most.
const HEADERS_MAX: usize = 32;

/// A URL that can be fetched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Url<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    /// Path and query; empty for the root.
    path: &'a str,
}

impl<'a> Url<'a> {
    /// Takes `http://host[:port][/path][?query]` apart; `None` for anything else.
    pub(super) fn parse(url: &'a [u8]) -> Option<Self> {
        let url = core::str::from_utf8(url).ok()?;
        let rest = url.strip_prefix("http://")?;
        // What could end the request line, or begin another one, is no part of a URL.
        if !rest.bytes().all(|byte| byte.is_ascii_graphic()) || rest.contains(['#', '@']) {
            return None;
        }
        let (place, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = match place.split_once(':') {
            Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)?),
            None => (place, 80),
        };
        is_host(host).then_some(Self { host, port, path })
    }

    fn request(&self) -> alloc::string::String {
        let slash = if self.path.starts_with('/') { "" } else { "/" };
        format!(
            "GET {slash}{} HTTP/1.0\r\nHost: {}:{}\r\nUser-Agent: AkiraOS/{}\r\nAccept: */*\r\n\r\n",
            self.path,
            self.host,
            self.port,
            env!("CARGO_PKG_VERSION")
        )
    }
}

/// Sends the request over a connection and reads the answer's body into `out`.
pub(super) fn fetch<P: Platform>(
    context: &AppContext<P>,
    open: &mut OpenSocket<P>,
    url: &Url<'_>,
    out: &mut [u8],
) -> Result<i32, Errno> {
    let request = url.request();
    let mut left = request.as_bytes();
    while !left.is_empty() {
        let sent = context.send(open, left)?;
        left = left.get(sent..).ok_or(Errno::EIO)?;
    }
    let mut receive = |out: &mut [u8]| match context.receive(open, out, PATIENCE_MS) {
        Err(Errno::EAGAIN) => Err(Errno::ETIMEDOUT),
        other => other,
    };
    let mut head = Buffer::new(HEAD_MAX).ok_or(Errno::ENOMEM)?;
    let mut filled = 0;
    let answer = loop {
        match receive(&mut head[filled..])? {
            0 => return Err(Errno::EIO),
            count => filled += count,
        }
        if let Some(answer) = read_head(&head[..filled])? {
            break answer;
        }
        if filled == head.len() {
            return Err(Errno::EIO);
        }
    };
    let wanted = answer.length.map_or(out.len(), |length| length.min(out.len()));
    let out = &mut out[..wanted];
    let mut done = super::copy_cut(&head[answer.body..filled], out) as usize;
    while done < out.len() {
        match receive(&mut out[done..])? {
            0 if answer.length.is_some() => return Err(Errno::EIO),
            0 => break,
            count => done += count,
        }
    }
    Ok(done as i32)
}

/// What the head of an answer says.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    /// Where the body begins.
    body: usize,
    /// How long it is, if that is said.
    length: Option<usize>,
}

/// Reads the head of an answer. `None` when it is not complete; `EIO` when it is none, or its status
/// is not one of success, or its body comes in a form that was not asked for.
fn read_head(bytes: &[u8]) -> Result<Option<Answer>, Errno> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let body = match response.parse(bytes) {
        Ok(httparse::Status::Complete(body)) => body,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(Errno::EIO),
    };
    if !response.code.is_some_and(|code| (200..300).contains(&code)) {
        return Err(Errno::EIO);
    }
    let mut length = None;
    for header in response.headers.iter() {
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(Errno::EIO);
        }
        if header.name.eq_ignore_ascii_case("content-length") {
            let text = core::str::from_utf8(header.value).map_err(|_| Errno::EIO)?;
            length = Some(text.trim().parse().map_err(|_| Errno::EIO)?);
        }
    }
    Ok(Some(Answer { body, length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let url = Url::parse(b"http://example.com:8000/a/b?c=d").unwrap();
        assert_eq!((url.host, url.port, url.path), ("example.com", 8000, "/a/b?c=d"));
        assert!(url.request().starts_with("GET /a/b?c=d HTTP/1.0\r\nHost: example.com:8000\r\n"));
        let bare = Url::parse(b"http://10.0.0.1").unwrap();
        assert_eq!((bare.port, bare.path), (80, ""));
        assert!(bare.request().starts_with("GET / HTTP/1.0\r\n"));
        assert!(Url::parse(b"http://a?q").unwrap().request().starts_with("GET /?q HTTP"));
        for bad in [
            "https://a/",
            "http://",
            "http://a:0/",
            "http://a:x/",
            "http://a:65536/",
            "ftp://a",
            "http://u@a/",
            "http://a/ b",
            "http://a/\r\nX: y",
            "http://a/#f",
            "http://a_b/",
            "HTTP://a/",
            "http://\u{e4}/",
        ] {
            assert_eq!(Url::parse(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn heads_of_answers() {
        let head = |text: &str| read_head(text.as_bytes());
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nbody";
        assert_eq!(head(whole), Ok(Some(Answer { body: whole.len() - 4, length: Some(12) })));
        assert_eq!(head("HTTP/1.0 204 None\r\n\r\n").unwrap().unwrap().length, None);
        for cut in 0..whole.len() - 4 {
            assert_eq!(head(&whole[..cut]), Ok(None), "{cut}");
        }
        for bad in [
            "HTTP/1.1 404 Not Found\r\n\r\n",
            "HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "SSH-2.0-OpenSSH\r\n",
        ] {
            assert_eq!(head(bad), Err(Errno::EIO), "{bad:?}");
        }
    }
}
