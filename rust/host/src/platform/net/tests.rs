// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Sockets against each other and against the standard library's.

use std::net::Shutdown;

use super::*;

/// Longer than anything here takes.
const LONG: u32 = 60_000;

fn listener() -> (HostSocket, u16) {
    let socket = HostSocket::listen(0).unwrap();
    let State::Listening(listener) = &socket.state else { panic!("it does not listen") };
    let port = listener.local_addr().unwrap().port();
    (socket, port)
}

fn connect(host: &str, port: u16) -> HostSocket {
    HostSocket::connect(&Resolver::default(), host, port).unwrap()
}

/// Both ends of a connection.
fn pair() -> (HostSocket, HostSocket) {
    let (mut listener, port) = listener();
    let mut one = connect("127.0.0.1", port);
    assert_eq!(one.wait(Readiness::Write, LONG), Ok(true));
    assert_eq!(listener.wait(Readiness::Read, LONG), Ok(true));
    (one, listener.accept().unwrap())
}

#[test]
fn bytes_go_both_ways_and_the_end_is_told() {
    let (mut one, mut other) = pair();
    let mut buf = [0; 16];
    assert_eq!(other.recv(&mut buf), Err(Errno::EAGAIN));
    assert_eq!(other.wait(Readiness::Read, 0), Ok(false));
    assert_eq!(one.send(b"ping"), Ok(4));
    assert_eq!(other.wait(Readiness::Read, LONG), Ok(true));
    assert_eq!(other.recv(&mut buf), Ok(4));
    assert_eq!(&buf[..4], b"ping");
    assert_eq!(other.send(b"pong"), Ok(4));
    drop(other);
    assert_eq!(one.wait(Readiness::Read, LONG), Ok(true));
    assert_eq!(one.recv(&mut buf), Ok(4));
    assert_eq!(one.wait(Readiness::Read, LONG), Ok(true));
    assert_eq!(one.recv(&mut buf), Ok(0), "closed");
}

#[test]
fn a_peer_that_does_not_read_is_waited_for() {
    let (mut one, mut other) = pair();
    let block = [7; 65_536];
    let mut sent = 0;
    while let Ok(count) = one.send(&block) {
        sent += count;
    }
    assert_eq!(one.send(&block), Err(Errno::EAGAIN));
    assert_eq!(one.wait(Readiness::Write, 0), Ok(false));
    let mut buf = vec![0; 65_536];
    while sent > 0 {
        assert_eq!(other.wait(Readiness::Read, LONG), Ok(true));
        sent -= other.recv(&mut buf).unwrap();
    }
    assert_eq!(one.wait(Readiness::Write, LONG), Ok(true));
    assert!(one.send(b"more").is_ok());
}

#[test]
fn a_connection_that_broke_says_so() {
    let (mut one, other) = pair();
    // Closing with unread bytes resets the connection.
    one.send(b"unread").unwrap();
    let State::Open(stream) = &other.state else { panic!("it is open") };
    ready(stream, PollFlags::IN, Instant::now() + ATTEMPT).unwrap();
    drop(other);
    assert_eq!(one.wait(Readiness::Read, LONG), Ok(true));
    assert_eq!(one.recv(&mut [0]), Err(Errno::ECONNRESET));
    assert_eq!(one.send(b"x"), Err(Errno::ECONNRESET));

    let (mut one, other) = pair();
    let State::Open(stream) = &other.state else { panic!("it is open") };
    stream.shutdown(Shutdown::Both).unwrap();
    assert_eq!(one.wait(Readiness::Read, LONG), Ok(true));
    assert_eq!(one.recv(&mut [0]), Ok(0));
}

#[test]
fn nobody_there_is_told_by_the_wait() {
    let (listening, port) = listener();
    drop(listening);
    for host in ["127.0.0.1", "localhost", "::ffff:127.0.0.1"] {
        let mut socket = connect(host, port);
        assert_eq!(socket.wait(Readiness::Write, LONG), Err(Errno::ECONNREFUSED), "{host}");
        assert_eq!(socket.wait(Readiness::Read, LONG), Err(Errno::ECONNREFUSED), "and again");
        assert_eq!(socket.recv(&mut [0]), Err(Errno::ECONNREFUSED));
        assert_eq!(socket.send(&[0]), Err(Errno::ECONNREFUSED));
        assert_eq!(socket.accept().err(), Some(Errno::EINVAL));
    }
    let mut socket = connect("name.invalid", 80);
    assert_eq!(socket.wait(Readiness::Write, LONG), Err(Errno::EHOSTUNREACH));
}

