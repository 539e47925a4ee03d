// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The app's log. Use the macros [`log!`](crate::log!), [`log_debug!`](crate::log_debug!) and
//! [`log_error!`](crate::log_error!), which take what `format!` takes.

use core::fmt::{self, Write};

use crate::native;
use crate::text::Text;

/// How much a record matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For developers.
    Debug,
    /// Ordinary news.
    Info,
    /// Something failed.
    Error,
}

/// Writes a record. Its text is cut after [`native::LOG_TEXT_MAX`] bytes.
pub fn record(level: Level, text: fmt::Arguments<'_>) {
    let mut line = Text::<{ native::LOG_TEXT_MAX }>::new();
    // A line that is full takes no more and says so; what it has is still worth a record.
    let _ = line.write_fmt(text);
    let text = line.as_bytes();
    // A log that cannot be written has no better place to say so.
    let _ = match level {
        // SAFETY: pointer and length are those of a slice that lives until the call is over.
        Level::Debug => unsafe { native::log_debug(text.as_ptr(), text.len()) },
        // SAFETY: as above.
        Level::Info => unsafe { native::log(text.as_ptr(), text.len()) },
        // SAFETY: as above.
        Level::Error => unsafe { native::log_error(text.as_ptr(), text.len()) },
    };
}

/// Writes a record of level info.
#[macro_export]
macro_rules! log {
    ($($text:tt)*) => {
        $crate::log::record($crate::log::Level::Info, ::core::format_args!($($text)*))
    };
}

/// Writes a record of level debug.
#[macro_export]
macro_rules! log_debug {
    ($($text:tt)*) => {
        $crate::log::record($crate::log::Level::Debug, ::core::format_args!($($text)*))
    };
}

/// Writes a record of level error.
#[macro_export]
macro_rules! log_error {
    ($($text:tt)*) => {
        $crate::log::record($crate::log::Level::Error, ::core::format_args!($($text)*))
    };
}
