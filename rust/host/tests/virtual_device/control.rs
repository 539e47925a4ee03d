// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The commands of somebody who sits at the device itself.

use akira_core::http::{ApiError, Code};
use akira_host::Device;

use crate::common::{alone, app, ask, device};

/// What a command prints.
fn lines(device: &Device, words: &[&str]) -> Result<Vec<String>, ApiError> {
    let mut lines = Vec::new();
    device.runtime().control(words, &mut |line| lines.push(line.to_owned()))?;
    Ok(lines)
}

#[test]
fn apps_are_listed_started_and_stopped() {
    let _alone = alone();
    let (device, _dir) = device();
    assert_eq!(lines(&device, &["apps"]).unwrap(), ["No app is installed."]);

    let put = ask(&device, "PUT", "/apps/looper", &app("looper", true, 0));
    assert_eq!(put.status, 201, "{put:?}");
    assert_eq!(
        lines(&device, &["log", "looper"]).unwrap(),
        ["looper has written nothing since boot."]
    );
    assert_eq!(lines(&device, &["start", "looper"]).unwrap(), ["looper is running."]);
    let table = lines(&device, &["apps"]).unwrap();
    assert_eq!(table.len(), 2, "{table:?}");
    assert!(table[0].starts_with("NAME    VERSION"), "{table:?}");
    assert!(table[1].contains("running") && table[1].contains(" of "), "{table:?}");
    assert_eq!(lines(&device, &["restart", "looper"]).unwrap(), ["looper is running."]);
    let status = lines(&device, &["status"]).unwrap();
    assert!(status.contains(&"apps     1 of 4 run, 1 installed".to_owned()), "{status:?}");
    lines(&device, &["stop", "looper"]).unwrap();
    assert_eq!(lines(&device, &["stop", "looper"]).unwrap_err().code, Code::NotRunning);
    assert_eq!(lines(&device, &["rollback", "looper"]).unwrap_err().code, Code::NoPrevious);
    // Another module is another version, whatever it calls itself.
    let put = ask(&device, "PUT", "/apps/looper", &app("looper", true, 2000));
    assert_eq!(put.status, 200, "{put:?}");
    let table = lines(&device, &["apps"]).unwrap();
    assert!(table[2].ends_with("1.0.0 is kept: akira rollback looper"), "{table:?}");
    assert_eq!(lines(&device, &["rollback", "looper"]).unwrap(), ["looper is 1.0.0 again."]);
}

#[test]
fn what_cannot_be_done_is_told_in_the_apis_words() {
    let _alone = alone();
    let (device, _dir) = device();
    for (words, code) in [
        (&["start", "nobody"][..], Code::NotFound),
        (&["log", "nobody"], Code::NotFound),
        (&["start", "No Name"], Code::BadName),
        (&["audit", "many"], Code::BadRequest),
        (&["ota", "test"], Code::NoImage),
        (&["ota", "revert"], Code::NoImage),
        (&["ota", "dance"], Code::BadRequest),
        (&["start"], Code::BadRequest),
        (&["dance"], Code::BadRequest),
        (&[], Code::BadRequest),
    ] {
        assert_eq!(lines(&device, words).unwrap_err().code, code, "{words:?}");
    }
    assert_eq!(lines(&device, &["start"]).unwrap_err().message, "Usage: akira start NAME");
}

#[test]
fn the_audit_log_is_shown_from_its_end() {
    let _alone = alone();
    let (device, _dir) = device();
    assert_eq!(lines(&device, &["audit"]).unwrap(), ["Nothing has been recorded."]);
    for _ in 0..3 {
        ask(&device, "PUT", "/apps/broken", b"\0asm\x01\0\0\0");
    }
    let all = lines(&device, &["audit"]).unwrap();
    let last = lines(&device, &["audit", "1"]).unwrap();
    assert_eq!(last.len(), 1, "{last:?}");
    assert_eq!(all.last(), last.first());
    assert!(last[0].contains("[broken]"), "{last:?}");
}
