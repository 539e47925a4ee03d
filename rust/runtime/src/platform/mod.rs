// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The wall between the runtime and a device.
//!
//! Everything that the runtime needs from below is in [`Platform`]; everything above it is written
//! and tested once. `akira-host` implements it for a Linux desk, `akira-zephyr` for Zephyr.
//!
//! Contract for implementers:
//! * Paths are absolute inside the device's LittleFS (`/apps/hello.wasm`), already normalised by the
//!   caller; the platform adds no checks and no prefix that a caller could see.
//! * Every method may be called from any thread. None may call back into the runtime, except the
//!   `job` of [`Platform::spawn_app`], on its own thread. What happens by itself is told on a thread
//!   of the device's own: [`Runtime::tick`](crate::Runtime::tick),
//!   [`Runtime::input`](crate::Runtime::input), [`Runtime::rf_received`](crate::Runtime::rf_received).
//! * What a device does not have needs no method: the defaults say that it is not there.
//! * An operation that fails leaves nothing half done where the file system can promise it:
//!   `rename` replaces its target atomically, `sync` returns only when the bytes are on flash.

mod devices;
mod firmware;
mod net;

use alloc::boxed::Box;

use akira_abi::Errno;
pub use akira_core::log::{Level, console_line};
pub use devices::{DisplayInfo, InputEvent, InputInfo, RfTuning};
pub use firmware::{PublicKey, Slot, SlotInfo, Swap};
pub use net::{NoSocket, Readiness, Socket};

/// Number of instance slots: how many apps may run at once.
pub const SLOTS: usize = 4;

/// Number of events (binary semaphores) of a platform: event `slot` belongs to the app in that slot,
/// event `SLOTS + slot` to whoever waits for that app to have been loaded.
pub const EVENTS: usize = 2 * SLOTS;

/// How often a platform calls [`Runtime::tick`](crate::Runtime::tick), in milliseconds.
pub const TICK_MS: u32 = 50;

/// What an app's thread does: run the instance in its slot to its end.
pub type Job = Box<dyn FnOnce() + Send>;

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenMode {
    /// Reads are allowed.
    pub read: bool,
    /// Writes are allowed.
    pub write: bool,
    /// Create the file when it is not there.
    pub create: bool,
    /// Cut the file to zero length.
    pub truncate: bool,
    /// Every write goes to the end.
    pub append: bool,
}

impl OpenMode {
    /// Read an existing file.
    pub const READ: Self =
        Self { read: true, write: false, create: false, truncate: false, append: false };
    /// Write a file from scratch, whether it exists or not.
    pub const REPLACE: Self =
        Self { read: false, write: true, create: true, truncate: true, append: false };
}

/// What `stat` and `list` tell of a file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// A directory, not a file.
    pub is_dir: bool,
    /// Size in bytes; 0 for a directory.
    pub size: u32,
}

/// Room on the storage partition, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Size of the partition.
    pub total: u32,
    /// What is not in use by any block.
    pub free: u32,
}

/// Where a seek starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// From the first byte.
    Start,
    /// From where the next read or write would be.
    Current,
    /// From the end.
    End,
}

/// An open file. Dropping it closes it and gives back all it holds; [`File::close`] does the same
/// and tells whether the last bytes reached the file system.
pub trait File: Send {
    /// Reads up to `buf.len()` bytes; 0 at the end of the file.
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Errno>;
    /// Writes up to `buf.len()` bytes; fewer only when the storage is full part-way.
    fn write(&mut self, buf: &[u8]) -> Result<usize, Errno>;
    /// Moves the position and returns the new one.
    fn seek(&mut self, offset: i32, whence: Whence) -> Result<u32, Errno>;
    /// Returns when what was written is on flash.
    fn sync(&mut self) -> Result<(), Errno>;
    /// Closes the file and reports what closing found.
    fn close(self) -> Result<(), Errno>
    where
        Self: Sized;
}

