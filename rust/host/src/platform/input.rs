// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The input: events that were fed in wait here for the device's thread that hands them on, as they
//! would wait for an interrupt's work on a board.

use std::collections::VecDeque;

use akira_abi::Errno;
use akira_runtime::platform::{InputEvent, InputInfo};
use parking_lot::{Condvar, Mutex};

use super::display;

/// What there is: all eight buttons, a touch panel on the display, two analog channels.
pub const INFO: InputInfo = InputInfo { buttons: 0xff, touch: true, analog: 2 };

/// How many events wait at most.
const QUEUE: usize = 64;

/// The line on which events come in.
#[derive(Default)]
pub struct Input {
    line: Mutex<Line>,
    changed: Condvar,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<InputEvent>,
    closed: bool,
}

impl Input {
    /// Feeds an event in. `EINVAL` for what this device does not have, `EAGAIN` while too many wait,
    /// `ENODEV` once the device ends.
    pub fn feed(&self, event: InputEvent) -> Result<(), Errno> {
        if !is_there(event) {
            return Err(Errno::EINVAL);
        }
        let mut line = self.line.lock();
        if line.closed {
            return Err(Errno::ENODEV);
        }
        if line.waiting.len() == QUEUE {
            return Err(Errno::EAGAIN);
        }
        line.waiting.push_back(event);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for the next event; `None` once the line is closed.
    pub fn next(&self) -> Option<InputEvent> {
        let mut line = self.line.lock();
        loop {
            if line.closed {
                return None;
            }
            if let Some(event) = line.waiting.pop_front() {
                return Some(event);
            }
            self.changed.wait(&mut line);
        }
    }

    /// Takes no more events and ends every wait for one.
    pub fn close(&self) {
        self.line.lock().closed = true;
        self.changed.notify_all();
    }
}

fn is_there(event: InputEvent) -> bool {
    match event {
        InputEvent::Button { number, .. } => {
            INFO.buttons.checked_shr(number.into()).is_some_and(|rest| rest & 1 == 1)
        }
        InputEvent::Touch { x, y, .. } => x < display::INFO.width && y < display::INFO.height,
        InputEvent::Analog { channel, .. } => channel < INFO.analog,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    fn press(number: u8) -> InputEvent {
        InputEvent::Button { number, pressed: true }
    }

    #[test]
    fn events_come_out_in_their_order() {
        let input = Input::default();
        let events = [
            press(7),
            InputEvent::Touch { x: 319, y: 239, pressed: true },
            InputEvent::Analog { channel: 1, value: u16::MAX },
        ];
        events.iter().for_each(|&event| input.feed(event).unwrap());
        assert_eq!(events.map(|_| input.next()), events.map(Some));
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let input = Input::default();
        for event in [
            press(8),
            press(200),
            InputEvent::Touch { x: 320, y: 0, pressed: true },
            InputEvent::Touch { x: 0, y: 240, pressed: false },
            InputEvent::Analog { channel: 2, value: 0 },
        ] {
            assert_eq!(input.feed(event), Err(Errno::EINVAL), "{event:?}");
        }
    }

    #[test]
    fn a_full_line_takes_more_when_there_is_room_again() {
        let input = Input::default();
        (0..QUEUE).for_each(|_| input.feed(press(0)).unwrap());
        assert_eq!(input.feed(press(1)), Err(Errno::EAGAIN));
        assert_eq!(input.next(), Some(press(0)));
        input.feed(press(1)).unwrap();
    }

    #[test]
    fn closing_ends_a_wait() {
        let input = Arc::new(Input::default());
        let waiter = thread::spawn({
            let input = Arc::clone(&input);
            move || input.next()
        });
        input.close();
        assert_eq!(waiter.join().unwrap(), None);
        assert_eq!(input.feed(press(0)), Err(Errno::ENODEV));
    }
}
