// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Module `env`: what AkiraOS's functions mean in terms of ours. Colours there are RGB565, texts end
//! with a zero.

use akira_abi::Errno;
use akira_engine::Args;
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::pixelcolor::raw::RawU16;

use super::{log as own_log, mem, time};
use crate::context::AppContext;
use crate::platform::Platform;
use crate::screen::Letters;

// These mean the same in both modules.
pub(crate) use self::log as bt_shell_print;
pub(crate) use super::log::log as printf_native;
pub(crate) use super::mem::mem_alloc;
pub(crate) use super::rf::{rf_send, rf_set_frequency, rf_set_power};

/// Levels of the original's log.
const LEVEL_ERROR: i32 = 1;
const LEVEL_WARNING: i32 = 2;
const LEVEL_DEBUG: i32 = 4;

type Answer = Result<i32, Errno>;

/// A colour as the original has it; the upper bits mean nothing.
fn rgb565(color: i32) -> Rgb565 {
    RawU16::new(color as u16).into()
}

pub(crate) fn log<P: Platform>(
    context: &AppContext<P>,
    call: &Args<'_>,
    level: i32,
    message: &[u8],
) -> Answer {
    match level {
        LEVEL_ERROR | LEVEL_WARNING => own_log::log_error(context, call, message),
        LEVEL_DEBUG => own_log::log_debug(context, call, message),
        _ => own_log::log(context, call, message),
    }
}

pub(crate) fn display_clear<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    color: i32,
) -> Answer {
    show(context, context.draw_rect((0, 0), (i32::MAX, i32::MAX), rgb565(color)))
}

pub(crate) fn display_pixel<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    x: i32,
    y: i32,
    color: i32,
) -> Answer {
    show(context, context.draw_rect((x, y), (1, 1), rgb565(color)))
}

pub(crate) fn display_rect<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    color: i32,
) -> Answer {
    show(context, context.draw_rect((x, y), (width, height), rgb565(color)))
}

pub(crate) fn display_text<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    x: i32,
    y: i32,
    message: &[u8],
    color: i32,
) -> Answer {
    show(context, context.draw_text((x, y), message, Letters::Small, rgb565(color)))
}

pub(crate) fn display_text_large<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    x: i32,
    y: i32,
    message: &[u8],
    color: i32,
) -> Answer {
    show(context, context.draw_text((x, y), message, Letters::Large, rgb565(color)))
}

/// The original draws on the display itself: there is nothing like a flush.
fn show<P: Platform>(context: &AppContext<P>, drawn: Answer) -> Answer {
    drawn?;
    context.draw(|frame| frame.flush(context.platform()).map(|()| 0))
}

/// In thousandths of the unit; a value that is too large for that is cut to the largest.
pub(crate) fn sensor_read<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    id: i32,
) -> Answer {
    Ok((f64::from(context.read_sensor(id)?) * 1000.0) as i32)
}

pub(crate) fn mem_free<P: Platform>(
    context: &AppContext<P>,
    call: &Args<'_>,
    address: i32,
) -> Answer {
    mem::mem_free(context, call, address);
    Ok(0)
}

pub(crate) fn bt_shell_send_data<P: Platform>(
    _context: &AppContext<P>,
    _call: &Args<'_>,
    _kind: i32,
    _data: &[u8],
) -> Answer {
    Err(Errno::ENOTSUP)
}

pub(crate) fn bt_shell_is_ready<P: Platform>(_context: &AppContext<P>, _call: &Args<'_>) -> Answer {
    Ok(0)
}

pub(crate) fn delay<P: Platform>(
    context: &AppContext<P>,
    call: &Args<'_>,
    milliseconds: i32,
) -> Answer {
    time::sleep_ms(context, call, milliseconds);
    Ok(0)
}
