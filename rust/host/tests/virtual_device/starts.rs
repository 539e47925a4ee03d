// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Many clients that start and stop apps at once.

use std::thread;
use std::time::{Duration, Instant};

use crate::common::{alone, app, ask, device};

/// Apps that end at once free their slots for each other while their starts are still being
/// answered. An answer that missed its slot's event would come after ten seconds.
#[test]
fn starts_that_take_turns_in_a_slot_are_all_answered_at_once() {
    let _alone = alone();
    let (device, _dir) = device();
    let names: Vec<String> = (0..8).map(|number| format!("app{number}")).collect();
    for name in &names {
        let answer = ask(&device, "PUT", &format!("/apps/{name}"), &app(name, false, 0));
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let slowest = thread::scope(|scope| {
        let clients: Vec<_> = names
            .iter()
            .map(|name| {
                let (device, path) = (&device, format!("/apps/{name}/start"));
                scope.spawn(move || {
                    let mut slowest = Duration::ZERO;
                    for _ in 0..150 {
                        let began = Instant::now();
                        let answer = ask(device, "POST", &path, b"");
                        assert!([200, 409, 503].contains(&answer.status), "{answer:?}");
                        slowest = slowest.max(began.elapsed());
                    }
                    slowest
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).max().unwrap()
    });
    assert!(slowest < Duration::from_secs(9), "{slowest:?}");
}
