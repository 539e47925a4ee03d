// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Safe access to the native API of AkiraOS for apps written in Rust.
//!
//! ```ignore
//! #![no_std]
//!
//! use akira_sdk::{Result, fs, log};
//!
//! akira_sdk::entry!(main);
//!
//! fn main() -> Result<()> {
//!     let mut file = fs::File::create("greeting")?;
//!     file.write_all(b"hello")?;
//!     log!("wrote {} bytes", fs::size("greeting")?);
//!     Ok(())
//! }
//! ```
//!
//! The crate needs no heap. [`native`] has the raw imports, generated from the device's own table;
//! everything else is safe to call.

#![no_std]

pub mod app;
pub mod display;
mod error;
pub mod event;
pub mod fs;
pub mod hid;
pub mod input;
pub mod ipc;
pub mod kv;
pub mod log;
pub mod mem;
pub mod native;
pub mod net;
pub mod random;
pub mod rf;
pub mod sensor;
pub mod text;
pub mod time;

pub use error::{Error, Result};
pub use event::AppCell;

/// Makes `function` the app's entry point. It returns `()`, an exit code (`i32`) or
/// [`Result<()>`](Result); an error is logged and ends the app with code 1.
#[macro_export]
macro_rules! entry {
    ($function:path) => {
        #[unsafe(export_name = "_start")]
        extern "C" fn akira_sdk_start() {
            $crate::app::run($function)
        }
    };
}

/// Makes `function` what the device calls when it is about to stop the app. It has to return
/// within the device's grace period.
#[macro_export]
macro_rules! on_stop {
    ($function:path) => {
        #[unsafe(export_name = "on_stop")]
        extern "C" fn akira_sdk_on_stop() {
            $function()
        }
    };
}

/// Makes `function` what the device calls when something waits for the app; it takes an
/// [`event::Event`] and returns what an entry point may return. The app then goes on running after
/// its entry point has returned. See [`event`].
#[macro_export]
macro_rules! on_event {
    ($function:path) => {
        #[unsafe(export_name = "on_event")]
        extern "C" fn akira_sdk_on_event(kind: i32) {
            $crate::event::dispatch($function, kind)
        }
    };
}

#[cfg(all(feature = "panic-handler", target_arch = "wasm32"))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    // The place comes first: a long message may be cut.
    match info.location() {
        Some(place) => {
            log_error!("panic at {}:{}: {}", place.file(), place.line(), info.message());
        }
        None => log_error!("panic: {}", info.message()),
    }
    app::exit(101)
}
