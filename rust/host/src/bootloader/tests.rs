// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Boots from slots in every state, and with the power cut at every flash operation of a swap.

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

use super::*;
use crate::flash::{CutAt, FaultPlan, Geometry, Operation, Verdict};

const PARTS: fn() -> BootParts = || Layout::of(Geometry::default()).boot.unwrap();

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

fn keys() -> Keys {
    let key = signing_key().verifying_key().to_bytes();
    Keys { keys: vec![PublicKey::Ed25519(key)], unsigned: false }
}

/// A signed image of `len` bytes whose version is `major`.
fn image(major: u8, len: usize) -> Vec<u8> {
    let mut all = vec![0; 32];
    all[..4].copy_from_slice(&[0x3d, 0xb8, 0xf3, 0x96]);
    all[8] = 32;
    all[12..16].copy_from_slice(&(len as u32).to_le_bytes());
    all[20] = major;
    all.extend((0..len).map(|i| (i as u8).wrapping_mul(major) ^ (i >> 8) as u8));
    let sha256: [u8; 32] = Sha256::digest(&all).into();
    let key_hash = keys().keys[0].key_hash();
    let mut tlvs = Vec::new();
    let signature = signing_key().sign(&sha256).to_bytes();
    for (kind, value) in [(0x10u16, &sha256[..]), (0x01, &key_hash), (0x24, &signature)] {
        tlvs.extend(kind.to_le_bytes());
        tlvs.extend((value.len() as u16).to_le_bytes());
        tlvs.extend(value);
    }
    all.extend(0x6907u16.to_le_bytes());
    all.extend((tlvs.len() as u16 + 4).to_le_bytes());
    all.extend(tlvs);
    all
}

fn put(chip: &mut NorFlash, part: Partition, bytes: &[u8]) {
    for block in 0..part.blocks() {
        Area::new(chip, part).erase_block(block * ERASE_BLOCK).unwrap();
    }
    Area::new(chip, part).write(0, bytes).unwrap();
}

/// A chip with an image in the primary slot, and one in the secondary.
fn chip(primary: &[u8], secondary: &[u8]) -> NorFlash {
    let mut chip = NorFlash::in_memory(Geometry::default());
    put(&mut chip, PARTS().primary, primary);
    put(&mut chip, PARTS().secondary, secondary);
    chip
}

fn request(chip: &mut NorFlash) {
    assert!(trailer::request_test(&mut Area::new(chip, PARTS().secondary)).unwrap());
}

fn confirm(chip: &mut NorFlash) {
    assert!(trailer::confirm(&mut Area::new(chip, PARTS().primary)).unwrap());
}

/// Boots; what the console was told.
fn boots(chip: &mut NorFlash) -> Vec<String> {
    let mut told = Vec::new();
    boot(chip, &keys(), |text| told.push(text.to_owned())).unwrap();
    told
}

fn holds(chip: &NorFlash, part: Partition, image: &[u8]) -> bool {
    chip.cells()[part.offset as usize..].starts_with(image)
}

/// The images in the slots, in this order, and what happens at the next boot.
fn assert_slots(chip: &mut NorFlash, primary: &[u8], secondary: &[u8], swap: Swap) {
    assert!(holds(chip, PARTS().primary, primary), "primary");
    assert!(holds(chip, PARTS().secondary, secondary), "secondary");
    assert_eq!(swap_type(chip, PARTS()).unwrap(), swap);
    assert!(journal::read(&mut Area::new(chip, PARTS().scratch)).unwrap().is_none());
}

#[test]
fn a_test_swap_is_undone_unless_it_is_confirmed() {
    let (old, new) = (image(1, 9000), image(2, 20_000));
    let mut chip = chip(&old, &new);
    assert!(boots(&mut chip).is_empty());
    assert_slots(&mut chip, &old, &new, Swap::None);
    request(&mut chip);
    assert!(boots(&mut chip)[0].contains("2.0.0 is on trial"));
    assert_slots(&mut chip, &new, &old, Swap::Revert);
    assert!(boots(&mut chip)[0].contains("back to firmware 1.0.0"));
    assert_slots(&mut chip, &old, &new, Swap::None);
    request(&mut chip);
    boots(&mut chip);
    confirm(&mut chip);
    assert_slots(&mut chip, &new, &old, Swap::None);
    for _ in 0..3 {
        assert!(boots(&mut chip).is_empty());
    }
    assert_slots(&mut chip, &new, &old, Swap::None);
    assert_eq!(chip.stats().refused, 0, "the bootloader asked for what a chip refuses");
}

#[test]
fn a_permanent_swap_stays() {
    let (old, new) = (image(1, 500), image(2, 500));
    let mut chip = chip(&old, &new);
    request(&mut chip);
    let slot = PARTS().secondary;
    Area::new(&mut chip, slot).write(slot.size - 24, &[1]).unwrap();
    assert_eq!(swap_type(&mut chip, PARTS()).unwrap(), Swap::Permanent);
    boots(&mut chip);
    assert_slots(&mut chip, &new, &old, Swap::None);
}

#[test]
fn what_is_no_good_is_erased_and_never_swapped_in() {
    let (old, new) = (image(1, 3000), image(2, 3000));
    let mut damaged = new.clone();
    damaged[2000] ^= 1;
    let mut foreign = new.clone();
    *foreign.last_mut().unwrap() ^= 1;
    for (bad, why) in [(&damaged, "damaged"), (&foreign, "No key"), (&Vec::new(), "empty")] {
        let mut chip = chip(&old, bad);
        request(&mut chip);
        let told = boots(&mut chip);
        assert!(told[0].contains("erases") && told[0].contains(why), "{told:?}");
        assert_slots(&mut chip, &old, &[0xFF; 32], Swap::None);
    }
}

