// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The audit log: what was denied, refused and ended, who tried to come in, and which keys changed.
//!
//! A ring of the latest records. Equal records within a minute are one record with a count, and an
//! app that goes on causing others gets one that stands for them, so that no app can push out what
//! others did. The ring is kept on the storage in two pages of fixed size, which are written in turn;
//! a page that is damaged costs what is on it and nothing else.
//!
//! Layout of a page: the four bytes `AKA1` (the version is the last one), the length of what follows
//! as two bytes, little-endian, a CBOR array of records, and the first 8 bytes of the SHA-256 of all
//! before them; then zeros.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use minicbor::{CborLen, Decode, Encode};
use sha2::{Digest, Sha256};

use crate::log::clean_text;
use crate::name::AppName;

/// Records that are kept at most.
pub const RECORDS_MAX: usize = 48;

/// Records of one app that are kept at most.
pub const APP_RECORDS_MAX: usize = 16;

/// Longest text of a record in bytes.
pub const TEXT_MAX: usize = 160;

/// Size of a page in bytes.
pub const PAGE_BYTES: usize = 4096;

/// How long equal records count as one, in milliseconds.
const EQUAL_MS: u64 = 60_000;

/// Different records of one app within [`EQUAL_MS`]; what comes then is counted by one record.
const APP_BURST: usize = 8;

/// The text of that record.
const MORE: &str = "more of the same kind, not listed one by one";

const MAGIC: &[u8; 4] = b"AKA1";
const HEAD: usize = MAGIC.len() + 2;
const CHECK: usize = 8;

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A native call was denied for want of a capability or scope.
    Denied,
    /// An install was refused.
    Refused,
    /// An app was ended for what it did: by the watchdog, or over its quota.
    Killed,
    /// A request came with a wrong token.
    Login,
    /// An app is not signed as it should be.
    Signature,
    /// A key is trusted, or no longer.
    Keys,
    /// An operator changed a token, a setting of the device, what an app may do, or which version of it
    /// there is.
    Config,
    /// Firmware was stored, refused, put on trial, confirmed or reverted; or a boot did not last.
    Firmware,
}

impl Kind {
    /// All kinds, in the order of their numbers in a page.
    pub const ALL: [Self; 8] = [
        Self::Denied,
        Self::Refused,
        Self::Killed,
        Self::Login,
        Self::Signature,
        Self::Keys,
        Self::Config,
        Self::Firmware,
    ];

    /// The name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Refused => "refused",
            Self::Killed => "killed",
            Self::Login => "login",
            Self::Signature => "signature",
            Self::Keys => "keys",
            Self::Config => "config",
            Self::Firmware => "firmware",
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Counts up by one from the device's first record.
    pub seq: u32,
    /// Which boot of the device it was; counts up.
    pub boot: u32,
    /// When it happened first, since that boot.
    pub t_ms: u64,
    /// What it is about.
    pub kind: Kind,
    /// The app that it is about.
    pub app: Option<AppName>,
    /// How often it happened.
    pub count: u32,
    /// One sentence, at most [`TEXT_MAX`] bytes.
    pub text: String,
}

impl Record {
    fn is_recent(&self, boot: u32, now_ms: u64) -> bool {
        self.boot == boot && now_ms.saturating_sub(self.t_ms) < EQUAL_MS
    }
}

/// The latest records of a device.
#[derive(Debug, Default)]
pub struct AuditLog {
    records: VecDeque<Record>,
    next: u32,
    boot: u32,
    /// The last record that is no longer kept, plus one.
    forgotten: u32,
    /// The page that is written, and its first record.
    page: usize,
    page_start: u32,
}

impl AuditLog {
    /// An empty log, for a device's first boot.
    pub const fn new() -> Self {
        Self { records: VecDeque::new(), next: 0, boot: 0, forgotten: 0, page: 0, page_start: 0 }
    }

