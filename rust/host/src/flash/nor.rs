// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The chip: cells in memory, followed by the image file.
//!
//! Contract: an operation that is refused changes no cell. What was changed before a
//! [`NorFlash::sync`] is in the file when that returns, and survives whatever becomes of the
//! process; whether it also survives the machine is [`NorFlash::set_durable`]'s choice. After a
//! write to the file failed the chip counts as dead (power off), so that nothing builds on cells
//! that a restart would not find.

use std::path::Path;

use super::error::{FlashError, ImageError};
use super::fault::{FaultPlan, Operation, Step, Verdict};
use super::geometry::{ERASE_BLOCK, Geometry, PROGRAM_UNIT};
use super::image::Image;
use super::layout::Partition;

/// How often the chip was asked for what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Reads that were served.
    pub reads: u64,
    /// Program operations that were carried out.
    pub programs: u64,
    /// Blocks that were erased.
    pub erases: u64,
    /// Operations that no correct driver asks for, all refused.
    pub refused: u64,
}

/// A NOR-flash chip.
pub struct NorFlash {
    geometry: Geometry,
    cells: Vec<u8>,
    image: Option<Image>,
    durable: bool,
    stats: Stats,
    plan: Option<Box<dyn FaultPlan>>,
    changes: u64,
    powered: bool,
}

impl NorFlash {
    /// Opens the chip in the image file at `path`, or makes an erased one there. `size` is the size
    /// of a new chip and, when given, what an existing one must have.
    pub fn open(path: &Path, size: Option<Geometry>) -> Result<Self, ImageError> {
        let (image, geometry, cells) = Image::open(path, size)?;
        let mut chip = Self::from_cells(geometry, cells);
        chip.image = Some(image);
        Ok(chip)
    }

    /// A chip with the cells of the image file at `path`, which is only read. One that a virtual device
    /// has open is refused.
    pub fn load(path: &Path) -> Result<Self, ImageError> {
        Image::load(path).map(|(geometry, cells)| Self::from_cells(geometry, cells))
    }

    /// An erased chip without a file.
    pub fn in_memory(geometry: Geometry) -> Self {
        Self::from_cells(geometry, vec![0xFF; geometry.size() as usize])
    }

    /// A chip without a file that holds `cells`; missing ones at the end are erased.
    pub fn from_cells(geometry: Geometry, mut cells: Vec<u8>) -> Self {
        cells.resize(geometry.size() as usize, 0xFF);
        Self {
            geometry,
            cells,
            image: None,
            durable: true,
            stats: Stats::default(),
            plan: None,
            changes: 0,
            powered: true,
        }
    }

    /// The chip's sizes.
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// The raw contents, also of a chip whose power is off.
    pub fn cells(&self) -> &[u8] {
        &self.cells
    }

    /// What was asked of the chip since it was opened.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// How many operations changed cells since the chip was opened: the next one's
    /// [`Operation::index`].
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Whether the power is on.
    pub fn is_powered(&self) -> bool {
        self.powered
    }

    /// Lets `plan` decide about every further operation that would change cells.
    pub fn set_fault_plan(&mut self, plan: Option<Box<dyn FaultPlan>>) {
        self.plan = plan;
    }

    /// Whether every cell of a partition is erased.
    pub fn is_blank(&self, part: Partition) -> bool {
        let cells = &self.cells[part.offset as usize..(part.offset + part.size) as usize];
        cells.iter().all(|&cell| cell == 0xFF)
    }

    /// Reads `out.len()` bytes at `offset`; any range on the chip will do.
    pub fn read(&mut self, offset: u32, out: &mut [u8]) -> Result<(), FlashError> {
        self.check(offset, out.len(), 1)?;
        if self.plan.as_mut().is_some_and(|plan| plan.fails_read(offset, out.len())) {
            return Err(FlashError::Unreadable);
        }
        let start = offset as usize;
        out.copy_from_slice(&self.cells[start..start + out.len()]);
        self.stats.reads += 1;
        Ok(())
    }

