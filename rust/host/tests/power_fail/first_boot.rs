// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A device's first boot on a blank chip: the format, the folders, the token that is shown once.
//!
//! Here the power really goes, because what counts is also what the device has said until then. Its
//! chip is in a file, from which the cells are taken after a boot that did not get anywhere.

use std::path::Path;
use std::time::Duration;

use akira_host::flash::{FaultPlan, Geometry, NorFlash, Operation, Verdict};
use akira_host::platform::Console;
use akira_host::storage::Storage;

use crate::device::{Device, Owner, Screen, State, runtime};
use crate::suite::Outcome;

const BLOCKS: u64 = 64;

/// Cuts the power at every operation of the first boot.
pub fn cut_everywhere() -> Outcome {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("flash.bin");
    let mut outcome = Outcome::default();
    let whole = Shown::of(&vec![0xFF; (BLOCKS * 4096) as usize], "").expect("a boot without a cut");
    let mut ended = false;
    for at in 0.. {
        for quarters in [0, 1, 2, 4] {
            let (booted, said) = boot(&path, Cut { at, quarters });
            ended |= booted;
            let cells = std::fs::read(&path).expect("the image");
            std::fs::remove_file(&path).expect("the image");
            if !booted {
                outcome.cuts += 1;
            }
            if let Err(why) = Shown::of(&cells, &said).and_then(|shown| shown.check(&whole)) {
                outcome.violation(format!("operation {at}, {quarters} quarters done: {why}"));
            }
        }
        if ended {
            break;
        }
        outcome.operations += 1;
    }
    outcome.contents = outcome.cuts;
    outcome
}

/// Cuts the power at an operation after so many quarters of it.
struct Cut {
    at: u64,
    quarters: usize,
}

impl FaultPlan for Cut {
    fn decide(&mut self, operation: &Operation<'_>) -> Verdict {
        if operation.index == self.at {
            Verdict::Cut { done: operation.len * self.quarters / 4 }
        } else {
            Verdict::Proceed
        }
    }
}

/// Boots a blank chip until the power goes. Whether it got through, and what it has said.
fn boot(path: &Path, cut: Cut) -> (bool, String) {
    let mut chip = NorFlash::open(path, Geometry::new(BLOCKS * 4096)).expect("an image");
    chip.set_durable(false);
    chip.set_fault_plan(Some(Box::new(cut)));
    let Ok(storage) = Storage::mount(chip) else { return (false, String::new()) };
    let screen = Screen::default();
    let runtime = runtime(storage, Console::new(Box::new(screen.clone())), None);
    let Ok(runtime) = runtime else { return (false, String::new()) };
    let booted = runtime.boot().is_ok();
    let lines = runtime.platform().console_lines();
    assert!(lines.flush(Duration::from_secs(10)), "the console is stuck");
    (booted, screen.text())
}

/// What a device is like after such a boot.
struct Shown {
    state: State,
}

impl Shown {
    /// Switches a device on that has said that before the power went. Its owner has seen its token,
    /// now or then.
    fn of(cells: &[u8], said: &str) -> Result<Self, String> {
        let mut owner = Owner { makes_token: true, tokens: Vec::new() };
        let mut device = Device::on(cells, &owner)?;
        let said_now = device.console();
        let token = token_in(&said_now).or_else(|| token_in(said)).ok_or("no token was shown")?;
        device.use_token(&token);
        owner.tokens.push(token);
        let state = State::of(&device, &owner)
            .map_err(|why| format!("the token that was shown is not good: {why}"))?;
        let settled = device.cells();
        drop(device);
        let again = Device::on(&settled, &owner)?;
        if again.operations() > 0 {
            return Err("the second boot changed the flash".to_owned());
        }
        if State::of(&again, &owner)? != state {
            return Err("the second boot is not as the first".to_owned());
        }
        Ok(Self { state })
    }

    /// Whether it has all that a device has whose power did not go.
    fn check(&self, whole: &Self) -> Result<(), String> {
        let (mine, theirs) = (&self.state.files, &whole.state.files);
        if !mine.keys().eq(theirs.keys()) {
            return Err(format!("files: {:?}", mine.keys().collect::<Vec<_>>()));
        }
        if self.state.free != whole.state.free {
            return Err(format!("{} bytes free, not {}", self.state.free, whole.state.free));
        }
        Ok(())
    }
}

fn token_in(console: &str) -> Option<String> {
    let shown = console.rsplit_once("admin token (shown once): ")?.1;
    shown.lines().next().map(str::to_owned)
}
