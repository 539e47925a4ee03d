// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A storage of files that are what they are called, and power cuts between any two steps on it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

/// What is in a file: which version it is or is about, and for a record what was decided for it.
type Content = (u8, u8);

/// An app's files. All modules have one size, so that nothing is told by that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Disk(BTreeMap<Piece, Content>);

impl Disk {
    fn take(&mut self, step: Step, new: Content) {
        match step {
            Step::Announce => drop(self.0.insert(Piece::NextRecord, new)),
            Step::Place => drop(self.0.insert(Piece::Module, (new.0, 0))),
            Step::Rename(from, to) => {
                let content = self.0.remove(&from).unwrap_or_else(|| panic!("no {from:?}"));
                self.0.insert(to, content);
            }
            Step::Remove(piece) => drop(self.0.remove(&piece)),
        }
    }

    fn digest(&self, piece: Piece) -> Option<Digest> {
        self.0.get(&piece).map(|content| [content.0; 32])
    }

    fn found(&self) -> Found {
        let note = |piece| match self.digest(piece) {
            None => Note::Absent,
            Some(sha256) => Note::Of { sha256, size: 1 },
        };
        let size = |piece| self.0.get(&piece).map(|_| 1);
        Found {
            module: size(Piece::Module),
            previous: size(Piece::Previous),
            record: note(Piece::Record),
            previous_record: note(Piece::PreviousRecord),
            next_record: note(Piece::NextRecord),
        }
    }

    /// What a boot does, in at most so many steps. Whether that was enough.
    fn boot(&mut self, mut steps: usize) -> bool {
        while !self.0.is_empty() {
            let found = self.found();
            let step = if let Some(step) = found.without_module() {
                step
            } else if found.module.is_none() {
                // The runtime removes records of apps that are not there.
                Step::Remove(*self.0.keys().next().unwrap())
            } else if found.is_settled() {
                return true;
            } else {
                let (module, previous) = (self.digest(Piece::Module), self.digest(Piece::Previous));
                let settlement = found.settle(&module.unwrap(), previous.as_ref());
                assert!(settlement.record.is_some(), "{self:?}");
                assert_ne!(settlement.previous, Kept::WithoutRecord, "{self:?}");
                *settlement.renames.iter().chain(&settlement.removals).next().unwrap()
            };
            if steps == 0 {
                return false;
            }
            steps -= 1;
            self.take(step, (0, 0));
        }
        true
    }
}

/// What is done with an app.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Install(Content),
    Healthy,
    Rollback,
    Uninstall,
}

impl Deed {
    /// Its steps on that disk; `None` where it is not to be done.
    fn steps(self, disk: &Disk) -> Option<Vec<Step>> {
        let (module, previous) = (disk.digest(Piece::Module), disk.digest(Piece::Previous));
        let steps = match self {
            Deed::Install((version, _)) => {
                Update::of(module.as_ref(), previous.as_ref(), &[version; 32]).steps()
            }
            Deed::Healthy if previous.is_some() => DROP_PREVIOUS,
            Deed::Rollback if previous.is_some() => ROLLBACK,
            Deed::Uninstall if module.is_some() => UNINSTALL,
            _ => return None,
        };
        Some(steps.to_vec())
    }

    fn content(self) -> Content {
        if let Deed::Install(content) = self { content } else { (0, 0) }
    }
}

fn any_deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (1u8..5, 0u8..3).prop_map(Deed::Install),
        1 => Just(Deed::Healthy),
        1 => Just(Deed::Rollback),
        1 => Just(Deed::Uninstall),
    ]
}

/// What `deed` makes of `disk`, the power always on.
fn done(disk: &Disk, deed: Deed) -> Option<Disk> {
    let mut done = disk.clone();
    deed.steps(disk)?.into_iter().for_each(|step| done.take(step, deed.content()));
    Some(done)
}

