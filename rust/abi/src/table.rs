// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The table of native functions.
//!
//! Each entry reads
//!
//! ```text
//! /// What it does, with units, ranges and errors.
//! NUMBER GROUP fn NAME(PARAM: KIND, ...) -> RESULT, needs CAPABILITY;
//! ```
//!
//! with the kinds `i32`, `i64`, `bytes` (read by the device), `bytes_mut` (written by it) and `f32_mut`
//! (a pointer to 4 bytes, written by it), the results `unit`, `i32` and `i64`, and a capability, `A or B` when one of two will do, or
//! `Nothing`. Numbers count up from 0 and are
//! never used again.

use crate::{CapSet, Capability, Function, Param, ParamKind, ResultKind};

/// The WebAssembly module name that apps import from.
pub const MODULE: &str = "akira";

/// Calls `$callback!` with the whole table as its input.
#[macro_export]
macro_rules! for_each_native {
    ($callback:ident) => {
        $callback! {
            /// Writes a record of level info to the app's log. At most 256 bytes of text are kept;
            /// what is not UTF-8 is replaced. A log takes 100 records at once and 50 a second in the
            /// long run. Returns 0, -EAGAIN when it takes no more now, or -EFAULT.
            0 log fn log(text: bytes) -> i32, needs Nothing;

            /// Like `log`, at level debug.
            1 log fn log_debug(text: bytes) -> i32, needs Nothing;

            /// Like `log`, at level error.
            2 log fn log_error(text: bytes) -> i32, needs Nothing;

            /// Milliseconds since the device booted, 64 bit; does not wrap.
            3 time fn time_ms() -> i64, needs Nothing;

            /// Sleeps for that many milliseconds (0 to 2147483647; a negative number counts as 0).
            /// Ends at once when the app is stopped.
            4 time fn sleep_ms(milliseconds: i32) -> unit, needs Nothing;

            /// Allocates bytes from the app's heap inside its linear memory and returns their
            /// address, or 0 when there is no room. The heap's size is the manifest's `heap_kb`.
            5 mem fn mem_alloc(size: i32) -> i32, needs Nothing;

            /// Gives back what `mem_alloc` returned. Address 0 is ignored; so is what is no
            /// address of the heap.
            6 mem fn mem_free(address: i32) -> unit, needs Nothing;

            /// Writes the app's own facts as JSON text (name, version, abi, device) and returns
            /// how long that text is. When `out` is too small it is left as it was: call again
            /// with the length that was returned.
            7 app fn app_info(out: bytes_mut) -> i32, needs Nothing;

            /// Ends the app with this exit code. Does not return.
            8 app fn app_exit(code: i32) -> unit, needs Nothing;

            /// Opens a file in the app's own folder and returns a handle from 0 up. `flags` is the
            /// sum of 1 read, 2 write, 4 create, 8 truncate, 16 append; 4, 8 and 16 need 2. Reading
            /// needs the capability fs_read, writing fs_write. At most 4 files may be open, and a
            /// file that is open for writing only once. Errors: -EACCES, -EINVAL (path or flags),
            /// -ENAMETOOLONG, -ENOENT, -ENFILE, -EISDIR, -EBUSY, -ENOSPC, -ENOMEM (an open file
            /// costs 512 bytes of the quota).
            9 fs fn fs_open(path: bytes, flags: i32) -> i32, needs FsRead or FsWrite;

            /// Reads from an open file into `out` and returns how many bytes; 0 at the end.
            /// Errors: -EACCES, -EBADF, -EFAULT, -EIO.
            10 fs fn fs_read(handle: i32, out: bytes_mut) -> i32, needs FsRead;

            /// Writes to an open file and returns how many bytes were taken: fewer than given when
            /// the storage is full or the app is to stop.
            /// Errors: -EACCES, -EBADF, -EFAULT, -ENOSPC, -EIO.
            11 fs fn fs_write(handle: i32, data: bytes) -> i32, needs FsWrite;

            /// Moves the position of an open file and returns the new one. `whence` is 0 from the
            /// start, 1 from the position, 2 from the end. Errors: -EACCES, -EBADF, -EINVAL (also
            /// for a position before the start or past the end).
            12 fs fn fs_seek(handle: i32, offset: i32, whence: i32) -> i32, needs FsRead or FsWrite;

            /// Closes a file. Errors: -EBADF, -ENOSPC or -EIO when its last bytes could not be
            /// written; the handle is free in any case.
            13 fs fn fs_close(handle: i32) -> i32, needs Nothing;

            /// Returns the size of a file in bytes, 0 for a directory.
            /// Errors: -EACCES, -EINVAL, -ENAMETOOLONG, -ENOENT.
            14 fs fn fs_stat(path: bytes) -> i32, needs FsRead;

            /// Deletes a file or an empty directory. Errors: -EACCES, -EINVAL,
            /// -ENAMETOOLONG, -ENOENT, -ENOTEMPTY, -EISDIR for the app's own folder, -EBUSY when the
            /// app has it open.
            15 fs fn fs_delete(path: bytes) -> i32, needs FsWrite;

            /// Renames a file or directory; an existing target is replaced in one step.
            /// Errors: -EACCES, -EINVAL, -ENAMETOOLONG, -ENOENT, -EISDIR for the app's own folder,
            /// -EBUSY when the app has one of them open, or a file in one of them.
            16 fs fn fs_rename(from: bytes, to: bytes) -> i32, needs FsWrite;

            /// Writes the name of the entry number `index` (from 0) of a directory into `out` and
            /// returns the name's length; directories end with a slash. The empty path is the app's
            /// folder. Errors: -EACCES, -EINVAL, -ENAMETOOLONG, -ENOENT past the last entry, -ENOTDIR,
            /// -ENOMEM when `out` is too small.
            17 fs fn fs_list(path: bytes, index: i32, out: bytes_mut) -> i32, needs FsRead;

            /// Fills `out` (at most 1024 bytes) from the device's cryptographically secure source and
            /// returns its length. Errors: -EINVAL when it is longer, -ENODEV when there is no source.
            18 random fn random(out: bytes_mut) -> i32, needs Nothing;

            /// Returns the display's size in pixels: width times 65536 plus height. Error: -ENODEV.
            19 display fn display_size() -> i32, needs Display;

            /// Fills the whole picture with a colour, 0xRRGGBB. Whoever draws first has the display
            /// until it ends; the picture costs 2 bytes a pixel of its quota, and is shown by
            /// `display_flush`. Errors of all that draws: -ENODEV, -EBUSY when another app has the
            /// display, -ENOMEM.
            20 display fn display_clear(color: i32) -> i32, needs Display;

            /// Sets one pixel. (0, 0) is the left upper corner; what is off the screen is no error.
            21 display fn display_pixel(x: i32, y: i32, color: i32) -> i32, needs Display;

            /// Fills a rectangle. Parts that are off the screen are cut; a width or height below 1
            /// draws nothing.
            22 display fn display_rect(x: i32, y: i32, width: i32, height: i32, color: i32) -> i32, needs Display;

            /// Writes UTF-8 text of at most 256 bytes in letters of 6 x 10 pixels (ISO 8859-1; others
            /// show as `?`), from the left upper corner on, without background. A line feed begins a
            /// new line. Error: -EINVAL when it is longer or no UTF-8.
            23 display fn display_text(x: i32, y: i32, text: bytes, color: i32) -> i32, needs Display;

            /// Like `display_text`, in letters of 10 x 20 pixels.
            24 display fn display_text_large(x: i32, y: i32, text: bytes, color: i32) -> i32, needs Display;

            /// Copies a picture: pixels of 2 bytes, RGB565 little-endian, row by row. Parts that are
            /// off the screen are cut. Error: -EINVAL unless there are width x height x 2 bytes.
            25 display fn display_blit(x: i32, y: i32, width: i32, height: i32, pixels: bytes) -> i32, needs Display;

            /// Shows what has been drawn since the last flush. Error: -EIO.
            26 display fn display_flush() -> i32, needs Display;

            /// Returns the buttons that are pressed, a bit each: 0 A, 1 B, 2 C, 3 D, 4 up, 5 down,
            /// 6 left, 7 right. Error: -ENODEV.
            27 input fn input_read_buttons() -> i32, needs Input;

            /// Writes where the panel is, or was last, touched: x and y in pixels, two i32
            /// little-endian. Returns 1 while it is touched, else 0. Errors: -EINVAL when `out` has
            /// not 8 bytes, -ENODEV.
            28 input fn input_read_touch(out: bytes_mut) -> i32, needs Input;

            /// Returns where an analog channel is, 0 to 65535, 32768 in the middle. Errors: -ENOENT
            /// for a channel that is not there, -ENODEV.
            29 input fn input_read_analog(channel: i32) -> i32, needs Input;

            /// Takes the next input event, waiting for one up to `timeout_ms` (0 not at all, negative
            /// for ever). Writes 16 bytes, four i32 little-endian: kind, code, value, time in ms since
            /// boot. Kinds: 1 button (code is its bit, value 1 pressed or 0 released), 2 touch (code is
            /// x times 65536 plus y, value 1 or 0), 3 analog (code is the channel), 4 lost (value is
            /// how many events there were no room for; 32 wait at most). Returns 1, or 0 when there
            /// was none. Errors: -EINVAL when `out` has not 16 bytes, -ENODEV, -EINTR when the app is
            /// to stop.
            30 input fn input_next_event(out: bytes_mut, timeout_ms: i32) -> i32, needs Input;

            /// Writes the ids of the sensors that the device has and the scope admits, a byte each,
            /// ascending, as many as there is room for. Returns how many there are.
            31 sensor fn sensor_list(out: bytes_mut) -> i32, needs Sensor;

            /// Writes what a sensor measures now. Ids and units: 0 temperature C, 1 humidity %,
            /// 2 pressure hPa, 3 to 5 acceleration m/s2 x y z, 6 to 8 rotation deg/s, 9 to 11 magnetic
            /// field uT, 12 light lux, 13 proximity, 14 voltage V, 15 current A. Returns 0. Errors:
            /// -EACCES when the scope does not admit it, -ENOENT when the device does not have it, -EIO.
            32 sensor fn sensor_read(id: i32, value: f32_mut) -> i32, needs Sensor;

            /// Sends a packet of 1 to 256 bytes and returns its length once it is on the air. Errors:
            /// -EINVAL, -ENODEV, -EAGAIN when it comes too soon (16 at once, 8 a second), -EIO.
            33 rf fn rf_send(data: bytes) -> i32, needs Rf;

            /// Takes the next packet that was received, waiting for one up to `timeout_ms` (0 not at
            /// all, negative for ever), and returns its length; what `out` has no room for is cut. 8
            /// wait at most. Errors: -EAGAIN when there was none, -ENODEV, -EINTR when the app is to
            /// stop.
            34 rf fn rf_recv(out: bytes_mut, timeout_ms: i32) -> i32, needs Rf;

            /// Writes 16 bytes little-endian: frequency in Hz (u32), power in dBm (i32), strength of
            /// the last packet in dBm (i32; 0 when there was none), packets that this app had no room
            /// for (u32). Returns 16. Errors: -EINVAL when `out` is shorter, -ENODEV.
            35 rf fn rf_status(out: bytes_mut) -> i32, needs Rf;

            /// Sets the radio's frequency in Hz, for all apps. Errors: -EINVAL when it cannot, -ENODEV.
            36 rf fn rf_set_frequency(hz: i32) -> i32, needs Rf;

            /// Sets the radio's power in dBm, for all apps. Errors: -EINVAL when it cannot, -ENODEV.
            37 rf fn rf_set_power(dbm: i32) -> i32, needs Rf;

            /// Reads what is stored under a key into `out` and returns its length. When `out` is too
            /// small it is left as it was. Keys have 1 to 31 letters, digits, `_`, `-` and `.`, the
            /// first no `.`. Errors: -EINVAL, -ENOENT.
            38 kv fn storage_kv_get(key: bytes, out: bytes_mut) -> i32, needs FsRead or FsWrite;

            /// Stores a value of at most 512 bytes under a key, in one step: after a power cut there
            /// is the old one or the new one. Returns 0. Errors: -EINVAL, -ENOSPC.
            39 kv fn storage_kv_set(key: bytes, value: bytes) -> i32, needs FsWrite;

            /// Removes a key. Errors: -EINVAL, -ENOENT.
            40 kv fn storage_kv_delete(key: bytes) -> i32, needs FsWrite;

            /// Connects to a TCP port of a host (a name or an IPv4 address) and returns a handle. The
            /// scope must name `host:port`. Waits at most 10 s. 4 sockets may be open. Errors: -EACCES,
            /// -EINVAL, -ENFILE, -EAGAIN when it comes too soon (8 at once, 2 a second), -ECONNREFUSED,
            /// -ETIMEDOUT, -EHOSTUNREACH, -ENOMEM, -EINTR when the app is to stop.
            41 net fn net_connect(host: bytes, port: i32) -> i32, needs NetworkClient;

            /// Sends bytes and returns how many were taken. Waits at most 10 s. Errors: -EBADF,
            /// -ECONNRESET, -ETIMEDOUT, -EINTR.
            42 net fn net_send(handle: i32, data: bytes) -> i32, needs NetworkClient or NetworkServer;

            /// Takes what has arrived, waiting for it up to `timeout_ms` (0 not at all, negative for
            /// ever), and returns how many bytes; 0 when the peer has closed. Errors: -EBADF,
            /// -EINVAL when `out` has no room at all, -EAGAIN when nothing came, -ECONNRESET, -EINTR.
            43 net fn net_recv(handle: i32, out: bytes_mut, timeout_ms: i32) -> i32, needs NetworkClient or NetworkServer;

            /// Closes a socket. Error: -EBADF.
            44 net fn net_close(handle: i32) -> i32, needs Nothing;

            /// Fetches `http://host[:port][/path]` and returns how many bytes of the body were written
            /// into `out`; what it has no room for is cut. Redirections are not followed. Errors: those
            /// of `net_connect`, -EINVAL for the URL, -EIO when the answer is none or its status is not
            /// 200 to 299.
            45 net fn http_get(url: bytes, out: bytes_mut) -> i32, needs NetworkClient;

            /// Listens on a TCP port, which the scope must name, and returns a handle. Errors: -EACCES,
            /// -EINVAL, -ENFILE, -EADDRINUSE, -ENOMEM.
            46 net fn net_listen(port: i32) -> i32, needs NetworkServer;

            /// Takes a connection that was made to a listening handle, waiting for one up to
            /// `timeout_ms` (0 not at all, negative for ever), and returns its handle. Errors: -EBADF,
            /// -EAGAIN when there was none, -ENFILE, -ENOMEM, -EINTR.
            47 net fn net_accept(handle: i32, timeout_ms: i32) -> i32, needs NetworkServer;

            /// Sends a keyboard report: modifier bits and up to 6 usage ids (USB HID usage tables,
            /// page 7); none releases all keys. Errors: -EINVAL, -ENOTSUP where there is no HID.
            48 hid fn hid_send_keyboard(modifiers: i32, keys: bytes) -> i32, needs Hid;

            /// Sends a mouse report: button bits 0 to 7, movement and wheel -127 to 127. Errors as
            /// for `hid_send_keyboard`.
            49 hid fn hid_send_mouse(buttons: i32, dx: i32, dy: i32, wheel: i32) -> i32, needs Hid;

            /// Sends a gamepad report: button bits and up to 6 axes, a signed byte each. Errors as for
            /// `hid_send_keyboard`.
            50 hid fn hid_send_gamepad(buttons: i32, axes: bytes) -> i32, needs Hid;

            /// Sends a message of 1 to 256 bytes to another app that runs. Both must have the
            /// capability and name each other as peers. Returns 0. Errors: -EACCES when this app's
            /// scope does not name it, -ENOENT when it does not run or does not name this app, -EINVAL,
            /// -EAGAIN when 16 messages wait for it or its quota has no room.
            51 ipc fn ipc_send(peer: bytes, message: bytes) -> i32, needs Ipc;

            /// Takes the next message, waiting for one up to `timeout_ms` (0 not at all, negative for
            /// ever), writes the sender's name into `sender` (at least 32 bytes; zeros follow it) and
            /// returns the message's length; what `out` has no room for is cut. Errors: -EINVAL,
            /// -EAGAIN when there was none, -EINTR.
            52 ipc fn ipc_recv(sender: bytes_mut, out: bytes_mut, timeout_ms: i32) -> i32, needs Ipc;
        }
    };
}

