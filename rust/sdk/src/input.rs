// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Buttons, touch and analog channels. Needs the capability `input`.

use core::time::Duration;

use crate::error::count;
use crate::native::{self, button, input_kind};
use crate::{Error, Result, time};

/// A button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Button {
    /// The button A.
    A = button::A as u8,
    /// The button B.
    B = button::B as u8,
    /// The button C.
    C = button::C as u8,
    /// The button D.
    D = button::D as u8,
    /// Up.
    Up = button::UP as u8,
    /// Down.
    Down = button::DOWN as u8,
    /// Left.
    Left = button::LEFT as u8,
    /// Right.
    Right = button::RIGHT as u8,
}

impl Button {
    /// Every button in the order of its bit.
    pub const ALL: [Button; 8] = [
        Button::A,
        Button::B,
        Button::C,
        Button::D,
        Button::Up,
        Button::Down,
        Button::Left,
        Button::Right,
    ];

    fn from_code(code: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|button| *button as i32 == code)
    }
}

/// Which buttons are pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buttons(u32);

impl Buttons {
    /// Whether this button is pressed.
    pub const fn has(self, button: Button) -> bool {
        self.0 & 1 << button as u8 != 0
    }

    /// Whether none is pressed.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One bit for each button.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

/// A place on the touch panel, in pixels from the upper left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A button was pressed or let go.
    Button {
        /// Which one.
        button: Button,
        /// Pressed, not let go.
        pressed: bool,
    },
    /// The panel was touched, the touch moved, or it ended.
    Touch {
        /// Where.
        point: Point,
        /// Touched, not let go.
        pressed: bool,
    },
    /// An analog channel moved.
    Analog {
        /// Which one.
        channel: u8,
        /// 0 to 65535; 32768 is the middle.
        value: u16,
    },
    /// So many events were dropped here, because the app did not fetch them.
    Lost(u32),
    /// Something that this version of the crate does not know.
    Unknown {
        /// Its kind.
        kind: i32,
        /// Its code.
        code: i32,
        /// Its value.
        value: i32,
    },
}

impl Event {
    fn new(kind: i32, code: i32, value: i32) -> Self {
        match kind {
            input_kind::BUTTON => match Button::from_code(code) {
                Some(button) => Event::Button { button, pressed: value != 0 },
                None => Event::Unknown { kind, code, value },
            },
            input_kind::TOUCH => Event::Touch {
                point: Point { x: code >> 16 & 0xffff, y: code & 0xffff },
                pressed: value != 0,
            },
            input_kind::ANALOG => Event::Analog { channel: code as u8, value: value as u16 },
            input_kind::LOST => Event::Lost(value.unsigned_abs()),
            _ => Event::Unknown { kind, code, value },
        }
    }
}

/// The buttons that are pressed now.
pub fn buttons() -> Result<Buttons> {
    count(native::input_read_buttons()).map(|bits| Buttons(bits as u32))
}

/// Where the panel is touched now; `None` when it is not.
pub fn touch() -> Result<Option<Point>> {
    let mut bytes = [0; 8];
    // SAFETY: pointer and length are those of an array that lives until the call is over.
    let touched = count(unsafe { native::input_read_touch(bytes.as_mut_ptr(), bytes.len()) })?;
    let [x, y] = words(&bytes);
    Ok((touched != 0).then_some(Point { x, y }))
}

/// An analog channel: 0 to 65535, 32768 in the middle. [`Error::NOT_FOUND`] when the device has no
/// channel of that number.
pub fn analog(channel: u8) -> Result<u16> {
    let value = count(native::input_read_analog(channel.into()))?;
    u16::try_from(value).map_err(|_| Error::IO)
}

/// Waits for the next event, at most that long, without a limit for `None`. Gives nothing when none
/// came in time.
pub fn next_event(timeout: Option<Duration>) -> Result<Option<Event>> {
    let mut bytes = [0; 16];
    let timeout = time::timeout_ms(timeout);
    // SAFETY: pointer and length are those of an array that lives until the call is over.
    let came =
        count(unsafe { native::input_next_event(bytes.as_mut_ptr(), bytes.len(), timeout) })?;
    let [kind, code, value, _] = words(&bytes);
    Ok((came != 0).then(|| Event::new(kind, code, value)))
}

/// Little-endian words.
fn words<const N: usize>(bytes: &[u8]) -> [i32; N] {
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = bytes.try_into().map_or(0, i32::from_le_bytes);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_the_device_writes_them() {
        let up = Event::Button { button: Button::Up, pressed: true };
        assert_eq!(Event::new(1, 4, 1), up);
        let touch = Event::Touch { point: Point { x: 319, y: 239 }, pressed: false };
        assert_eq!(Event::new(2, 319 << 16 | 239, 0), touch);
        assert_eq!(Event::new(3, 1, 65_535), Event::Analog { channel: 1, value: 65_535 });
        assert_eq!(Event::new(4, 0, 7), Event::Lost(7));
        assert_eq!(Event::new(1, 8, 1), Event::Unknown { kind: 1, code: 8, value: 1 });
        assert_eq!(Event::new(9, 1, 2), Event::Unknown { kind: 9, code: 1, value: 2 });
    }

    #[test]
    fn bits_are_buttons() {
        let buttons = Buttons(1 << 7 | 1);
        assert!(buttons.has(Button::A) && buttons.has(Button::Right));
        assert!(!buttons.has(Button::B) && !buttons.is_empty());
        for (bit, button) in Button::ALL.into_iter().enumerate() {
            assert_eq!(button as usize, bit);
        }
    }

    #[test]
    fn words_are_little_endian() {
        assert_eq!(words(&[1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]), [1, -1]);
    }
}
