// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What requests mean, whatever carries them: given to the runtime as a server would.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use akira_core::http::Peer;
use akira_core::module::{SECTION_CBOR, append_custom_section};
use akira_host::{Device, SimOptions};
use akira_runtime::http::{Exchange, Head, Reply};
use akira_runtime::platform::{File, OpenMode, Platform};
use akira_runtime::stream::Stream;
use serde_json::Value;

use crate::common::{Screen, TOKEN, alone, device, manifest, options, start};

const ADMIN: &str = "Bearer 0123456789abcdef";

fn head<'a>(method: &'a str, path: &'a str) -> Head<'a> {
    Head { authorization: Some(ADMIN), host: Some("device:8080"), ..Head::new(method, path) }
}

fn send(device: &Device, head: &Head<'_>, body: &[u8]) -> Reply {
    let mut exchange = Exchange::begin(device.runtime(), head);
    for piece in body.chunks(100) {
        exchange.chunk(piece);
    }
    exchange.finish()
}

fn get(device: &Device, path: &str) -> Value {
    let reply = send(device, &head("GET", path), b"");
    assert_eq!(reply.status, 200, "{path}");
    parsed(reply)
}

fn put(device: &Device, path: &str, body: &str) -> (u16, Value) {
    let reply = send(device, &head("PUT", path), body.as_bytes());
    (reply.status, parsed(reply))
}

fn parsed(reply: Reply) -> Value {
    serde_json::from_slice(&reply.body.read_all()).unwrap()
}

fn code(reply: Reply) -> (u16, String) {
    let status = reply.status;
    (status, parsed(reply)["error"]["code"].as_str().unwrap().to_owned())
}

fn field<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    let mut values = reply.headers.iter().filter(|(known, _)| *known == name);
    let value = values.next().map(|(_, value)| value.as_ref());
    assert!(values.next().is_none(), "{name} is there twice");
    value
}

/// A device whose token is not given, so that a new one outlasts a boot.
fn unprovisioned(flash: &Path, screen: &Screen) -> Device {
    Device::start(SimOptions { token: None, ..options(flash, screen) }).unwrap()
}

fn packed(name: &str, version: &str) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    module.extend_from_slice(b"\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x0a\x01\x06_start\0\0");
    module.extend_from_slice(b"\x0a\x04\x01\x02\0\x0b");
    let mut draft = manifest(name, &["fs_read", "sensor"]);
    draft.version = Some(version.to_owned());
    let draft = draft.to_cbor().unwrap();
    append_custom_section(&mut module, SECTION_CBOR, &draft);
    module
}

fn bearer(reply: Reply) -> String {
    assert_eq!(reply.status, 201);
    format!("Bearer {}", parsed(reply)["token"].as_str().unwrap())
}

#[test]
fn tokens_are_for_what_they_are_for_and_outlast_a_boot() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let screen = Screen::default();
    let device = unprovisioned(&flash, &screen);
    let shown = screen.text();
    let first = shown.split("admin token (shown once): ").nth(1).unwrap();
    let first = format!("Bearer {}", first.lines().next().unwrap());
    let ask = |device: &Device, token: &str, method: &str, path: &str| {
        send(device, &Head { authorization: Some(token), ..Head::new(method, path) }, b"")
    };
    let read = bearer(ask(&device, &first, "POST", "/api/v1/tokens/read"));
    assert_eq!(ask(&device, &read, "GET", "/api/v1/status").status, 200);
    for (method, path) in
        [("POST", "/api/v1/tokens/read"), ("GET", "/api/v1/keys"), ("PUT", "/api/v1/apps/hello")]
    {
        assert_eq!(code(ask(&device, &read, method, path)), (403, "forbidden".into()), "{path}");
    }
    // Who may not do it is not told whether the path knows the method.
    assert_eq!(code(ask(&device, "Bearer x", "GET", "/nothing")).0, 401);
    let second = bearer(ask(&device, &first, "POST", "/api/v1/tokens/admin"));
    assert_eq!(code(ask(&device, &first, "GET", "/api/v1/status")).0, 401);
    device.stop();

    let device = unprovisioned(&flash, &Screen::default());
    assert_eq!(ask(&device, &first, "GET", "/api/v1/status").status, 401);
    assert_eq!(ask(&device, &second, "GET", "/api/v1/status").status, 200);
    assert_eq!(ask(&device, &read, "GET", "/api/v1/status").status, 200);
    assert_eq!(ask(&device, &second, "DELETE", "/api/v1/tokens/read").status, 200);
    assert_eq!(ask(&device, &read, "GET", "/api/v1/status").status, 401);
    assert_eq!(code(ask(&device, &second, "DELETE", "/api/v1/tokens/read")).0, 404);
}

