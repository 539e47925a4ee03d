// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Apps that wait without a loop: after the entry point has returned with success, the device calls
//! what [`on_event!`](crate::on_event) names, once for each thing that waits, and the app costs no
//! time in between.
//!
//! The handler fetches what waits with a timeout of zero; what it does not fetch is dropped. What it
//! has to remember from one call to the next lives in an [`AppCell`].

use core::cell::RefCell;

use crate::app::Outcome;
use crate::native::event;

/// What waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// An input event: [`input::next_event`](crate::input::next_event).
    Input,
    /// A radio packet: [`rf::receive`](crate::rf::receive).
    Radio,
    /// A message of another app: [`ipc::receive`](crate::ipc::receive).
    Message,
    /// Something that this version of the crate does not know.
    Unknown(i32),
}

impl Event {
    fn new(kind: i32) -> Self {
        match kind {
            event::INPUT => Event::Input,
            event::RF => Event::Radio,
            event::IPC => Event::Message,
            other => Event::Unknown(other),
        }
    }
}

/// Hands one event over. The macro [`on_event!`](crate::on_event) calls it.
pub fn dispatch<T: Outcome>(handler: fn(Event) -> T, kind: i32) {
    if let Some(code) = handler(Event::new(kind)).exit_code() {
        crate::app::exit(code)
    }
}

/// A value in a `static`, for what has to live from one call of the device to the next.
#[derive(Debug, Default)]
pub struct AppCell<T>(RefCell<T>);

impl<T> AppCell<T> {
    /// With this value at first.
    pub const fn new(value: T) -> Self {
        Self(RefCell::new(value))
    }

    /// Does something with the value.
    ///
    /// # Panics
    ///
    /// When `action` uses the same cell again.
    pub fn with<R>(&self, action: impl FnOnce(&mut T) -> R) -> R {
        action(&mut self.0.borrow_mut())
    }
}

// SAFETY: the device runs an app on one thread; nothing else can see the value. A second borrow on
// that thread is caught by the `RefCell`.
#[cfg(target_arch = "wasm32")]
unsafe impl<T> Sync for AppCell<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_the_device_writes_them() {
        let kinds = [Event::Input, Event::Radio, Event::Message, Event::Unknown(4)];
        for (kind, event) in (1..).zip(kinds) {
            assert_eq!(Event::new(kind), event);
        }
    }

    #[test]
    fn a_cell_keeps_its_value() {
        let cell = AppCell::new(1);
        cell.with(|value| *value += 1);
        assert_eq!(cell.with(|value| *value), 2);
    }
}
