// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The stream of events.

use akira_core::log::RECORDS_MAX;
use akira_runtime::http::Head;
use akira_runtime::stream::{STREAMS_MAX, Stream};

use crate::common::{ADMIN, Lab, Later, app, manifest};

fn open(lab: &Lab, query: &str) -> Result<Stream<Later>, u16> {
    let path = format!("/api/v1/events{query}");
    let head = Head { authorization: Some(ADMIN), ..Head::new("GET", &path) };
    Stream::open(&lab.runtime, &head).map_err(|reply| reply.status)
}

/// All that there is to tell now.
fn drain(stream: &mut Stream<Later>) -> Vec<String> {
    std::iter::from_fn(|| stream.next()).collect()
}

fn of_type<'a>(messages: &'a [String], kind: &str) -> Vec<&'a str> {
    let start = format!(r#"{{"type":"{kind}""#);
    messages.iter().map(String::as_str).filter(|text| text.starts_with(&start)).collect()
}

#[test]
fn a_stream_begins_with_what_there_is() {
    let lab = Lab::new();
    lab.done(201, "PUT", "/api/v1/apps/one", &app("one", 0));
    lab.done(201, "PUT", "/api/v1/apps/two", &app("two", 0));
    let mut stream = open(&lab, "").unwrap_or_else(|status| panic!("{status}"));
    let first = stream.next().unwrap();
    assert!(first.starts_with(r#"{"type":"hello","device":"virtual","name":"#), "{first}");
    let messages = drain(&mut stream);
    assert_eq!(of_type(&messages, "app").len(), 2);
    assert_eq!(of_type(&messages, "status").len(), 1);
    assert_eq!(messages.len(), 3, "{messages:?}");
    // Nothing has happened.
    lab.pass(100);
    assert_eq!(drain(&mut stream), [""; 0]);
    lab.pass(1000);
    assert_eq!(of_type(&drain(&mut stream), "status").len(), 1);
}

#[test]
fn changes_of_apps_and_transfers_are_told() {
    let lab = Lab::new();
    let mut stream = open(&lab, "?types=app,transfer").unwrap_or_else(|status| panic!("{status}"));
    assert_eq!(drain(&mut stream).len(), 1);
    let module = app("hello", 3000);
    lab.done(201, "PUT", "/api/v1/apps/hello", &module);
    lab.pass(100);
    let messages = drain(&mut stream);
    let transfers = of_type(&messages, "transfer");
    assert!(transfers[0].contains(r#""sink":"app","name":"hello","received":0"#), "{transfers:?}");
    assert!(transfers[0].ends_with(r#""state":"begun"}"#), "{transfers:?}");
    let last = transfers.last().unwrap();
    assert!(last.contains(&format!(r#""received":{}"#, module.len())), "{last}");
    assert!(last.ends_with(r#""state":"done"}"#), "{last}");
    let apps = of_type(&messages, "app");
    assert!(apps[0].contains(r#""name":"hello""#) && apps[0].contains(r#""state":"installed""#));
    lab.done(200, "POST", "/api/v1/apps/hello/start", b"");
    while lab.done(200, "GET", "/api/v1/apps/hello", b"").contains(r#""state":"running""#) {}
    lab.pass(100);
    let messages = drain(&mut stream);
    assert!(of_type(&messages, "app").last().unwrap().contains(r#""state":"stopped""#));
    lab.done(200, "DELETE", "/api/v1/apps/hello", b"");
    lab.pass(100);
    assert_eq!(drain(&mut stream), [r#"{"type":"removed","app":"hello"}"#]);
    // One that comes to nothing.
    lab.refused("PUT", "/api/v1/apps/hello", b"no module");
    let messages = drain(&mut stream);
    assert!(of_type(&messages, "transfer").last().unwrap().ends_with(r#""state":"failed"}"#));
}

/// Logs ten lines as fast as it may, then ends.
const TALKER: &str = r#"(module
  (import "akira" "log" (func $log (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "line")
  (func (export "_start") (local $n i32)
    (loop $again
      (drop (call $log (i32.const 0) (i32.const 4)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_s (local.get $n) (i32.const 80))))))"#;

fn run(lab: &Lab, name: &str) {
    let ended =
        || !lab.done(200, "GET", &format!("/api/v1/apps/{name}"), b"").contains("\"running\"");
    while !ended() {}
}

#[test]
fn logs_come_in_order_and_what_is_lost_is_told() {
    let lab = Lab::new();
    let query = "?types=log&app=talker";
    let mut slow = open(&lab, query).unwrap_or_else(|status| panic!("{status}"));
    let mut other = open(&lab, "?types=log&app=other").unwrap_or_else(|status| panic!("{status}"));
    assert_eq!(drain(&mut slow).len(), 1);
    lab.launch(&manifest("talker", &[]), TALKER);
    run(&lab, "talker");
    let messages = drain(&mut slow);
    assert_eq!(messages.len(), RECORDS_MAX, "it began with what was kept");
    let first = format!(r#"{{"type":"log","app":"talker","seq":{},"t_ms":"#, 80 - RECORDS_MAX);
    assert!(messages[0].starts_with(&first), "{}", messages[0]);
    assert!(messages[0].ends_with(r#""level":"info","text":"line"}"#), "{}", messages[0]);
    // Now it knows how far it was, and the app writes more than is kept.
    lab.pass(10_000);
    lab.done(200, "POST", "/api/v1/apps/talker/start", b"");
    run(&lab, "talker");
    let messages = drain(&mut slow);
    let lost = 80 - RECORDS_MAX;
    assert_eq!(messages[0], format!(r#"{{"type":"lost","count":{lost}}}"#));
    assert_eq!(messages.len(), 1 + RECORDS_MAX);
    assert_eq!(drain(&mut other).len(), 1, "only its hello");
    // Uninstalled and back, its records count from the beginning.
    lab.done(200, "DELETE", "/api/v1/apps/talker", b"");
    lab.launch(&manifest("talker", &[]), TALKER);
    run(&lab, "talker");
    assert_eq!(of_type(&drain(&mut slow), "log").len(), RECORDS_MAX);
}

#[test]
fn audit_records_come_from_now_on() {
    let lab = Lab::new();
    lab.refused("PUT", "/api/v1/apps/hello", b"no module");
    let mut stream = open(&lab, "?types=audit").unwrap_or_else(|status| panic!("{status}"));
    assert_eq!(drain(&mut stream).len(), 1);
    lab.refused("PUT", "/api/v1/apps/other", b"no module");
    let messages = drain(&mut stream);
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].starts_with(r#"{"type":"audit","record":{"seq":"#), "{messages:?}");
    assert!(messages[0].contains(r#""app":"other""#), "{messages:?}");
}

#[test]
fn who_may_and_how_many() {
    let lab = Lab::new();
    assert_eq!(open(&lab, "?types=all").err(), Some(400));
    let head = Head { authorization: Some("Bearer wrong"), ..Head::new("GET", "/api/v1/events") };
    assert_eq!(Stream::open(&lab.runtime, &head).err().map(|reply| reply.status), Some(401));
    let streams: Vec<_> = (0..STREAMS_MAX).map(|_| open(&lab, "")).collect();
    assert!(streams.iter().all(Result::is_ok));
    assert_eq!(open(&lab, "").err(), Some(503));
    drop(streams);
    assert!(open(&lab, "").is_ok());
}
