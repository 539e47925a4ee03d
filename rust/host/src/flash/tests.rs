// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The rules of the chip, as a driver meets them.

use super::*;

fn chip() -> NorFlash {
    NorFlash::in_memory(Geometry::new(65_536).unwrap())
}

fn is_blank(chip: &NorFlash) -> bool {
    chip.is_blank(Partition { offset: 0, size: chip.geometry().size() })
}

fn read(chip: &mut NorFlash, offset: u32, len: usize) -> Vec<u8> {
    let mut out = vec![0; len];
    chip.read(offset, &mut out).unwrap();
    out
}

#[test]
fn a_new_chip_is_erased() {
    let mut chip = chip();
    assert!(is_blank(&chip));
    assert_eq!(read(&mut chip, 65_520, 16), [0xFF; 16]);
}

#[test]
fn programming_clears_bits_and_only_clears() {
    let mut chip = chip();
    chip.program(4096, &[0xF0; 16]).unwrap();
    chip.program(4096, &[0x30; 16]).unwrap();
    chip.program(4096, &[0x30; 16]).unwrap();
    assert_eq!(read(&mut chip, 4096, 16), [0x30; 16]);
    let mut raise = [0x30; 16];
    raise[5] = 0x31;
    assert!(matches!(chip.program(4096, &raise), Err(FlashError::NotErased { offset: 0x1005 })));
    assert_eq!(read(&mut chip, 4096, 16), [0x30; 16], "a refused program changes nothing");
    chip.erase(4096, 4096).unwrap();
    assert!(is_blank(&chip));
    let stats = chip.stats();
    assert_eq!((stats.reads, stats.programs, stats.erases, stats.refused), (2, 3, 1, 1));
}

#[test]
fn an_erase_takes_whole_blocks_and_leaves_the_neighbours() {
    let mut chip = chip();
    for block in 0..4 {
        chip.program(block * 4096 + 4080, &[0; 16]).unwrap();
    }
    chip.erase(4096, 8192).unwrap();
    assert_eq!(read(&mut chip, 4080, 16), [0; 16]);
    assert_eq!(read(&mut chip, 8176, 16), [0xFF; 16]);
    assert_eq!(read(&mut chip, 12_272, 16), [0xFF; 16]);
    assert_eq!(read(&mut chip, 16_368, 16), [0; 16]);
    assert_eq!(chip.stats().erases, 2);
}

#[test]
fn unaligned_and_overlong_ranges_are_refused() {
    let mut chip = chip();
    assert!(matches!(chip.program(8, &[0; 16]), Err(FlashError::Misaligned { .. })));
    assert!(matches!(chip.program(0, &[0; 8]), Err(FlashError::Misaligned { .. })));
    assert!(matches!(chip.program(65_528, &[0; 16]), Err(FlashError::OutOfRange { .. })));
    assert!(matches!(chip.erase(100, 4096), Err(FlashError::Misaligned { .. })));
    assert!(matches!(chip.erase(0, 100), Err(FlashError::Misaligned { .. })));
    assert!(matches!(chip.erase(61_440, 8192), Err(FlashError::OutOfRange { .. })));
    assert!(matches!(chip.read(65_535, &mut [0; 2]), Err(FlashError::OutOfRange { .. })));
    assert!(is_blank(&chip));
    assert_eq!(chip.stats().refused, 7);
}

#[test]
fn contents_survive_in_the_image_which_is_raw() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("flash.bin");
    let mut chip = NorFlash::open(&path, Geometry::new(65_536)).unwrap();
    chip.program(256, &[0x5A; 32]).unwrap();
    chip.sync().unwrap();
    drop(chip);
    let raw = std::fs::read(&path).unwrap();
    assert_eq!(raw.len(), 65_536);
    assert_eq!(&raw[256..288], [0x5A; 32]);
    assert_eq!(raw.iter().filter(|&&cell| cell != 0xFF).count(), 32);
    let mut chip = NorFlash::open(&path, None).unwrap();
    assert_eq!(read(&mut chip, 256, 32), [0x5A; 32]);
}

