// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Display, input and sensors: the shims of `zephyr/src/display.c`, `input.c` and `sensor.c`.

use akira_abi::Errno;
use akira_runtime::platform::{DisplayInfo, InputEvent, InputInfo};

use crate::ffi::{self, akira_input_kind as kind};

/// The display.
pub fn display() -> Option<DisplayInfo> {
    let mut info = DisplayInfo { width: 0, height: 0 };
    // SAFETY: both results outlive the call.
    let there = unsafe { ffi::akira_display_info(&mut info.width, &mut info.height) };
    there.then_some(info)
}

/// Shows a rectangle; `EINVAL` unless `pixels` are all of it.
pub fn display_write(x: u16, y: u16, width: u16, height: u16, pixels: &[u16]) -> Result<(), Errno> {
    if pixels.len() != usize::from(width) * usize::from(height) {
        return Err(Errno::EINVAL);
    }
    // SAFETY: `pixels` has as many as the rectangle; display.c checks that it is on the display.
    ffi::done(unsafe { ffi::akira_display_write(x, y, width, height, pixels.as_ptr()) })
}

/// Reads a row.
pub fn display_read(y: u16, out: &mut [u16]) -> Result<(), Errno> {
    // SAFETY: the buffer is a slice with its length.
    ffi::done(unsafe { ffi::akira_display_read(y, out.as_mut_ptr(), out.len()) })
}

/// What there is of input.
pub fn input() -> InputInfo {
    let mut info = ffi::akira_input_info { buttons: 0, touch: false, analog: 0 };
    // SAFETY: the result outlives the call.
    unsafe { ffi::akira_input_info(&mut info) };
    InputInfo { buttons: info.buttons, touch: info.touch, analog: info.analog }
}

/// Feeds an event into simulated input.
pub fn sim_input(event: InputEvent) -> Result<(), Errno> {
    let (kind, code, value) = match event {
        InputEvent::Button { number, pressed } => {
            (kind::AKIRA_INPUT_BUTTON, u32::from(number), i32::from(pressed))
        }
        InputEvent::Touch { x, y, pressed } => {
            (kind::AKIRA_INPUT_TOUCH, u32::from(x) << 16 | u32::from(y), i32::from(pressed))
        }
        InputEvent::Analog { channel, value } => {
            (kind::AKIRA_INPUT_ANALOG, u32::from(channel), i32::from(value))
        }
    };
    // SAFETY: takes plain numbers, and checks them.
    ffi::done(unsafe { ffi::akira_sim_input(kind, code, value) })
}

/// An event as input.c tells it; `None` for one that does not exist.
pub fn input_event(kind: u32, code: u32, value: i32) -> Option<InputEvent> {
    Some(match kind {
        kind::AKIRA_INPUT_BUTTON => {
            InputEvent::Button { number: u8::try_from(code).ok()?, pressed: value != 0 }
        }
        kind::AKIRA_INPUT_TOUCH => {
            InputEvent::Touch { x: (code >> 16) as u16, y: code as u16, pressed: value != 0 }
        }
        kind::AKIRA_INPUT_ANALOG => InputEvent::Analog {
            channel: u8::try_from(code).ok()?,
            value: u16::try_from(value).ok()?,
        },
        _ => return None,
    })
}

/// The sensors that a device has, which do not change.
pub struct Sensors {
    ids: [u8; ffi::AKIRA_SENSOR_IDS as usize],
    count: usize,
}

impl Sensors {
    /// Asks the device.
    pub fn find() -> Self {
        let mut ids = [0; ffi::AKIRA_SENSOR_IDS as usize];
        // SAFETY: the buffer is an array with its length.
        let count = unsafe { ffi::akira_sensor_ids(ids.as_mut_ptr(), ids.len()) };
        Self { ids, count: count.min(ids.len()) }
    }

    /// Their ids, ascending.
    pub fn ids(&self) -> &[u8] {
        &self.ids[..self.count]
    }
}

/// Measures.
pub fn sensor_read(id: u8) -> Result<f32, Errno> {
    let mut value = 0.0;
    // SAFETY: the result outlives the call.
    ffi::done(unsafe { ffi::akira_sensor_read(id, &mut value) })?;
    Ok(value)
}

/// Sets what a simulated sensor measures.
pub fn sim_sensor(id: u8, value: f32) -> Result<(), Errno> {
    // SAFETY: takes plain numbers, and checks them.
    ffi::done(unsafe { ffi::akira_sim_sensor(id, value) })
}
