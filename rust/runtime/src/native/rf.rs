// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `rf`: the packet radio, which all apps with the capability share.

use akira_abi::{Errno, RF_PACKET_MAX};
use akira_engine::Args;

use crate::context::{AppContext, RADIO_RATE};
use crate::platform::{Platform, RfTuning};

/// What `rf_status` writes.
const STATUS_BYTES: usize = 16;

impl<P: Platform> AppContext<P> {
    fn needs_radio(&self) -> Result<(), Errno> {
        if self.platform().rf() { Ok(()) } else { Err(Errno::ENODEV) }
    }

    /// Changes how the radio is set.
    fn tune(&self, change: impl FnOnce(&mut RfTuning)) -> Result<i32, Errno> {
        self.needs_radio()?;
        let mut tuning = self.runtime.inboxes.lock().tuning;
        change(&mut tuning);
        // Without the lock: the radio may take its time, and whoever receives needs it.
        self.platform().rf_tune(tuning)?;
        self.runtime.inboxes.lock().tuning = tuning;
        Ok(0)
    }

    /// Strength of the last packet in dBm; 0 when there was none.
    pub(crate) fn rssi_dbm(&self) -> Result<i32, Errno> {
        self.needs_radio()?;
        Ok(i32::from(self.runtime.inboxes.lock().rssi_dbm))
    }
}

pub(crate) fn rf_send<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    data: &[u8],
) -> Result<i32, Errno> {
    context.needs_radio()?;
    if data.is_empty() || data.len() > RF_PACKET_MAX {
        return Err(Errno::EINVAL);
    }
    context.admit_rate(&context.radio, RADIO_RATE)?;
    context.pause();
    let sent = context.platform().rf_send(data);
    context.enter();
    sent.map(|()| data.len() as i32)
}

pub(crate) fn rf_recv<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    out: &mut [u8],
    timeout_ms: i32,
) -> Result<i32, Errno> {
    context.needs_radio()?;
    let next = || context.runtime.inboxes.lock().slots[context.slot].packets.pop_front();
    let packet = context.wait_for(timeout_ms, next)?;
    Ok(super::copy_cut(&packet.bytes, out))
}

pub(crate) fn rf_status<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    out: &mut [u8],
) -> Result<i32, Errno> {
    context.needs_radio()?;
    let out = out.first_chunk_mut::<STATUS_BYTES>().ok_or(Errno::EINVAL)?;
    let inboxes = context.runtime.inboxes.lock();
    let words = [
        inboxes.tuning.frequency_hz,
        i32::from(inboxes.tuning.power_dbm) as u32,
        i32::from(inboxes.rssi_dbm) as u32,
        inboxes.slots[context.slot].packets_dropped,
    ];
    for (place, word) in out.chunks_exact_mut(4).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    Ok(STATUS_BYTES as i32)
}

pub(crate) fn rf_set_frequency<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    hz: i32,
) -> Result<i32, Errno> {
    // An i32 carries an unsigned frequency up to 4.29 GHz.
    context.tune(|tuning| tuning.frequency_hz = hz as u32)
}

pub(crate) fn rf_set_power<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    dbm: i32,
) -> Result<i32, Errno> {
    let dbm = i8::try_from(dbm).map_err(|_| Errno::EINVAL)?;
    context.tune(|tuning| tuning.power_dbm = dbm)
}
