// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A scenario, and the power cut at every flash operation of it.
//!
//! The scenario runs once, and every operation of the chip is written down. From that follow the cells
//! of each power cut: what came before it, then the operation that it tore. A device is switched on
//! with these cells and must be in the state that it was in before the step that was under way, or
//! after it; a second boot must change nothing. Where the first boot had something to clear up, the
//! power goes at each operation of that too.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use akira_host::flash::NorFlash;
use akira_host::fsck;

use crate::device::{Device, Owner, State, geometry};
use crate::trace::{Change, Tear};

/// Violations of one scenario that are told.
const TOLD: usize = 12;

/// Something that is done with a device.
pub type Act = Box<dyn Fn(&mut Device, &mut Owner)>;

/// Whether a device that is neither as before nor as after is all right: before, after, found.
pub type Between = fn(&State, &State, &State) -> bool;

/// What is done in one step, which takes effect as a whole.
pub struct Step {
    pub act: Act,
    pub between: Option<Between>,
}

impl Step {
    pub fn new(act: impl Fn(&mut Device, &mut Owner) + 'static) -> Self {
        Self { act: Box::new(act), between: None }
    }

    /// A step that is made of several.
    pub fn of_several(act: impl Fn(&mut Device, &mut Owner) + 'static, between: Between) -> Self {
        Self { act: Box::new(act), between: Some(between) }
    }
}

/// What a device is put through.
pub struct Scenario {
    pub name: String,
    /// Size of its flash.
    pub blocks: usize,
    pub owner: Owner,
    /// What was done before, with the power on.
    pub before: Act,
    pub steps: Vec<Step>,
}

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    /// Flash operations of the scenario.
    pub operations: usize,
    /// Power cuts, those while a boot cleared up included.
    pub cuts: usize,
    /// Those.
    pub cuts_in_boots: usize,
    /// Different flash contents that devices were switched on with.
    pub contents: usize,
    /// Cuts after which the device was not as it must be.
    pub violations: usize,
    /// What was wrong after the first of them.
    pub told: Vec<String>,
}

impl Outcome {
    /// Counts what must not be, and keeps the first of it to tell.
    pub fn violation(&mut self, what: String) {
        if self.told.len() < TOLD {
            self.told.push(what);
        }
        self.violations += 1;
    }
}

/// A run of a scenario to its end.
struct Run<'a> {
    scenario: &'a Scenario,
    owner: Owner,
    /// The cells when it began, and what the chip did then.
    base: Vec<u8>,
    changes: Vec<Change>,
    /// Where each step begins in the changes, and where the last one ends.
    marks: Vec<usize>,
    /// The states there.
    states: Vec<State>,
}

impl Scenario {
    /// Cuts the power everywhere.
    pub fn cut_everywhere(&self) -> Outcome {
        let run = self.run();
        let mut looks = Looks { run: &run, seen: HashSet::new(), outcome: Outcome::default() };
        let mut cells = run.base.clone();
        for (number, change) in run.changes.iter().enumerate() {
            let step = run.marks.iter().rposition(|mark| *mark <= number).unwrap_or(0);
            for tear in change.tears(number as u64 + 1) {
                let mut torn = cells.clone();
                change.apply(&mut torn, tear);
                let place = format!("step {}, operation {number}, {tear:?}", step + 1);
                looks.cut(&torn, step, &place, true);
            }
            change.apply(&mut cells, Tear::Whole);
        }
        let contents = looks.seen.len();
        Outcome { operations: run.changes.len(), contents, ..looks.outcome }
    }

    fn run(&self) -> Run<'_> {
        let mut owner = self.owner.clone();
        let blank = vec![0xFF; self.blocks * 4096];
        let mut device = Device::on(&blank, &owner).expect("a blank chip");
        (self.before)(&mut device, &mut owner);
        let settled = device.cells();
        drop(device);

        let mut device = Device::on(&settled, &owner).expect("the device before the scenario");
        let (base, before) = (device.cells(), device.operations());
        let mut marks = vec![0];
        for step in &self.steps {
            (step.act)(&mut device, &mut owner);
            marks.push(device.operations() - before);
        }
        let changes = device.take_trace().split_off(before);
        let end = device.cells();
        drop(device);

