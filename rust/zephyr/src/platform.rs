// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a Zephyr device gives to the runtime: the C shims behind the `Platform` trait.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char, c_void};
use core::slice;

use akira_abi::Errno;
use akira_runtime::platform::{
    self, DisplayInfo, EVENTS, InputEvent, InputInfo, Job, Level, OpenMode, PublicKey, RfTuning,
    SLOTS, Slot, SlotInfo, Space, Stat, Swap, console_line,
};

use crate::devices::{self, Sensors};
use crate::export::{AKIRA_EVENTS, AKIRA_SLOTS};
use crate::ffi;
use crate::file::File;
use crate::firmware;
use crate::mutex::RawMutex;
use crate::socket::Socket;

// The C side has its arrays by these.
const _: () = assert!(AKIRA_SLOTS == SLOTS && AKIRA_EVENTS == EVENTS);

/// A Zephyr device.
pub struct Zephyr {
    sensors: Sensors,
    firmware_keys: Vec<PublicKey>,
}

impl Zephyr {
    /// Looks at what the device has. It takes firmware that is signed with one of the keys.
    pub fn probe(firmware_keys: Vec<PublicKey>) -> Self {
        Self { sensors: Sensors::find(), firmware_keys }
    }
}

impl platform::Platform for Zephyr {
    type File = File;
    type RawMutex = RawMutex;
    type Socket = Socket;

    fn device(&self) -> &str {
        // SAFETY: device.c gives a terminated constant.
        text(unsafe { ffi::akira_device_name() }).unwrap_or("zephyr")
    }

    fn uptime_ms(&self) -> u64 {
        // SAFETY: takes no argument.
        unsafe { ffi::akira_uptime_ms() }
    }

    fn console(&self, level: Level, tag: &str, text: &str) {
        let line = console_line(level, tag, text);
        // SAFETY: the line is a slice with its length.
        unsafe { ffi::akira_console(line.as_ptr().cast(), line.len()) }
    }

    fn random(&self, out: &mut [u8]) -> Result<(), Errno> {
        // SAFETY: the buffer is a slice with its length.
        ffi::done(unsafe { ffi::akira_random(out.as_mut_ptr().cast(), out.len()) })
    }

    fn provisioned_token(&self) -> Option<&str> {
        // SAFETY: device.c gives null or a terminated string that stays for ever.
        text(unsafe { ffi::akira_provisioned_token() })
    }

    fn open(&self, path: &str, mode: OpenMode) -> Result<Self::File, Errno> {
        File::open(path, mode)
    }

