// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Writes the seed corpora: `cargo run --example seeds`, in this folder. They are kept in the tree;
//! run it after a format has changed, so that the fuzzer begins with inputs that still mean something.

use std::fs;
use std::path::Path;

use akira_core::audit::{AuditLog, Kind};
use akira_core::input::BUTTON_NAMES;
use akira_core::manifest::Draft;
use akira_core::module::{SECTION_CBOR, SECTION_JSON, SECTION_SIGNATURE, append_custom_section};
use akira_core::scope::ScopeDraft;
use akira_core::signature::Signer;
use akira_fuzz::script::SEPARATOR;
use akira_fuzz::signing::signature;

/// The folder of a target, and how its seeds' names end.
struct Corpus {
    target: &'static str,
    ending: &'static str,
}

impl Corpus {
    fn add(&self, name: &str, content: &[u8]) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(self.target);
        fs::create_dir_all(&folder).expect("a folder for the seeds");
        fs::write(folder.join(name).with_extension(self.ending), content).expect("a seed");
    }
}

const JSON: &[u8] =
    br#"{"name":"old","version":"1.4.0","capabilities":["display.write","network.*"],
"memory_quota":65536,"autostart":true,"priority":3,"restart":"always","entry":"main","stack_kb":8,
"exec_timeout_ms":500,"description":"text","author":"somebody","permissions":{"deep":[1,2]}}"#;

fn full() -> Draft {
    Draft {
        name: Some("keeper".into()),
        version: Some("1.2.3-rc.1+b".into()),
        description: Some("Keeps files.".into()),
        author: Some("somebody".into()),
        capabilities: ["display", "sensor", "fs_read", "fs_write", "network_client", "ipc"]
            .map(String::from)
            .to_vec(),
        memory_quota: Some(65_536),
        autostart: Some(true),
        priority: Some(7),
        restart: Some("on-failure".into()),
        entry: Some("main".into()),
        stack_kb: Some(8),
        heap_kb: Some(16),
        exec_timeout_ms: Some(500),
        abi: Some(1),
        scope: Some(ScopeDraft {
            sensors: Some(vec![0, 12]),
            storage_bytes: Some(4096),
            hosts: Some(vec!["127.0.0.1:80".into(), "example.com:8080".into()]),
            ports: Some(vec![8080]),
            peers: Some(vec!["chat".into()]),
        }),
    }
}

fn small(name: &str) -> Draft {
    Draft { name: Some(name.into()), version: Some("1.0.0".into()), ..Draft::default() }
}

fn cbor(draft: &Draft) -> Vec<u8> {
    draft.to_cbor().expect("a draft can be written")
}

/// A module whose `_start` returns at once, or never.
fn module(loops: bool) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0".to_vec();
    module.extend_from_slice(b"\x07\x0a\x01\x06_start\0\0");
    module.extend_from_slice(if loops {
        b"\x0a\x09\x01\x07\0\x03\x40\x0c\0\x0b\x0b".as_slice()
    } else {
        b"\x0a\x04\x01\x02\0\x0b".as_slice()
    });
    module
}

fn app(name: &str, loops: bool) -> Vec<u8> {
    let mut app = module(loops);
    append_custom_section(&mut app, SECTION_CBOR, &cbor(&small(name)));
    app
}

