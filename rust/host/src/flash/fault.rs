// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Power cuts and failing operations, decided by a test.
//!
//! A plan is asked before each operation that would change cells. A cut may let the first bytes of
//! the operation take effect, as a real cut does, and leaves the chip without power: every later
//! operation fails until the chip is opened anew from its image.

/// What an operation does to the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Clears bits.
    Program,
    /// Sets a block to 0xFF.
    Erase,
}

/// An operation that is about to change cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What it does.
    pub step: Step,
    /// How many operations (program and erase together) came before it on this chip.
    pub index: u64,
    /// First byte.
    pub offset: u32,
    /// Number of bytes.
    pub len: usize,
}

/// What becomes of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is carried out.
    Proceed,
    /// It fails and changes nothing; the power stays on.
    Fail,
    /// The power goes after the first `done` bytes of it took effect; 0 leaves the cells as they
    /// were, the operation's length carries it out whole.
    Cut {
        /// Bytes that took effect.
        done: usize,
    },
}

/// Decides about every operation that would change cells.
pub trait FaultPlan: Send {
    /// Decides about the next one.
    fn decide(&mut self, operation: &Operation) -> Verdict;
}

/// Cuts the power at the operation with index `at`, after `done` bytes of it.
#[derive(Clone, Copy, Debug)]
pub struct CutAt {
    /// Index of the operation that is hit.
    pub at: u64,
    /// Bytes of it that take effect; more than it has means all.
    pub done: usize,
}

impl FaultPlan for CutAt {
    fn decide(&mut self, operation: &Operation) -> Verdict {
        if operation.index == self.at {
            Verdict::Cut { done: self.done.min(operation.len) }
        } else {
            Verdict::Proceed
        }
    }
}