#[test]
fn without_an_image_to_go_back_to_the_one_on_trial_stays() {
    let new = image(2, 3000);
    let mut chip = chip(&[], &new);
    request(&mut chip);
    boots(&mut chip);
    assert_slots(&mut chip, &new, &[0xFF; 32], Swap::Revert);
    assert!(boots(&mut chip)[0].contains("no firmware to go back to"));
    assert_slots(&mut chip, &new, &[0xFF; 32], Swap::Revert);
}

#[test]
fn without_a_key_nothing_is_swapped_and_nothing_lost() {
    let (old, new) = (image(1, 3000), image(2, 3000));
    let mut chip = chip(&old, &new);
    request(&mut chip);
    let mut told = String::new();
    boot(&mut chip, &Keys::default(), |text| told = text.into()).unwrap();
    assert!(told.contains("no key"));
    assert_slots(&mut chip, &old, &new, Swap::Test);
    boot(&mut chip, &Keys { unsigned: true, ..Keys::default() }, |_| ()).unwrap();
    assert_slots(&mut chip, &new, &old, Swap::Revert);
}

#[test]
fn the_largest_image_fits_and_a_chip_without_slots_is_left_alone() {
    let most = trailer::image_max(PARTS().primary.size) as usize;
    let frame = image(1, 1).len() - 1;
    let (old, new) = (image(1, most - frame), image(2, 100));
    assert_eq!(old.len(), most);
    let mut large = chip(&old, &new);
    request(&mut large);
    boots(&mut large);
    assert_slots(&mut large, &new, &old, Swap::Revert);
    boots(&mut large);
    assert_slots(&mut large, &old, &new, Swap::None);
    let mut small = NorFlash::in_memory(Geometry::new(2 << 20).unwrap());
    boot(&mut small, &keys(), |_| panic!("there is nothing to say")).unwrap();
}

/// The chip after the power was off.
fn again(chip: &NorFlash) -> NorFlash {
    NorFlash::from_cells(chip.geometry(), chip.cells().to_vec())
}

/// Wherever the power goes in a swap, whole or torn, the next boot ends it as if it had not gone.
#[test]
fn a_power_cut_anywhere_in_a_swap_costs_nothing() {
    let (old, new) = (image(1, 3000), image(2, 6000));
    let mut before_test = chip(&old, &new);
    request(&mut before_test);
    let mut on_trial = again(&before_test);
    boots(&mut on_trial);
    let mut permanent = again(&before_test);
    let slot = PARTS().secondary;
    Area::new(&mut permanent, slot).write(slot.size - 24, &[1]).unwrap();
    let mut cuts = 0;
    for (name, start, primary, secondary, swap) in [
        ("test", &before_test, &new, &old, Swap::Revert),
        ("permanent", &permanent, &new, &old, Swap::None),
        ("revert", &on_trial, &old, &new, Swap::None),
    ] {
        for at in 0.. {
            let mut finished = false;
            for done in [0, 1, 17, 200, 4095, 4096] {
                let mut chip = again(start);
                chip.set_fault_plan(Some(Box::new(CutAt { at, done })));
                finished = boot(&mut chip, &keys(), |_| ()).is_ok();
                let mut chip = again(&chip);
                boot(&mut chip, &keys(), |_| ()).unwrap();
                if !finished {
                    cuts += 1;
                } else if swap == Swap::Revert {
                    // That was the next boot already.
                    assert_slots(&mut chip, secondary, primary, Swap::None);
                    continue;
                }
                // A cut after the last change: the swap was whole, and this boot went back.
                if swap_type(&mut chip, PARTS()).unwrap() == Swap::None && swap == Swap::Revert {
                    assert_slots(&mut chip, secondary, primary, Swap::None);
                    continue;
                }
                assert!(
                    holds(&chip, PARTS().primary, primary),
                    "{name}: cut at {at}, {done} bytes"
                );
                assert_slots(&mut chip, primary, secondary, swap);
                assert_eq!(chip.stats().refused, 0);
            }
            if finished {
                break;
            }
        }
    }
    println!("power cuts in swaps: {cuts}");
    assert!(cuts > 600, "{cuts}");
}

/// Cuts the power again and again, after a few operations each.
struct Few(u64);

impl FaultPlan for Few {
    fn decide(&mut self, operation: &Operation) -> Verdict {
        if operation.index < self.0 {
            return Verdict::Proceed;
        }
        Verdict::Cut { done: operation.offset as usize / 7 % (operation.len + 1) }
    }
}

#[test]
fn a_swap_whose_power_is_cut_at_every_boot_comes_to_its_end() {
    let (old, new) = (image(1, 10_000), image(2, 13_000));
    for few in [1u64, 2, 3, 5, 18, 20, 37] {
        let mut chip = chip(&old, &new);
        request(&mut chip);
        let mut tries = 0;
        loop {
            let mut next = again(&chip);
            // A block is erased and programmed in up to 17 operations, from its beginning after each
            // cut; so a few are enough only now and then.
            let patience = if tries % 2 == 0 { few } else { 40 };
            next.set_fault_plan(Some(Box::new(Few(patience))));
            let done = boot(&mut next, &keys(), |_| ()).is_ok();
            chip = again(&next);
            if done {
                break;
            }
            tries += 1;
            assert!(tries < 200);
        }
        assert!(tries > 2, "{tries}");
        assert_slots(&mut chip, &new, &old, Swap::Revert);
    }
}
