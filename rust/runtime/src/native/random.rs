// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `random`: bytes that nobody can foretell.

use akira_abi::{Errno, RANDOM_MAX};
use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::Platform;

pub(crate) fn random<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    out: &mut [u8],
) -> Result<i32, Errno> {
    if out.len() > RANDOM_MAX {
        return Err(Errno::EINVAL);
    }
    context.platform().random(out)?;
    Ok(out.len() as i32)
}
