// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A JSON body for the answers that hyper gives by itself.
//!
//! A request that cannot even be parsed never becomes an exchange: hyper answers it with a status
//! and an empty body. The API promises a code and a sentence with every error, so such an answer is
//! replaced on its way out. It is recognised by what no answer of ours has: an error status and no
//! body.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Wire;

/// A client's connection that explains bare refusals.
pub(super) struct Explained<S> {
    stream: S,
    // A replaced answer that the connection did not take yet.
    pending: Vec<u8>,
}

impl<S: Wire> Explained<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, pending: Vec::new() }
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    fn poll_pending(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pending.is_empty() {
            let count = ready!(Pin::new(&mut self.stream).poll_write(context, &self.pending))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.pending.drain(..count);
        }
        Poll::Ready(Ok(()))
    }
}

/// The answer to send in place of `answer`, if that is a bare refusal.
fn explained(answer: &[u8]) -> Option<String> {
    let head = str::from_utf8(answer).ok()?.strip_suffix("\r\n\r\n")?;
    let (first, fields) = head.split_once("\r\n")?;
    let (version, status) = first.split_once(' ')?;
    let bare = version.starts_with("HTTP/1.")
        && status.starts_with('4')
        && !fields.contains("\r\n\r\n")
        && fields.split("\r\n").any(|field| field == "content-length: 0");
    if !bare {
        return None;
    }
    let message = match status.get(..3)? {
        "414" | "431" => "The request's head is too large. Send a shorter path and fewer fields.",
        _ => "This is not a well-formed HTTP/1.1 request. Send one as RFC 9112 describes it.",
    };
    let body = format!(r#"{{"error":{{"code":"bad_request","message":"{message}"}}}}"#);
    let length = format!("content-length: {}", body.len());
    let fields = fields.replacen("content-length: 0", &length, 1);
    Some(format!(
        "{first}\r\ncontent-type: application/json\r\ncache-control: no-store\r\n\
         x-content-type-options: nosniff\r\n{fields}\r\n\r\n{body}"
    ))
}

impl<S: Wire> AsyncWrite for Explained<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_pending(context))?;
        match explained(data) {
            None => Pin::new(&mut self.stream).poll_write(context, data),
            Some(answer) => {
                self.pending = answer.into_bytes();
                // What the socket does not take now goes with the flush that follows every answer.
                if let Poll::Ready(Err(error)) = self.poll_pending(context) {
                    return Poll::Ready(Err(error));
                }
                Poll::Ready(Ok(data.len()))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: Wire> AsyncRead for Explained<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_refusal_gets_a_body_of_the_length_it_says() {
        for (status, word) in [("400 Bad Request", "well-formed"), ("431 Too Large", "too large")] {
            let bare = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nx: y\r\n\r\n");
            let answer = explained(bare.as_bytes()).unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")) && head.ends_with("x: y"));
            assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
            assert!(body.contains(word), "{body}");
        }
    }

    #[test]
    fn every_other_answer_passes_as_it_is() {
        for other in [
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 20\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nx: content-length: 0\r\n\r\n",
            "{\"text\":\"HTTP/1.1 400 \"}",
            "",
        ] {
            assert_eq!(explained(other.as_bytes()), None, "{other}");
        }
        assert_eq!(explained(b"\xff\r\n\r\n"), None);
    }
}
