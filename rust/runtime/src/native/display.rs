// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `display`: drawing. See [`crate::screen`] for who owns the display and what it costs.

use akira_abi::{DISPLAY_TEXT_MAX, Errno};
use akira_engine::Args;
use embedded_graphics::pixelcolor::Rgb565;

use crate::context::AppContext;
use crate::platform::Platform;
use crate::screen::{Frame, Letters, color};

impl<P: Platform> AppContext<P> {
    /// Draws on the app's picture, which it gets if nobody else has the display.
    pub(crate) fn draw<T>(
        &self,
        work: impl FnOnce(&mut Frame) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let info = self.platform().display().ok_or(Errno::ENODEV)?;
        work(self.runtime.screen.lock().claim(self.slot, info)?)
    }

    /// Writes text in one size of letters.
    pub(crate) fn draw_text(
        &self,
        (x, y): (i32, i32),
        text: &[u8],
        letters: Letters,
        color: Rgb565,
    ) -> Result<i32, Errno> {
        if text.len() > DISPLAY_TEXT_MAX {
            return Err(Errno::EINVAL);
        }
        let text = core::str::from_utf8(text).map_err(|_| Errno::EINVAL)?;
        self.draw(|frame| {
            frame.text(x, y, text, letters, color);
            Ok(0)
        })
    }

    /// Fills a rectangle.
    pub(crate) fn draw_rect(
        &self,
        (x, y): (i32, i32),
        (width, height): (i32, i32),
        color: Rgb565,
    ) -> Result<i32, Errno> {
        self.draw(|frame| {
            frame.fill(x, y, width, height, color);
            Ok(0)
        })
    }
}

pub(crate) fn display_size<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
) -> Result<i32, Errno> {
    let info = context.platform().display().ok_or(Errno::ENODEV)?;
    Ok((i32::from(info.width) << 16) | i32::from(info.height))
}

pub(crate) fn display_clear<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    rgb: i32,
) -> Result<i32, Errno> {
    context.draw_rect((0, 0), (i32::MAX, i32::MAX), color(rgb))
}

pub(crate) fn display_pixel<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    x: i32,
    y: i32,
    rgb: i32,
) -> Result<i32, Errno> {
    context.draw_rect((x, y), (1, 1), color(rgb))
}

pub(crate) fn display_rect<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    rgb: i32,
) -> Result<i32, Errno> {
    context.draw_rect((x, y), (width, height), color(rgb))
}

pub(crate) fn display_text<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    x: i32,
    y: i32,
    text: &[u8],
    rgb: i32,
) -> Result<i32, Errno> {
    context.draw_text((x, y), text, Letters::Small, color(rgb))
}

pub(crate) fn display_text_large<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    x: i32,
    y: i32,
    text: &[u8],
    rgb: i32,
) -> Result<i32, Errno> {
    context.draw_text((x, y), text, Letters::Large, color(rgb))
}

pub(crate) fn display_blit<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    pixels: &[u8],
) -> Result<i32, Errno> {
    context.draw(|frame| frame.blit(x, y, width, height, pixels).map(|()| 0))
}

pub(crate) fn display_flush<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
) -> Result<i32, Errno> {
    let done = context.draw(|frame| frame.flush(context.platform()).map(|()| 0));
    context.runtime.note_picture();
    done
}