#[test]
fn who_guesses_waits_and_nobody_else() {
    let _alone = alone();
    let (device, _dir) = device();
    let host = |last| Peer::ip(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)));
    let ask = |peer, authorization| {
        send(&device, &Head { authorization, peer, ..Head::new("GET", "/api/v1/status") }, b"")
    };
    for _ in 0..5 {
        assert_eq!(code(ask(host(1), Some("Bearer wrong"))), (401, "unauthorized".into()));
    }
    for token in ["Bearer wrong", ADMIN] {
        let reply = ask(host(1), Some(token));
        assert_eq!(field(&reply, "Retry-After"), Some("1"));
        assert_eq!(code(reply), (429, "too_many_attempts".into()));
    }
    // What is no attempt is not counted, and others are not kept waiting.
    assert_eq!(ask(host(1), None).status, 401);
    assert_eq!(ask(host(2), Some(ADMIN)).status, 200);
    assert_eq!(ask(Peer::Serial, Some(ADMIN)).status, 200);
    let metrics = send(&device, &head("GET", "/api/v1/metrics"), b"").body.read_all();
    let metrics = String::from_utf8(metrics).unwrap();
    assert!(metrics.contains("\nakira_auth_failures_total 7\n"), "{metrics}");
}

#[test]
fn web_pages_need_to_be_the_devices_own_or_named() {
    let _alone = alone();
    let (device, _dir) = device();
    let from = |method: &'static str, origin, authorization| {
        let path = "/api/v1/apps/hello/start";
        let head = Head { origin: Some(origin), authorization, ..head(method, path) };
        send(&device, &head, b"")
    };
    assert_eq!(code(from("POST", "http://evil.example", Some(ADMIN))).1, "forbidden_origin");
    assert_eq!(code(from("POST", "null", Some(ADMIN))).1, "forbidden_origin");
    assert_eq!(code(from("OPTIONS", "http://evil.example", None)).1, "forbidden_origin");
    assert_eq!(code(from("POST", "http://device:8080", Some(ADMIN))).1, "not_found");
    let settings = r#"{"name":"lab","allowed_origins":["https://Console.example:443"]}"#;
    assert_eq!(put(&device, "/api/v1/config", settings).0, 200);
    let page = "https://console.example";
    let reply = from("POST", page, None);
    assert_eq!(field(&reply, "Access-Control-Allow-Origin"), Some(page));
    assert_eq!(field(&reply, "Vary"), Some("Origin"));
    assert_eq!(code(reply).1, "unauthorized");
    let reply = from("OPTIONS", page, None);
    assert_eq!(field(&reply, "Access-Control-Allow-Origin"), Some(page));
    assert!(field(&reply, "Access-Control-Allow-Headers").unwrap().contains("Authorization"));
    assert_eq!((reply.status, reply.body.read_all().len()), (204, 0));
    let reply = from("POST", "http://device:8080", Some(ADMIN));
    assert_eq!(field(&reply, "Access-Control-Allow-Origin"), None);
}

