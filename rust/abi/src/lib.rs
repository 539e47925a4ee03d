// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The native API as data.
//!
//! One table ([`for_each_native!`]) lists each native function: its number, name, parameters,
//! result, the capability that it needs and its documentation. The host's dispatch, the C header,
//! the Rust and AssemblyScript bindings and the API reference are all made from it, so that they
//! cannot disagree. Adding a function is one entry in `table.rs` and one method in the runtime.

#![no_std]
#![forbid(unsafe_code)]

mod capability;
pub mod env;
mod errno;
mod function;
pub mod sensor;
mod table;

pub use capability::{CapSet, Capability};
pub use errno::Errno;
pub use function::{Function, Param, ParamKind, ResultKind, Signature};
pub use table::{MODULE, TABLE, number, same};

/// Version of the native API. A manifest that asks for a newer one is refused.
pub const VERSION: u32 = 1;

/// Longest text of one log record in bytes; what is longer is cut.
pub const LOG_TEXT_MAX: usize = 256;

/// Most random bytes of one call.
pub const RANDOM_MAX: usize = 1024;

/// Longest text of one drawing call in bytes.
pub const DISPLAY_TEXT_MAX: usize = 256;

/// Longest radio packet in bytes.
pub const RF_PACKET_MAX: usize = 256;

/// Longest message between apps in bytes.
pub const IPC_MESSAGE_MAX: usize = 256;

/// Longest key of the key-value store in bytes.
pub const KV_KEY_MAX: usize = 31;

/// Longest value of the key-value store in bytes.
pub const KV_VALUE_MAX: usize = 512;

/// Longest path that an app may use, in bytes, relative to its own folder.
pub const PATH_MAX: usize = 128;

/// Flag bits of `fs_open`.
pub mod open_flags {
    /// Reads are allowed. Needs `fs_read`.
    pub const READ: i32 = 1;
    /// Writes are allowed. Needs `fs_write`.
    pub const WRITE: i32 = 2;
    /// Create the file when it is not there.
    pub const CREATE: i32 = 4;
    /// Cut the file to zero length.
    pub const TRUNCATE: i32 = 8;
    /// Every write goes to the end.
    pub const APPEND: i32 = 16;
}

/// Values of `fs_seek`'s `whence`.
pub mod whence {
    /// From the first byte.
    pub const START: i32 = 0;
    /// From the current position.
    pub const CURRENT: i32 = 1;
    /// From the end.
    pub const END: i32 = 2;
}
