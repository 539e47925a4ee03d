// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `mem`: the app's heap inside its own linear memory.

use akira_abi::Errno;
use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::Platform;

pub(crate) fn mem_alloc<P: Platform>(
    _context: &AppContext<P>,
    call: &Args<'_>,
    size: i32,
) -> Result<i32, Errno> {
    // An address is unsigned; as an i32 it may look negative, which the app undoes.
    Ok(u32::try_from(size).map_or(0, |size| call.heap_alloc(size)) as i32)
}

pub(crate) fn mem_free<P: Platform>(_context: &AppContext<P>, call: &Args<'_>, address: i32) {
    call.heap_free(address as u32);
}