fn manifests() {
    let target = Corpus { target: "manifest_cbor", ending: "cbor" };
    target.add("full", &cbor(&full()));
    target.add("small", &cbor(&small("a")));
    target.add("empty", &cbor(&Draft::default()));
    target.add("indefinite", b"\xbf\x00\x61a\x01\x651.0.0\xff");
    let target = Corpus { target: "manifest_json", ending: "json" };
    target.add("full", JSON);
    target.add("small", br#"{"name":"a","version":"1.0.0"}"#);
}

fn modules() {
    let target = Corpus { target: "section_scan", ending: "bin" };
    let in_pieces = |piece: u8, module: &[u8]| [&[piece], module].concat();
    target.add("app", &in_pieces(7, &app("hello", false)));
    let mut json = module(true);
    append_custom_section(&mut json, "name", b"\0\x01a");
    append_custom_section(&mut json, SECTION_JSON, JSON);
    target.add("json", &in_pieces(64, &json));
    target.add("start", &in_pieces(1, b"\0asm\x01\0\0\0\x08\x01\0"));
}

fn records() {
    let target = Corpus { target: "registry_record", ending: "bin" };
    for (name, draft) in [("full", full()), ("small", small("a"))] {
        let manifest = draft.check().expect("a good manifest");
        let record = akira_core::registry::Record {
            granted: manifest.capabilities,
            manifest,
            size: 1234,
            sha256: [7; 32],
            signer: (name == "full")
                .then(|| Signer { name: "release".parse().expect("a name"), fingerprint: [5; 32] }),
            quota: (name == "full").then_some(131_072),
        };
        let bytes = record.encode();
        target.add(name, &bytes);
        // Without head and checksum: the target puts them around it.
        target.add(&format!("{name}-payload"), &bytes[4..bytes.len() - 8]);
    }
}

fn requests() {
    let target = Corpus { target: "http_route", ending: "bin" };
    for (name, line) in [
        ("status", "GET /api/v1/status"),
        ("app", "DELETE /api/v1/apps/hello"),
        ("install", "PUT /api/v1/apps/hello?deny=fs_write,rf"),
        ("log", "GET /api/v1/apps/hello/log?since=7"),
        ("start", "POST /api/v1/apps/hello/start"),
        ("sensor", "PUT /api/v1/sensors/12"),
        ("input", "POST /api/v1/input"),
        ("display", "GET /api/v1/display"),
        ("audit", "GET /api/v1/audit?since=1"),
        ("keys", "PUT /api/v1/keys/release"),
        ("file", "PUT /api/v1/files/hello/a%20b?sha256=00"),
        ("upload", "POST /upload?deny=rf"),
        ("events", "GET /api/v1/events?types=log"),
        ("quota", "PUT /api/v1/apps/hello/quota"),
        ("token", "POST /api/v1/tokens/read"),
    ] {
        target.add(name, line.as_bytes());
    }
    let target = Corpus { target: "http_request", ending: "json" };
    target.add("value", br#"{"value":-21.5e0}"#);
    for name in BUTTON_NAMES {
        let body = format!(r#"{{"kind":"button","button":"{name}","pressed":true}}"#);
        target.add(&format!("button-{name}"), body.as_bytes());
    }
    target.add("touch", br#"{"kind":"touch","x":319,"y":239,"pressed":false}"#);
    target.add("analog", br#"{"kind":"analog","channel":1,"value":65535}"#);
}

fn scripts() {
    let target = Corpus { target: "http_exchange", ending: "bin" };
    let install = |name: &str, loops| {
        [format!("PUT /api/v1/apps/{name}\n").as_bytes(), &app(name, loops)].concat()
    };
    let script = |requests: &[&[u8]]| requests.join(SEPARATOR);
    target.add(
        "life",
        &script(&[
            &install("hello", false),
            b"POST /api/v1/apps/hello/start\n",
            b"GET /api/v1/apps/hello/log?since=0\n",
            b"GET /api/v1/apps\n",
            b"DELETE /api/v1/apps/hello\n",
        ]),
    );
    target.add(
        "update",
        &script(&[
            &install("loop", true),
            b"POST /api/v1/apps/loop/start\n",
            &install("loop", false),
            b"POST /api/v1/apps/loop/stop\n",
            &install("loop", false),
            b"GET /api/v1/apps/loop\n",
        ]),
    );
    target.add(
        "hardware",
        &script(&[
            b"GET /api/v1/status\n",
            b"GET /api/v1/sensors\n",
            b"PUT /api/v1/sensors/0 13\n{\"value\":3.5}",
            b"POST /api/v1/input\n{\"kind\":\"touch\",\"x\":1,\"y\":2,\"pressed\":true}",
            b"GET /api/v1/display\n",
        ]),
    );
    let key = "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c";
    target.add(
        "keys",
        &script(&[
            format!("PUT /api/v1/keys/release\n{{\"public_key\":\"{key}\"}}").as_bytes(),
            b"GET /api/v1/keys\n",
            b"GET /api/v1/audit?since=0\n",
            &install("hello", false),
            b"DELETE /api/v1/keys/release\n",
        ]),
    );
    let form = b"--xx\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n";
    target.add(
        "files",
        &script(&[
            &[&b"POST /upload\n"[..], form, &app("hello", false), b"\r\n--xx--\r\n"].concat(),
            b"PUT /api/v1/files/hello/notes/a%20b\nsome text",
            b"GET /api/v1/files/hello/notes\n",
            b"GET /api/v1/files/hello/notes/a%20b\n",
            b"DELETE /api/v1/files/hello/notes/a%20b\n",
        ]),
    );
    target.add(
        "settings",
        &script(&[
            &install("hello", false),
            b"PUT /api/v1/apps/hello/quota\n{\"memory_bytes\":65536}",
            b"PUT /api/v1/apps/hello/grants\n{\"capabilities\":[]}",
            b"PUT /api/v1/config\n{\"name\":\"bench\",\"allowed_origins\":[\"https://a.example\"]}",
            b"POST /api/v1/tokens/read\n",
            b"POST /api/v1/events/ticket\n",
            b"GET /api/v1/metrics\n",
        ]),
    );
    target.add("pages", &script(&[b"GET /\n", b"GET /index.html\n", b"HEAD /\n"]));
    target
        .add("refused", &script(&[b"PUT /api/v1/apps/x 9\n\0asm\x01\0\0\0\x08", b"PATCH / 1\nx"]));
}

fn others() {
    let target = Corpus { target: "path", ending: "bin" };
    for (name, path) in [
        ("plain", "notes/today.txt"),
        ("dots", "./a//b/../c"),
        ("root", "/config/token"),
        ("odd", "caf\u{e9}\\x\u{7f}"),
    ] {
        target.add(name, path.as_bytes());
    }
    let target = Corpus { target: "rf_frame", ending: "bin" };
    target.add("packet", b"AKRF\xa0\x27\xbe\x33\x0e\0\x02\0\x08\x07\x06\x05\x04\x03\x02\x01hi");
    target.add("empty", b"AKRF\xa0\x27\xbe\x33\x0e\0\0\0\x08\x07\x06\x05\x04\x03\x02\x01");
}

fn forms() {
    let target = Corpus { target: "multipart", ending: "bin" };
    let head = b"multipart/form-data; boundary=xx\n".as_slice();
    let part = b"--xx\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.wasm\"\r\n\r\n";
    let content = b"\0asm\r\n--x\r\n\r--xx".as_slice();
    let end = b"\r\n--xx--\r\n".as_slice();
    target.add("file", &[&[3], head, part, content, end].concat());
    target.add("cut", &[&[1], head, part, content].concat());
    let note = b"--xx \r\ncontent-disposition: form-data; name=n\r\n\r\n1\r\n".as_slice();
    target.add("two", &[&[9], head, note, part, content, end].concat());
}

/// Lines of the serial link: hello and a request, in good frames, and what comes after them.
fn link() {
    const FRAME: u8 = 2;
    let target = Corpus { target: "link", ending: "bin" };
    let to_device = |message: &[u8]| [&[FRAME], message, &[0xff]].concat();
    let request = [b"\x01\x01\x05\x03PUT\x02/x".as_slice(), &[0; 4]].concat();
    let body = b"\x02\x05\x00\x03abc".as_slice();
    let end = b"\x03\x05\x03\xc2\xa4\x89\xa9\x03".as_slice();
    let ack = b"\x04\x05\x00\x01".as_slice();
    let all = [b"\0".as_slice(), &request, body, end, ack];
    target.add("put", &all.map(to_device).concat());
    target.add("hello", &[&to_device(b"\0")[..], &[FRAME | 1, 0, 1, 0xff], &[1]].concat());
    target.add("noise", &[0, 1, 2, 3, 0, 0xff, 1, 0, 7, 0]);
}

fn signatures() {
    let target = Corpus { target: "cose_signature", ending: "cbor" };
    let good = signature();
    target.add("good", &good);
    let mut bad = good.clone();
    bad[60] ^= 1;
    target.add("bad", &bad);
    target.add("cut", &good[..100]);
    let target = Corpus { target: "section_scan", ending: "bin" };
    let mut signed = app("hello", false);
    append_custom_section(&mut signed, SECTION_SIGNATURE, &good);
    target.add("signed", &[&[9], &signed[..]].concat());
}

fn audit() {
    let target = Corpus { target: "audit_log", ending: "bin" };
    let app = "app".parse().expect("a name");
    let mut log = AuditLog::new();
    log.push(1, Kind::ALL[0], Some(&app), "display_clear needs display");
    log.push(70_000, Kind::ALL[3], None, "a login");
    let (_, page, _) = log.next_page();
    let length = usize::from(u16::from_le_bytes([page[4], page[5]]));
    let payload = &page[6..6 + length];
    target.add("two", &[&[length as u8], payload, payload].concat());
    target.add("page", &[&[0], &page[..length + 14]].concat());
}

fn main() {
    signatures();
    audit();
    manifests();
    modules();
    records();
    requests();
    scripts();
    forms();
    link();
    others();
}
