// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The file system as the runtime uses it, on a chip that checks every access.

use akira_runtime::platform::{File, Whence};

use super::*;
use crate::flash::{BadBlocks, CutAt, Fault, Geometry};

const CREATE: OpenMode = OpenMode { create: true, ..WRITE };
const WRITE: OpenMode =
    OpenMode { read: false, write: true, create: false, truncate: false, append: false };
const APPEND: OpenMode = OpenMode { append: true, ..CREATE };
const UPDATE: OpenMode = OpenMode { read: true, ..CREATE };

fn storage(blocks: u64) -> Storage {
    Storage::mount(NorFlash::in_memory(Geometry::new(blocks * 4096).unwrap())).unwrap()
}

fn remount(storage: Storage) -> Storage {
    let chip = storage.unmount().expect("no file is open");
    assert_eq!(chip.stats().refused, 0, "littlefs asked for what a chip refuses");
    Storage::mount(chip).unwrap()
}

/// The device after a power cut: a new start from the cells as they are.
fn restart(storage: &Storage) -> Result<Storage, MountError> {
    let (geometry, cells) = storage.with_chip(|chip| (chip.geometry(), chip.cells().to_vec()));
    Storage::mount(NorFlash::from_cells(geometry, cells))
}

fn put(storage: &Storage, path: &str, data: &[u8]) -> Result<(), Errno> {
    let mut file = storage.open(path, OpenMode::REPLACE)?;
    for part in data.chunks(1000) {
        assert_eq!(file.write(part)?, part.len());
    }
    file.close()
}

fn get(storage: &Storage, path: &str) -> Result<Vec<u8>, Errno> {
    let mut file = storage.open(path, OpenMode::READ)?;
    let (mut all, mut part) = (Vec::new(), [0; 700]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(all),
            count => all.extend_from_slice(&part[..count]),
        }
    }
}

fn names(storage: &Storage, path: &str) -> Vec<String> {
    let mut names = Vec::new();
    storage
        .list(path, &mut |name, stat| {
            names.push(format!("{name}{}{}", if stat.is_dir { "/" } else { " " }, stat.size));
            true
        })
        .unwrap();
    names.sort();
    names
}

fn pattern(len: usize, seed: u8) -> Vec<u8> {
    (0..len).map(|at| (at as u8).wrapping_mul(31) ^ (at >> 8) as u8 ^ seed).collect()
}

#[test]
fn files_and_directories_survive_a_remount() {
    let storage = storage(64);
    storage.mkdir("/apps").unwrap();
    storage.mkdir("/data").unwrap();
    storage.mkdir("/data/counter").unwrap();
    put(&storage, "/apps/hello.wasm", &pattern(100_000, 1)).unwrap();
    put(&storage, "/data/counter/value", b"7").unwrap();
    let storage = remount(storage);
    assert_eq!(get(&storage, "/apps/hello.wasm").unwrap(), pattern(100_000, 1));
    assert_eq!(get(&storage, "/data/counter/value").unwrap(), b"7");
    assert_eq!(names(&storage, "/"), ["apps/0", "data/0"]);
    assert_eq!(names(&storage, "/apps"), ["hello.wasm 100000"]);
    let stat = storage.stat("/apps/hello.wasm").unwrap();
    assert_eq!(stat, Stat { is_dir: false, size: 100_000 });
    assert!(storage.stat("/apps").unwrap().is_dir);
}

#[test]
fn several_files_are_open_at_once_and_outlive_the_storage_handle() {
    let storage = storage(64);
    let mut files: Vec<_> =
        (0..6).map(|n| storage.open(&format!("/f{n}"), CREATE).unwrap()).collect();
    for round in 0..40_u8 {
        for (n, file) in files.iter_mut().enumerate() {
            file.write(&[round ^ n as u8; 100]).unwrap();
        }
    }
    let again = storage.open("/f0", OpenMode::READ).unwrap();
    assert!(storage.unmount().is_none(), "open files keep it mounted");
    files.into_iter().for_each(|file| file.close().unwrap());
    drop(again);
}

#[test]
fn dropping_a_file_closes_it() {
    let storage = storage(32);
    let mut file = storage.open("/f", CREATE).unwrap();
    file.write(b"kept").unwrap();
    drop(file);
    assert_eq!(get(&remount(storage), "/f").unwrap(), b"kept");
}