#[test]
fn grants_and_quotas_outlast_boots_and_quotas_updates() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    let install = |device: &Device, version| {
        send(device, &head("PUT", "/api/v1/apps/hello"), &packed("hello", version)).status
    };
    assert_eq!(install(&device, "1.0.0"), 201);
    let grants = |device: &Device, names: &str| {
        let body = format!(r#"{{"capabilities":{names}}}"#);
        put(device, "/api/v1/apps/hello/grants", &body)
    };
    assert_eq!(grants(&device, r#"["fs_read"]"#).1["capabilities"][0], "fs_read");
    assert_eq!(grants(&device, r#"["fs_read","hid"]"#).0, 400);
    let quota = r#"{"memory_bytes":300000}"#;
    let (status, answer) = put(&device, "/api/v1/apps/hello/quota", quota);
    assert_eq!((status, &answer["memory_quota"]), (200, &300_000.into()));
    assert_eq!(answer["memory_requested"], 524_288);
    device.stop();

    let device = start(&flash).unwrap();
    let kept = get(&device, "/api/v1/apps/hello");
    assert_eq!(kept["capabilities"], serde_json::json!(["fs_read"]));
    assert_eq!(kept["memory_quota"], 300_000);
    assert_eq!(install(&device, "1.0.1"), 200);
    let updated = get(&device, "/api/v1/apps/hello");
    assert_eq!(updated["capabilities"].as_array().unwrap().len(), 2, "decided anew");
    assert_eq!(updated["memory_quota"], 300_000);
    let (_, answer) = put(&device, "/api/v1/apps/hello/quota", r#"{"memory_bytes":null}"#);
    assert_eq!(answer["memory_quota"], 524_288);
    let audit = get(&device, "/api/v1/audit");
    let kinds: Vec<_> = audit["records"].as_array().unwrap().iter().map(|r| &r["kind"]).collect();
    assert_eq!(kinds, ["config"; 3], "{audit}");
}

#[test]
fn what_is_known_is_not_sent_again() {
    let _alone = alone();
    let (device, _dir) = device();
    let module = packed("hello", "1.0.0");
    let path = "/api/v1/apps/hello";
    let install = |path: &str, known: Option<&str>| {
        send(&device, &Head { if_none_match: known, ..head("PUT", path) }, &module)
    };
    assert_eq!(install(path, Some("*")).status, 201);
    assert_eq!(code(install(path, Some("*"))), (412, "unchanged".into()));
    let known =
        |tag: Option<&str>| send(&device, &Head { if_none_match: tag, ..head("GET", path) }, b"");
    let reply = known(None);
    let tag = field(&reply, "ETag").unwrap().to_owned();
    let sha256 = parsed(reply)["sha256"].as_str().unwrap().to_owned();
    assert!(tag.starts_with(&format!("\"{sha256}-")), "{tag}");
    let reply = known(Some(&tag));
    assert_eq!(field(&reply, "ETag"), Some(tag.as_str()));
    assert_eq!((reply.status, reply.body.read_all().len()), (304, 0));
    assert_eq!(known(Some("\"other\"")).status, 200);

    let head_only = Head { if_none_match: Some(&tag), ..head("PUT", path) };
    assert!(!Exchange::begin(device.runtime(), &head_only).wants_body());
    assert_eq!(code(install(path, Some(&format!("\"{sha256}\"")))).1, "unchanged");
    // The same module with other grants is something else.
    let denied = format!("{path}?deny=sensor");
    assert_eq!(install(&denied, Some(&tag)).status, 200);
    assert_eq!(code(install(&denied, Some(&tag))).1, "unchanged");
    assert_eq!(install(path, Some(&tag)).status, 200);
    let wrong = format!("{path}?sha256={}", "0".repeat(64));
    assert_eq!(code(install(&wrong, None)), (400, "digest_mismatch".into()));
}

#[test]
fn settings_outlast_a_boot_and_damage_costs_only_them() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = start(&flash).unwrap();
    let made = device.runtime().device_name();
    assert!(made.starts_with("akira-") && made.len() == 12, "{made}");
    device.stop();
    let device = start(&flash).unwrap();
    assert_eq!(device.runtime().device_name(), made);
    let settings = r#"{"name":"lab-1","allowed_origins":["http://a.example"]}"#;
    assert_eq!(put(&device, "/api/v1/config", settings).0, 200);
    let (status, answer) = put(&device, "/api/v1/config", r#"{"name":"-","allowed_origins":[]}"#);
    assert_eq!((status, &answer["error"]["code"]), (400, &"bad_config".into()));
    let pem = "-----BEGIN CERTIFICATE-----\nTWFu\n-----END CERTIFICATE-----\n\
               -----BEGIN PRIVATE KEY-----\nTQ==\n-----END PRIVATE KEY-----\n";
    assert_eq!(put(&device, "/api/v1/config/tls", pem).0, 200);
    assert_eq!(put(&device, "/api/v1/config/tls", "x").1["error"]["code"], "bad_config");
    assert_eq!(put(&device, "/api/v1/config/tls", &" ".repeat(8193)).0, 413);
    device.stop();

    let device = start(&flash).unwrap();
    let config = get(&device, "/api/v1/config");
    assert_eq!((&config["name"], &config["read_token"]), (&"lab-1".into(), &false.into()));
    assert_eq!(config["allowed_origins"], serde_json::json!(["http://a.example"]));
    assert_eq!(config["tls"]["certificate_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(get(&device, "/status")["name"], "lab-1");
    assert_eq!(device.runtime().tls_pem().unwrap(), pem.as_bytes());
    assert_eq!(send(&device, &head("DELETE", "/api/v1/config/tls"), b"").status, 200);
    assert_eq!(device.runtime().tls_pem(), None);
    let host = device.runtime().platform();
    let mut file = host.open("/config/device", OpenMode::REPLACE).unwrap();
    file.write(b"AKC1 damaged").unwrap();
    file.close().unwrap();
    device.stop();

    let screen = Screen::default();
    let device = Device::start(options(&flash, &screen)).unwrap();
    assert!(screen.text().contains("settings are damaged"), "{}", screen.text());
    assert!(device.runtime().device_name().starts_with("akira-"));
    assert_eq!(get(&device, "/api/v1/config")["allowed_origins"], serde_json::json!([]));
}

#[test]
fn a_ticket_opens_one_stream_and_new_tokens_end_all() {
    let _alone = alone();
    let (device, _dir) = device();
    let reply = send(&device, &head("POST", "/api/v1/events/ticket"), b"");
    assert_eq!(reply.status, 201);
    let ticket = parsed(reply);
    assert_eq!(ticket["expires_in_s"], 30);
    let path = format!("/api/v1/events?ticket={}", ticket["ticket"].as_str().unwrap());
    let open = |head: &Head<'_>| Stream::open(device.runtime(), head).map_err(|r| r.status);
    let foreign = Head { origin: Some("http://evil.example"), ..Head::new("GET", &path) };
    assert_eq!(open(&foreign).err(), Some(403));
    let mut stream = open(&Head::new("GET", &path)).unwrap();
    assert_eq!(open(&Head::new("GET", &path)).err(), Some(401), "used");
    assert_eq!(open(&Head::new("GET", "/api/v1/events")).err(), Some(401));
    assert!(stream.next().unwrap().contains(r#""type":"hello""#));
    assert!(!stream.is_over());
    assert_eq!(send(&device, &head("POST", "/api/v1/tokens/read"), b"").status, 201);
    assert!(stream.is_over());
    assert_eq!(stream.next(), None);
    // Who asks for no WebSocket is told so.
    let reply = send(&device, &head("GET", "/api/v1/events"), b"");
    assert_eq!(field(&reply, "Upgrade"), Some("websocket"));
    assert_eq!(code(reply), (426, "upgrade_required".into()));
}

#[test]
fn every_answer_says_that_nobody_keeps_it() {
    let _alone = alone();
    let (device, _dir) = device();
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/status"),
        ("GET", "/api/v1/apps"),
        ("GET", "/api/v1/apps/none"),
        ("GET", "/api/v1/display"),
        ("GET", "/api/v1/metrics"),
        ("GET", "/api/v1/firmware"),
        ("GET", "/nothing"),
        ("PUT", "/api/v1/apps/A"),
        ("DELETE", "/api/v1/status"),
    ] {
        for authorization in [None, Some(ADMIN)] {
            let reply = send(&device, &Head { authorization, ..head(method, path) }, b"");
            let kept = if path == "/" { "no-cache" } else { "no-store" };
            assert_eq!(field(&reply, "Cache-Control"), Some(kept), "{path}");
            assert_eq!(field(&reply, "X-Content-Type-Options"), Some("nosniff"), "{path}");
            assert!(authorization.is_some() || path == "/" || reply.status == 401, "{path}");
        }
    }
    assert_eq!(TOKEN, &ADMIN["Bearer ".len()..]);
}