/// The states in which no steps are being taken: what is installed, and what is kept.
fn disks() -> Vec<Disk> {
    let mut all = alloc::vec![Disk::default()];
    for installed in [(1, 0), (1, 1), (2, 0)] {
        let module = (installed.0, 0);
        let alone = [(Piece::Module, module), (Piece::Record, installed)];
        all.push(Disk(alone.into()));
        let mut with = BTreeMap::from(alone);
        with.extend([(Piece::Previous, (3, 0)), (Piece::PreviousRecord, (3, 2))]);
        all.push(Disk(with));
    }
    all
}

const DEEDS: [Deed; 8] = [
    Deed::Install((1, 0)),
    Deed::Install((1, 1)),
    Deed::Install((2, 0)),
    Deed::Install((3, 0)),
    Deed::Install((4, 0)),
    Deed::Healthy,
    Deed::Rollback,
    Deed::Uninstall,
];

/// Every deed in every state, cut after every step, and the boot after that cut after every step.
#[test]
fn old_or_new_wherever_the_power_fails() {
    let mut cuts = 0;
    for (before, deed) in disks().iter().flat_map(|disk| DEEDS.map(|deed| (disk, deed))) {
        assert!(before.clone().boot(0), "{before:?}");
        let Some(after) = done(before, deed) else { continue };
        assert!(after.clone().boot(0), "{deed:?} leaves nothing to do: {after:?}");
        let steps = deed.steps(before).unwrap();
        for cut in 0..=steps.len() {
            let mut disk = before.clone();
            steps[..cut].iter().for_each(|step| disk.take(*step, deed.content()));
            for boot_cut in 0.. {
                let mut disk = disk.clone();
                let whole = disk.boot(boot_cut);
                assert!(disk.boot(9), "{disk:?}");
                assert!(disk == *before || disk == after, "{before:?} {deed:?} {cut} {disk:?}");
                cuts += 1;
                if whole {
                    break;
                }
            }
        }
    }
    assert!(cuts > 200, "{cuts}");
}

/// An update that cannot go on is taken back, and that may be cut short, too.
#[test]
fn what_is_taken_back_is_as_if_it_never_was() {
    for before in disks() {
        for deed in DEEDS {
            let (Deed::Install(new), Some(steps)) = (deed, deed.steps(&before)) else { continue };
            let place = steps.iter().position(|step| *step == Step::Place).unwrap();
            for failed in 0..=place {
                let mut disk = before.clone();
                steps[..failed].iter().for_each(|step| disk.take(*step, new));
                for step in steps[..failed].iter().rev() {
                    let mut cut = disk.clone();
                    assert!(cut.boot(9));
                    assert!(cut == before || Some(&cut) == done(&before, deed).as_ref());
                    disk.take(step.back().unwrap(), new);
                }
                assert_eq!(disk, before);
            }
        }
    }
}

#[test]
fn the_version_that_is_kept_is_the_last_that_is_known_to_be_good() {
    let of = |installed: u8, previous: Option<u8>, new: u8| {
        let (installed, previous) = ([installed; 32], previous.map(|p| [p; 32]));
        Update::of(Some(&installed), previous.as_ref(), &[new; 32])
    };
    assert_eq!(Update::of(None, None, &[1; 32]), Update::Replace);
    assert_eq!(of(1, None, 2), Update::Keep);
    assert_eq!(of(1, None, 1), Update::Replace);
    assert_eq!(of(2, Some(1), 3), Update::Replace);
    assert_eq!(of(2, Some(1), 2), Update::Replace);
    assert_eq!(of(2, Some(1), 1), Update::Return);
}

