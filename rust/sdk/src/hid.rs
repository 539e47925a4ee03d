// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Acting as a keyboard, mouse or gamepad. Needs the capability `hid`;
//! [`Error::NOT_SUPPORTED`] on a device without Bluetooth HID.

use core::ops::BitOr;

use crate::error::count;
use crate::native;
use crate::{Error, Result};

/// Most keys that can be down at once, and most axes of a gamepad.
const MOST: usize = 6;

/// Keys that change the meaning of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers(u8);

impl Modifiers {
    /// None.
    pub const NONE: Modifiers = Modifiers(0);
    /// The left control key.
    pub const CONTROL: Modifiers = Modifiers(1);
    /// The left shift key.
    pub const SHIFT: Modifiers = Modifiers(2);
    /// The left alt key.
    pub const ALT: Modifiers = Modifiers(4);
    /// The left logo key.
    pub const LOGO: Modifiers = Modifiers(8);
}

impl BitOr for Modifiers {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Says which keys are down: at most six usage codes of the USB HID keyboard page. An empty list
/// lets all go.
pub fn keyboard(modifiers: Modifiers, keys: &[u8]) -> Result<()> {
    at_most(keys.len())?;
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    count(unsafe { native::hid_send_keyboard(modifiers.0.into(), keys.as_ptr(), keys.len()) })
        .map(drop)
}

/// Moves the mouse; `buttons` has a bit for each button that is down: 0 left, 1 right, 2 middle.
pub fn mouse(buttons: u8, dx: i8, dy: i8, wheel: i8) -> Result<()> {
    count(native::hid_send_mouse(buttons.into(), dx.into(), dy.into(), wheel.into())).map(drop)
}

/// Says how the gamepad is held: a bit for each button that is down, and at most six axes.
pub fn gamepad(buttons: u32, axes: &[i8]) -> Result<()> {
    at_most(axes.len())?;
    let (from, length) = (axes.as_ptr().cast(), axes.len());
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    count(unsafe { native::hid_send_gamepad(buttons as i32, from, length) }).map(drop)
}

fn at_most(given: usize) -> Result<()> {
    if given <= MOST { Ok(()) } else { Err(Error::INVALID) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_are_the_most_and_modifiers_add_up() {
        assert_eq!(at_most(6), Ok(()));
        assert_eq!(at_most(7), Err(Error::INVALID));
        assert_eq!((Modifiers::CONTROL | Modifiers::SHIFT).0, 3);
    }
}
