// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `hid`: reports of a keyboard, mouse or gamepad.

use akira_abi::Errno;
use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::Platform;

/// Keys or axes of one report at most.
const ENTRIES_MAX: usize = 6;

fn byte<T: TryFrom<i32>>(value: i32) -> Result<T, Errno> {
    T::try_from(value).map_err(|_| Errno::EINVAL)
}

/// A movement: -127 to 127, as report descriptors of mice have it.
fn movement(value: i32) -> Result<i8, Errno> {
    byte(value).and_then(|value: i8| if value == i8::MIN { Err(Errno::EINVAL) } else { Ok(value) })
}

pub(crate) fn hid_send_keyboard<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    modifiers: i32,
    keys: &[u8],
) -> Result<i32, Errno> {
    if keys.len() > ENTRIES_MAX {
        return Err(Errno::EINVAL);
    }
    context.platform().hid_keyboard(byte(modifiers)?, keys).map(|()| 0)
}

pub(crate) fn hid_send_mouse<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    buttons: i32,
    dx: i32,
    dy: i32,
    wheel: i32,
) -> Result<i32, Errno> {
    let (dx, dy, wheel) = (movement(dx)?, movement(dy)?, movement(wheel)?);
    context.platform().hid_mouse(byte(buttons)?, dx, dy, wheel).map(|()| 0)
}

pub(crate) fn hid_send_gamepad<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    buttons: i32,
    axes: &[u8],
) -> Result<i32, Errno> {
    let mut signed = [0; ENTRIES_MAX];
    let signed = signed.get_mut(..axes.len()).ok_or(Errno::EINVAL)?;
    for (signed, axis) in signed.iter_mut().zip(axes) {
        *signed = axis.cast_signed();
    }
    context.platform().hid_gamepad(buttons as u32, signed).map(|()| 0)
}
