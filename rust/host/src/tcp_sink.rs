// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A bare TCP sink, to measure what carrying bytes costs without HTTP.
//!
//! Reads each connection to its end with the HTTP server's read-ahead, then answers one byte.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::http::READ_AHEAD;

/// Listens at `address` and swallows what comes; the address that it has.
pub async fn start(address: SocketAddr) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(swallow(stream));
        }
    });
    Ok(address)
}

async fn swallow(mut stream: TcpStream) {
    let mut scrap = vec![0; READ_AHEAD];
    while let Ok(1..) = stream.read(&mut scrap).await {}
    // A sender that is gone needs no answer.
    let _ = stream.write_all(b".").await;
}
