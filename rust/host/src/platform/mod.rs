// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! [`Host`]: what a Linux machine gives to the runtime.
//!
//! Storage is LittleFS on the flash emulator, an app's thread is a thread of the process, locks are
//! `parking_lot`'s, random bytes come from the kernel. Display, input, sensors and radio are those
//! that every simulated device has; what they show and sense is told and set over the HTTP API.
//!
//! * [`console`] - the device's console lines,
//! * [`slot`] - the thread of one instance slot,
//! * [`gate`] - a flag that threads wait for,
//! * [`display`], [`input`], [`sensor`], [`rf`] - what a board would have,
//! * [`firmware`] - the firmware slots,
//! * [`net`] - TCP sockets.

#![allow(rustdoc::private_intra_doc_links)]

pub mod console;
pub mod display;
pub mod firmware;
mod gate;
pub mod input;
pub mod net;
pub mod rf;
pub mod sensor;
pub mod slot;

use std::array;
use std::sync::Arc;
use std::time::Instant;

use akira_abi::Errno;
use akira_runtime::platform::{
    DisplayInfo, EVENTS, InputEvent, InputInfo, Job, Level, OpenMode, Platform, PublicKey,
    RfTuning, SLOTS, Slot as FirmwareSlot, SlotInfo, Space, Stat, Swap,
};

use crate::bootloader::Keys;
use crate::storage::{Storage, StorageFile};
pub use console::Console;
use display::Display;
use firmware::Slots;
use gate::Gate;
use input::Input;
use net::{HostSocket, Resolver};
use rf::Rf;
use sensor::Sensors;
use slot::Slot;
use tokio::sync::Notify;

/// The virtual device's platform.
pub struct Host {
    storage: Storage,
    console: Arc<Console>,
    token: Option<String>,
    slots: [Slot; SLOTS],
    events: [Gate; EVENTS],
    booted: Instant,
    display: Display,
    input: Input,
    sensors: Sensors,
    rf: Rf,
    resolver: Resolver,
    firmware: Slots,
    /// Whoever can restart the device is told here; nobody can, of a device of a test's own.
    reboot: Option<Arc<Notify>>,
}

impl Host {
    /// A device over `storage` that boots now. `token` is the admin token given to it, if any.
    pub fn new(
        storage: Storage,
        console: impl Into<Arc<Console>>,
        token: Option<String>,
        rf: Rf,
    ) -> Self {
        let firmware = Slots::new(&storage, Keys::default());
        Self {
            storage,
            firmware,
            reboot: None,
            console: console.into(),
            token,
            slots: array::from_fn(Slot::new),
            events: array::from_fn(|_| Gate::default()),
            booted: Instant::now(),
            display: Display::default(),
            input: Input::default(),
            sensors: Sensors::default(),
            rf,
            resolver: Resolver::default(),
        }
    }

    /// The same device, whose firmware must be signed by one of the keys.
    #[must_use]
    pub fn with_firmware_keys(mut self, keys: Keys) -> Self {
        self.firmware = Slots::new(&self.storage, keys);
        self
    }

    /// The same device, which can be restarted by whoever waits for `reboot`.
    #[must_use]
    pub fn with_reboot(mut self, reboot: Arc<Notify>) -> Self {
        self.reboot = Some(reboot);
        self
    }

    /// The device's storage.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// The device's console.
    pub fn console_lines(&self) -> &Console {
        &self.console
    }

    /// Where input comes in, for the thread that hands it on.
    pub fn input_line(&self) -> &Input {
        &self.input
    }

    /// The radio, for the thread that hands packets on.
    pub fn radio(&self) -> &Rf {
        &self.rf
    }
}

impl Platform for Host {
    type File = StorageFile;
    type RawMutex = parking_lot::RawMutex;
    type Socket = HostSocket;

    fn device(&self) -> &str {
        "virtual"
    }

