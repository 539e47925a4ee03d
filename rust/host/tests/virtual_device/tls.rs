// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The HTTP API over TLS.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use akira_host::{Device, SimError};
use akira_runtime::platform::{File, OpenMode, Platform};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::common::{Screen, TOKEN, alone, answer, app, connect, head, options};
use crate::events;

type Client = StreamOwned<ClientConnection, TcpStream>;

fn start(flash: &Path, screen: &Screen) -> Result<Device, SimError> {
    let mut options = options(flash, screen);
    options.tls = true;
    Device::start(options)
}

/// A client that trusts the device's certificate and nothing else.
fn client(device: &Device) -> Client {
    let pem = device.runtime().tls_pem().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), connect(device))
}

fn fingerprint(screen: &Screen) -> String {
    let text = screen.text();
    let line = text.lines().find(|line| line.contains("TLS certificate SHA-256: ")).unwrap();
    line.rsplit(' ').next().unwrap().to_owned()
}

#[test]
fn with_tls_there_is_tls_and_nothing_else() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let screen = Screen::default();
    let device = start(&flash, &screen).unwrap();
    let (address, text) = (device.address(), screen.text());
    assert!(text.contains(&format!("akira: ready, HTTP API at https://{address}\n")), "{text}");

    let mut stream = client(&device);
    let module = app("hello", false, 200_000);
    let length = format!("content-length: {}\r\n", module.len());
    stream.write_all(head("PUT", "/apps/hello", &length).as_bytes()).unwrap();
    stream.write_all(&module).unwrap();
    assert_eq!(answer(&mut stream).unwrap().status, 201);
    stream.write_all(head("GET", "/config", "").as_bytes()).unwrap();
    let config = answer(&mut stream).unwrap().body;
    let sha256 = fingerprint(&screen);
    assert!(config.contains(r#""enabled":true"#) && config.contains(&sha256), "{config}");
    let mut events = events::open(client(&device), "", TOKEN).unwrap();
    assert!(events::text(&mut events).contains(r#""type":"hello""#));

    let mut plain = connect(&device);
    plain.write_all(head("GET", "/status", "").as_bytes()).unwrap();
    let mut heard = Vec::new();
    // Closed or reset, after no more than an alert.
    let _ = plain.read_to_end(&mut heard);
    assert!(!heard.starts_with(b"HTTP"), "{heard:?}");

    device.stop();
    let screen = Screen::default();
    let device = start(&flash, &screen).unwrap();
    assert_eq!(fingerprint(&screen), sha256, "made once");
    drop(device);
}

#[test]
fn a_certificate_that_cannot_be_used_keeps_a_device_from_starting_with_tls() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let flash = dir.path().join("flash.bin");
    let device = crate::common::start(&flash).unwrap();
    let mode = OpenMode { write: true, create: true, ..OpenMode::READ };
    let mut file = device.runtime().platform().open("/config/tls.pem", mode).unwrap();
    file.write(b"no certificate").unwrap();
    file.close().unwrap();
    device.stop();
    let error = start(&flash, &Screen::default()).map(drop).unwrap_err();
    assert!(matches!(error, SimError::Tls(_)), "{error}");
    assert!(error.to_string().contains("start without TLS"), "{error}");
    drop(crate::common::start(&flash).unwrap());
}