    /// The log that a device had when it wrote these pages, and one boot later. A page that cannot be
    /// read is taken for an empty one.
    pub fn restore(pages: [&[u8]; 2]) -> Self {
        let pages = pages.map(|page| decode_page(page).unwrap_or_default());
        let first = |page: &Vec<Record>| page.first().map(|record| record.seq);
        let newer = usize::from(first(&pages[1]) > first(&pages[0]));
        let mut log = Self::new();
        log.page = newer;
        log.page_start = first(&pages[newer]).unwrap_or(0);
        log.forgotten = first(&pages[1 - newer]).unwrap_or(log.page_start);
        let [even, odd] = pages;
        let both = if newer == 1 { [even, odd] } else { [odd, even] };
        for record in both.into_iter().flatten() {
            // They ascend; what does not is from no page of ours.
            if record.seq >= log.next {
                log.next = record.seq.saturating_add(1);
                log.boot = log.boot.max(record.boot.saturating_add(1));
                log.keep(record);
            }
        }
        log
    }

    /// Notes that something happened.
    pub fn push(&mut self, now_ms: u64, kind: Kind, app: Option<&AppName>, text: &str) {
        let mut text = clean_text(text.as_bytes());
        while text.len() > TEXT_MAX {
            text.pop();
        }
        let boot = self.boot;
        let recent = |record: &&mut Record| {
            record.is_recent(boot, now_ms) && record.kind == kind && record.app.as_ref() == app
        };
        if let Some(same) = self.records.iter_mut().filter(recent).find(|r| r.text == text) {
            same.count = same.count.saturating_add(1);
            return;
        }
        if app.is_some() && self.records.iter_mut().filter(recent).count() >= APP_BURST {
            if let Some(more) = self.records.iter_mut().filter(recent).find(|r| r.text == MORE) {
                more.count = more.count.saturating_add(1);
                return;
            }
            text = MORE.into();
        }
        let record =
            Record { seq: self.next, boot, t_ms: now_ms, kind, app: app.cloned(), count: 1, text };
        self.next = self.next.saturating_add(1);
        self.keep(record);
    }

    fn keep(&mut self, record: Record) {
        let app = record.app.clone();
        self.records.push_back(record);
        if app.is_some() {
            let own = |record: &Record| record.app == app;
            if self.records.iter().filter(|record| own(record)).count() > APP_RECORDS_MAX
                && let Some(oldest) = self.records.iter().position(own)
            {
                self.forget(oldest);
            }
        }
        if self.records.len() > RECORDS_MAX {
            self.forget(0);
        }
    }

    fn forget(&mut self, place: usize) {
        if let Some(record) = self.records.remove(place) {
            self.forgotten = self.forgotten.max(record.seq.saturating_add(1));
        }
    }

    /// The records from number `since` on.
    pub fn since(&self, since: u32) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| record.seq >= since)
    }

    /// The number that the next record will get.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// How many records from number `since` on are no longer kept.
    pub fn dropped(&self, since: u32) -> u32 {
        let gone = self.forgotten.saturating_sub(since);
        let kept = self.since(since).filter(|record| record.seq < self.forgotten).count();
        gone.saturating_sub(kept as u32)
    }

    /// The page to write so that what is new is kept, and which of the two it is. Call it again until
    /// it gives `None` for more: a page that is full is followed by the other one.
    pub fn next_page(&mut self) -> (usize, Vec<u8>, bool) {
        let mut fitting: Vec<&Record> = Vec::new();
        let mut room = PAGE_BYTES - HEAD - CHECK - ARRAY_MAX;
        let mut rest = self.records.iter().filter(|record| record.seq >= self.page_start);
        let mut left_over = None;
        for record in rest.by_ref() {
            let size = minicbor::len(Wire::from(record));
            if size > room {
                left_over = Some(record.seq);
                break;
            }
            room -= size;
            fitting.push(record);
        }
        let (page, bytes) = (self.page, encode_page(&fitting));
        if let Some(seq) = left_over {
            self.page = 1 - self.page;
            self.page_start = seq;
        }
        (page, bytes, left_over.is_some())
    }
}

/// Most bytes in the head of a CBOR array of up to 65535 entries.
const ARRAY_MAX: usize = 3;

#[derive(Encode, Decode, CborLen)]
#[cbor(array)]
struct Wire<'a> {
    #[n(0)]
    seq: u32,
    #[n(1)]
    boot: u32,
    #[n(2)]
    t_ms: u64,
    #[n(3)]
    kind: u8,
    #[n(4)]
    count: u32,
    #[b(5)]
    text: &'a str,
    #[b(6)]
    app: Option<&'a str>,
}