        let mut cells = base.clone();
        let mut states = Vec::new();
        for number in 0..=changes.len() {
            // A step without an operation ends in the state in which it began.
            for _ in marks.iter().filter(|mark| **mark == number) {
                let device = Device::on(&cells, &owner).expect("a boot without a cut");
                states.push(State::of(&device, &owner).expect("a state without a cut"));
            }
            if let Some(change) = changes.get(number) {
                change.apply(&mut cells, Tear::Whole);
            }
        }
        assert!(cells == end, "the chip has changed without telling");
        Run { scenario: self, owner, base, changes, marks, states }
    }
}

impl Run<'_> {
    /// Whether a device may be in that state when the power went in that step.
    fn admits(&self, step: usize, found: &State) -> Result<(), String> {
        let (before, after) = (&self.states[step], &self.states[step + 1]);
        let (least, most) = (before.free.min(after.free), before.free.max(after.free));
        let is_one = |state: &State| state.difference(found).is_empty();
        let told = || {
            let (old, new) = (before.difference(found), after.difference(found));
            format!("neither old (other: {}) nor new (other: {})", old.join(" "), new.join(" "))
        };
        if is_one(before) || is_one(after) {
            if found.free == least || found.free == most {
                return Ok(());
            }
        } else if !self.scenario.steps[step].between.is_some_and(|fits| fits(before, after, found))
        {
            return Err(told());
        } else if found.free >= least {
            // What is gone for good may be gone before what takes its room is there.
            return Ok(());
        }
        Err(format!(
            "{} bytes free, but {} before and {} after",
            found.free, before.free, after.free
        ))
    }

    /// Switches a device on and looks at it. What its boot did to the flash.
    fn boot(&self, cells: &[u8], step: usize) -> Result<Vec<Change>, String> {
        let device = Device::on(cells, &self.owner)?;
        let state = State::of(&device, &self.owner)?;
        self.admits(step, &state)?;
        let settled = device.cells();
        let cleared = device.take_trace();
        drop(device);
        let again = Device::on(&settled, &self.owner).map_err(|why| format!("2nd boot: {why}"))?;
        let twice = State::of(&again, &self.owner).map_err(|why| format!("2nd boot: {why}"))?;
        let operations = again.operations();
        if operations > 0 {
            return Err(format!("the second boot took {operations} flash operations"));
        }
        let chip = NorFlash::from_cells(geometry(&settled), settled);
        if let Some(finding) = fsck::look_over(chip).findings.first() {
            return Err(format!("fsck finds {}: {}", finding.path, finding.text));
        }
        if twice != state {
            let other = state.difference(&twice).join(" ");
            return Err(format!("the second boot is not as the first: {other}"));
        }
        Ok(cleared)
    }
}

/// What has been looked at of a run.
struct Looks<'a> {
    run: &'a Run<'a>,
    /// What the devices were that have been looked at, by a hash of their cells.
    seen: HashSet<(usize, u64)>,
    outcome: Outcome,
}

impl Looks<'_> {
    /// A cut that left these cells; with `deeper`, the cuts in the boot after it too.
    fn cut(&mut self, cells: &[u8], step: usize, place: &str, deeper: bool) {
        self.outcome.cuts += 1;
        let mut hasher = DefaultHasher::new();
        cells.hash(&mut hasher);
        if !self.seen.insert((step, hasher.finish())) {
            return;
        }
        let looked = catch_unwind(AssertUnwindSafe(|| self.run.boot(cells, step)))
            .unwrap_or_else(|_| Err("a panic".to_owned()));
        let cleared = match looked {
            Ok(cleared) => cleared,
            Err(why) => {
                self.outcome.violation(format!("{place}: {why}"));
                return;
            }
        };
        if !deeper {
            return;
        }
        let mut cells = cells.to_vec();
        for (number, change) in cleared.iter().enumerate() {
            for tear in change.tears(number as u64 + 1) {
                let mut torn = cells.clone();
                change.apply(&mut torn, tear);
                let place = format!("{place}, then operation {number} of the boot, {tear:?}");
                self.outcome.cuts_in_boots += 1;
                self.cut(&torn, step, &place, false);
            }
            change.apply(&mut cells, Tear::Whole);
        }
    }
}
