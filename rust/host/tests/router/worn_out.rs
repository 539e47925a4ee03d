// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The flash takes no more from any operation on of what changes an app's versions, and the device goes
//! on. (That the power fails there is in the power-fail suite.)

use akira_host::flash::{FaultPlan, Operation, Verdict};
use akira_runtime::SignaturePolicy;
use serde_json::Value;

use crate::common::Lab;
use crate::versions::{ENDS_WELL, again, from, version};

const HELLO: &str = "/api/v1/apps/hello";

/// What there is of the app after a boot: its facts, the names of its files, and how much is free.
fn state(lab: &Lab) -> (Value, Vec<String>, u32) {
    let (_, text) = lab.ask("GET", HELLO, b"");
    let mut names = lab.names("/apps");
    names.extend(lab.names("/config/registry"));
    names.extend(lab.names("/data"));
    names.sort();
    (serde_json::from_str(&text).unwrap(), names, lab.free())
}

/// A chip on which every operation from that one on fails.
struct FailsFrom(u64);

impl FaultPlan for FailsFrom {
    fn decide(&mut self, operation: &Operation<'_>) -> Verdict {
        if operation.index >= self.0 { Verdict::Fail } else { Verdict::Proceed }
    }
}

/// Has each operation of `act` fail in turn, with all after it, on a device on which `prepare` was done,
/// and switches the device off and on. `act` says which status the answer had, where that says whether
/// it has taken effect. Returns how many operations there are, and how often it had taken effect.
fn fail(prepare: impl Fn(&Lab), act: impl Fn(&Lab) -> Option<u16>) -> (u64, u64) {
    let lab = Lab::new();
    prepare(&lab);
    let start = lab.cells();
    drop(lab);
    let off = SignaturePolicy::Off;
    let before = state(&from(start.clone(), off));
    let lab = from(start.clone(), off);
    let first = lab.plan(None);
    act(&lab);
    let last = lab.plan(None);
    let after = state(&again(lab));
    assert_ne!(before.0, after.0);
    let mut effective = 0;
    for at in first..last {
        let lab = from(start.clone(), off);
        lab.plan(Some(Box::new(FailsFrom(at))));
        let status = act(&lab);
        let running = lab.ask("GET", HELLO, b"").1;
        lab.plan(None);
        let now = state(&again(lab));
        let done = status.map_or(now == after, |status| status == 200);
        assert_eq!(&now, if done { &after } else { &before }, "{at} of {last} fails: {running}");
        effective += u64::from(done);
    }
    (last - first, effective)
}

fn install(lab: &Lab, number: &str, deny: &str) -> Option<u16> {
    let module = version(number, ENDS_WELL, 9000);
    Some(lab.ask("PUT", &format!("{HELLO}?deny={deny}"), &module).0)
}

/// Two versions, and different grants for each.
fn updated(lab: &Lab) {
    install(lab, "1.0.0", "fs_read");
    lab.done(201, "PUT", "/api/v1/files/hello/notes", b"mine");
    install(lab, "2.0.0", "fs_write");
}

#[test]
fn old_or_new_and_the_answer_says_which() {
    let first = |lab: &Lab| {
        install(lab, "1.0.0", "fs_read");
    };
    let rollback = |lab: &Lab| Some(lab.ask("POST", &format!("{HELLO}/rollback"), b"").0);
    let healthy = |lab: &Lab| {
        lab.ask("POST", &format!("{HELLO}/start"), b"");
        while lab.ask("GET", HELLO, b"").1.contains(r#""state":"running""#) {
            std::thread::yield_now();
        }
        None
    };
    let uninstall = |lab: &Lab| {
        // One that failed half-way is asked for again, and done at the next boot in any case.
        lab.ask("DELETE", HELLO, b"");
        None
    };
    for (what, (all, effective)) in [
        ("an update that keeps", fail(first, |lab| install(lab, "2.0.0", "fs_write"))),
        ("an update after it", fail(updated, |lab| install(lab, "3.0.0", ""))),
        ("the previous version by hand", fail(updated, |lab| install(lab, "1.0.0", ""))),
        ("a rollback", fail(updated, rollback)),
        ("a run that ends well", fail(updated, healthy)),
        ("an uninstall", fail(updated, uninstall)),
    ] {
        println!("{what}: {all} operations, {effective} of them after it had taken effect");
        assert!(all > effective && effective > 0, "{what}: {all} {effective}");
    }
}
