// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `input`: buttons, touch, analog channels, and the events between.

use akira_abi::Errno;
use akira_core::input::QueuedEvent;
use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::{InputInfo, Platform};

fn info<P: Platform>(context: &AppContext<P>) -> Result<InputInfo, Errno> {
    let info = context.platform().input();
    if info.is_there() { Ok(info) } else { Err(Errno::ENODEV) }
}

pub(crate) fn input_read_buttons<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
) -> Result<i32, Errno> {
    if info(context)?.buttons == 0 {
        return Err(Errno::ENODEV);
    }
    Ok(context.runtime.inboxes.lock().input.buttons as i32)
}

pub(crate) fn input_read_touch<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    out: &mut [u8],
) -> Result<i32, Errno> {
    if !info(context)?.touch {
        return Err(Errno::ENODEV);
    }
    let out = out.first_chunk_mut::<8>().ok_or(Errno::EINVAL)?;
    let input = context.runtime.inboxes.lock().input;
    out[..4].copy_from_slice(&i32::from(input.touch.0).to_le_bytes());
    out[4..].copy_from_slice(&i32::from(input.touch.1).to_le_bytes());
    Ok(i32::from(input.touched))
}

pub(crate) fn input_read_analog<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    channel: i32,
) -> Result<i32, Errno> {
    let channels = usize::from(info(context)?.analog);
    let channel = usize::try_from(channel).ok().filter(|channel| *channel < channels);
    let input = context.runtime.inboxes.lock().input;
    let value = channel.and_then(|channel| input.analog.get(channel)).ok_or(Errno::ENOENT)?;
    Ok(i32::from(*value))
}

pub(crate) fn input_next_event<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    out: &mut [u8],
    timeout_ms: i32,
) -> Result<i32, Errno> {
    info(context)?;
    let out = out.first_chunk_mut::<{ QueuedEvent::BYTES }>().ok_or(Errno::EINVAL)?;
    let next = || context.runtime.inboxes.lock().slots[context.slot].input.pop();
    match context.wait_for(timeout_ms, next) {
        Ok(event) => {
            *out = event.to_bytes();
            Ok(1)
        }
        Err(Errno::EAGAIN) => Ok(0),
        Err(errno) => Err(errno),
    }
}
