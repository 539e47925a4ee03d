// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Requests against a whole virtual device: real runtime, real WAMR, real LittleFS on a flash chip in
//! memory. The input is a script, see `akira_fuzz::script`. Whatever it says, every answer is one of
//! the API's, and once its apps and keys are gone flash and memory are what they were, to the byte.

#![no_main]

use std::sync::{Arc, OnceLock};

use akira_abi::{CapSet, Capability};
use akira_core::signature::SignaturePolicy;
use akira_fuzz::script::{Request, requests};
use akira_host::flash::{Geometry, NorFlash};
use akira_host::intake::Intake;
use akira_host::platform::rf::Rf;
use akira_host::platform::{Console, Host};
use akira_host::storage::Storage;
use akira_runtime::http::{Exchange, Head, Reply};
use akira_runtime::{Config, Platform, Runtime};
use libfuzzer_sys::fuzz_target;

const TOKEN: &str = "0123456789abcdef";
const FLASH_BYTES: u64 = 1 << 20;

/// The device, and what its flash and memory were before the first request.
struct Lab {
    runtime: Arc<Runtime<Host>>,
    _intake: Intake,
    blank: (u64, u64),
}

static LAB: OnceLock<Lab> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let lab = LAB.get_or_init(Lab::new);
    for request in requests(data) {
        lab.ask(&request);
    }
    for app in lab.runtime.app_list().apps {
        for (method, what) in [("POST", "/stop"), ("DELETE", "")] {
            let target = format!("/api/v1/apps/{}{what}", app.name);
            lab.ask(&Request { method, target: &target, length: None, body: b"" });
        }
    }
    for name in lab.keys() {
        let target = format!("/api/v1/keys/{name}");
        lab.ask(&Request { method: "DELETE", target: &target, length: None, body: b"" });
    }
    lab.unset();
    assert_eq!(lab.runtime.app_list().apps.len(), 0);
    assert_eq!(lab.keys().len(), 0);
    assert_eq!(lab.kept(), lab.blank, "bytes of memory in use, bytes of flash free");
});

impl Lab {
    fn new() -> Self {
        let chip = NorFlash::in_memory(Geometry::new(FLASH_BYTES).expect("a size"));
        let storage = Storage::mount(chip).expect("a blank chip mounts");
        let rf = Rf::open(None).expect("a radio");
        let host = Host::new(storage, Console::sink(), Some(TOKEN.into()), rf);
        // What an app does to the network of this machine is no part of this.
        let reach = [Capability::NetworkClient, Capability::NetworkServer];
        let config = Config {
            pool_bytes: 1 << 20,
            exec_timeout_ms: 1000,
            exec_timeout_max_ms: 10_000,
            health_ms: 0,
            signatures: SignaturePolicy::Warn,
            grantable: Capability::ALL
                .into_iter()
                .filter(|capability| !reach.contains(capability))
                .fold(CapSet::EMPTY, CapSet::with),
        };
        let runtime = Runtime::new(host, config).expect("a runtime");
        runtime.boot().expect("a boot");
        let intake = Intake::start(Arc::clone(&runtime)).expect("threads");
        let mut lab = Self { runtime, _intake: intake, blank: (0, 0) };
        lab.unset();
        lab.blank = lab.kept();
        lab
    }

    /// Sets what a script can set to what it was.
    fn unset(&self) {
        let name = br#"{"name":"fuzz","allowed_origins":[]}"#;
        for (method, target, body) in [
            ("PUT", "/api/v1/config", &name[..]),
            ("DELETE", "/api/v1/config/tls", b""),
            ("DELETE", "/api/v1/tokens/read", b""),
        ] {
            self.ask(&Request { method, target, length: None, body });
        }
    }

    fn get(&self, target: &str) -> String {
        let reply = self.send(&Request::get(target));
        assert_eq!(reply.status, 200, "{target}");
        String::from_utf8(reply.body.read_all()).expect("text")
    }

    /// Names of the trusted keys. A name has no character that JSON escapes.
    fn keys(&self) -> Vec<String> {
        let text = self.get("/api/v1/keys");
        let names = text.split(r#""name":""#).skip(1).filter_map(|rest| rest.split('"').next());
        names.map(String::from).collect()
    }

    fn kept(&self) -> (u64, u64) {
        let text = self.get("/api/v1/status");
        let number = |key: &str| {
            let rest = text.split_once(key).expect("a field").1;
            let end = rest.find(|c: char| !c.is_ascii_digit()).expect("an end");
            rest[..end].parse().expect("a number")
        };
        let used = number(r#""memory":{"used":"#);
        (used, self.runtime.platform().space().expect("storage").free.into())
    }

    fn send(&self, request: &Request<'_>) -> Reply {
        let head = Head {
            authorization: Some("Bearer 0123456789abcdef"),
            content_length: request.length,
            content_type: Some("multipart/form-data; boundary=xx"),
            ..Head::new(request.method, request.target)
        };
        let mut exchange = Exchange::begin(&self.runtime, &head);
        for piece in request.body.chunks(97) {
            if !exchange.wants_body() {
                break;
            }
            exchange.chunk(piece);
        }
        exchange.finish()
    }

    fn ask(&self, request: &Request<'_>) {
        if request.target.contains("tokens/admin") {
            // Nothing else could be asked after that.
            return;
        }
        let reply = self.send(request);
        assert!(matches!(reply.status, 200..=599), "{}", reply.status);
        assert_ne!(reply.status, 500, "{} {}", request.method, request.target);
        let (status, kind) = (reply.status, reply.content_type);
        let body = reply.body.read_all();
        match kind {
            "application/json" => {
                assert!(body.starts_with(b"{") && body.ends_with(b"}"), "{status}");
            }
            "image/png" => assert!(body.starts_with(b"\x89PNG"), "{status}"),
            "" => assert!(body.is_empty(), "{status}"),
            "application/octet-stream" => assert!(request.target.contains("/files/")),
            // The dashboard, gzip-compressed.
            "text/html; charset=utf-8" => assert!(body.starts_with(b"\x1f\x8b"), "{status}"),
            _ => {
                let metrics = kind.starts_with("application/openmetrics-text");
                assert!(metrics && body.ends_with(b"# EOF\n"), "{status} {kind}");
            }
        }
    }
}