    /// Programs `data` at `offset`: clears the bits that are 0 in it. A bit that is 1 in `data` and
    /// 0 on the chip is refused.
    pub fn program(&mut self, offset: u32, data: &[u8]) -> Result<(), FlashError> {
        self.check(offset, data.len(), PROGRAM_UNIT)?;
        let start = offset as usize;
        let old = &self.cells[start..start + data.len()];
        // All bits that would have to rise, gathered without a look at each byte: there are none in
        // nearly every program step, and there are many of those.
        let rises = old.iter().zip(data).fold(0, |rises, (old, new)| rises | !old & new);
        if rises != 0 {
            let at = old.iter().zip(data).position(|(old, new)| !old & new != 0).unwrap_or(0);
            self.stats.refused += 1;
            return Err(FlashError::NotErased { offset: offset + at as u32 });
        }
        let operation = self.operation(Step::Program, offset, data.len(), data);
        self.change(&operation, |cells| cells.copy_from_slice(data))?;
        self.stats.programs += 1;
        Ok(())
    }

    /// Erases the blocks that make up `len` bytes at `offset`, one after the other.
    pub fn erase(&mut self, offset: u32, len: usize) -> Result<(), FlashError> {
        self.check(offset, len, ERASE_BLOCK)?;
        for block in (offset..offset + len as u32).step_by(ERASE_BLOCK as usize) {
            let operation = self.operation(Step::Erase, block, ERASE_BLOCK as usize, &[]);
            self.change(&operation, |cells| cells.fill(0xFF))?;
            self.stats.erases += 1;
        }
        Ok(())
    }

    /// Whether a sync goes down to the disk (as it does unless told otherwise), or only to the
    /// operating system, which keeps it whatever becomes of the process and is many times faster.
    pub fn set_durable(&mut self, durable: bool) {
        self.durable = durable;
    }

    /// Returns when every change so far is kept.
    pub fn sync(&mut self) -> Result<(), FlashError> {
        self.check(0, 0, 1)?;
        let Some(image) = &mut self.image else { return Ok(()) };
        let kept = if self.durable { image.sync(&self.cells) } else { image.flush(&self.cells) };
        kept.map_err(|error| {
            self.powered = false;
            FlashError::Image(error)
        })
    }

    fn check(&mut self, offset: u32, len: usize, unit: u32) -> Result<(), FlashError> {
        if !self.powered {
            return Err(FlashError::PowerOff);
        }
        self.geometry.check(offset, len, unit).inspect_err(|_| self.stats.refused += 1)
    }

    fn operation<'a>(&self, step: Step, offset: u32, len: usize, data: &'a [u8]) -> Operation<'a> {
        Operation { step, index: self.changes, offset, len, data }
    }

    /// Applies `write` to the cells, or to their copy up to where the power goes.
    fn change(
        &mut self,
        operation: &Operation<'_>,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), FlashError> {
        let Operation { offset, len, .. } = *operation;
        let verdict = self.plan.as_mut().map_or(Verdict::Proceed, |plan| plan.decide(operation));
        let done = match verdict {
            Verdict::Proceed => len,
            Verdict::Fail => return Err(FlashError::Worn),
            Verdict::Ignore => return Ok(()),
            Verdict::Cut { done } => done.min(len),
        };
        let range = offset as usize..offset as usize + len;
        if done == len {
            write(&mut self.cells[range.clone()]);
        } else {
            let mut whole = self.cells[range.clone()].to_vec();
            write(&mut whole);
            self.cells[range.start..range.start + done].copy_from_slice(&whole[..done]);
        }
        self.changes += 1;
        if let Some(image) = &mut self.image
            && let Err(error) = image.change(&self.cells, offset..offset + len as u32)
        {
            self.powered = false;
            return Err(FlashError::Image(error));
        }
        if verdict == Verdict::Proceed {
            Ok(())
        } else {
            self.powered = false;
            Err(FlashError::PowerOff)
        }
    }
}

impl Drop for NorFlash {
    fn drop(&mut self) {
        if let Some(image) = &mut self.image {
            // What fails here is lost as by a power cut; whoever wants to know calls `sync`.
            let _ = image.flush(&self.cells);
        }
    }
}
