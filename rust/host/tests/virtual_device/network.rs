// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Apps on the network, against sockets of this test.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use crate::common::{alone, device, exit_code, launch, manifest};
use crate::hardware::until_ready;
use akira_core::manifest::Draft;
use akira_core::scope::ScopeDraft;

/// A manifest for the network, with these scopes.
fn networked(name: &str, hosts: Vec<String>, ports: Vec<u32>) -> Draft {
    let scope = ScopeDraft { hosts: Some(hosts), ports: Some(ports), ..ScopeDraft::default() };
    Draft { scope: Some(scope), ..manifest(name, &["network_client", "network_server"]) }
}

/// Connects to `localhost`, says `ping` and returns how much comes back.
fn client(port: u16) -> String {
    format!(
        r#"(module
            (import "akira" "net_connect" (func $connect (param i32 i32 i32) (result i32)))
            (import "akira" "net_send" (func $send (param i32 i32 i32) (result i32)))
            (import "akira" "net_recv" (func $recv (param i32 i32 i32 i32) (result i32)))
            (memory 1)
            (data (i32.const 0) "localhost" "ping")
            (func (export "_start") (result i32) (local $s i32)
                (local.set $s
                    (call $connect (i32.const 0) (i32.const 9) (i32.const {port})))
                (if (i32.lt_s (local.get $s) (i32.const 0)) (then (return (local.get $s))))
                (drop (call $send (local.get $s) (i32.const 9) (i32.const 4)))
                (call $recv (local.get $s) (i32.const 64) (i32.const 64) (i32.const -1))))"#
    )
}

#[test]
fn an_app_reaches_the_hosts_of_its_scope_by_name() {
    let _alone = alone();
    let (device, _dir) = device();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let hosts = vec![format!("localhost:{port}")];
    launch(&device, &networked("client", hosts.clone(), vec![]), &client(port));
    let (mut peer, _) = listener.accept().unwrap();
    let mut said = [0; 4];
    peer.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"ping");
    peer.write_all(b"pong, pong").unwrap();
    assert_eq!(exit_code(&device, "client"), 10);

    launch(&device, &networked("stray", vec![], vec![]), &client(port));
    assert_eq!(exit_code(&device, "stray"), -13, "EACCES: not in its scope");
    drop(listener);
    launch(&device, &networked("late", hosts, vec![]), &client(port));
    assert_eq!(exit_code(&device, "late"), -111, "ECONNREFUSED");
}

#[test]
fn an_app_serves_on_the_ports_of_its_scope() {
    let _alone = alone();
    let (device, _dir) = device();
    // A port that was free a moment ago.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    let server = format!(
        r#"(module
            (import "akira" "log" (func $log (param i32 i32) (result i32)))
            (import "akira" "net_listen" (func $listen (param i32) (result i32)))
            (import "akira" "net_accept" (func $accept (param i32 i32) (result i32)))
            (import "akira" "net_send" (func $send (param i32 i32 i32) (result i32)))
            (import "akira" "net_recv" (func $recv (param i32 i32 i32 i32) (result i32)))
            (memory 1)
            (data (i32.const 300) "ready")
            (func (export "_start") (result i32) (local $s i32)
                (local.set $s (call $listen (i32.const {port})))
                (if (i32.lt_s (local.get $s) (i32.const 0)) (then (return (local.get $s))))
                (drop (call $log (i32.const 300) (i32.const 5)))
                (local.set $s (call $accept (local.get $s) (i32.const -1)))
                (call $send (local.get $s) (i32.const 0)
                    (call $recv (local.get $s) (i32.const 0) (i32.const 64) (i32.const -1)))))"#
    );
    let may_listen = |name| networked(name, vec![], vec![port.into()]);
    launch(&device, &may_listen("early"), &server);
    assert_eq!(exit_code(&device, "early"), -98, "EADDRINUSE");
    drop(free);
    launch(&device, &may_listen("server"), &server);
    until_ready(&device, "server");
    let mut peer = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    peer.write_all(b"hello").unwrap();
    let mut echo = [0; 5];
    peer.read_exact(&mut echo).unwrap();
    assert_eq!(&echo, b"hello");
    assert_eq!(exit_code(&device, "server"), 5);
    launch(&device, &networked("stray", vec![], vec![]), &server);
    assert_eq!(exit_code(&device, "stray"), -13, "EACCES: not in its scope");
}