impl<'a> From<&'a Record> for Wire<'a> {
    fn from(record: &'a Record) -> Self {
        Self {
            seq: record.seq,
            boot: record.boot,
            t_ms: record.t_ms,
            kind: record.kind as u8,
            count: record.count,
            text: &record.text,
            app: record.app.as_ref().map(AppName::as_str),
        }
    }
}

impl Wire<'_> {
    fn check(self) -> Option<Record> {
        if self.text.len() > TEXT_MAX || self.text.chars().any(char::is_control) {
            return None;
        }
        Some(Record {
            seq: self.seq,
            boot: self.boot,
            t_ms: self.t_ms,
            kind: *Kind::ALL.get(usize::from(self.kind))?,
            app: self.app.map(str::parse).transpose().ok()?,
            count: self.count,
            text: self.text.into(),
        })
    }
}

/// A page without records, as it is before the first one.
pub fn empty_page() -> Vec<u8> {
    encode_page(&[])
}

fn encode_page(records: &[&Record]) -> Vec<u8> {
    let wires: Vec<Wire<'_>> = records.iter().map(|record| Wire::from(*record)).collect();
    // Encoding into a Vec cannot fail; an empty payload would be refused when it is read.
    let payload = minicbor::to_vec(wires).unwrap_or_default();
    let mut page = Vec::with_capacity(PAGE_BYTES);
    page.extend_from_slice(MAGIC);
    page.extend((payload.len() as u16).to_le_bytes());
    page.extend(payload);
    let check = Sha256::digest(&page);
    page.extend_from_slice(&check[..CHECK]);
    page.resize(PAGE_BYTES, 0);
    page
}

/// Whether a page is as it was written.
pub fn is_readable(page: &[u8]) -> bool {
    decode_page(page).is_some()
}

