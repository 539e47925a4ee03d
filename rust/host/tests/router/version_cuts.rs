// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The power fails at every flash operation of what changes an app's versions.

use akira_host::flash::{CutAt, FaultPlan, Geometry, NorFlash, Operation, Verdict};
use akira_runtime::SignaturePolicy;
use serde_json::Value;

use crate::common::Lab;
use crate::versions::{ENDS_WELL, again, from, version};

const HELLO: &str = "/api/v1/apps/hello";

/// What there is of the app after a boot: its facts, the names of its files, and how much is free.
fn state(lab: &Lab) -> (Value, Vec<String>, u32) {
    let (status, text) = lab.ask("GET", HELLO, b"");
    let mut facts: Value = serde_json::from_str(&text).unwrap();
    if status == 200 {
        facts["state"] = Value::Null;
    }
    let mut names = lab.names("/apps");
    names.extend(lab.names("/config/registry"));
    names.extend(lab.names("/data"));
    names.sort();
    (facts, names, lab.free())
}

/// A chip on which every operation from that one on fails.
struct FailsFrom(u64);

impl FaultPlan for FailsFrom {
    fn decide(&mut self, operation: &Operation) -> Verdict {
        if operation.index >= self.0 { Verdict::Fail } else { Verdict::Proceed }
    }
}

/// Cuts the power at each operation of `act` on a device on which `prepare` was done, and has each fail
/// in turn with all after it. `act` says which status the answer had, where that says whether it has
/// taken effect. Returns how many cuts there were, and how many of them were after it had.
fn cut(prepare: impl Fn(&Lab), act: impl Fn(&Lab) -> Option<u16>) -> (u64, u64) {
    let lab = Lab::new();
    prepare(&lab);
    let start = lab.cells();
    drop(lab);
    let before = state(&from(start.clone(), SignaturePolicy::Off));
    let lab = from(start.clone(), SignaturePolicy::Off);
    let first = lab.plan(None);
    act(&lab);
    let last = lab.plan(None);
    let after = lab.cells();
    drop(lab);
    let after = state(&from(after, SignaturePolicy::Off));
    assert_ne!(before.0, after.0);
    let mut effective = 0;
    for at in first..last {
        // The chip takes no more from there on, and the device goes on.
        let lab = from(start.clone(), SignaturePolicy::Off);
        lab.plan(Some(Box::new(FailsFrom(at))));
        let status = act(&lab);
        let running = lab.ask("GET", HELLO, b"").1;
        lab.plan(None);
        let now = state(&again(lab));
        let done = status.map_or(now == after, |status| status == 200);
        assert_eq!(&now, if done { &after } else { &before }, "{at} of {last} fails: {running}");
        // Nothing of it, half of it, and all of it but nothing after it.
        for done in [0, (at % 5 * 8) as usize, usize::MAX] {
            let lab = from(start.clone(), SignaturePolicy::Off);
            lab.plan(Some(Box::new(CutAt { at, done })));
            act(&lab);
            let cells = lab.cells();
            drop(lab);
            let size = Geometry::new(cells.len() as u64).unwrap();
            let lab = Lab::boot(NorFlash::from_cells(size, cells), SignaturePolicy::Off, |_| {});
            let now = state(&lab);
            assert!(
                now == before || now == after,
                "{at} of {last}: {now:?}\n{before:?}\n{after:?}"
            );
            effective += u64::from(now == after);
        }
    }
    (3 * (last - first), effective)
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
fn old_or_new_and_nothing_else_wherever_the_power_fails() {
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
    let mut cuts = 0;
    for (what, (all, effective)) in [
        ("an update that keeps", cut(first, |lab| install(lab, "2.0.0", "fs_write"))),
        ("an update after it", cut(updated, |lab| install(lab, "3.0.0", ""))),
        ("the previous version by hand", cut(updated, |lab| install(lab, "1.0.0", ""))),
        ("a rollback", cut(updated, rollback)),
        ("a run that ends well", cut(updated, healthy)),
        ("an uninstall", cut(updated, uninstall)),
    ] {
        println!("{what}: {all} cuts, {effective} of them after it had taken effect");
        assert!(all > effective && effective > 0, "{what}: {all} {effective}");
        cuts += all;
    }
    assert!(cuts > 100, "{cuts}");
}