#[test]
fn damage_is_no_decision() {
    let size = Some(1);
    let of = |version: u8| Note::Of { sha256: [version; 32], size: 1 };
    let whole = Found {
        module: size,
        previous: size,
        record: of(2),
        previous_record: of(1),
        next_record: Note::Absent,
    };
    assert!(whole.is_settled());
    let damaged = Found { previous_record: Note::Damaged, ..whole };
    assert!(!damaged.is_settled());
    let settlement = damaged.settle(&[2; 32], Some(&[1; 32]));
    assert_eq!(settlement.record, Some(Piece::Record));
    assert_eq!(settlement.previous, Kept::WithoutRecord);
    assert!(settlement.renames.is_empty() && settlement.removals.is_empty());
    // A previous version whose file cannot be read is none.
    let settlement = damaged.settle(&[2; 32], None);
    assert_eq!(settlement.previous, Kept::Nothing);
    assert_eq!(settlement.removals, [Piece::Previous, Piece::PreviousRecord].map(Step::Remove));
    // The module's own record is lost: nothing is known to have been decided for it.
    let lost = Found { record: Note::Damaged, ..whole };
    assert!(!lost.is_settled() && lost.has_records());
    let settlement = lost.settle(&[2; 32], Some(&[1; 32]));
    assert_eq!((settlement.record, settlement.previous), (None, Kept::With(Piece::PreviousRecord)));
    // Of another size it is of another module.
    assert!(!Found { module: Some(2), ..whole }.is_settled());
    assert!(!Found { previous: Some(2), ..whole }.is_settled());
    assert!(!Found { previous: None, ..whole }.is_settled());
    assert!(!Found { next_record: Note::Damaged, ..whole }.is_settled());
    assert!(!Found::default().has_records());
}

#[test]
fn files_are_where_nothing_else_is() {
    let app = "a-b".parse().unwrap();
    let pieces =
        [Piece::Module, Piece::Previous, Piece::Record, Piece::PreviousRecord, Piece::NextRecord];
    let mut paths = pieces.map(|piece| piece.path(&app)).to_vec();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), pieces.len());
    assert!(paths.contains(&"/apps/a-b.old".into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A life of an app with power cuts: after each boot it is what it was before what was cut short,
    /// or what that would have made of it.
    #[test]
    fn old_or_new_all_its_life(
        life in proptest::collection::vec((any_deed(), 0usize..8, 0usize..4), 0..40)
    ) {
        let mut disk = Disk::default();
        for (deed, cut, boot_cut) in life {
            let (Some(after), Some(steps)) = (done(&disk, deed), deed.steps(&disk)) else { continue };
            let before = disk.clone();
            for step in steps.into_iter().take(cut) {
                disk.take(step, deed.content());
            }
            disk.boot(boot_cut);
            prop_assert!(disk.boot(9));
            prop_assert!(disk == before || disk == after, "{:?} {:?} {} {:?}", before, deed, cut, disk);
        }
    }

    /// Whatever there is, a boot comes to an end, and then there is nothing left to do.
    #[test]
    fn any_files_settle(
        files in proptest::collection::btree_map(
            prop_oneof![
                Just(Piece::Module), Just(Piece::Previous), Just(Piece::Record),
                Just(Piece::PreviousRecord), Just(Piece::NextRecord),
            ],
            (1u8..4, Just(0u8)), 0..6,
        )
    ) {
        let disk = Disk(files);
        let found = disk.found();
        if let (Some(module), false) = (disk.digest(Piece::Module), found.is_settled()) {
            let previous = disk.digest(Piece::Previous);
            let settlement = found.settle(&module, previous.as_ref());
            let mut settled = disk.clone();
            settlement.renames.iter().for_each(|step| settled.take(*step, (0, 0)));
            if settlement.record.is_none() {
                settled.0.insert(Piece::Record, (module[0], 0));
            }
            if settlement.previous == Kept::WithoutRecord {
                settled.0.insert(Piece::PreviousRecord, (previous.unwrap()[0], 0));
            }
            settlement.removals.iter().for_each(|step| settled.take(*step, (0, 0)));
            prop_assert!(settled.found().is_settled(), "{:?} {:?}", disk, settled);
        }
    }
}
