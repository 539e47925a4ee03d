// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The bridge for module `env`: aliases for apps that were built for AkiraOS 1.4 and 1.6.
//!
//! An alias needs the capability of the function that it is an alias of, is checked in the same
//! order, and answers a denied call with -EPERM, as the original does.

use alloc::vec::Vec;
use core::ffi::CStr;
use core::marker::PhantomData;

use akira_abi::env::{ALIASES, DENIED};
use akira_abi::{Errno, TABLE, number};
use akira_engine::{Args, Native, NativeDef};

use crate::bridge::{Cursor, IntoCell, c_str};
use crate::context::AppContext;
use crate::native::env;
use crate::platform::Platform;

/// What an alias returns for an error.
fn refusal(errno: Errno) -> u64 {
    let errno = if errno == Errno::EACCES { DENIED } else { errno };
    Err(errno).into_cell()
}

/// The place of an alias in the table.
const fn place(name: &str) -> usize {
    let mut place = 0;
    while place < ALIASES.len() {
        if akira_abi::same(ALIASES[place].name, name) {
            return place;
        }
        place += 1;
    }
    panic!("there is no alias of that name")
}

/// The capabilities that the function of that name needs.
const fn needs(of: &str) -> u32 {
    TABLE[number(of) as usize].needs.bits()
}

macro_rules! define_env {
    ($($(#[doc = $doc:literal])+ fn $name:ident($($param:ident: $kind:ident),*) as $of:ident;)*) => {
        /// Every alias with its dispatcher.
        pub(crate) fn natives<P: Platform>() -> Vec<NativeDef<AppContext<P>>> {
            alloc::vec![
                $(NativeDef::new::<dispatch::$name<P>>(),)*
                NativeDef::new::<RfGetRssi<P>>(),
            ]
        }

        #[allow(non_camel_case_types)]
        mod dispatch {
            use super::*;

            $(
                pub(super) struct $name<P>(PhantomData<fn(P)>);

                impl<P: Platform> Native for $name<P> {
                    type Context = AppContext<P>;
                    const NAME: &'static CStr = c_str(concat!(stringify!($name), "\0").as_bytes());
                    const SIGNATURE: &'static CStr = {
                        static SIGNATURE: akira_abi::Signature =
                            ALIASES[place(stringify!($name))].signature();
                        c_str(SIGNATURE.as_bytes_with_nul())
                    };
                    const PARAMS: usize = ALIASES[place(stringify!($name))].wasm_params();

                    fn call(context: &AppContext<P>, args: &Args<'_>) -> u64 {
                        const NEEDS: u32 = needs(stringify!($of));
                        if !context.admits(NEEDS) {
                            return refusal(context.refuse(args, number(stringify!($of))));
                        }
                        let mut _cursor = Cursor::new(args);
                        $(
                            let $param = match _cursor.$kind() {
                                Ok(value) => value,
                                Err(errno) => return refusal(errno),
                            };
                        )*
                        match env::$name(context, args $(, $param)*) {
                            Ok(value) => Ok(value).into_cell(),
                            Err(errno) => refusal(errno),
                        }
                    }
                }
            )*
        }
    };
}

akira_abi::for_each_env!(define_env);

/// `rf_get_rssi`: strength of the last packet in dBm. It took a parameter, which meant nothing, in
/// AkiraOS 1.4, and takes none in 1.6; so it is registered for either.
struct RfGetRssi<P>(PhantomData<fn(P)>);

impl<P: Platform> Native for RfGetRssi<P> {
    type Context = AppContext<P>;
    const NAME: &'static CStr = c"rf_get_rssi";
    const SIGNATURE: &'static CStr = c"";
    const PARAMS: usize = 0;

    fn call(context: &AppContext<P>, args: &Args<'_>) -> u64 {
        const NEEDS: u32 = needs("rf_status");
        if !context.admits(NEEDS) {
            return refusal(context.refuse(args, number("rf_status")));
        }
        match context.rssi_dbm() {
            Ok(value) => Ok(value).into_cell(),
            Err(errno) => refusal(errno),
        }
    }
}
