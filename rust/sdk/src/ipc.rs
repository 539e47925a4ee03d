// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Messages between apps. Needs the capability `ipc`, and each of the two must name the other in
//! the `peers` of its manifest's scope.

use core::time::Duration;

use crate::error::{count, unless_again};
use crate::native;
use crate::{Error, Result, time};

/// Longest message in bytes.
pub const MESSAGE_MAX: usize = native::IPC_MESSAGE_MAX;

/// Room for a name and its padding.
const NAME_BYTES: usize = 32;

/// The name of the app that sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer([u8; NAME_BYTES]);

impl Peer {
    /// The name.
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(NAME_BYTES);
        core::str::from_utf8(&self.0[..length]).unwrap_or("")
    }
}

/// Sends a message of 1 to [`MESSAGE_MAX`] bytes. [`Error::NOT_FOUND`] when the peer does not run,
/// [`Error::AGAIN`] when it does not fetch its messages.
pub fn send(peer: &str, message: &[u8]) -> Result<()> {
    let (from, length) = (message.as_ptr(), message.len());
    // SAFETY: both pointers and lengths are those of slices that are borrowed for the whole call.
    count(unsafe { native::ipc_send(peer.as_ptr(), peer.len(), from, length) }).map(drop)
}

/// Waits for a message, at most that long, without a limit for `None`, and gives its sender and its
/// bytes, written into `out`. Gives nothing when none came in time.
pub fn receive(out: &mut [u8], timeout: Option<Duration>) -> Result<Option<(Peer, &[u8])>> {
    let mut name = [0; NAME_BYTES];
    let timeout = time::timeout_ms(timeout);
    let (peer, room) = (name.as_mut_ptr(), name.len());
    // SAFETY: both pointers and lengths are those of slices that live until the call is over.
    let result = unsafe { native::ipc_recv(peer, room, out.as_mut_ptr(), out.len(), timeout) };
    Ok(match unless_again(count(result))? {
        Some(length) => Some((Peer(name), out.get(..length).ok_or(Error::INVALID)?)),
        None => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_at_its_padding() {
        let mut name = [0; NAME_BYTES];
        name[..4].copy_from_slice(b"chat");
        assert_eq!(Peer(name).as_str(), "chat");
        assert_eq!(Peer([b'a'; NAME_BYTES]).as_str().len(), NAME_BYTES);
        assert_eq!(Peer([0xff; NAME_BYTES]).as_str(), "");
    }
}