#[test]
fn seek_goes_anywhere_but_before_the_start() {
    let storage = storage(32);
    let mut file = storage.open("/f", UPDATE).unwrap();
    file.write(b"0123456789").unwrap();
    assert_eq!(file.seek(2, Whence::Start).unwrap(), 2);
    assert_eq!(file.seek(3, Whence::Current).unwrap(), 5);
    let mut byte = [0];
    file.read(&mut byte).unwrap();
    assert_eq!(&byte, b"5");
    assert_eq!(file.seek(-1, Whence::End).unwrap(), 9);
    file.write(b"AB").unwrap();
    for (offset, whence) in
        [(-1, Whence::Start), (-12, Whence::Current), (-12, Whence::End), (i32::MIN, Whence::End)]
    {
        assert_eq!(file.seek(offset, whence), Err(Errno::EINVAL));
    }
    assert_eq!(file.seek(0, Whence::Current).unwrap(), 11, "a refused seek moves nothing");
    assert_eq!(file.seek(i32::MAX, Whence::Start).unwrap(), 0x7FFF_FFFF);
    assert_eq!(file.seek(i32::MAX, Whence::Current), Err(Errno::EINVAL));
    assert_eq!(file.read(&mut byte).unwrap(), 0, "beyond the end there is nothing");
    file.close().unwrap();
    assert_eq!(get(&storage, "/f").unwrap(), b"012345678AB");
}

#[test]
fn append_truncate_and_modes_do_what_they_say() {
    let storage = storage(32);
    put(&storage, "/f", b"one").unwrap();
    let mut file = storage.open("/f", APPEND).unwrap();
    file.seek(0, Whence::Start).unwrap();
    file.write(b" two").unwrap();
    assert_eq!(file.read(&mut [0; 4]), Err(Errno::EBADF), "not opened for reading");
    file.close().unwrap();
    assert_eq!(get(&storage, "/f").unwrap(), b"one two");
    let mut file = storage.open("/f", OpenMode::READ).unwrap();
    assert_eq!(file.write(b"x"), Err(Errno::EBADF), "not opened for writing");
    file.close().unwrap();
    put(&storage, "/f", b"3").unwrap();
    assert_eq!(get(&storage, "/f").unwrap(), b"3");

    let refused = |mode, path| storage.open(path, mode).map(drop).unwrap_err();
    assert_eq!(refused(OpenMode::default(), "/f"), Errno::EINVAL);
    assert_eq!(refused(OpenMode { truncate: true, ..OpenMode::READ }, "/f"), Errno::EINVAL);
    assert_eq!(refused(OpenMode::READ, "/none"), Errno::ENOENT);
    assert_eq!(refused(WRITE, "/none"), Errno::ENOENT);
    assert_eq!(refused(CREATE, "/none/f"), Errno::ENOENT);
    assert_eq!(refused(CREATE, "/f/g"), Errno::ENOTDIR);
    assert_eq!(refused(OpenMode::READ, "/"), Errno::EISDIR);
    assert_eq!(refused(CREATE, "/a\0b"), Errno::EINVAL);
    assert_eq!(refused(CREATE, &format!("/{}", "n".repeat(256))), Errno::ENAMETOOLONG);
    assert_eq!(get(&storage, "/f").unwrap(), b"3", "what is refused changes nothing");
}

#[test]
fn rename_replaces_and_remove_wants_an_empty_directory() {
    let storage = storage(32);
    put(&storage, "/a.tmp", b"new").unwrap();
    put(&storage, "/a", b"old").unwrap();
    storage.rename("/a.tmp", "/a").unwrap();
    assert_eq!(get(&storage, "/a").unwrap(), b"new");
    assert_eq!(storage.stat("/a.tmp"), Err(Errno::ENOENT));
    assert_eq!(storage.rename("/a.tmp", "/a"), Err(Errno::ENOENT));
    storage.rename("/a", "/a").unwrap();

    storage.mkdir("/d").unwrap();
    storage.mkdir("/d").unwrap();
    assert_eq!(storage.mkdir("/a"), Err(Errno::EEXIST));
    assert_eq!(storage.mkdir("/x/y"), Err(Errno::ENOENT));
    put(&storage, "/d/f", b"").unwrap();
    assert_eq!(storage.remove("/d"), Err(Errno::ENOTEMPTY));
    assert_eq!(storage.rename("/d", "/d/inside"), Err(Errno::EINVAL));
    assert_eq!(storage.rename("/a", "/d"), Err(Errno::EISDIR));
    storage.remove("/d/f").unwrap();
    storage.remove("/d").unwrap();
    assert_eq!(storage.remove("/d"), Err(Errno::ENOENT));
    assert_eq!(names(&remount(storage), "/"), ["a 3"]);
}

