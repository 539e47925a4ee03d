// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What can go wrong, with WAMR's own text.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::ffi::{CStr, c_char};
use core::fmt;

/// A module cannot be loaded or instantiated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// WAMR refuses the module; its text says why.
    Malformed(String),
    /// It imports a function that does not exist, or exists with another type.
    UnknownImport {
        /// The module imported from.
        module: String,
        /// The function's name.
        name: String,
    },
    /// It imports a memory, a table or a global; apps have their own.
    ForeignImport {
        /// The module imported from.
        module: String,
        /// Its name.
        name: String,
    },
    /// Its memory begins with more pages than any app may have.
    TooManyPages(u64),
    /// It would take WAMR too long to load it; the text says why.
    TooComplex(&'static str),
    /// It exports a function that WAMR would run while instantiating, before the app is watched.
    EarlyCode(&'static str),
    /// It does not export the entry point.
    NoEntry(String),
    /// The entry point has other parameters or results than an entry point may have.
    BadEntry(String),
    /// The pool or the app's quota has no room for it.
    NoMemory,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Malformed(text) => {
                write!(f, "The module is not valid: {text}. Build the app again.")
            }
            LoadError::UnknownImport { module, name } => write!(
                f,
                "The module imports `{module}.{name}`, which this device does not have in that \
                 form. Build it against this device's native API."
            ),
            LoadError::ForeignImport { module, name } => write!(
                f,
                "The module imports `{module}.{name}`, which is no function. An app must have its \
                 own memory, tables and globals."
            ),
            LoadError::TooManyPages(pages) => write!(
                f,
                "The module's memory begins with {pages} pages of 64 KiB, more than any app may \
                 have. Build it with a smaller initial memory."
            ),
            LoadError::TooComplex(why) => {
                write!(f, "The module would take too long to load: {why}. Split it up.")
            }
            LoadError::EarlyCode(name) => write!(
                f,
                "The module exports `{name}`, which would run before the app is watched. Do not \
                 export it; call it from `_start`."
            ),
            LoadError::NoEntry(name) => write!(
                f,
                "The module does not export the function `{name}`, where the app would start."
            ),
            LoadError::BadEntry(name) => write!(
                f,
                "The entry point `{name}` must take no parameters (or argc and argv) and return \
                 nothing or an i32."
            ),
            LoadError::NoMemory => {
                f.write_str("There is not enough memory for the app within its quota.")
            }
        }
    }
}

impl core::error::Error for LoadError {}

/// App code ended before it returned: a trap, a termination, or an end that a native function asked
/// for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError(pub String);

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for RunError {}

/// Room for WAMR's text about a failure.
pub(crate) struct ErrorText([c_char; 160]);

impl ErrorText {
    pub(crate) fn new() -> Self {
        Self([0; 160])
    }

    pub(crate) fn as_mut_ptr(&mut self) -> *mut c_char {
        self.0.as_mut_ptr()
    }

    pub(crate) fn len(&self) -> u32 {
        self.0.len() as u32
    }

    /// The text, without the words that WAMR puts before it.
    pub(crate) fn text(&self) -> String {
        let bytes = self.0.map(|c| c as u8);
        let text = CStr::from_bytes_until_nul(&bytes).unwrap_or_default().to_string_lossy();
        clean(&text)
    }

    /// The text as an error of loading or instantiating.
    pub(crate) fn into_load_error(self) -> LoadError {
        let text = self.text();
        if text.contains("allocate") && text.contains("fail") {
            LoadError::NoMemory
        } else {
            LoadError::Malformed(text)
        }
    }
}

/// The [`RunError`] of code that was ended because it had used up its instruction budget.
pub const BUDGET_USED: &str = "it has used up its instruction budget";

/// WAMR's text without its prefixes, and in the words of this device.
pub(crate) fn clean(text: &str) -> String {
    let text = text.trim();
    let text = text.strip_prefix("Exception: ").unwrap_or(text);
    let text = text.strip_prefix("WASM module load failed: ").unwrap_or(text);
    let text = text.strip_prefix("WASM module instantiate failed: ").unwrap_or(text);
    match text {
        "" => "no reason given".to_owned(),
        "instruction limit exceeded" => BUDGET_USED.to_owned(),
        _ => text.to_string(),
    }
}