#[test]
fn a_cut_tears_the_operation_and_leaves_the_chip_without_power() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("flash.bin");
    let mut chip = NorFlash::open(&path, Geometry::new(65_536)).unwrap();
    chip.set_fault_plan(Some(Box::new(CutAt { at: 1, done: 20 })));
    chip.program(0, &[0; 32]).unwrap();
    assert!(matches!(chip.program(64, &[0; 32]), Err(FlashError::PowerOff)));
    assert!(!chip.is_powered());
    assert!(matches!(chip.read(0, &mut [0; 1]), Err(FlashError::PowerOff)));
    assert!(matches!(chip.erase(0, 4096), Err(FlashError::PowerOff)));
    assert!(matches!(chip.sync(), Err(FlashError::PowerOff)));
    drop(chip);
    let mut chip = NorFlash::open(&path, None).unwrap();
    assert_eq!(read(&mut chip, 0, 32), [0; 32]);
    assert_eq!(read(&mut chip, 64, 20), [0; 20]);
    assert_eq!(read(&mut chip, 84, 12), [0xFF; 12]);
}

#[test]
fn a_cut_tears_an_erase_too() {
    let mut chip = chip();
    chip.program(0, &[0; 4096]).unwrap();
    chip.set_fault_plan(Some(Box::new(CutAt { at: 1, done: 1000 })));
    assert!(matches!(chip.erase(0, 4096), Err(FlashError::PowerOff)));
    let erased = chip.cells()[..4096].iter().filter(|&&cell| cell == 0xFF).count();
    assert_eq!(erased, 1000);
    assert_eq!(chip.stats().erases, 0);
}

#[test]
fn an_injected_failure_changes_nothing_and_passes() {
    struct FailOnce(bool);
    impl FaultPlan for FailOnce {
        fn decide(&mut self, operation: &Operation<'_>) -> Verdict {
            assert_eq!((operation.step, operation.offset), (Step::Program, 16));
            if std::mem::replace(&mut self.0, true) { Verdict::Proceed } else { Verdict::Fail }
        }
    }
    let mut chip = chip();
    chip.set_fault_plan(Some(Box::new(FailOnce(false))));
    assert!(matches!(chip.program(16, &[0; 16]), Err(FlashError::Worn)));
    assert!(is_blank(&chip));
    chip.program(16, &[0; 16]).unwrap();
    assert_eq!(chip.changes(), 1);
}

#[test]
fn a_bad_block_is_bad_in_its_own_way_and_its_neighbours_are_not() {
    let mut chip = chip();
    chip.program(2 * 4096, &[0x11; 16]).unwrap();
    let bad = [(1, Fault::Erase), (2, Fault::Read), (3, Fault::Program), (4, Fault::Stuck)];
    chip.set_fault_plan(Some(Box::new(BadBlocks::new(bad))));
    chip.program(4096, &[0; 16]).unwrap();
    assert!(matches!(chip.erase(4096, 4096), Err(FlashError::Worn)));
    assert_eq!(read(&mut chip, 4096, 16), [0; 16]);
    assert!(matches!(chip.read(2 * 4096 - 1, &mut [0; 2]), Err(FlashError::Unreadable)));
    assert!(matches!(chip.read(3 * 4096 - 1, &mut [0; 1]), Err(FlashError::Unreadable)));
    assert_eq!(read(&mut chip, 2 * 4096 - 1, 1), [0xFF]);
    assert!(matches!(chip.program(3 * 4096, &[0; 16]), Err(FlashError::Worn)));
    chip.program(4 * 4096, &[0; 16]).unwrap();
    assert_eq!(read(&mut chip, 4 * 4096, 16), [0xFF; 16], "it only said so");
    chip.program(5 * 4096, &[0; 16]).unwrap();
    assert_eq!(read(&mut chip, 5 * 4096, 16), [0; 16]);
}
