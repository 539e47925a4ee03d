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
            /// -ENOENT, -ENFILE, -EISDIR, -EBUSY, -ENOSPC.
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
            /// Errors: -EACCES, -EINVAL, -ENOENT.
            14 fs fn fs_stat(path: bytes) -> i32, needs FsRead;

            /// Deletes a file or an empty directory. Errors: -EACCES, -EINVAL, -ENOENT, -ENOTEMPTY,
            /// -EBUSY when the app has it open.
            15 fs fn fs_delete(path: bytes) -> i32, needs FsWrite;

            /// Renames a file or directory; an existing target is replaced in one step.
            /// Errors: -EACCES, -EINVAL, -ENOENT, -EBUSY when the app has one of them open, or a
            /// file in one of them.
            16 fs fn fs_rename(from: bytes, to: bytes) -> i32, needs FsWrite;

            /// Writes the name of the entry number `index` (from 0) of a directory into `out` and
            /// returns the name's length; directories end with a slash. The empty path is the app's
            /// folder. Errors: -EACCES, -EINVAL, -ENOENT past the last entry, -ENOTDIR, -ENOMEM
            /// when `out` is too small.
            17 fs fn fs_list(path: bytes, index: i32, out: bytes_mut) -> i32, needs FsRead;
        }
    };
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
