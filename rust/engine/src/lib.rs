// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! WAMR behind a safe API. All `unsafe` of the runtime is in this crate.
//!
//! * [`Engine`]: WAMR itself, initialised once, with the native functions of one context type.
//! * [`Module`] and [`Instance`]: a loaded module, and one that can run; [`TerminateSlot`] ends a
//!   running instance from another thread.
//! * [`Native`] and [`Args`]: a native function, its arguments, and the bytes of the app's memory
//!   that one call may touch.
//! * [`heap`]: the pool that every byte of a module or an instance comes from, with an account for
//!   each instance slot.
//!
//! What can go wrong while loading, instantiating or running is a value with WAMR's own text.

#![no_std]

extern crate alloc;

mod app_heap;
mod bulk;
mod cost;
mod engine;
mod error;
pub mod heap;
mod instance;
mod memory;
mod module;
mod native;
mod pages;
mod region;

pub use engine::{Config, Engine, InitError};
pub use error::{BUDGET_USED, LoadError, RunError};
pub use instance::{Instance, InstanceConfig, TerminateSlot};
pub use module::{Entry, Module};
pub use native::{Args, Native, NativeDef};
