// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What an operator sees of display, sensors and input, and sets on a simulated device.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use akira_abi::Errno;
use akira_abi::sensor::SENSORS;
use akira_core::http::{ApiError, Code, view};
use akira_core::input::{BUTTON_NAMES, InputEvent};
use akira_core::png::Encoder;

use crate::http::{Body, Reply};
use crate::platform::{DisplayInfo, Platform};
use crate::runtime::Runtime;

/// Rows of a picture that are sent at once.
const ROWS: usize = 4;

impl<P: Platform> Runtime<P> {
    /// What the display shows, as a PNG that is made while it is sent.
    pub(crate) fn picture(self: &Arc<Self>) -> Result<Reply, ApiError> {
        let DisplayInfo { width, height } =
            self.platform.display().filter(|info| info.width > 0 && info.height > 0).ok_or_else(
                || ApiError::new(Code::NotSupported, "This device has no display to look at."),
            )?;
        let mut row = alloc::vec![0u16; usize::from(width)];
        // The first row tells whether the panel can be read at all.
        self.platform.display_read(0, &mut row).map_err(|errno| match errno {
            Errno::ENOTSUP => ApiError::new(
                Code::NotSupported,
                "This device's display can be written only, so there is no picture of it.",
            ),
            errno => ApiError::storage("read the display", errno),
        })?;
        let (encoder, head) = Encoder::begin(width, height);
        let (mut encoder, mut head) = (Some(encoder), Some(head));
        let (runtime, mut y) = (self.clone(), 0);
        let body = Body::pieces(move || {
            if let Some(head) = head.take() {
                return Some(head);
            }
            let mut piece = Vec::new();
            for _ in 0..ROWS {
                if y == height {
                    piece.extend(encoder.take().map(Encoder::end).unwrap_or_default());
                    break;
                }
                // A row that cannot be read ends the picture there, which its reader sees.
                runtime.platform.display_read(y, &mut row).ok()?;
                piece.extend(encoder.as_mut()?.row(&row));
                y += 1;
            }
            Some(piece)
        });
        Ok(Reply::new(200, "image/png", body))
    }

    /// All sensors and what they measure.
    pub(crate) fn sensor_list(&self) -> view::Sensors {
        let there = self.platform.sensors().iter();
        view::Sensors { sensors: there.filter_map(|id| self.sensor(*id)).collect() }
    }

    fn sensor(&self, id: u8) -> Option<view::Sensor> {
        let known = SENSORS.get(usize::from(id))?;
        let value = self.platform.sensor_read(id).ok().filter(|value| value.is_finite());
        Some(view::Sensor { id, name: known.name, unit: known.unit, value })
    }

    /// Sets what a simulated sensor measures.
    pub(crate) fn set_sensor(&self, id: u8, value: f32) -> Result<view::Sensor, ApiError> {
        let unknown = || {
            ApiError::new(
                Code::NotFound,
                format!("There is no sensor {id}. GET /api/v1/sensors lists those there are."),
            )
        };
        if !self.platform.sensors().contains(&id) {
            return Err(unknown());
        }
        self.platform.sim_sensor(id, value).map_err(|errno| match errno {
            Errno::ENOTSUP => not_simulated("sensors measure"),
            Errno::EINVAL => ApiError::new(
                Code::BadRequest,
                format!("Sensor {id} cannot measure {value}. Send a value within its range."),
            ),
            errno => ApiError::storage("set the sensor", errno),
        })?;
        self.sensor(id).ok_or_else(unknown)
    }

    /// Feeds an event into a simulated device's input.
    pub(crate) fn feed_input(&self, event: InputEvent) -> Result<(), ApiError> {
        let there = self.platform.input();
        let missing = |what| Err(ApiError::new(Code::NotFound, what));
        match event {
            InputEvent::Button { number, .. }
                if there.buttons.checked_shr(number.into()).unwrap_or(0) & 1 == 0 =>
            {
                let name = BUTTON_NAMES.get(usize::from(number)).unwrap_or(&"?");
                return missing(format!("This device has no button {name}."));
            }
            InputEvent::Touch { .. } if !there.touch => {
                return missing("This device has no touch panel.".into());
            }
            InputEvent::Touch { x, y, .. } => {
                if let Some(DisplayInfo { width, height }) = self.platform.display()
                    && (x >= width || y >= height)
                {
                    let text = format!("The panel has {width} x {height} pixels; touch one.");
                    return Err(ApiError::new(Code::BadRequest, text));
                }
            }
            InputEvent::Analog { channel, .. } if channel >= there.analog => {
                return missing(format!("This device has {} analog channels.", there.analog));
            }
            _ => {}
        }
        self.platform.sim_input(event).map_err(|errno| match errno {
            Errno::ENOTSUP => not_simulated("inputs are moved"),
            Errno::EAGAIN => ApiError::new(
                Code::Busy,
                "Too many events wait to be taken in. Send this one again in a moment.",
            ),
            errno => ApiError::storage("feed the input", errno),
        })
    }
}

fn not_simulated(what: &str) -> ApiError {
    ApiError::new(
        Code::NotSupported,
        format!("This is no simulated device: its {what} by the world alone."),
    )
}