fn decode_page(page: &[u8]) -> Option<Vec<Record>> {
    let length = page.strip_prefix(MAGIC)?.first_chunk().copied().map(u16::from_le_bytes)?;
    let (body, rest) = page.split_at_checked(HEAD + usize::from(length))?;
    let check = rest.get(..CHECK)?;
    if page.len() != PAGE_BYTES
        || Sha256::digest(body)[..CHECK] != *check
        || rest[CHECK..].iter().any(|byte| *byte != 0)
    {
        return None;
    }
    let wires: Vec<Wire<'_>> = minicbor::decode(&body[HEAD..]).ok()?;
    wires.into_iter().map(Wire::check).collect()
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn app(name: &str) -> AppName {
        name.parse().unwrap()
    }

    /// Writes what is new to the pages, as a device does.
    fn write(log: &mut AuditLog, pages: &mut [Vec<u8>; 2]) {
        loop {
            let (page, bytes, more) = log.next_page();
            assert_eq!(bytes.len(), PAGE_BYTES);
            pages[page] = bytes;
            if !more {
                break;
            }
        }
    }

    fn restore(pages: &[Vec<u8>; 2]) -> AuditLog {
        AuditLog::restore([&pages[0], &pages[1]])
    }

    #[test]
    fn equal_records_are_counted_for_a_minute() {
        let mut log = AuditLog::new();
        let name = app("nosy");
        for ms in 0..100 {
            log.push(ms, Kind::Denied, Some(&name), "fs_open needs fs_read");
            log.push(ms, Kind::Denied, Some(&app("other")), "fs_open needs fs_read");
        }
        log.push(60_000, Kind::Denied, Some(&name), "fs_open needs fs_read");
        let counts: Vec<u32> = log.since(0).map(|record| record.count).collect();
        assert_eq!(counts, [100, 100, 1]);
        assert_eq!(log.next(), 3);
    }

    #[test]
    fn no_app_pushes_out_what_others_did() {
        let mut log = AuditLog::new();
        log.push(0, Kind::Keys, None, "alice is trusted");
        log.push(0, Kind::Killed, Some(&app("victim")), "watchdog");
        for minute in 0..50 {
            for which in 0..1000 {
                let text = format!("net_connect host{which}");
                log.push(minute * 60_000, Kind::Denied, Some(&app("flood")), &text);
            }
        }
        let kept: Vec<&Record> = log.since(0).collect();
        assert_eq!(kept.len(), 2 + APP_RECORDS_MAX);
        assert_eq!((kept[0].kind, kept[1].kind), (Kind::Keys, Kind::Killed));
        let last = kept.last().unwrap();
        assert_eq!((last.text.as_str(), last.count), (MORE, 1000 - APP_BURST as u32));
        assert_eq!(log.dropped(0), log.next() - kept.len() as u32);
        assert_eq!(log.dropped(log.next()), 0);
    }

    #[test]
    fn texts_are_one_short_line() {
        let mut log = AuditLog::new();
        log.push(0, Kind::Refused, None, &"a\n\x1b\u{e4}".repeat(100));
        let text = &log.since(0).next().unwrap().text;
        assert!(text.len() <= TEXT_MAX && !text.chars().any(char::is_control));
    }

    #[test]
    fn what_was_written_is_there_after_a_boot() {
        let mut pages = [empty_page(), empty_page()];
        let mut log = restore(&pages);
        assert_eq!((log.next(), log.boot), (0, 0));
        log.push(5, Kind::Keys, None, "alice is trusted");
        log.push(6, Kind::Killed, Some(&app("loop")), "watchdog");
        write(&mut log, &mut pages);
        let mut again = restore(&pages);
        assert!(again.since(0).eq(log.since(0)));
        assert_eq!((again.next(), again.boot), (2, 1));
        again.push(1, Kind::Killed, Some(&app("loop")), "watchdog");
        write(&mut again, &mut pages);
        let boots: Vec<u32> = restore(&pages).since(0).map(|record| record.boot).collect();
        assert_eq!(boots, [0, 0, 1]);
    }

    #[test]
    fn the_pages_take_turns_and_a_damaged_one_costs_only_itself() {
        let mut pages = [empty_page(), empty_page()];
        let mut log = restore(&pages);
        for at in 0..200u64 {
            let text = format!("{at:0>150}");
            log.push(at, Kind::Keys, None, &text);
            write(&mut log, &mut pages);
            let again = restore(&pages);
            assert_eq!(again.next(), log.next());
            assert_eq!(again.since(0).last(), log.since(0).last());
        }
        let whole = restore(&pages);
        assert!(whole.since(0).count() > 22, "{}", whole.since(0).count());
        assert_eq!(whole.dropped(0), 200 - whole.since(0).count() as u32);
        let newer = usize::from(whole.page == 1);
        for (damaged, newest) in [(1 - newer, true), (newer, false)] {
            let mut broken = pages.clone();
            broken[damaged][100] ^= 1;
            let rest = restore(&broken);
            let count = rest.since(0).count();
            assert!(count > 0 && count < whole.since(0).count());
            assert_eq!(rest.next() == whole.next(), newest);
        }
    }

    #[test]
    fn every_flipped_bit_of_a_page_is_seen() {
        let mut log = AuditLog::new();
        log.push(5, Kind::Login, None, "a wrong token");
        let (_, good, _) = log.next_page();
        assert!(decode_page(&good).is_some());
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode_page(&bad), None, "bit {bit}");
        }
        for length in [0, 1, HEAD, 100, PAGE_BYTES - 1] {
            assert_eq!(decode_page(&good[..length]), None);
        }
        assert_eq!(decode_page(&vec![0; PAGE_BYTES]), None);
    }

    proptest! {
        #[test]
        fn any_history_survives_a_boot(
            events in proptest::collection::vec((0u64..1000, 0usize..6, 0u8..4, 0u8..30), 0..300)
        ) {
            let mut pages = [empty_page(), empty_page()];
            let mut log = restore(&pages);
            let mut now = 0;
            for (later, kind, who, what) in events {
                now += later;
                let name = app(&format!("app{who}"));
                let text = format!("{what:0>100}");
                log.push(now, Kind::ALL[kind], (who > 0).then_some(&name), &text);
                if what == 0 {
                    write(&mut log, &mut pages);
                }
            }
            write(&mut log, &mut pages);
            let again = restore(&pages);
            prop_assert_eq!(again.next(), log.next());
            let kept: Vec<&Record> = log.since(0).collect();
            for record in again.since(log.page_start) {
                prop_assert!(kept.contains(&record));
            }
            prop_assert!(log.since(0).count() <= RECORDS_MAX);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut page = bytes;
            page.resize(PAGE_BYTES, 0);
            let log = AuditLog::restore([&page, &page[..7]]);
            prop_assert_eq!(log.next(), 0);
        }
    }
}
