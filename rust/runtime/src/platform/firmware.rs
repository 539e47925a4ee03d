// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a platform's firmware slots look like to the runtime.
//!
//! The methods themselves are [`Platform`](super::Platform)'s, all with a default that says "not
//! there". Contract, beyond what each says:
//! * A device with slots has MCUboot (or, virtual, something that keeps its rules) below it. The
//!   platform moves bytes and asks the bootloader's state; what is a good image, whether it may be
//!   installed, confirmed or reverted is decided above.
//! * At most one thread writes the secondary slot at a time, and nobody else then erases it: the
//!   runtime sees to it. Reads may come from any thread at any time.
//! * Offsets count from the start of a slot. What leaves the slot is `EINVAL`.
//! * Bytes are written in the order in which they come. `firmware_open` may be called at any time; what
//!   an earlier one has buffered and not flushed is then forgotten.

pub use akira_core::firmware::{PublicKey, Slot, Swap};

/// The sizes of a device's slots; both slots have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotInfo {
    /// Bytes of a slot.
    pub size: u32,
    /// Bytes that one erase takes; a write may begin at multiples of it only.
    pub erase_block: u32,
    /// Bytes that the flash writes at once.
    pub write_block: u32,
    /// Bytes of the largest image, with its header and TLVs, that the bootloader can swap: the slot
    /// without what the bootloader keeps at its end.
    pub image_max: u32,
}