#[test]
fn a_file_removed_or_replaced_while_open_harms_nothing() {
    let storage = storage(32);
    let mut gone = storage.open("/gone", CREATE).unwrap();
    gone.write(&pattern(5000, 1)).unwrap();
    storage.remove("/gone").unwrap();
    gone.write(&pattern(5000, 2)).unwrap();
    drop(gone);
    put(&storage, "/app", &pattern(9000, 3)).unwrap();
    put(&storage, "/tmp", &pattern(9000, 4)).unwrap();
    let mut reader = storage.open("/app", OpenMode::READ).unwrap();
    storage.rename("/tmp", "/app").unwrap();
    let mut some = [0; 100];
    reader.read(&mut some).unwrap();
    drop(reader);
    let storage = remount(storage);
    assert_eq!(names(&storage, "/"), ["app 9000"]);
    assert_eq!(get(&storage, "/app").unwrap(), pattern(9000, 4));
}

#[test]
fn names_may_be_any_text() {
    let storage = storage(32);
    put(&storage, "/zähler-числа", b"1").unwrap();
    let storage = remount(storage);
    assert_eq!(names(&storage, "/"), ["zähler-числа 1"]);
    assert_eq!(get(&storage, "/zähler-числа").unwrap(), b"1");
}

#[test]
fn list_stops_when_told_and_may_use_the_storage() {
    let storage = storage(32);
    for n in 0..5 {
        put(&storage, &format!("/f{n}"), b"x").unwrap();
    }
    let mut seen = 0;
    storage
        .list("/", &mut |name, _| {
            seen += 1;
            storage.remove(&format!("/{name}")).unwrap();
            seen < 3
        })
        .unwrap();
    assert_eq!((seen, names(&storage, "/").len()), (3, 2));
    assert_eq!(storage.list("/none", &mut |_, _| true), Err(Errno::ENOENT));
    assert_eq!(storage.list("/f4", &mut |_, _| true), Err(Errno::ENOTDIR));
}

