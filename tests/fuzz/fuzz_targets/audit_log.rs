// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The audit log's two pages on flash: as bytes, and with the right frame and checksum around them.
//! Whatever was there, the log goes on, and what it writes next it reads back.

#![no_main]

use akira_core::audit::{AuditLog, Kind, PAGE_BYTES, RECORDS_MAX, TEXT_MAX, empty_page};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|data: &[u8]| {
    let Some((&cut, rest)) = data.split_first() else { return };
    let (one, other) = rest.split_at(usize::from(cut).min(rest.len()));
    go_on(AuditLog::restore([one, other]));
    go_on(AuditLog::restore([&framed(one), &framed(other)]));
});

/// A page with that payload.
fn framed(payload: &[u8]) -> Vec<u8> {
    let payload = &payload[..payload.len().min(PAGE_BYTES - 14)];
    let mut page = b"AKA1".to_vec();
    page.extend((payload.len() as u16).to_le_bytes());
    page.extend(payload);
    let check = Sha256::digest(&page);
    page.extend_from_slice(&check[..8]);
    page.resize(PAGE_BYTES, 0);
    page
}

fn go_on(mut log: AuditLog) {
    let before = log.next();
    let app = "app".parse().expect("a name");
    log.push(5, Kind::ALL[0], Some(&app), "something happened");
    assert!(log.next() > before || before == u32::MAX);
    let records: Vec<_> = log.since(0).collect();
    assert!(!records.is_empty() && records.len() <= RECORDS_MAX);
    assert!(records.iter().all(|record| record.text.len() <= TEXT_MAX));
    assert!(before == u32::MAX || records.is_sorted_by(|one, next| one.seq < next.seq));

    let last = records[records.len() - 1].clone();
    let mut pages = [empty_page(), empty_page()];
    for _ in 0..RECORDS_MAX {
        let (page, bytes, more) = log.next_page();
        assert_eq!(bytes.len(), PAGE_BYTES);
        pages[page] = bytes;
        if !more {
            break;
        }
    }
    if before < u32::MAX {
        let again = AuditLog::restore([&pages[0], &pages[1]]);
        assert_eq!(again.next(), log.next());
        assert_eq!(again.since(0).last(), Some(&last));
    }
}
