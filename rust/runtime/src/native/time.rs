// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `time`: the clock and sleeping.

use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::Platform;

pub(crate) fn time_ms<P: Platform>(context: &AppContext<P>, _call: &Args<'_>) -> i64 {
    context.runtime.platform.uptime_ms() as i64
}

pub(crate) fn sleep_ms<P: Platform>(context: &AppContext<P>, call: &Args<'_>, milliseconds: i32) {
    let milliseconds = u64::try_from(milliseconds).unwrap_or(0);
    context.pause();
    context.runtime.platform.wait(context.slot, milliseconds);
    context.enter();
    if context.stop_asked() {
        context.leave(call);
    }
}
