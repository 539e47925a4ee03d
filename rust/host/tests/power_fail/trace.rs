// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Every operation that changed a chip's cells, and what the cells are when the power goes at one.

use std::sync::{Arc, Mutex};

use akira_host::flash::{FaultPlan, Operation, Step, Verdict};

/// An operation that was carried out.
pub struct Change {
    step: Step,
    offset: usize,
    len: usize,
    data: Vec<u8>,
}

/// What a chip did, in order; filled by a [`Recorder`].
pub type Trace = Arc<Mutex<Vec<Change>>>;

/// Writes down what a chip does and keeps nothing from being done.
pub struct Recorder(pub Trace);

impl FaultPlan for Recorder {
    fn decide(&mut self, operation: &Operation<'_>) -> Verdict {
        let Operation { step, offset, len, data, .. } = *operation;
        let change = Change { step, offset: offset as usize, len, data: data.to_vec() };
        self.0.lock().unwrap().push(change);
        Verdict::Proceed
    }
}

/// How far the operation came that the power cut hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tear {
    /// It had not begun.
    Nothing,
    /// The first half of its bytes are done, the others as they were.
    Half,
    /// A bit that it changes is changed or not, as the chance of this seed has it. A bit that an
    /// erase was at work on may be either, whatever it was.
    Mixed(u64),
    /// All cells read 0, as they do in the first phase of an erase on many chips.
    Cleared,
    /// It was done, and nothing after it.
    Whole,
}

impl Change {
    /// The ways in which this operation can be torn.
    pub fn tears(&self, seed: u64) -> Vec<Tear> {
        let mut tears = vec![Tear::Nothing, Tear::Half, Tear::Mixed(seed)];
        if self.step == Step::Erase {
            tears.push(Tear::Cleared);
        }
        tears.push(Tear::Whole);
        tears
    }

    /// Leaves in `cells` what this operation leaves when it is torn like that.
    pub fn apply(&self, cells: &mut [u8], tear: Tear) {
        let cells = &mut cells[self.offset..self.offset + self.len];
        let half = self.len / 2;
        match (self.step, tear) {
            (_, Tear::Nothing) => {}
            (Step::Program, Tear::Half) => cells[..half].copy_from_slice(&self.data[..half]),
            (Step::Program, Tear::Whole) => cells.copy_from_slice(&self.data),
            (Step::Program, Tear::Mixed(seed)) => {
                let mut chance = Chance(seed);
                for (cell, new) in cells.iter_mut().zip(&self.data) {
                    *cell = new | (*cell & chance.next());
                }
            }
            (Step::Erase, Tear::Half) => cells[..half].fill(0xFF),
            (Step::Erase, Tear::Whole) => cells.fill(0xFF),
            (Step::Erase, Tear::Mixed(seed)) => {
                let mut chance = Chance(seed);
                cells.fill_with(|| chance.next());
            }
            (_, Tear::Cleared) => cells.fill(0),
        }
    }
}

/// Bytes that look random and are the same for the same seed (xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u8 {
        self.0 = self.0.max(1);
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 56) as u8
    }
}