/// What a device gives to the runtime.
pub trait Platform: Send + Sync + Sized + 'static {
    /// An open file.
    type File: File;
    /// A lock that blocks its thread. May be used before the runtime starts.
    type RawMutex: lock_api::RawMutex + Send + Sync;
    /// A TCP socket.
    type Socket: Socket;

    /// The kind of device: `virtual`, or Zephyr's board name such as `native_sim`.
    fn device(&self) -> &str;
    /// Milliseconds since boot. Never goes back, never wraps.
    fn uptime_ms(&self) -> u64;
    /// Writes one line to the device's console. `tag` is `akira` or an app's name.
    fn console(&self, level: Level, tag: &str, text: &str);
    /// Fills `out` from a cryptographically secure source; `ENODEV` when there is none.
    fn random(&self, out: &mut [u8]) -> Result<(), Errno>;
    /// The admin token that a simulated device was given on its command line, if any.
    fn provisioned_token(&self) -> Option<&str> {
        None
    }

    /// Opens a file.
    fn open(&self, path: &str, mode: OpenMode) -> Result<Self::File, Errno>;
    /// Removes a file or an empty directory.
    fn remove(&self, path: &str) -> Result<(), Errno>;
    /// Renames a file; an existing target is replaced atomically.
    fn rename(&self, from: &str, to: &str) -> Result<(), Errno>;
    /// Tells what is at `path`; `ENOENT` when nothing is.
    fn stat(&self, path: &str) -> Result<Stat, Errno>;
    /// Calls `each` with the name of each entry of a directory until it returns `false`. `.` and
    /// `..` are left out.
    fn list(&self, path: &str, each: &mut dyn FnMut(&str, Stat) -> bool) -> Result<(), Errno>;
    /// Makes a directory; one that is already there is no error.
    fn mkdir(&self, path: &str) -> Result<(), Errno>;
    /// Tells the room on the storage partition.
    fn space(&self) -> Result<Space, Errno>;

    /// Starts slot `slot`'s thread, which calls `job` and ends. `priority` is 1 to 10, 10 the most
    /// urgent; apps always yield to the device's own threads. On an error `job` is dropped.
    fn spawn_app(&self, slot: usize, priority: u8, job: Job) -> Result<(), Errno>;
    /// Waits until slot `slot`'s thread has ended and its stack may be used again. `false` when it
    /// still runs after `timeout_ms`. A slot without a thread counts as ended.
    fn join_app(&self, slot: usize, timeout_ms: u32) -> bool;
    /// The slot whose thread is calling; `None` on any other thread.
    fn current_slot() -> Option<usize>;

    /// Blocks the calling thread until [`Platform::wake`] of the same event (below [`EVENTS`]) or
    /// until `timeout_ms` have gone by; `true` when woken. A wake that came before counts.
    fn wait(&self, event: usize, timeout_ms: u64) -> bool;
    /// Ends the event's current or next [`Platform::wait`].
    fn wake(&self, event: usize);
    /// Forgets a wake that nobody has taken, before an event is used anew.
    fn reset_wake(&self, event: usize);

    /// The display; `None` when there is none.
    fn display(&self) -> Option<DisplayInfo> {
        None
    }
    /// Shows pixels (RGB565, row by row) in a rectangle that lies inside the display.
    fn display_write(
        &self,
        _x: u16,
        _y: u16,
        _width: u16,
        _height: u16,
        _pixels: &[u16],
    ) -> Result<(), Errno> {
        Err(Errno::ENODEV)
    }
    /// Reads one row of what the display shows; `ENOTSUP` when its panel cannot be read.
    fn display_read(&self, _y: u16, _out: &mut [u16]) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }

    /// Which input there is.
    fn input(&self) -> InputInfo {
        InputInfo::default()
    }
    /// Feeds an event in at the bottom of a simulated device's input, from where it comes to
    /// [`Runtime::input`](crate::Runtime::input) as a real one would. `ENOTSUP` on a real device.
    fn sim_input(&self, _event: InputEvent) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }

    /// The ids of the sensors that are there, ascending; see `akira_abi::sensor`.
    fn sensors(&self) -> &[u8] {
        &[]
    }
    /// A sensor's value now, in the unit of its id.
    fn sensor_read(&self, _id: u8) -> Result<f32, Errno> {
        Err(Errno::ENOENT)
    }
    /// Sets what a simulated device's sensor measures. `ENOTSUP` on a real device.
    fn sim_sensor(&self, _id: u8, _value: f32) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }

    /// Whether there is a packet radio.
    fn rf(&self) -> bool {
        false
    }
    /// How the radio is set at boot.
    fn rf_tuning(&self) -> RfTuning {
        RfTuning::DEFAULT
    }
    /// Sends one packet of 1 to 256 bytes and returns when it is on the air.
    fn rf_send(&self, _packet: &[u8]) -> Result<(), Errno> {
        Err(Errno::ENODEV)
    }
    /// Sets the radio; `EINVAL` for what it cannot do.
    fn rf_tune(&self, _tuning: RfTuning) -> Result<(), Errno> {
        Err(Errno::ENODEV)
    }

    /// Begins to connect to `host` (a name or an address). Returns at once; whether it succeeds is
    /// told by [`Socket::wait`] for [`Readiness::Write`].
    fn connect(&self, _host: &str, _port: u16) -> Result<Self::Socket, Errno> {
        Err(Errno::ENODEV)
    }
    /// Listens on a TCP port; on a simulated device on loopback only.
    fn listen(&self, _port: u16) -> Result<Self::Socket, Errno> {
        Err(Errno::ENODEV)
    }

    /// Sends a keyboard report: modifier bits and up to 6 usage ids (USB HID usage tables, page 7).
    fn hid_keyboard(&self, _modifiers: u8, _keys: &[u8]) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
    /// Sends a mouse report.
    fn hid_mouse(&self, _buttons: u8, _dx: i8, _dy: i8, _wheel: i8) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
    /// Sends a gamepad report: button bits and up to 6 axes.
    fn hid_gamepad(&self, _buttons: u32, _axes: &[i8]) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }

    /// The sizes of the firmware slots; `None` on a device that has none.
    fn firmware_slots(&self) -> Option<SlotInfo> {
        None
    }
    /// Reads a slot as it is on the flash.
    fn firmware_read(&self, _slot: Slot, _offset: u32, _out: &mut [u8]) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
    /// Begins to write the secondary slot at `offset`: 0, or a multiple of the erase block to go on
    /// with what is there. At 0 the trailer is erased first, so that nothing half written is ever
    /// taken for an image to swap. Blocks are erased as bytes come for them.
    fn firmware_open(&self, _offset: u32) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
    /// Writes the next bytes, however many; they may wait in a buffer.
    fn firmware_write(&self, _bytes: &[u8]) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
    /// Pads what waits in the buffer and writes it. Nothing may be written after it until the next
    /// [`Platform::firmware_open`].
    fn firmware_flush(&self) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
    /// Erases header and trailer of the secondary slot: it holds no image any more.
    fn firmware_erase(&self) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
    /// Has the bootloader swap the slots at the next boot, on trial.
    fn firmware_request_test(&self) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
    /// What the bootloader does at the next boot, as the trailers say.
    fn firmware_swap(&self) -> Result<Swap, Errno> {
        Err(Errno::ENOTSUP)
    }
    /// Whether the primary slot's trailer says that its image is confirmed. One that no swap has put
    /// there has no trailer and says no; what is on trial is told by [`Platform::firmware_swap`].
    fn firmware_confirmed(&self) -> Result<bool, Errno> {
        Err(Errno::ENOTSUP)
    }
    /// Confirms the running image: it is not swapped back any more.
    fn firmware_confirm(&self) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
    /// The public keys of the build that an image's signature may be by. A device without a key
    /// refuses every image, unless [`Platform::firmware_unsigned`].
    fn firmware_keys(&self) -> &[PublicKey] {
        &[]
    }
    /// The build takes images without a signature, as its bootloader does: only their hash is checked.
    /// Looked at only where there are no keys.
    fn firmware_unsigned(&self) -> bool {
        false
    }
    /// Whether [`Platform::reboot`] restarts the device.
    fn can_reboot(&self) -> bool {
        false
    }
    /// Restarts the device. Need not return; where it does, the restart follows at once. The runtime
    /// has stopped its apps before it calls this. `ENOTSUP` on a device that cannot.
    fn reboot(&self) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
}