    fn remove(&self, path: &str) -> Result<(), Errno> {
        // SAFETY: the path is a slice with its length.
        ffi::done(unsafe { ffi::akira_fs_remove(path.as_ptr().cast(), path.len()) })
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Errno> {
        let (from_text, to_text) = (from.as_ptr().cast(), to.as_ptr().cast());
        // SAFETY: both paths are slices with their lengths.
        ffi::done(unsafe { ffi::akira_fs_rename(from_text, from.len(), to_text, to.len()) })
    }

    fn stat(&self, path: &str) -> Result<Stat, Errno> {
        let mut stat = ffi::akira_stat { is_dir: false, size: 0 };
        // SAFETY: the path is a slice with its length, and `stat` outlives the call.
        let result = unsafe { ffi::akira_fs_stat(path.as_ptr().cast(), path.len(), &mut stat) };
        ffi::done(result)?;
        Ok(Stat { is_dir: stat.is_dir, size: stat.size })
    }

    fn list(&self, path: &str, each: &mut dyn FnMut(&str, Stat) -> bool) -> Result<(), Errno> {
        let mut listing = Listing { each };
        let context: *mut c_void = (&raw mut listing).cast();
        let (path_text, path_len) = (path.as_ptr().cast(), path.len());
        // SAFETY: the path is a slice with its length; `context` is the `Listing` that
        // `list_entry` expects, borrowed by nobody else until the call returns.
        let result = unsafe { ffi::akira_fs_list(path_text, path_len, Some(list_entry), context) };
        ffi::done(result)
    }

    fn mkdir(&self, path: &str) -> Result<(), Errno> {
        // SAFETY: the path is a slice with its length.
        ffi::done(unsafe { ffi::akira_fs_mkdir(path.as_ptr().cast(), path.len()) })
    }

    fn space(&self) -> Result<Space, Errno> {
        let mut space = Space { total: 0, free: 0 };
        // SAFETY: both results outlive the call.
        ffi::done(unsafe { ffi::akira_fs_space(&mut space.total, &mut space.free) })?;
        Ok(space)
    }

    fn spawn_app(&self, slot: usize, priority: u8, job: Job) -> Result<(), Errno> {
        let slot = u32::try_from(slot).map_err(|_| Errno::EINVAL)?;
        // A thin pointer, which the C side can carry.
        let job = Box::into_raw(Box::new(job));
        // SAFETY: threads.c gives the job to akira_run_job once if it returns 0, else never.
        let result = unsafe { ffi::akira_thread_start(slot, priority, job.cast()) };
        ffi::done(result).inspect_err(|_| {
            // SAFETY: the thread was not started, so the job is still ours.
            drop(unsafe { Box::from_raw(job) });
        })
    }

    fn join_app(&self, slot: usize, timeout_ms: u32) -> bool {
        // SAFETY: takes plain numbers, and checks the slot.
        u32::try_from(slot).is_err() || unsafe { ffi::akira_thread_join(slot as u32, timeout_ms) }
    }

    fn current_slot() -> Option<usize> {
        // SAFETY: takes no argument.
        usize::try_from(unsafe { ffi::akira_thread_slot() }).ok()
    }

    fn wait(&self, event: usize, timeout_ms: u64) -> bool {
        // SAFETY: takes plain numbers, and checks the event.
        unsafe { ffi::akira_event_wait(event_number(event), timeout_ms) }
    }

    fn wake(&self, event: usize) {
        // SAFETY: takes a plain number, and checks it.
        unsafe { ffi::akira_event_signal(event_number(event)) }
    }

    fn reset_wake(&self, event: usize) {
        // SAFETY: takes a plain number, and checks it.
        unsafe { ffi::akira_event_reset(event_number(event)) }
    }

    fn display(&self) -> Option<DisplayInfo> {
        devices::display()
    }

    fn display_write(
        &self,
        x: u16,
        y: u16,
        width: u16,
        height: u16,
        pixels: &[u16],
    ) -> Result<(), Errno> {
        devices::display_write(x, y, width, height, pixels)
    }

    fn display_read(&self, y: u16, out: &mut [u16]) -> Result<(), Errno> {
        devices::display_read(y, out)
    }

    fn input(&self) -> InputInfo {
        devices::input()
    }

    fn sim_input(&self, event: InputEvent) -> Result<(), Errno> {
        devices::sim_input(event)
    }

    fn sensors(&self) -> &[u8] {
        self.sensors.ids()
    }

    fn sensor_read(&self, id: u8) -> Result<f32, Errno> {
        devices::sensor_read(id)
    }

    fn sim_sensor(&self, id: u8, value: f32) -> Result<(), Errno> {
        devices::sim_sensor(id, value)
    }

    fn rf(&self) -> bool {
        // SAFETY: takes no argument.
        unsafe { ffi::akira_rf_present() }
    }

    fn rf_tuning(&self) -> RfTuning {
        let mut tuning = RfTuning { frequency_hz: 0, power_dbm: 0 };
        // SAFETY: both results outlive the call.
        unsafe { ffi::akira_rf_tuning(&mut tuning.frequency_hz, &mut tuning.power_dbm) };
        tuning
    }

    fn rf_send(&self, packet: &[u8]) -> Result<(), Errno> {
        // SAFETY: the packet is a slice with its length.
        ffi::done(unsafe { ffi::akira_rf_send(packet.as_ptr().cast(), packet.len()) })
    }

    fn rf_tune(&self, tuning: RfTuning) -> Result<(), Errno> {
        // SAFETY: takes plain numbers, and checks them.
        ffi::done(unsafe { ffi::akira_rf_tune(tuning.frequency_hz, tuning.power_dbm) })
    }

    fn connect(&self, host: &str, port: u16) -> Result<Self::Socket, Errno> {
        Socket::connect(host, port)
    }

    fn listen(&self, port: u16) -> Result<Self::Socket, Errno> {
        Socket::listen(port)
    }

    fn firmware_slots(&self) -> Option<SlotInfo> {
        firmware::slots()
    }

    fn firmware_read(&self, slot: Slot, offset: u32, out: &mut [u8]) -> Result<(), Errno> {
        firmware::read(slot, offset, out)
    }

    fn firmware_open(&self, offset: u32) -> Result<(), Errno> {
        firmware::open(offset)
    }

    fn firmware_write(&self, bytes: &[u8]) -> Result<(), Errno> {
        firmware::write(bytes)
    }

    fn firmware_flush(&self) -> Result<(), Errno> {
        firmware::flush()
    }

    fn firmware_erase(&self) -> Result<(), Errno> {
        firmware::erase()
    }

    fn firmware_request_test(&self) -> Result<(), Errno> {
        firmware::request_test()
    }

    fn firmware_swap(&self) -> Result<Swap, Errno> {
        firmware::swap()
    }

    fn firmware_confirmed(&self) -> Result<bool, Errno> {
        firmware::confirmed()
    }

    fn firmware_confirm(&self) -> Result<(), Errno> {
        firmware::confirm()
    }

    fn firmware_keys(&self) -> &[PublicKey] {
        &self.firmware_keys
    }

    fn firmware_unsigned(&self) -> bool {
        firmware::unsigned()
    }

    fn can_reboot(&self) -> bool {
        firmware::can_reboot()
    }

    fn reboot(&self) -> Result<(), Errno> {
        firmware::reboot()
    }
}

/// The event's number for C, where one that does not exist is ignored.
fn event_number(event: usize) -> u32 {
    u32::try_from(event).unwrap_or(u32::MAX)
}

/// A terminated string of C's that stays for ever; `None` for null and for what is not UTF-8.
fn text(pointer: *const c_char) -> Option<&'static str> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the two callers pass strings of device.c, which are terminated and never change.
    unsafe { CStr::from_ptr(pointer) }.to_str().ok()
}

/// What [`list_entry`] gets through C.
struct Listing<'a> {
    each: &'a mut dyn FnMut(&str, Stat) -> bool,
}

/// Hands one directory entry on. A name that is not UTF-8 cannot be ours and is passed over.
unsafe extern "C" fn list_entry(
    context: *mut c_void,
    name: *const c_char,
    name_len: usize,
    stat: ffi::akira_stat,
) -> bool {
    // SAFETY: `context` is the `Listing` of `list`, which waits for akira_fs_list and uses it not.
    let listing = unsafe { &mut *context.cast::<Listing<'_>>() };
    // SAFETY: storage.c passes the entry's name with its length, unchanged during the call.
    let name = unsafe { slice::from_raw_parts(name.cast::<u8>(), name_len) };
    match core::str::from_utf8(name) {
        Ok(name) => (listing.each)(name, Stat { is_dir: stat.is_dir, size: stat.size }),
        Err(_) => true,
    }
}
