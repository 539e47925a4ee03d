// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A NOR-flash chip in a file.
//!
//! The image file is the chip's raw contents and nothing else, so that another simulator can open
//! it. The rules are a chip's: an erase sets whole blocks to 0xFF, a program step only clears bits,
//! and what a careful driver would never ask for (a bit raised by programming, an unaligned or
//! overlong range) is refused before a cell changes.
//!
//! * [`geometry`] - sizes and range checks,
//! * [`layout`] - which part of it is whose,
//! * [`image`] - the file: made, locked, written in order, synced,
//! * [`nor`] - the chip itself, [`NorFlash`],
//! * [`fault`] - power cuts and failing operations for tests.

#![allow(rustdoc::private_intra_doc_links)]

pub mod error;
pub mod fault;
pub mod geometry;
mod image;
pub mod layout;
pub mod nor;

pub use error::{FlashError, ImageError};
pub use fault::{BadBlocks, CutAt, Fault, FaultPlan, Operation, Step, Verdict};
pub use geometry::Geometry;
pub use layout::{BootParts, Layout, Partition};
pub use nor::{NorFlash, Stats};

#[cfg(test)]
mod tests;