/// The number of the function of that name, for where the runtime speaks of one function. An unknown
/// name does not compile in a constant.
pub const fn number(name: &str) -> u16 {
    let mut place = 0;
    while place < TABLE.len() {
        if same(TABLE[place].name, name) {
            return TABLE[place].id;
        }
        place += 1;
    }
    panic!("there is no native function of that name")
}

/// Whether two texts are the same, in a constant.
pub const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

macro_rules! define_table {
    ($($(#[doc = $doc:literal])+ $id:literal $group:ident
        fn $name:ident($($param:ident: $kind:ident),*) -> $result:ident, needs $cap:ident $(or $other:ident)*;)*) => {
        /// Every native function in the order of its number.
        pub const TABLE: &[Function] = &[$(Function {
            id: $id,
            group: stringify!($group),
            name: stringify!($name),
            params: &[$(Param { name: stringify!($param), kind: define_table!(@kind $kind) }),*],
            result: define_table!(@result $result),
            needs: define_table!(@cap $cap)$(.with(Capability::$other))*,
            doc: concat!($($doc, "\n"),+),
        }),*];
    };
    (@kind i32) => { ParamKind::I32 };
    (@kind i64) => { ParamKind::I64 };
    (@kind bytes) => { ParamKind::Bytes };
    (@kind bytes_mut) => { ParamKind::BytesMut };
    (@kind f32_mut) => { ParamKind::F32Mut };
    (@result unit) => { ResultKind::Unit };
    (@result i32) => { ResultKind::I32 };
    (@result i64) => { ResultKind::I64 };
    (@cap Nothing) => { CapSet::EMPTY };
    (@cap $cap:ident) => { CapSet::EMPTY.with(Capability::$cap) };
}

for_each_native!(define_table);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_up_and_names_are_unique() {
        for (place, function) in TABLE.iter().enumerate() {
            assert_eq!(usize::from(function.id), place, "{}", function.name);
            let same = TABLE.iter().filter(|other| other.name == function.name).count();
            assert_eq!(same, 1, "{} is there twice", function.name);
            assert!(!function.doc.trim().is_empty());
        }
    }

    #[test]
    fn numbers_are_found_by_name() {
        const FS_OPEN: u16 = number("fs_open");
        assert_eq!(FS_OPEN, 9);
        assert!(TABLE.iter().all(|function| number(function.name) == function.id));
    }

    #[test]
    fn signatures_spell_out_pointer_and_length() {
        let open = TABLE.iter().find(|f| f.name == "fs_open").unwrap();
        assert_eq!(open.signature().as_str(), "(iii)i");
        assert_eq!(open.signature().as_bytes_with_nul(), b"(iii)i\0");
        assert_eq!(open.wasm_params(), 3);
        let time = TABLE.iter().find(|f| f.name == "time_ms").unwrap();
        assert_eq!(time.signature().as_str(), "()I");
        let exit = TABLE.iter().find(|f| f.name == "app_exit").unwrap();
        assert_eq!(exit.signature().as_str(), "(i)");
    }

    #[test]
    fn no_function_has_more_parameters_than_the_bridge_passes_on_the_stack() {
        for function in TABLE {
            assert!(function.wasm_params() <= 16, "{}", function.name);
        }
    }
}
