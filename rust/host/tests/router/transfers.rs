// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Transfers: in order, dead, at once, and without a trace when they come to nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use akira_abi::CapSet;
use akira_core::http::Code;
use akira_core::path::DataPath;
use akira_core::transfer::{IDLE_MS, TRANSFERS_MAX, Transport};
use akira_runtime::http::Head;
use akira_runtime::platform::{File, OpenMode, Platform};
use akira_runtime::transfer::{Begin, ConfigItem, Outcome, Sink, Transfer};
use sha2::{Digest, Sha256};

use crate::common::{Lab, app};

fn begin(sink: Sink) -> Begin {
    Begin { transport: Transport::Serial, sink, size: None, sha256: None }
}

fn to_app(name: Option<&str>) -> Begin {
    begin(Sink::App { name: name.map(|name| name.parse().unwrap()), denied: CapSet::EMPTY })
}

fn to_file(path: &str) -> Begin {
    begin(Sink::File(DataPath::from_url(path).unwrap()))
}

#[test]
fn chunks_have_their_place() {
    let lab = Lab::new();
    let runtime = &lab.runtime;
    let module = app("hello", 3000);
    let size = Some(module.len() as u64);
    let id = runtime.transfer_begin(Begin { size, ..to_app(Some("hello")) }).unwrap();
    assert_eq!(runtime.transfer_chunk(id, Some(0), &module[..1000]).unwrap(), 1000);
    // What was lost and what comes twice change nothing.
    for offset in [0, 999, 1001, u64::MAX] {
        let error = runtime.transfer_chunk(id, Some(offset), b"x").unwrap_err();
        assert_eq!(error.code, Code::BadRequest);
        assert!(error.message.contains("1000 bytes"), "{}", error.message);
    }
    let status = lab.done(200, "GET", "/api/v1/status", b"");
    let expected = format!(
        r#"{{"id":{},"transport":"serial","sink":"app","name":"hello","received":1000,"size":{}}}"#,
        id.number(),
        module.len()
    );
    assert!(status.contains(&expected), "{status}");
    runtime.transfer_chunk(id, None, &module[1000..2000]).unwrap();
    runtime.transfer_chunk(id, Some(2000), &module[2000..]).unwrap();
    let Outcome::App(app, true) = runtime.transfer_end(id).unwrap() else { panic!("no new app") };
    assert_eq!(app.name, "hello");
    assert_eq!(runtime.transfer_end(id).unwrap_err().code, Code::Timeout);
    runtime.transfer_abort(id);
    assert!(lab.done(200, "GET", "/api/v1/status", b"").contains(r#""transfers":[]"#));
}

#[test]
fn there_are_so_many_and_each_target_once() {
    let lab = Lab::new();
    let runtime = &lab.runtime;
    lab.done(201, "PUT", "/api/v1/apps/keeper", &app("keeper", 0));
    let free = lab.free();
    let mut all = vec![Transfer::begin(runtime, to_app(Some("a"))).unwrap()];
    let code = |begin| Transfer::begin(runtime, begin).err().map(|error| error.code);
    assert_eq!(code(to_app(Some("a"))), Some(Code::Busy));
    all.push(Transfer::begin(runtime, to_file("keeper/a")).unwrap());
    assert_eq!(code(to_file("keeper/./a")), Some(Code::Busy));
    // Without a name they are not known to be the same.
    all.extend((2..TRANSFERS_MAX).map(|_| Transfer::begin(runtime, to_app(None)).unwrap()));
    assert_eq!(code(to_app(Some("c"))), Some(Code::TooManyTransfers));
    drop(all);
    assert_eq!(lab.free(), free);
    assert_eq!(lab.names("/apps"), ["keeper.wasm"]);
    assert_eq!(code(begin(Sink::Firmware { offset: 0 })), Some(Code::NotSupported));
    assert_eq!(code(to_file("nobody/a")), Some(Code::NotFound));
    assert_eq!(code(to_file("keeper")), Some(Code::BadPath));
    assert!(lab.done(200, "GET", "/api/v1/status", b"").contains(r#""transfers":[]"#));
}

#[test]
fn what_was_announced_is_looked_at_before_anything_is_made_of_it() {
    let lab = Lab::new();
    let module = app("hello", 5000);
    let (size, sha256) = (Some(module.len() as u64), Some(Sha256::digest(&module).into()));
    let other = Some([7; 32]);
    let free = lab.free();
    let send = |begin: Begin, bytes: &[u8]| {
        let mut transfer = Transfer::begin(&lab.runtime, begin)?;
        bytes.chunks(1234).try_for_each(|chunk| transfer.chunk(chunk))?;
        transfer.end()
    };
    let code = |begin, bytes: &[u8]| send(begin, bytes).unwrap_err().code;
    let to = || to_app(Some("hello"));
    assert_eq!(code(Begin { sha256: other, ..to() }, &module), Code::DigestMismatch);
    assert_eq!(code(Begin { size: Some(1000), ..to() }, &module), Code::LengthMismatch);
    assert_eq!(code(Begin { size: Some(9000), ..to() }, &module), Code::LengthMismatch);
    assert_eq!(code(Begin { size: Some(1 << 20), ..to() }, &module), Code::TooLarge);
    assert_eq!(code(to(), b"no module"), Code::BadModule);
    assert_eq!(lab.free(), free);
    send(Begin { size, sha256, ..to() }, &module).unwrap();
    // The same for a file, whose hash nobody else takes.
    let file = || to_file("hello/module.bin");
    assert_eq!(code(Begin { sha256: other, ..file() }, &module), Code::DigestMismatch);
    assert_eq!(lab.names("/apps"), ["hello.wasm"]);
    let stored = send(Begin { size, sha256, ..file() }, &module).unwrap();
    assert!(matches!(stored, Outcome::File(5000.., true)));
    assert!(matches!(send(file(), b"x").unwrap(), Outcome::File(1, false)));
}

#[test]
fn a_dead_transfer_is_given_up_and_leaves_nothing() {
    let lab = Lab::new();
    let runtime = &lab.runtime;
    let free = lab.free();
    let id = runtime.transfer_begin(to_app(Some("hello"))).unwrap();
    let module = app("hello", 20_000);
    runtime.transfer_chunk(id, None, &module[..10_000]).unwrap();
    lab.pass(IDLE_MS - 5000);
    runtime.transfer_chunk(id, None, &module[10_000..15_000]).unwrap();
    lab.pass(IDLE_MS - 5000);
    assert!(lab.done(200, "GET", "/api/v1/status", b"").contains(r#""received":15000"#));
    lab.pass(5000);
    assert!(lab.done(200, "GET", "/api/v1/status", b"").contains(r#""transfers":[]"#));
    assert_eq!(runtime.transfer_chunk(id, None, b"x").unwrap_err().code, Code::Timeout);
    assert_eq!(runtime.transfer_end(id).unwrap_err().code, Code::Timeout);
    assert_eq!(lab.names("/apps"), [""; 0]);
    let audit = lab.done(200, "GET", "/api/v1/audit", b"");
    assert!(
        audit.contains("a transfer of app hello over serial was silent for too long"),
        "{audit}"
    );
    lab.done(201, "PUT", "/api/v1/apps/hello", &module);
    lab.done(200, "DELETE", "/api/v1/apps/hello", b"");
    assert_eq!(lab.free(), free);
}

#[test]
fn what_an_interrupted_transfer_left_is_gone_after_the_boot() {
    let left = ["/apps/.0.tmp", "/apps/.3.tmp", "/apps/hello.tmp", "/data/a file", "/data/gone/x"];
    let lab = Lab::on(|platform| {
        for folder in ["/apps", "/data", "/data/gone"] {
            platform.mkdir(folder).unwrap();
        }
        for path in left {
            let mut file = platform.open(path, OpenMode::REPLACE).unwrap();
            file.write(&[7; 5000]).unwrap();
            file.close().unwrap();
        }
    });
    assert_eq!(lab.names("/apps"), [""; 0]);
    assert_eq!(lab.names("/data"), [""; 0]);
    let free = lab.free();
    drop(lab);
    assert_eq!(free, Lab::new().free());
}

#[test]
fn settings_can_be_transferred() {
    let lab = Lab::new();
    let send = |item, bytes: &[u8]| {
        let mut transfer = Transfer::begin(&lab.runtime, begin(Sink::Config(item)))?;
        bytes.chunks(10).try_for_each(|chunk| transfer.chunk(chunk))?;
        transfer.end()
    };
    let json = br#"{"name":"bench-7","allowed_origins":[]}"#;
    assert!(matches!(send(ConfigItem::Device, json), Ok(Outcome::Config(ConfigItem::Device))));
    assert_eq!(lab.runtime.device_name(), "bench-7");
    assert_eq!(send(ConfigItem::Device, &[b' '; 5000]).unwrap_err().code, Code::TooLarge);
    assert!(send(ConfigItem::Device, b"{").is_err());
    assert!(send(ConfigItem::Tls, b"no PEM").is_err());
    assert_eq!(lab.runtime.device_name(), "bench-7");
}

#[test]
fn transports_at_once_do_not_meet() {
    let lab = Lab::new();
    lab.done(201, "PUT", "/api/v1/apps/keeper", &app("keeper", 0));
    let free = lab.free();
    let [done, busy, whole] = [const { AtomicUsize::new(0) }; 3];
    thread::scope(|scope| {
        for worker in 0..6usize {
            let (lab, done, busy, whole) = (&lab, &done, &busy, &whole);
            scope.spawn(move || {
                // Two of three meet at each target.
                let name = format!("app{}", worker / 2);
                let module = app(&name, 30_000 + worker);
                let path = format!("/api/v1/files/keeper/{}", worker / 2);
                for round in 0..12 {
                    let results = [
                        lab.ask("PUT", &format!("/api/v1/apps/{name}"), &module),
                        lab.ask("PUT", &path, &[worker as u8; 9000]),
                        lab.ask("DELETE", &format!("/api/v1/apps/{name}"), b""),
                    ];
                    for (status, text) in results {
                        match status {
                            200 | 201 => done.fetch_add(1, Ordering::Relaxed),
                            404 | 409 | 503 => busy.fetch_add(1, Ordering::Relaxed),
                            _ => panic!("{worker} {round}: {status} {text}"),
                        };
                    }
                    let reply = lab.send(Head::new("GET", &path), b"", 1);
                    let (status, known) = (reply.status, reply.body.known_len());
                    let bytes = reply.body.read_all();
                    // Whole and all of one, or known not to be whole.
                    let first = bytes.first().copied().unwrap_or_default();
                    assert!(bytes.iter().all(|byte| status != 200 || *byte == first));
                    whole.fetch_add(usize::from(known == Some(bytes.len())), Ordering::Relaxed);
                }
            });
        }
    });
    let counts = [done, busy, whole].map(AtomicUsize::into_inner);
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    for number in 0..3 {
        lab.ask("DELETE", &format!("/api/v1/apps/app{number}"), b"");
        lab.done(200, "DELETE", &format!("/api/v1/files/keeper/{number}"), b"");
    }
    assert!(lab.done(200, "GET", "/api/v1/status", b"").contains(r#""transfers":[]"#));
    assert_eq!(lab.names("/apps"), ["keeper.wasm"]);
    assert_eq!(lab.names("/data/keeper"), [""; 0]);
    // The app's folder, now that there is one, takes two blocks.
    assert!(free - lab.free() <= 2 * 4096, "{free} {}", lab.free());
}

#[test]
fn an_abort_from_elsewhere_takes_effect_at_any_moment() {
    let lab = Lab::new();
    let free = lab.free();
    let module = app("hello", 60_000);
    for round in 0..40usize {
        let runtime = &lab.runtime;
        let id = runtime.transfer_begin(to_app(Some("hello"))).unwrap();
        let ended = thread::scope(|scope| {
            scope.spawn(move || {
                for _ in 0..round * 10 {
                    thread::yield_now();
                }
                runtime.transfer_abort(id);
            });
            let chunks = module.chunks(500);
            let sent = chunks.map(|chunk| runtime.transfer_chunk(id, None, chunk).map(drop));
            sent.collect::<Result<Vec<_>, _>>().and_then(|_| runtime.transfer_end(id)).is_ok()
        });
        assert!(lab.done(200, "GET", "/api/v1/status", b"").contains(r#""transfers":[]"#));
        if ended {
            lab.done(200, "DELETE", "/api/v1/apps/hello", b"");
        }
        assert_eq!(lab.names("/apps"), [""; 0]);
    }
    assert_eq!(lab.free(), free);
}
