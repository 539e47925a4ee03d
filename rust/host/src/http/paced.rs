// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A floor under the progress of what a client is sent.
//!
//! A client that asks for much and then reads little would keep its answer in memory for as long as
//! it likes. Writing to it fails once fewer bytes than the floor went out in a stretch of time in
//! which there was always something to send.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use super::Limits;

/// A client's socket, with the floor.
pub(super) struct Paced {
    stream: TcpStream,
    limits: Limits,
    /// Runs while something waits to go out.
    stretch: Option<Pin<Box<Sleep>>>,
    /// Bytes that went out in this stretch.
    moved: usize,
    /// The client was too slow.
    given_up: bool,
}

impl Paced {
    pub(super) fn new(stream: TcpStream, limits: Limits) -> Self {
        Self { stream, limits, stretch: None, moved: 0, given_up: false }
    }

    fn wrote(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(outcome) = outcome {
            self.moved += outcome.as_ref().map_or(0, |&count| count);
            return Poll::Ready(outcome);
        }
        let limits = self.limits;
        let moved = &mut self.moved;
        let stretch = self.stretch.get_or_insert_with(|| {
            *moved = 0;
            Box::pin(sleep(limits.stretch))
        });
        while stretch.as_mut().poll(context).is_ready() {
            if *moved < limits.floor {
                self.given_up = true;
                // What it did not take is not kept for it either.
                let _ = self.stream.set_zero_linger();
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            *moved = 0;
            stretch.as_mut().reset(Instant::now() + limits.stretch);
        }
        Poll::Pending
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, data);
        self.wrote(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, data);
        self.wrote(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Asked for once everything went out.
        self.stretch = None;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.given_up {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}
