// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Power cuts, failing operations and bad blocks, decided by a test.
//!
//! A plan is asked before each operation that would change cells, and told of each read. A cut may let
//! the first bytes of the operation take effect, as a real cut does, and leaves the chip without power:
//! every later operation fails until the chip is opened anew from its image.

use std::collections::BTreeMap;

use super::geometry::ERASE_BLOCK;

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
pub struct Operation<'a> {
    /// What it does.
    pub step: Step,
    /// How many operations (program and erase together) came before it on this chip.
    pub index: u64,
    /// First byte.
    pub offset: u32,
    /// Number of bytes.
    pub len: usize,
    /// What is programmed; empty for an erase.
    pub data: &'a [u8],
}

/// What becomes of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is carried out.
    Proceed,
    /// It fails and changes nothing; the power stays on.
    Fail,
    /// It claims to have been carried out and has changed nothing.
    Ignore,
    /// The power goes after the first `done` bytes of it took effect; 0 leaves the cells as they
    /// were, the operation's length carries it out whole.
    Cut {
        /// Bytes that took effect.
        done: usize,
    },
}

/// Decides about every operation on a chip.
pub trait FaultPlan: Send {
    /// Decides about the next one that would change cells.
    fn decide(&mut self, operation: &Operation<'_>) -> Verdict;

    /// Whether the read of `len` bytes at `offset` fails; usually none does.
    fn fails_read(&mut self, _offset: u32, _len: usize) -> bool {
        false
    }
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
    fn decide(&mut self, operation: &Operation<'_>) -> Verdict {
        if operation.index == self.at {
            Verdict::Cut { done: self.done.min(operation.len) }
        } else {
            Verdict::Proceed
        }
    }
}

/// In which way a block is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It cannot be read.
    Read,
    /// Programming it fails.
    Program,
    /// Erasing it fails.
    Erase,
    /// Programming it seems to work and does nothing.
    Stuck,
}

/// A chip with bad blocks.
#[derive(Clone, Debug, Default)]
pub struct BadBlocks(BTreeMap<u32, Fault>);

impl BadBlocks {
    /// These blocks, each bad in that way.
    pub fn new(blocks: impl IntoIterator<Item = (u32, Fault)>) -> Self {
        Self(blocks.into_iter().collect())
    }

    fn of(&self, offset: u32) -> Option<Fault> {
        self.0.get(&(offset / ERASE_BLOCK)).copied()
    }
}

impl FaultPlan for BadBlocks {
    fn decide(&mut self, operation: &Operation<'_>) -> Verdict {
        match (operation.step, self.of(operation.offset)) {
            (Step::Program, Some(Fault::Program)) | (Step::Erase, Some(Fault::Erase)) => {
                Verdict::Fail
            }
            (Step::Program, Some(Fault::Stuck)) => Verdict::Ignore,
            _ => Verdict::Proceed,
        }
    }

    fn fails_read(&mut self, offset: u32, len: usize) -> bool {
        let last = offset.saturating_add(len.saturating_sub(1) as u32) / ERASE_BLOCK;
        let blocks = offset / ERASE_BLOCK..=last;
        self.0.range(blocks).any(|(_, fault)| *fault == Fault::Read)
    }
}
