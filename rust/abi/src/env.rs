// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The alias table: module `env`, which apps built for AkiraOS 1.4 and 1.6 import from.
//!
//! Each entry names the function of [`TABLE`](crate::TABLE) that it is an alias of: the same
//! capability is needed, the same checks are made. A denied call gives -EPERM, as it does there.
//! `text` is a pointer to a text that ends with a zero byte.

use core::fmt;

use crate::{Errno, Param, ParamKind};

/// The WebAssembly module name that those apps import from.
pub const MODULE: &str = "env";

/// What a denied call gives in this module.
pub const DENIED: Errno = Errno::EPERM;

/// Longest text in bytes, without the zero.
pub const TEXT_MAX: usize = 256;

/// Calls `$callback!` with the whole alias table as its input.
#[macro_export]
macro_rules! for_each_env {
    ($callback:ident) => {
        $callback! {
            /// Writes a record to the app's log. Levels: 1 error, 2 warning, 3 information, 4 debug.
            fn log(level: i32, message: text) as log;
            /// Fills a rectangle with an RGB565 colour.
            fn display_rect(x: i32, y: i32, width: i32, height: i32, color: i32) as display_rect;
            /// Writes text in letters of 6 x 10 pixels.
            fn display_text(x: i32, y: i32, message: text, color: i32) as display_text;
            /// Writes text in letters of 10 x 20 pixels.
            fn display_text_large(x: i32, y: i32, message: text, color: i32) as display_text_large;
            /// Fills the display with an RGB565 colour.
            fn display_clear(color: i32) as display_clear;
            /// Sets a pixel to an RGB565 colour.
            fn display_pixel(x: i32, y: i32, color: i32) as display_pixel;
            /// Sets the radio's frequency in Hz.
            fn rf_set_frequency(hz: i32) as rf_set_frequency;
            /// Sets the radio's power in dBm.
            fn rf_set_power(dbm: i32) as rf_set_power;
            /// Sends a packet.
            fn rf_send(data: bytes) as rf_send;
            /// Reads a sensor in thousandths of its unit.
            fn sensor_read(id: i32) as sensor_read;
            /// Allocates from the app's heap.
            fn mem_alloc(size: i32) as mem_alloc;
            /// Gives back what `mem_alloc` returned.
            fn mem_free(address: i32) as mem_free;
            /// There is no Bluetooth shell: the text goes to the app's log.
            fn bt_shell_print(level: i32, message: text) as log;
            /// There is no Bluetooth shell: -ENOTSUP.
            fn bt_shell_send_data(kind: i32, data: bytes) as log;
            /// Whether there is a Bluetooth shell: 0.
            fn bt_shell_is_ready() as log;
            /// Writes a text to the app's log.
            fn printf_native(message: text) as log;
            /// Sleeps for that many milliseconds.
            fn delay(milliseconds: i32) as sleep_ms;
        }
    };
}

/// One alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Its name in the import.
    pub name: &'static str,
    /// Its parameters.
    pub params: &'static [Param],
    /// The function that it is an alias of.
    pub of: &'static str,
    /// What it does.
    pub doc: &'static str,
}

macro_rules! define_aliases {
    ($($(#[doc = $doc:literal])+ fn $name:ident($($param:ident: $kind:ident),*) as $of:ident;)*) => {
        /// Every alias with a fixed type. `rf_get_rssi`, which took an i32 in 1.4 and none in 1.6, is
        /// the one besides.
        pub const ALIASES: &[Alias] = &[$(Alias {
            name: stringify!($name),
            params: &[$(Param { name: stringify!($param), kind: define_aliases!(@kind $kind) }),*],
            of: stringify!($of),
            doc: concat!($($doc, "\n"),+),
        }),*];
    };
    (@kind i32) => { ParamKind::I32 };
    (@kind bytes) => { ParamKind::Bytes };
    (@kind text) => { ParamKind::Text };
}

for_each_env!(define_aliases);

impl Alias {
    /// The alias's type as WAMR writes it; all of them return an i32, except `mem_free`.
    pub const fn signature(&self) -> crate::Signature {
        crate::Signature::of(self.params, self.result())
    }

    /// Writes the signature in the notation of the documents, for example `(i$)i`.
    pub fn documented(&self) -> impl fmt::Display + use<> {
        crate::function::documented(self.params, self.result())
    }

    const fn result(&self) -> &'static str {
        if crate::table::same(self.name, "mem_free") { "" } else { "i" }
    }

    /// How many WebAssembly parameters it has.
    pub const fn wasm_params(&self) -> usize {
        crate::function::wasm_params(self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TABLE;

    #[test]
    fn every_alias_is_of_a_function() {
        for (place, alias) in ALIASES.iter().enumerate() {
            assert!(TABLE.iter().any(|function| function.name == alias.of), "{}", alias.name);
            assert!(ALIASES[..place].iter().all(|other| other.name != alias.name));
        }
    }

    #[test]
    fn types_are_those_of_the_original() {
        let signature = |name: &str| {
            let alias = ALIASES.iter().find(|alias| alias.name == name).unwrap();
            alias.signature()
        };
        assert_eq!(signature("log").as_str(), "(ii)i");
        assert_eq!(signature("display_rect").as_str(), "(iiiii)i");
        assert_eq!(signature("display_text").as_str(), "(iiii)i");
        assert_eq!(signature("rf_send").as_str(), "(ii)i");
        assert_eq!(signature("mem_free").as_str(), "(i)");
        assert_eq!(signature("bt_shell_is_ready").as_str(), "()i");
    }
}
