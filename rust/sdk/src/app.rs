// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The app itself: its facts and its end.

use crate::error::count;
use crate::{Error, Result, log_error, native};

/// What an entry point may return.
pub trait Outcome {
    /// The app's exit code; `None` returns from the entry point, which is code 0.
    fn exit_code(self) -> Option<i32>;
}

impl Outcome for () {
    fn exit_code(self) -> Option<i32> {
        None
    }
}

impl Outcome for i32 {
    fn exit_code(self) -> Option<i32> {
        Some(self)
    }
}

impl Outcome for Result<()> {
    fn exit_code(self) -> Option<i32> {
        let error = self.err()?;
        log_error!("{error}");
        Some(1)
    }
}

/// Runs an entry point to its end. The macro [`entry!`](crate::entry) calls it.
pub fn run<T: Outcome>(main: fn() -> T) {
    if let Some(code) = main().exit_code() {
        exit(code)
    }
}

/// Ends the app with this exit code.
pub fn exit(code: i32) -> ! {
    native::app_exit(code);
    // The device does not come back from app_exit. Should it ever do so, nothing may go on.
    halt()
}

#[cfg(target_arch = "wasm32")]
fn halt() -> ! {
    core::arch::wasm32::unreachable()
}

#[cfg(not(target_arch = "wasm32"))]
fn halt() -> ! {
    panic!("app_exit returned")
}

/// Writes the app's own facts into `out` as JSON text (name, version, abi, device) and returns it.
/// [`Error::INVALID`] when `out` is too small; 256 bytes are enough.
pub fn info(out: &mut [u8]) -> Result<&str> {
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    let length = count(unsafe { native::app_info(out.as_mut_ptr(), out.len()) })?;
    let text = out.get(..length).ok_or(Error::INVALID)?;
    core::str::from_utf8(text).map_err(|_| Error::IO)
}
