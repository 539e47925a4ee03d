// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Input events, the state that they add up to, and the bounded queue in which an app finds them.

use heapless::Deque;

/// How many buttons can be told apart.
pub const BUTTONS: u8 = 8;

/// How many analog channels can be told apart.
pub const ANALOG_MAX: usize = 8;

/// Names of the buttons, in the order of their bits.
pub const BUTTON_NAMES: [&str; BUTTONS as usize] =
    ["A", "B", "C", "D", "up", "down", "left", "right"];

/// Events that wait for an app at most.
pub const QUEUE: usize = 32;

/// Value of an analog channel in its middle.
pub const ANALOG_MIDDLE: u16 = 32_768;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputEvent {
    /// A button was pressed or let go.
    Button {
        /// Its bit, below [`BUTTONS`].
        number: u8,
        /// Pressed, not let go.
        pressed: bool,
    },
    /// The touch panel was touched, the touch moved, or it ended.
    Touch {
        /// Pixels from the left.
        x: u16,
        /// Pixels from the top.
        y: u16,
        /// Touched, not let go.
        pressed: bool,
    },
    /// An analog channel moved.
    Analog {
        /// Its number, below [`ANALOG_MAX`].
        channel: u8,
        /// 0 to 65535, [`ANALOG_MIDDLE`] in the middle.
        value: u16,
    },
}

/// An event as an app gets it: kind, code, value and time, 16 bytes little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuedEvent([i32; 4]);

/// The kind of the note that events were lost.
const KIND_LOST: i32 = 4;

impl QueuedEvent {
    /// How many bytes it has.
    pub const BYTES: usize = 16;

    fn new(event: InputEvent, now_ms: u32) -> Self {
        let (kind, code, value) = match event {
            InputEvent::Button { number, pressed } => (1, i32::from(number), i32::from(pressed)),
            InputEvent::Touch { x, y, pressed } => {
                (2, (i32::from(x) << 16) | i32::from(y), i32::from(pressed))
            }
            InputEvent::Analog { channel, value } => (3, i32::from(channel), i32::from(value)),
        };
        Self([kind, code, value, now_ms as i32])
    }

    /// The bytes that an app gets.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        for (place, word) in bytes.chunks_exact_mut(4).zip(self.0) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }
}

/// Which buttons are pressed, where the touch is, where the analog channels are.
#[derive(Clone, Copy, Debug)]
pub struct InputState {
    /// Bits of the buttons that are pressed.
    pub buttons: u32,
    /// Where the panel is, or was last, touched.
    pub touch: (u16, u16),
    /// Whether it is touched.
    pub touched: bool,
    /// The analog channels.
    pub analog: [u16; ANALOG_MAX],
}

impl InputState {
    /// Nothing pressed, everything in the middle.
    pub const fn new() -> Self {
        Self { buttons: 0, touch: (0, 0), touched: false, analog: [ANALOG_MIDDLE; ANALOG_MAX] }
    }

    /// Takes an event in. `false` when it names a button or channel that cannot be, and was ignored.
    pub fn apply(&mut self, event: InputEvent) -> bool {
        match event {
            InputEvent::Button { number, .. } if number >= BUTTONS => return false,
            InputEvent::Button { number, pressed: true } => self.buttons |= 1 << number,
            InputEvent::Button { number, pressed: false } => self.buttons &= !(1 << number),
            InputEvent::Touch { x, y, pressed } => {
                self.touch = (x, y);
                self.touched = pressed;
            }
            InputEvent::Analog { channel, value } => match self.analog.get_mut(channel as usize) {
                Some(place) => *place = value,
                None => return false,
            },
        }
        true
    }
}

impl Default for InputState {
    fn default() -> Self {
        Self::new()
    }
}

/// Events that wait for one app. The oldest stay: an app that is behind learns at the end of the
/// queue how many came after it was full.
#[derive(Debug, Default)]
pub struct InputQueue {
    events: Deque<QueuedEvent, QUEUE>,
    lost: u32,
    lost_ms: u32,
}

impl InputQueue {
    /// An empty queue.
    pub const fn new() -> Self {
        Self { events: Deque::new(), lost: 0, lost_ms: 0 }
    }

    /// Adds an event, or counts it as lost.
    pub fn push(&mut self, event: InputEvent, now_ms: u32) {
        // Once events were lost, their note comes before whatever follows.
        if self.lost > 0 || self.events.push_back(QueuedEvent::new(event, now_ms)).is_err() {
            self.lost = self.lost.saturating_add(1);
            self.lost_ms = now_ms;
        }
    }

    /// Takes the oldest event, or the note of how many were lost after the last one.
    pub fn pop(&mut self) -> Option<QueuedEvent> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        let lost = core::mem::take(&mut self.lost);
        (lost > 0).then(|| {
            let lost = i32::try_from(lost).unwrap_or(i32::MAX);
            QueuedEvent([KIND_LOST, 0, lost, self.lost_ms as i32])
        })
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.lost == 0
    }

    /// How many wait, the note of lost ones included.
    pub fn len(&self) -> usize {
        self.events.len() + usize::from(self.lost > 0)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(number: u8) -> InputEvent {
        InputEvent::Button { number, pressed: true }
    }

    #[test]
    fn events_add_up() {
        let mut state = InputState::new();
        assert!(state.apply(press(0)) && state.apply(press(7)));
        assert_eq!(state.buttons, 0x81);
        assert!(state.apply(InputEvent::Button { number: 0, pressed: false }));
        assert_eq!(state.buttons, 0x80);
        assert!(state.apply(InputEvent::Touch { x: 3, y: 4, pressed: true }));
        assert_eq!((state.touch, state.touched), ((3, 4), true));
        assert!(state.apply(InputEvent::Analog { channel: 1, value: 9 }));
        assert_eq!(state.analog[..2], [ANALOG_MIDDLE, 9]);
    }

    #[test]
    fn what_cannot_be_is_ignored() {
        let mut state = InputState::new();
        assert!(!state.apply(press(8)));
        assert!(!state.apply(press(255)));
        assert!(!state.apply(InputEvent::Analog { channel: 8, value: 1 }));
        assert_eq!(state.buttons, 0);
    }

    #[test]
    fn the_queue_is_bounded_and_tells_what_was_lost() {
        let mut queue = InputQueue::new();
        for at in 0..40 {
            queue.push(press((at % 8) as u8), at);
        }
        assert_eq!(queue.len(), QUEUE + 1);
        let first = queue.pop().unwrap().to_bytes();
        assert_eq!(first, [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        // There is room again, but the note of the lost ones must come first.
        queue.push(press(3), 50);
        for _ in 1..QUEUE {
            assert_eq!(queue.pop().unwrap().0[0], 1);
        }
        assert_eq!(queue.pop().unwrap().0, [KIND_LOST, 0, 9, 50]);
        assert!(queue.is_empty() && queue.pop().is_none());
        queue.push(InputEvent::Touch { x: 1, y: 2, pressed: false }, 60);
        assert_eq!(queue.pop().unwrap().0, [2, 0x10002, 0, 60]);
    }
}
