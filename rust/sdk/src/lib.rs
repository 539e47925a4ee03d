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
mod error;
pub mod fs;
pub mod log;
pub mod mem;
pub mod native;
pub mod time;

pub use error::{Error, Result};

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

#[cfg(all(feature = "panic-handler", target_arch = "wasm32"))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    log_error!("{info}");
    app::exit(101)
}
