// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The native bridge: from the table of `akira-abi` to the functions of [`crate::native`].
//!
//! For each entry of the table this makes the dispatcher that WAMR calls. It checks the capability
//! first, then that every pointer and length is inside the app's memory, then calls the function of
//! the same name in `native::<group>`. A denied call gives -EACCES and never reaches the platform.

use alloc::vec::Vec;
use core::ffi::CStr;
use core::marker::PhantomData;

use akira_abi::{Errno, ResultKind, TABLE};
use akira_engine::{Args, Native, NativeDef};

use crate::context::AppContext;
use crate::native;
use crate::platform::Platform;

/// The module that apps import native functions from.
pub const MODULE: &CStr = c"akira";

/// The module that apps built for AkiraOS import from.
pub const ENV_MODULE: &CStr = c"env";

/// What a native function may return, as WAMR wants it.
pub(crate) trait IntoCell {
    fn into_cell(self) -> u64;
}

impl IntoCell for () {
    fn into_cell(self) -> u64 {
        0
    }
}

impl IntoCell for i64 {
    fn into_cell(self) -> u64 {
        self as u64
    }
}

impl IntoCell for Result<i32, Errno> {
    fn into_cell(self) -> u64 {
        u64::from(self.unwrap_or_else(Errno::code) as u32)
    }
}

/// What a function returns when it is refused.
const fn refusal(result: ResultKind, errno: Errno) -> u64 {
    match result {
        ResultKind::Unit => 0,
        ResultKind::I32 => errno.code() as u32 as u64,
        ResultKind::I64 => errno.code() as i64 as u64,
    }
}

pub(crate) const fn c_str(bytes: &'static [u8]) -> &'static CStr {
    match CStr::from_bytes_with_nul(bytes) {
        Ok(text) => text,
        Err(_) => panic!("a name of the table has a zero in it"),
    }
}

/// Hands out the parameters of a call one after the other.
pub(crate) struct Cursor<'c, 'a> {
    args: &'c Args<'a>,
    next: usize,
}

impl<'c, 'a> Cursor<'c, 'a> {
    #[inline(always)]
    pub(crate) fn new(args: &'c Args<'a>) -> Self {
        Self { args, next: 0 }
    }

    #[inline(always)]
    fn skip(&mut self, cells: usize) -> usize {
        let at = self.next;
        self.next += cells;
        at
    }

    #[inline(always)]
    pub(crate) fn i32(&mut self) -> Result<i32, Errno> {
        Ok(self.args.i32(self.skip(1)))
    }

    #[allow(dead_code, reason = "no function of the table takes an i64 yet")]
    #[inline(always)]
    pub(crate) fn i64(&mut self) -> Result<i64, Errno> {
        Ok(self.args.i64(self.skip(1)))
    }

    #[inline(always)]
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Errno> {
        self.args.bytes(self.skip(2))
    }

    #[inline(always)]
    pub(crate) fn bytes_mut(&mut self) -> Result<&'a mut [u8], Errno> {
        self.args.bytes_mut(self.skip(2))
    }

    #[inline(always)]
    pub(crate) fn f32_mut(&mut self) -> Result<&'a mut [u8; 4], Errno> {
        self.args.word_mut(self.skip(1))
    }

    #[inline(always)]
    pub(crate) fn text(&mut self) -> Result<&'a [u8], Errno> {
        self.args.text(self.skip(1), akira_abi::env::TEXT_MAX)
    }
}

macro_rules! define_bridge {
    ($($(#[doc = $doc:literal])+ $id:literal $group:ident
        fn $name:ident($($param:ident: $kind:ident),*) -> $result:ident, needs $cap:ident $(or $other:ident)*;)*) => {
        /// Every native function with its dispatcher.
        pub(crate) fn natives<P: Platform>() -> Vec<NativeDef<AppContext<P>>> {
            alloc::vec![$(NativeDef::new::<dispatch::$name<P>>()),*]
        }

        /// One dispatcher for each entry of the table.
        #[allow(non_camel_case_types)]
        mod dispatch {
            use super::*;

            $(
                pub(super) struct $name<P>(PhantomData<fn(P)>);

                impl<P: Platform> Native for $name<P> {
                    type Context = AppContext<P>;
                    const NAME: &'static CStr = c_str(concat!(stringify!($name), "\0").as_bytes());
                    const SIGNATURE: &'static CStr = {
                        static SIGNATURE: akira_abi::Signature = TABLE[$id].signature();
                        c_str(SIGNATURE.as_bytes_with_nul())
                    };
                    const PARAMS: usize = TABLE[$id].wasm_params();

                    #[inline]
                    fn call(context: &AppContext<P>, args: &Args<'_>) -> u64 {
                        const RESULT: ResultKind = TABLE[$id].result;
                        const NEEDS: u32 = TABLE[$id].needs.bits();
                        if !context.admits(NEEDS) {
                            return refusal(RESULT, context.refuse(args, $id));
                        }
                        let mut _cursor = Cursor::new(args);
                        $(
                            let $param = match _cursor.$kind() {
                                Ok(value) => value,
                                Err(errno) => return refusal(RESULT, errno),
                            };
                        )*
                        native::$group::$name(context, args $(, $param)*).into_cell()
                    }
                }
            )*
        }
    };
}

akira_abi::for_each_native!(define_bridge);
