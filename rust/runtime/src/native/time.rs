// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `time`: the clock and sleeping.

use akira_abi::Errno;
use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::Platform;

pub(crate) fn time_ms<P: Platform>(context: &AppContext<P>, _call: &Args<'_>) -> i64 {
    context.runtime.platform.uptime_ms() as i64
}

pub(crate) fn sleep_ms<P: Platform>(context: &AppContext<P>, call: &Args<'_>, milliseconds: i32) {
    // Never negative, which would be for ever.
    let done = context.wait_for(milliseconds.max(0), || None::<()>);
    if done == Err(Errno::EINTR) {
        context.leave(call);
    }
}
