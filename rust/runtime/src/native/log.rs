// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `log`: records of the app's own log.

use alloc::format;

use akira_abi::Errno;
use akira_core::log::{Level, RATE, clean_text};
use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::Platform;

fn record<P: Platform>(context: &AppContext<P>, level: Level, text: &[u8]) -> Result<i32, Errno> {
    let dropped = context.admit_record().ok_or(Errno::EAGAIN)?;
    if dropped > 0 {
        let text = format!("{dropped} records dropped: a log takes {} a second", RATE.per_second);
        context.runtime.log(&context.name, Level::Error, text);
    }
    context.runtime.log(&context.name, level, clean_text(text));
    Ok(0)
}

pub(crate) fn log<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    text: &[u8],
) -> Result<i32, Errno> {
    record(context, Level::Info, text)
}

pub(crate) fn log_debug<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    text: &[u8],
) -> Result<i32, Errno> {
    record(context, Level::Debug, text)
}

pub(crate) fn log_error<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    text: &[u8],
) -> Result<i32, Errno> {
    record(context, Level::Error, text)
}