#[test]
fn a_full_volume_says_so_and_works_again_with_room() {
    let storage = storage(32);
    put(&storage, "/keep", &pattern(3000, 9)).unwrap();
    let before = storage.space().unwrap();
    assert_eq!(before.total, 32 * 4096);
    assert!(before.free > 20 * 4096 && before.free < before.total);

    assert_eq!(put(&storage, "/big", &pattern(200_000, 2)), Err(Errno::ENOSPC));
    storage.remove("/big").unwrap();
    assert_eq!(storage.space().unwrap(), before, "nothing is lost");

    let mut made = 0;
    let error = loop {
        match put(&storage, &format!("/fill{made}"), &pattern(4000, made as u8)) {
            Ok(()) => made += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error, Errno::ENOSPC);
    assert!(made > 15, "{made}");
    assert_eq!(get(&storage, "/keep").unwrap(), pattern(3000, 9));
    let storage = remount(storage);
    for n in 0..made {
        assert_eq!(get(&storage, &format!("/fill{n}")).unwrap(), pattern(4000, n as u8));
        storage.remove(&format!("/fill{n}")).unwrap();
    }
    put(&storage, "/again", &pattern(60_000, 5)).unwrap();
    assert_eq!(get(&remount(storage), "/again").unwrap(), pattern(60_000, 5));
}

#[test]
fn contents_that_do_not_mount_are_refused_and_left_alone() {
    let geometry = Geometry::new(65_536).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("flash.bin");
    for contents in [vec![0; 65_536], pattern(65_536, 3)] {
        std::fs::write(&path, &contents).unwrap();
        let chip = NorFlash::open(&path, Some(geometry)).unwrap();
        let error = Storage::mount(chip).map(drop).unwrap_err();
        assert!(matches!(error, MountError::NotAFileSystem { blocks: 16, .. }));
        assert!(error.to_string().contains("left as it is"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), contents);
    }
}

#[test]
fn a_file_system_of_another_size_is_refused() {
    let small = storage(16).unmount().unwrap();
    let chip = NorFlash::from_cells(Geometry::new(32 * 4096).unwrap(), small.cells().to_vec());
    assert!(Storage::mount(chip).is_err());
}

#[test]
fn a_chip_with_slots_has_its_file_system_in_the_upper_half() {
    let mut chip = NorFlash::in_memory(Geometry::default());
    let parts = Layout::of(chip.geometry()).boot.unwrap();
    chip.program(parts.primary.offset, &[0x3D; 16]).unwrap();
    chip.program(parts.secondary.offset + parts.secondary.size - 16, &[0x77; 16]).unwrap();
    let storage = Storage::mount(chip).unwrap();
    assert_eq!(storage.space().unwrap().total, 2 << 20);
    let content = pattern(150_000, 6);
    for name in 0..12 {
        put(&storage, &format!("/{name}"), &content).unwrap();
    }
    assert_eq!(put(&storage, "/more", &pattern(400_000, 1)), Err(Errno::ENOSPC));
    storage.with_chip(|chip| {
        let below = &chip.cells()[..2 << 20];
        assert_eq!(below.iter().filter(|&&cell| cell != 0xFF).count(), 32, "slots are touched");
    });
    let storage = remount(storage);
    assert_eq!(get(&storage, "/11").unwrap(), content);
}

#[test]
fn a_large_chip_of_an_earlier_version_is_refused_and_left_alone() {
    let mut small = storage(16).unmount().unwrap();
    small.sync().unwrap();
    let chip = NorFlash::from_cells(Geometry::default(), small.cells().to_vec());
    assert_eq!(Storage::mount(chip).map(drop), Err(MountError::OldLayout));
}

#[test]
fn a_failing_chip_gives_an_error_and_no_panic() {
    let storage = storage(32);
    put(&storage, "/f", &pattern(9000, 1)).unwrap();
    let mut open = storage.open("/f", UPDATE).unwrap();
    storage.with_chip(|chip| {
        let at = chip.changes();
        chip.set_fault_plan(Some(Box::new(CutAt { at, done: 0 })));
    });
    assert_eq!(put(&storage, "/g", b"x"), Err(Errno::EIO));
    assert_eq!(get(&storage, "/f"), Err(Errno::EIO));
    assert_eq!(storage.mkdir("/d"), Err(Errno::EIO));
    assert_eq!(storage.space(), Err(Errno::EIO));
    assert_eq!(open.read(&mut [0; 9000]), Err(Errno::EIO));
    drop(open);
    let storage = restart(&storage).unwrap();
    assert_eq!(get(&storage, "/f").unwrap(), pattern(9000, 1));
}

/// A block that wears out fails what would be written to it, and nothing else. What is tried again goes
/// to other blocks, unless it is a directory that is worn.
#[test]
fn a_worn_block_fails_a_write_and_damages_nothing() {
    let (mut failures, mut never) = (0, 0);
    for fault in [Fault::Program, Fault::Erase] {
        for block in 2..32 {
            let storage = storage(32);
            storage.mkdir("/d").unwrap();
            put(&storage, "/before", &pattern(9000, 1)).unwrap();
            put(&storage, "/d/f", &pattern(20_000, 0)).unwrap();
            let bad = BadBlocks::new([(block, fault)]);
            storage.with_chip(|chip| chip.set_fault_plan(Some(Box::new(bad.clone()))));
            let mut kept = 0;
            for round in 1..8 {
                match put(&storage, "/d/new", &pattern(20_000, round))
                    .and_then(|()| storage.rename("/d/new", "/d/f"))
                {
                    Ok(()) => kept = round,
                    Err(Errno::EIO) => failures += 1,
                    Err(other) => panic!("{fault:?} {block}: {other}"),
                }
                assert!(get(&storage, "/d/f").unwrap() == pattern(20_000, kept), "{block}");
            }
            never += u32::from(kept == 0);
            let storage = restart(&storage).unwrap();
            assert!(get(&storage, "/before").unwrap() == pattern(9000, 1), "{fault:?} {block}");
            assert!(get(&storage, "/d/f").unwrap() == pattern(20_000, kept), "{fault:?} {block}");
        }
    }
    // Only the block that the directory is written to now fails them all.
    assert!(failures > 20 && never == 1, "{failures} {never}");
}

/// littlefs reads back what it has programmed.
#[test]
fn what_a_stuck_block_was_to_hold_goes_to_another_one() {
    for block in 2..64 {
        let storage = storage(64);
        put(&storage, "/before", &pattern(9000, 1)).unwrap();
        let bad = BadBlocks::new([(block, Fault::Stuck)]);
        storage.with_chip(|chip| chip.set_fault_plan(Some(Box::new(bad))));
        storage.mkdir("/d").unwrap();
        put(&storage, "/d/f", &pattern(90_000, 2)).unwrap();
        let storage = restart(&storage).unwrap();
        assert!(get(&storage, "/before").unwrap() == pattern(9000, 1), "{block}");
        assert!(get(&storage, "/d/f").unwrap() == pattern(90_000, 2), "{block}");
    }
}

#[test]
fn an_unreadable_block_costs_the_file_that_it_is_of_or_the_mount() {
    let storage = storage(32);
    for name in ["/a", "/b"] {
        storage.mkdir(name).unwrap();
        put(&storage, &format!("{name}/f"), &pattern(9000, 1)).unwrap();
    }
    let (geometry, cells) = storage.with_chip(|chip| (chip.geometry(), chip.cells().to_vec()));
    let (mut files, mut mounts) = (0, 0);
    for block in 0..32 {
        let mut chip = NorFlash::from_cells(geometry, cells.clone());
        chip.set_fault_plan(Some(Box::new(BadBlocks::new([(block, Fault::Read)]))));
        match Storage::mount(chip) {
            Err(error) => {
                assert_eq!(error, MountError::Unreadable, "{block}");
                mounts += 1;
            }
            Ok(storage) => {
                let read = ["/a/f", "/b/f"].map(|path| get(&storage, path));
                let is_whole = |read: &&Result<Vec<u8>, Errno>| **read == Ok(pattern(9000, 1));
                assert!(read.iter().filter(is_whole).count() >= 1, "{block}");
                files += read.iter().filter(|read| **read == Err(Errno::EIO)).count();
            }
        }
    }
    assert_eq!((files, mounts), (6, 6), "three blocks of each file, two of each directory");
}

/// Replacing a file by write, rename is the step that installs and settings lean on: wherever the
/// power goes, whole or torn, the old file or the new one is there afterwards.
#[test]
fn a_power_cut_anywhere_in_a_replace_leaves_old_or_new() {
    let (old, new) = (pattern(9000, 1), pattern(11_000, 2));
    let replace = |storage: &Storage| {
        put(storage, "/app.tmp", &new)?;
        storage.rename("/app.tmp", "/app")
    };
    let (mut at, mut finished) = (0, false);
    let (mut olds, mut news) = (0, 0);
    while !finished {
        for done in [0, 7, 128, 4096] {
            let storage = storage(32);
            put(&storage, "/app", &old).unwrap();
            storage.with_chip(|chip| {
                let at = chip.changes() + at;
                chip.set_fault_plan(Some(Box::new(CutAt { at, done })));
            });
            finished = replace(&storage).is_ok();
            let storage = restart(&storage).unwrap_or_else(|error| panic!("cut {at}: {error}"));
            let found = get(&storage, "/app").unwrap();
            olds += u32::from(found == old);
            news += u32::from(found == new);
            assert!(found == old || found == new, "cut at {at}, {done} bytes: a mix");
            replace(&storage).unwrap();
            assert_eq!(get(&remount(storage), "/app").unwrap(), new);
        }
        at += 1;
    }
    assert!(at > 40 && olds > 40 && news >= 4, "{at} {olds} {news}");
}

/// A corrupt image costs what it hits; it must not take the process with it.
#[test]
fn flipped_bits_anywhere_give_errors_and_no_crash() {
    let storage = storage(16);
    storage.mkdir("/d").unwrap();
    put(&storage, "/d/a", &pattern(9000, 1)).unwrap();
    put(&storage, "/b", &pattern(100, 2)).unwrap();
    let (geometry, good) = storage.with_chip(|chip| (chip.geometry(), chip.cells().to_vec()));
    let (mut random, mut refused, mut damaged) = (0x2545_F491_4F6C_DD1D_u64, 0, 0);
    for _ in 0..400 {
        let mut cells = good.clone();
        for _ in 0..24 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            // The first blocks hold the metadata, mostly at their start.
            let at = (random >> 8) as usize % if random & 1 == 0 { cells.len() } else { 512 };
            let at = if random & 2 == 0 { at } else { at / 512 * 4096 + at % 512 } % cells.len();
            cells[at] ^= 1 << (random >> 3 & 7);
        }
        let Ok(storage) = Storage::mount(NorFlash::from_cells(geometry, cells)) else {
            refused += 1;
            continue;
        };
        let _ = storage.space();
        let _ = storage.list("/", &mut |name, _| {
            let _ = get(&storage, &format!("/{name}"));
            true
        });
        let intact = get(&storage, "/d/a") == Ok(pattern(9000, 1));
        damaged += u32::from(!intact);
        let _ = put(&storage, "/d/a", &pattern(5000, 3));
        let _ = storage.remove("/b");
    }
    assert!(refused > 0 && damaged > 0, "{refused} {damaged}");
}