    fn uptime_ms(&self) -> u64 {
        u64::try_from(self.booted.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn console(&self, level: Level, tag: &str, text: &str) {
        self.console.line(level, tag, text);
    }

    fn random(&self, out: &mut [u8]) -> Result<(), Errno> {
        getrandom::fill(out).map_err(|_| Errno::ENODEV)
    }

    fn provisioned_token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    fn open(&self, path: &str, mode: OpenMode) -> Result<StorageFile, Errno> {
        self.storage.open(path, mode)
    }

    fn remove(&self, path: &str) -> Result<(), Errno> {
        self.storage.remove(path)
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Errno> {
        self.storage.rename(from, to)
    }

    fn stat(&self, path: &str) -> Result<Stat, Errno> {
        self.storage.stat(path)
    }

    fn list(&self, path: &str, each: &mut dyn FnMut(&str, Stat) -> bool) -> Result<(), Errno> {
        self.storage.list(path, each)
    }

    fn mkdir(&self, path: &str) -> Result<(), Errno> {
        self.storage.mkdir(path)
    }

    fn space(&self) -> Result<Space, Errno> {
        self.storage.space()
    }

    fn spawn_app(&self, slot: usize, priority: u8, job: Job) -> Result<(), Errno> {
        self.slots.get(slot).ok_or(Errno::EINVAL)?.spawn(priority, job)
    }

    fn join_app(&self, slot: usize, timeout_ms: u32) -> bool {
        self.slots.get(slot).is_none_or(|slot| slot.join(timeout_ms))
    }

    fn current_slot() -> Option<usize> {
        slot::current()
    }

    fn wait(&self, event: usize, timeout_ms: u64) -> bool {
        self.events.get(event).is_some_and(|event| event.take(true, false, timeout_ms))
    }

    fn wake(&self, event: usize) {
        if let Some(event) = self.events.get(event) {
            event.set(true);
        }
    }

    fn reset_wake(&self, event: usize) {
        if let Some(event) = self.events.get(event) {
            event.set(false);
        }
    }

    fn display(&self) -> Option<DisplayInfo> {
        Some(display::INFO)
    }

    fn display_write(
        &self,
        x: u16,
        y: u16,
        width: u16,
        height: u16,
        pixels: &[u16],
    ) -> Result<(), Errno> {
        self.display.write(x, y, width, height, pixels)
    }

    fn display_read(&self, y: u16, out: &mut [u16]) -> Result<(), Errno> {
        self.display.read(y, out)
    }

    fn input(&self) -> InputInfo {
        input::INFO
    }

    fn sim_input(&self, event: InputEvent) -> Result<(), Errno> {
        self.input.feed(event)
    }

    fn sensors(&self) -> &[u8] {
        &sensor::IDS
    }

    fn sensor_read(&self, id: u8) -> Result<f32, Errno> {
        self.sensors.read(id)
    }

    fn sim_sensor(&self, id: u8, value: f32) -> Result<(), Errno> {
        self.sensors.set(id, value)
    }

    fn rf(&self) -> bool {
        true
    }

    fn rf_send(&self, packet: &[u8]) -> Result<(), Errno> {
        self.rf.send(packet)
    }

    fn rf_tune(&self, tuning: RfTuning) -> Result<(), Errno> {
        self.rf.tune(tuning)
    }

    fn connect(&self, host: &str, port: u16) -> Result<HostSocket, Errno> {
        HostSocket::connect(&self.resolver, host, port)
    }

    fn listen(&self, port: u16) -> Result<HostSocket, Errno> {
        HostSocket::listen(port)
    }

    fn firmware_slots(&self) -> Option<SlotInfo> {
        self.firmware.info()
    }

    fn firmware_read(&self, slot: FirmwareSlot, offset: u32, out: &mut [u8]) -> Result<(), Errno> {
        self.firmware.read(&self.storage, slot, offset, out)
    }

    fn firmware_open(&self, offset: u32) -> Result<(), Errno> {
        self.firmware.open(&self.storage, offset)
    }

    fn firmware_write(&self, bytes: &[u8]) -> Result<(), Errno> {
        self.firmware.write(&self.storage, bytes)
    }

    fn firmware_flush(&self) -> Result<(), Errno> {
        self.firmware.flush(&self.storage)
    }

    fn firmware_erase(&self) -> Result<(), Errno> {
        self.firmware.erase(&self.storage)
    }

    fn firmware_request_test(&self) -> Result<(), Errno> {
        self.firmware.request_test(&self.storage)
    }

    fn firmware_swap(&self) -> Result<Swap, Errno> {
        self.firmware.swap(&self.storage)
    }

    fn firmware_confirmed(&self) -> Result<bool, Errno> {
        self.firmware.confirmed(&self.storage)
    }

    fn firmware_confirm(&self) -> Result<(), Errno> {
        self.firmware.confirm(&self.storage)
    }

    fn firmware_keys(&self) -> &[PublicKey] {
        self.firmware.keys()
    }

    fn firmware_unsigned(&self) -> bool {
        self.firmware.unsigned()
    }

    fn can_reboot(&self) -> bool {
        self.reboot.is_some()
    }

    fn reboot(&self) -> Result<(), Errno> {
        self.reboot.as_ref().ok_or(Errno::ENOTSUP)?.notify_one();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flash::{Geometry, NorFlash};

    fn host() -> Host {
        let chip = NorFlash::in_memory(Geometry::new(65_536).unwrap());
        let (storage, rf) = (Storage::mount(chip).unwrap(), Rf::open(None).unwrap());
        Host::new(storage, Console::sink(), Some("t0ken".into()), rf)
    }

    #[test]
    fn slots_and_events_that_do_not_exist_are_harmless() {
        let host = host();
        assert_eq!(host.spawn_app(SLOTS, 5, Box::new(|| ())), Err(Errno::EINVAL));
        assert!(host.join_app(SLOTS, 0));
        host.wake(EVENTS);
        assert!(!host.wait(EVENTS, 0));
        host.reset_wake(EVENTS);
    }

    #[test]
    fn every_event_stands_for_itself() {
        let host = host();
        host.wake(EVENTS - 1);
        host.wake(0);
        host.reset_wake(0);
        assert!((0..EVENTS - 1).all(|event| !host.wait(event, 0)));
        assert!(host.wait(EVENTS - 1, 0));
        assert!(!host.wait(EVENTS - 1, 0));
    }

    #[test]
    fn random_bytes_differ_and_the_clock_does_not_go_back() {
        let host = host();
        let (mut one, mut two) = ([0; 32], [0; 32]);
        host.random(&mut one).unwrap();
        host.random(&mut two).unwrap();
        assert_ne!(one, two);
        let before = host.uptime_ms();
        assert!(host.uptime_ms() >= before);
        assert_eq!(host.provisioned_token(), Some("t0ken"));
        assert_eq!(host.device(), "virtual");
    }
}