#[test]
fn every_address_is_tried_in_turn() {
    let (mut listening, port) = listener();
    let (closed, refused) = listener();
    drop(closed);
    let [refused, good] = [refused, port].map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    // Multicast is no place for TCP, and fails at once.
    let never = SocketAddr::from(([224, 0, 0, 1], 80));
    let try_each = |addresses: &[SocketAddr]| HostSocket {
        state: State::try_each(addresses.to_vec().into(), None),
    };
    let mut socket = try_each(&[never, refused, never, good]);
    assert_eq!(socket.wait(Readiness::Write, LONG), Ok(true));
    assert_eq!(listening.wait(Readiness::Read, LONG), Ok(true));
    listening.accept().unwrap();
    assert_eq!(try_each(&[never, refused]).wait(Readiness::Write, LONG), Err(Errno::ECONNREFUSED));
    assert_eq!(try_each(&[]).wait(Readiness::Write, LONG), Err(Errno::EHOSTUNREACH));
}

#[test]
fn an_address_that_had_its_time_makes_place_for_the_next_one() {
    let crowded = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    crowded.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    crowded.listen(0).unwrap();
    let address = crowded.local_addr().unwrap().as_socket().unwrap();
    // Nobody accepts, so soon one gets no answer.
    let mut accepted = Vec::new();
    let stream = loop {
        let stream = begin(address).unwrap();
        if !ready(&stream, PollFlags::OUT, Instant::now() + Duration::from_millis(200)).unwrap() {
            break stream;
        }
        accepted.push(stream);
        assert!(accepted.len() < 100);
    };
    let (mut listening, port) = listener();
    let good = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let unanswered = |stream, until, others: &[SocketAddr]| HostSocket {
        state: State::Connecting(Attempt { stream, until, others: others.to_vec().into() }),
    };
    let mut socket = unanswered(stream.try_clone().unwrap(), Instant::now() + ATTEMPT, &[good]);
    assert_eq!(socket.wait(Readiness::Write, 0), Ok(false), "it has time yet");
    assert_eq!(socket.send(b"x"), Err(Errno::EAGAIN));
    let mut socket = unanswered(stream.try_clone().unwrap(), Instant::now(), &[good]);
    assert_eq!(socket.wait(Readiness::Write, LONG), Ok(true));
    assert_eq!(listening.wait(Readiness::Read, LONG), Ok(true));
    let mut socket = unanswered(stream, Instant::now(), &[]);
    assert_eq!(socket.wait(Readiness::Write, LONG), Err(Errno::ETIMEDOUT));
}

#[test]
fn a_port_is_one_listeners_and_free_again_at_once() {
    let (mut listening, port) = listener();
    assert_eq!(HostSocket::listen(port).err(), Some(Errno::EADDRINUSE));
    assert_eq!(listening.accept().err(), Some(Errno::EAGAIN));
    assert_eq!(listening.wait(Readiness::Write, 0), Err(Errno::EINVAL));
    assert_eq!(listening.recv(&mut [0]), Err(Errno::EINVAL));
    // A connection that the listener's side closes first keeps its port for a while.
    let mut client = connect("127.0.0.1", port);
    client.wait(Readiness::Write, LONG).unwrap();
    listening.wait(Readiness::Read, LONG).unwrap();
    drop((listening.accept().unwrap(), listening));
    assert_eq!(client.wait(Readiness::Read, LONG), Ok(true));
    assert_eq!(client.recv(&mut [0]), Ok(0));
    HostSocket::listen(port).unwrap();
}

#[test]
fn a_name_is_resolved_beside() {
    let (mut listening, port) = listener();
    let mut socket = connect("localhost", port);
    match socket.recv(&mut [0]) {
        Err(Errno::EAGAIN) => {}
        other => panic!("not connected yet, or with nothing to read: {other:?}"),
    }
    assert_eq!(socket.wait(Readiness::Write, LONG), Ok(true));
    assert_eq!(listening.wait(Readiness::Read, LONG), Ok(true));
    assert_eq!(socket.send(b"hello"), Ok(5));
}
