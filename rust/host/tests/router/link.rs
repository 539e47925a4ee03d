// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The HTTP API over a serial line, good or bad.

use akira_core::link::{Client, LinkError, RequestHead, Response};
use akira_core::transfer::Transport;
use akira_runtime::link::Link;
use akira_runtime::platform::Platform;

use crate::common::{ADMIN, Lab, Later, app, code};

/// Both ends and a line that changes one byte of so many.
struct Line<'a> {
    lab: &'a Lab,
    client: Client,
    link: Link<Later>,
    one_of: u32,
    seed: u32,
}

impl<'a> Line<'a> {
    fn new(lab: &'a Lab, one_of: u32) -> Self {
        let link = Link::new(lab.runtime.clone(), Transport::Serial);
        Self { lab, client: Client::new(7), link, one_of, seed: 1 }
    }

    fn spoil(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if self.one_of > 0 && (self.seed >> 8).is_multiple_of(self.one_of) {
                *byte ^= 0x10;
            }
        }
    }

    fn ask(&mut self, head: &RequestHead<'_>, body: &[u8]) -> Result<Response, LinkError> {
        let now = |lab: &Lab| lab.runtime.platform().uptime_ms();
        let head = RequestHead { content_length: Some(body.len() as u64), ..*head };
        self.client.request(now(self.lab), &head, body.to_vec());
        let mut room = [0; 600];
        loop {
            let count = self.client.transmit(now(self.lab), &mut room);
            self.spoil(&mut room[..count]);
            self.link.receive(&room[..count]);
            let sent = self.link.transmit(&mut room);
            self.spoil(&mut room[..sent]);
            self.client.receive(now(self.lab), &room[..sent]);
            if let Some(result) = self.client.poll() {
                return result;
            }
            if count == 0 && sent == 0 {
                self.lab.pass(10);
                self.link.tick();
            }
        }
    }

    fn request(&mut self, method: &str, path: &str, body: &[u8]) -> Response {
        let head =
            RequestHead { method, path, authorization: Some(ADMIN), ..RequestHead::default() };
        self.ask(&head, body).unwrap()
    }
}

#[test]
fn the_api_over_a_line() {
    let lab = Lab::new();
    for one_of in [0, 20_000] {
        let mut line = Line::new(&lab, one_of);
        let module = app("hello", 60_000);
        let installed = line.request("PUT", "/api/v1/apps/hello", &module);
        assert_eq!(installed.status, 201);
        assert_eq!(installed.content_type, "application/json");
        assert!(installed.headers.iter().any(|(name, _)| name == "Cache-Control"));
        let again = line.request("PUT", "/api/v1/apps/hello", &module);
        assert_eq!(again.status, 200);
        assert_eq!(line.request("POST", "/api/v1/apps/hello/start", b"").status, 200);
        let file: Vec<u8> = (0..40_000u32).map(|n| (n * 11) as u8).collect();
        assert_eq!(line.request("PUT", "/api/v1/files/hello/data", &file).status, 201);
        let back = line.request("GET", "/api/v1/files/hello/data", b"");
        assert!(back.status == 200 && back.body == file);
        assert_eq!(line.request("DELETE", "/api/v1/files/hello/data", b"").status, 200);
        assert_eq!(line.request("GET", "/api/v1/events", b"").status, 426);
        assert_eq!(line.request("DELETE", "/api/v1/apps/hello", b"").status, 200);
    }
}

#[test]
fn a_line_has_no_rights_of_its_own() {
    let lab = Lab::new();
    let mut line = Line::new(&lab, 0);
    let head = RequestHead { method: "GET", path: "/api/v1/apps", ..RequestHead::default() };
    assert_eq!(line.ask(&head, b"").unwrap().status, 401);
    let wrong = RequestHead { authorization: Some("Bearer wrong"), ..head };
    assert_eq!(line.ask(&wrong, b"").unwrap().status, 401);
    let refused = line.request("PUT", "/api/v1/apps/hello", &[7; 50_000]);
    assert_eq!(refused.status, 400);
    assert_eq!(code(std::str::from_utf8(&refused.body).unwrap()), "bad_module");
}

#[test]
fn a_client_that_goes_leaves_nothing() {
    let lab = Lab::new();
    let free = lab.free();
    let mut line = Line::new(&lab, 0);
    let head = RequestHead {
        method: "PUT",
        path: "/api/v1/apps/hello",
        authorization: Some(ADMIN),
        ..RequestHead::default()
    };
    line.client.request(lab.runtime.platform().uptime_ms(), &head, app("hello", 30_000));
    let mut room = [0; 600];
    for _ in 0..20 {
        let count = line.client.transmit(lab.runtime.platform().uptime_ms(), &mut room);
        line.link.receive(&room[..count]);
        let count = line.link.transmit(&mut room);
        line.client.receive(lab.runtime.platform().uptime_ms(), &room[..count]);
    }
    assert!(line.link.is_busy());
    assert!(lab.done(200, "GET", "/api/v1/status", b"").contains(r#""transport":"serial""#));
    lab.pass(akira_core::link::IDLE_MS);
    line.link.tick();
    assert!(!line.link.is_busy());
    assert!(lab.done(200, "GET", "/api/v1/status", b"").contains(r#""transfers":[]"#));
    assert_eq!(lab.free(), free);
}
