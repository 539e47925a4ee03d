// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `ipc`: messages between apps. Scope: the peers, which both sides must name.

use akira_abi::{Errno, IPC_MESSAGE_MAX};
use akira_core::name::AppName;
use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::Platform;

/// Number of `ipc_send` in the table, for denials by scope.
const IPC_SEND: u16 = akira_abi::number("ipc_send");

/// Room that a sender's name needs: the longest name and a zero.
const SENDER_BYTES: usize = 32;

pub(crate) fn ipc_send<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    peer: &[u8],
    message: &[u8],
) -> Result<i32, Errno> {
    let peer = core::str::from_utf8(peer).map_err(|_| Errno::EINVAL)?;
    let peer: AppName = peer.parse().map_err(|_| Errno::EINVAL)?;
    if !context.scope.admits_peer(peer.as_str()) {
        return Err(context.deny_scope(IPC_SEND, format_args!("peer {peer}")));
    }
    if message.is_empty() || message.len() > IPC_MESSAGE_MAX {
        return Err(Errno::EINVAL);
    }
    context.runtime.send_message(&context.name, &peer, message).map(|()| 0)
}

pub(crate) fn ipc_recv<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    sender: &mut [u8],
    out: &mut [u8],
    timeout_ms: i32,
) -> Result<i32, Errno> {
    if sender.len() < SENDER_BYTES {
        return Err(Errno::EINVAL);
    }
    let next = || context.runtime.inboxes.lock().slots[context.slot].messages.pop_front();
    let message = context.wait_for(timeout_ms, next)?;
    let name = message.sender.as_str().as_bytes();
    let (start, rest) = sender.split_at_mut(name.len());
    start.copy_from_slice(name);
    rest.fill(0);
    Ok(super::copy_cut(&message.bytes, out))
}
