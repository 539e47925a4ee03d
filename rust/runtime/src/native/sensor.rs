// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `sensor`: what the device measures. Scope: the ids.

use akira_abi::Errno;
use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::Platform;

/// Number of `sensor_read` in the table, for denials by scope.
const SENSOR_READ: u16 = akira_abi::number("sensor_read");

impl<P: Platform> AppContext<P> {
    /// Reads a sensor that the scope admits.
    pub(crate) fn read_sensor(&self, id: i32) -> Result<f32, Errno> {
        let id = u8::try_from(id).map_err(|_| Errno::ENOENT)?;
        if !self.scope.admits_sensor(id) {
            return Err(self.deny_scope(SENSOR_READ, format_args!("sensor {id}")));
        }
        if !self.platform().sensors().contains(&id) {
            return Err(Errno::ENOENT);
        }
        self.platform().sensor_read(id)
    }
}

pub(crate) fn sensor_list<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    out: &mut [u8],
) -> Result<i32, Errno> {
    let mut count = 0;
    for id in context.platform().sensors().iter().filter(|id| context.scope.admits_sensor(**id)) {
        if let Some(place) = out.get_mut(count) {
            *place = *id;
        }
        count += 1;
    }
    Ok(count as i32)
}

pub(crate) fn sensor_read<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    id: i32,
    value: &mut [u8; 4],
) -> Result<i32, Errno> {
    *value = context.read_sensor(id)?.to_le_bytes();
    Ok(0)
}
