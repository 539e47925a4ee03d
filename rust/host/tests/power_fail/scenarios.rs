// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What the devices are put through.

use akira_runtime::platform::{File, OpenMode, Platform};

use crate::apps::{APPEND, CREATE, Deed, TRUNCATE, WRITE, doing, pattern, plain};
use crate::device::{Device, Owner, State};
use crate::suite::{Scenario, Step};

/// Size of a device's flash where nothing else matters, in blocks.
const BLOCKS: usize = 64;

/// Two public keys and one more, none of them weak; nobody has their other halves.
const KEYS: [&str; 3] = [
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
];

/// The key that is there before.
const RESIDENT_KEY: &str = "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e";

/// All of them.
pub fn all() -> Vec<Scenario> {
    let mut all = vec![
        scenario("first install", |_| (), vec![install(201, "hello", "1.0.0", 9000, 1)]),
        scenario(
            "install beside others",
            residents,
            vec![
                install(201, "hello", "1.0.0", 300, 1),
                install(201, "other", "1.0.0", 40_000, 2),
                // Its name is found out on the way.
                Step::new(|device, _| {
                    let form = form(&plain("third", "1.0.0", 5000, 3));
                    assert_eq!(device.request("POST", "/upload", &form, true).0, 201);
                }),
            ],
        ),
        scenario(
            "update",
            residents,
            vec![
                install(200, "guest", "2.0.0", 12_000, 1),
                // As long as the one before, so that only its bytes tell them apart.
                install(200, "guest", "2.0.0", 12_000, 2),
                install(200, "guest", "3.0.0", 0, 3),
            ],
        ),
        scenario(
            "update with other grants",
            residents,
            vec![
                request("PUT", "/apps/guest?deny=display", 200, plain("guest", "2.0.0", 6000, 1)),
                request("PUT", "/apps/guest?deny=fs_write", 200, plain("guest", "3.0.0", 6000, 2)),
                request("PUT", "/apps/guest", 200, plain("guest", "3.0.0", 6000, 2)),
            ],
        ),
        scenario(
            "uninstall",
            residents,
            vec![
                request("DELETE", "/apps/writer", 200, Vec::new()),
                request("DELETE", "/apps/guest", 200, Vec::new()),
            ],
        ),
        scenario(
            "grants and quota",
            residents,
            vec![
                request("PUT", "/apps/guest/grants", 200, br#"{"capabilities":[]}"#),
                request("PUT", "/apps/guest/quota", 200, br#"{"memory_bytes":65536}"#),
                request("PUT", "/apps/guest/grants", 200, br#"{"capabilities":["display"]}"#),
                request("PUT", "/apps/guest/quota", 200, br#"{"memory_bytes":null}"#),
            ],
        ),
        // So many that the folder's blocks fill up and are written anew.
        scenario("settings", residents, (0..60).map(set_name).collect()),
        scenario(
            "certificate",
            residents,
            vec![
                Step::new(|device, _| {
                    let pem = akira_host::http::tls::self_signed("kitchen", [127, 0, 0, 1].into());
                    device.must(200, "PUT", "/config/tls", pem.unwrap().as_bytes());
                }),
                request("DELETE", "/config/tls", 200, Vec::new()),
            ],
        ),
        tokens(),
        many_apps(),
        scenario(
            "keys",
            residents,
            vec![
                put_key(201, "alice", KEYS[0]),
                put_key(201, "bob", KEYS[1]),
                put_key(200, "alice", KEYS[2]),
                request("DELETE", "/keys/bob", 200, Vec::new()),
                request("DELETE", "/keys/alice", 200, Vec::new()),
            ],
        ),
        scenario("audit log", residents, (0..6).map(audit).collect()),
        scenario(
            "operator's files",
            residents,
            vec![
                request("PUT", "/files/writer/notes", 200, pattern(5000, 7)),
                request("PUT", "/files/writer/more", 201, pattern(100, 8)),
                several(
                    |device| drop(device.must(201, "PUT", "/files/guest/a/b/c", b"deep")),
                    only_folders_are_new,
                ),
                request("DELETE", "/files/writer/notes", 200, Vec::new()),
                request("DELETE", "/files/guest/a/b/c", 200, Vec::new()),
            ],
        ),
    ];
    all.extend(versions());
    all.extend(apps_files());
    all.extend([0, 1, 2, 3, 5, 8].map(full_disk));
    all
}

fn scenario(name: &str, before: fn(&Device), steps: Vec<Step>) -> Scenario {
    Scenario {
        name: name.to_owned(),
        blocks: BLOCKS,
        owner: Owner::default(),
        before: Box::new(move |device, _| before(device)),
        steps,
    }
}

fn request(
    method: &'static str,
    path: &'static str,
    status: u16,
    body: impl Into<Vec<u8>>,
) -> Step {
    let body = body.into();
    Step::new(move |device, _| drop(device.must(status, method, path, &body)))
}

/// A form with that file.
fn form(file: &[u8]) -> Vec<u8> {
    let head = "--xx\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    [head.as_bytes(), file, b"\r\n--xx--\r\n"].concat()
}

fn several(act: fn(&Device), between: crate::suite::Between) -> Step {
    Step::of_several(move |device, _| act(device), between)
}

fn install(status: u16, name: &'static str, version: &str, size: usize, seed: u8) -> Step {
    let module = plain(name, version, size, seed);
    Step::new(move |device, _| device.install(status, name, &module))
}

fn put_key(status: u16, name: &str, key: &str) -> Step {
    let (path, body) = (format!("/keys/{name}"), format!(r#"{{"public_key":"{key}"}}"#));
    Step::new(move |device, _| drop(device.must(status, "PUT", &path, body.as_bytes())))
}

fn set_name(number: usize) -> Step {
    let body = format!(r#"{{"name":"device-{number}","allowed_origins":["https://example.com"]}}"#);
    Step::new(move |device, _| drop(device.must(200, "PUT", "/config", body.as_bytes())))
}

/// An app with files and keys, one without, settings and a key: what others must leave alone.
fn residents(device: &Device) {
    let deeds = [
        Deed::Write("notes", WRITE | CREATE, 5000, 1),
        Deed::Write("dir/inner", WRITE | CREATE, 40, 2),
        Deed::Set("count", 8, 3),
        Deed::Set("long", 500, 4),
    ];
    device.install(201, "writer", &doing("writer", &deeds));
    device.run("writer");
    device.install(201, "guest", &plain("guest", "1.0.0", 7000, 9));
    device.must(200, "PUT", "/apps/writer/quota", br#"{"memory_bytes":131072}"#);
    let name = br#"{"name":"bench","allowed_origins":["https://example.org"]}"#;
    device.must(200, "PUT", "/config", name);
    let key = format!(r#"{{"public_key":"{}"}}"#, RESIDENT_KEY);
    device.must(201, "PUT", "/keys/resident", key.as_bytes());
    device.must(201, "POST", "/tokens/read", b"");
}

/// New admin and read tokens on a device that made its first one itself.
fn tokens() -> Scenario {
    fn make(path: &'static str) -> Step {
        Step::new(move |device, owner| {
            let answer = device.must(201, "POST", path, b"");
            let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
            let token = answer["token"].as_str().unwrap().to_owned();
            if path == "/tokens/admin" {
                device.use_token(&token);
            }
            owner.tokens.push(token);
        })
    }
    Scenario {
        name: "tokens".to_owned(),
        blocks: BLOCKS,
        owner: Owner { makes_token: true, tokens: Vec::new() },
        before: Box::new(|device, owner| {
            let console = device.console();
            let shown = console.split("admin token (shown once): ").nth(1).expect("a token");
            let token = shown.lines().next().unwrap_or_default().to_owned();
            device.use_token(&token);
            owner.tokens.push(token);
        }),
        steps: vec![
            make("/tokens/read"),
            make("/tokens/read"),
            make("/tokens/admin"),
            request("DELETE", "/tokens/read", 200, Vec::new()),
            make("/tokens/admin"),
        ],
    }
}

/// Installs and uninstalls where so many apps are that their folders take more blocks.
fn many_apps() -> Scenario {
    const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let before = |device: &Device| {
        for (name, seed) in NAMES.iter().zip(0..) {
            device.install(201, name, &plain(name, "1.0.0", 0, seed));
        }
    };
    let steps = vec![
        install(201, "hello", "1.0.0", 0, 1),
        install(201, "other", "1.0.0", 0, 2),
        request("DELETE", "/apps/c", 200, Vec::new()),
        install(200, "f", "2.0.0", 0, 3),
    ];
    scenario("many apps", before, steps)
}

/// Causes records, then has them written. A page that is full is followed by the other one.
fn audit(round: usize) -> Step {
    let act = move |device: &mut Device, _: &mut Owner| {
        for number in 0..8 {
            // Each is refused for a capability of another name, whose record is long.
            let capability = format!("none-{round}-{number}-{}", "x".repeat(90));
            let mut module = b"\0asm\x01\0\0\0".to_vec();
            let draft = akira_core::manifest::Draft {
                name: Some("refused".to_owned()),
                version: Some("1.0.0".to_owned()),
                capabilities: vec![capability],
                ..akira_core::manifest::Draft::default()
            };
            let section = akira_core::module::SECTION_CBOR;
            let manifest = draft.to_cbor().unwrap();
            akira_core::module::append_custom_section(&mut module, section, &manifest);
            let (status, _) = device.request("POST", "/upload", &form(&module), true);
            assert_eq!(status, 400);
        }
        device.runtime().shutdown();
    };
    Step::of_several(act, one_page_or_both)
}

/// The log's two pages are written one after the other; whatever both states keep is kept.
fn one_page_or_both(before: &State, after: &State, found: &State) -> bool {
    let is_page = |path: &str| path.starts_with("/logs/audit.");
    let others = before.difference(found);
    let pages = ["/logs/audit.0", "/logs/audit.1"];
    let records = |state: &State| {
        let page = |path| state.files.get(path).cloned().flatten().unwrap_or_default();
        let log = akira_core::audit::AuditLog::restore([&page(pages[0]), &page(pages[1])]);
        log.since(0).cloned().collect::<Vec<_>>()
    };
    let (old, new, now) = (records(before), records(after), records(found));
    let from_either = |page: &&str| {
        let of = |state: &State| state.files.get(*page).cloned();
        of(found) == of(before) || of(found) == of(after)
    };
    others.iter().all(|path| is_page(path))
        && pages.iter().all(from_either)
        && old.iter().filter(|record| new.contains(record)).all(|record| now.contains(record))
}

/// What becomes of the version that an update keeps.
fn versions() -> Vec<Scenario> {
    let updated = |device: &Device| {
        residents(device);
        device.must(200, "PUT", "/apps/guest?deny=display", &plain("guest", "2.0.0", 9000, 1));
    };
    let run = || Step::new(|device, _| device.run("guest"));
    vec![
        scenario(
            "rollback",
            updated,
            vec![
                request("POST", "/apps/guest/rollback", 200, Vec::new()),
                // The same way once more, now as long as the one before.
                install(200, "guest", "2.0.0", 7000, 2),
                request("POST", "/apps/guest/rollback", 200, Vec::new()),
            ],
        ),
        scenario(
            "previous version installed by hand",
            updated,
            vec![request("PUT", "/apps/guest?deny=fs_read", 200, plain("guest", "1.0.0", 7000, 9))],
        ),
        scenario(
            "run that ends well",
            updated,
            vec![run(), install(200, "guest", "3.0.0", 5000, 3), run()],
        ),
        scenario(
            "decisions about a new version",
            updated,
            vec![
                request("PUT", "/apps/guest/grants", 200, br#"{"capabilities":[]}"#),
                request("PUT", "/apps/guest/quota", 200, br#"{"memory_bytes":65536}"#),
                request("POST", "/apps/guest/rollback", 200, Vec::new()),
            ],
        ),
        scenario(
            "uninstall with a previous version",
            updated,
            vec![request("DELETE", "/apps/guest", 200, Vec::new())],
        ),
    ]
}

/// A version that was kept is given up for the room that an install needs, before that is there.
fn previous_given_up(before: &State, _: &State, found: &State) -> bool {
    let apps = |state: &State| {
        let mut apps: serde_json::Value = serde_json::from_str(&state.told[0].1).unwrap();
        for app in apps["apps"].as_array_mut().into_iter().flatten() {
            app["previous"] = serde_json::Value::Null;
        }
        apps
    };
    let gone = |path: &String| path.ends_with(".old") && !found.files.contains_key(path);
    let others = before.difference(found);
    others.iter().filter(|what| *what != &before.told[0].0).all(gone) && apps(before) == apps(found)
}

/// What an app does with its own files and keys.
fn apps_files() -> Vec<Scenario> {
    let one = |name: &str, deeds: &'static [Deed], between| {
        let before = |device: &mut Device, _: &mut Owner| {
            residents(device);
            let made = [
                Deed::Write("kept", WRITE | CREATE, 3000, 1),
                Deed::Write("small", WRITE | CREATE, 30, 1),
                Deed::Set("key", 100, 1),
            ];
            device.install(201, "worker", &doing("worker", &made));
            device.run("worker");
        };
        let module = doing("worker", deeds);
        let run = move |device: &mut Device, _: &mut Owner| device.run("worker");
        Scenario {
            name: name.to_owned(),
            blocks: BLOCKS,
            owner: Owner::default(),
            before: Box::new(move |device, owner| {
                before(device, owner);
                device.install(200, "worker", &module);
                // As if it had run healthily; it does not run again before the scenario.
                for path in ["/apps/worker.old", "/config/registry/worker.old"] {
                    device.host().remove(path).unwrap();
                }
            }),
            steps: vec![match between {
                Some(between) => Step::of_several(run, between),
                None => Step::new(run),
            }],
        }
    };
    vec![
        one(
            "app rewrites a file",
            const { &[Deed::Write("kept", WRITE | TRUNCATE, 9000, 2)] },
            None,
        ),
        one(
            "app appends to a file",
            const { &[Deed::Write("kept", WRITE | APPEND, 6000, 3)] },
            None,
        ),
        one("app changes a small file", const { &[Deed::Write("small", WRITE, 30, 4)] }, None),
        one(
            "app makes a file",
            const { &[Deed::Write("new", WRITE | CREATE, 5000, 5)] },
            Some(empty_before_it_is_closed),
        ),
        one("app renames over a file", const { &[Deed::Rename("small", "kept")] }, None),
        one("app deletes a file", const { &[Deed::Delete("kept")] }, None),
        one("app replaces a key", const { &[Deed::Set("key", 300, 6)] }, None),
        one("app makes a key", const { &[Deed::Set("fresh", 500, 7)] }, None),
        one("app removes a key", const { &[Deed::Unset("key")] }, None),
        // So many that their folder takes more blocks.
        one("app makes many keys", &MANY_KEYS, Some(key_by_key)),
    ]
}

const MANY_KEYS: [Deed; 20] = {
    const NAMES: [&str; 20] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r",
        "s", "t",
    ];
    let mut deeds = [const { Deed::Set("", 200, 0) }; 20];
    let mut at = 0;
    while at < NAMES.len() {
        deeds[at] = Deed::Set(NAMES[at], 200, at as u8);
        at += 1;
    }
    deeds
};

/// Each key comes as a whole, and none before the one that was stored before it.
fn key_by_key(before: &State, after: &State, found: &State) -> bool {
    let key = |state: &State, deed: &Deed| match deed {
        Deed::Set(key, ..) => state.files.get(&format!("/data/worker/.kv/{key}")).cloned(),
        _ => None,
    };
    let stored = MANY_KEYS.iter().take_while(|deed| key(found, deed) == key(after, deed)).count();
    before.difference(found).len() == stored
}

/// An app's new file is there, empty, from when it is opened.
fn empty_before_it_is_closed(before: &State, _: &State, found: &State) -> bool {
    let path = "/data/worker/new";
    before.difference(found) == [path] && found.files.get(path) == Some(&Some(Vec::new()))
}

/// The folders that lead to a file are made before it.
fn only_folders_are_new(before: &State, after: &State, found: &State) -> bool {
    before
        .difference(found)
        .iter()
        .all(|path| found.files.get(path) == Some(&None) && after.files.get(path) == Some(&None))
}

/// An install and an update for which the storage has that many blocks left.
fn full_disk(left: u32) -> Scenario {
    let before = move |device: &mut Device, _: &mut Owner| {
        residents(device);
        let host = device.host();
        let free = || host.space().unwrap().free / 4096;
        let mut file = host.open("/data/writer/filler", OpenMode::REPLACE).unwrap();
        file.write(&pattern((free() - left) as usize * 4050, 5)).unwrap();
        file.close().unwrap();
        for number in 0.. {
            if free() <= left {
                break;
            }
            let mut file =
                host.open(&format!("/data/writer/filler{number}"), OpenMode::REPLACE).unwrap();
            file.write(&pattern(600, 5)).unwrap();
            file.close().unwrap();
        }
    };
    let try_install = |name: &'static str, size| {
        let module = plain(name, "2.0.0", size, 3);
        let act = move |device: &mut Device, _: &mut Owner| {
            // Without a length, so that the device finds out when the storage is full.
            let path = format!("/api/v1/apps/{name}");
            let (status, _) = device.request("PUT", &path, &module, false);
            assert!([200, 201, 507].contains(&status), "{status}");
        };
        Step::of_several(act, previous_given_up)
    };
    Scenario {
        name: format!("full disk, {left} blocks left"),
        blocks: BLOCKS,
        owner: Owner::default(),
        before: Box::new(before),
        steps: vec![
            try_install("guest", 9000),
            try_install("hello", 9000),
            try_install("guest", 0),
            set_name(1),
        ],
    }
}
