// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The audit log of this device: where records come in, and when they are written to the storage.
//!
//! Records are written by the thread that ticks, a second after the first new one and then at most
//! once a minute, so that nobody can wear the flash out by causing records.

use alloc::format;

use akira_abi::Errno;
use akira_core::audit::{AuditLog, Kind, PAGE_BYTES, Record, empty_page};
use akira_core::http::{ApiError, Code, view};
use akira_core::log::Level;
use akira_core::name::AppName;

use crate::platform::Platform;
use crate::runtime::Runtime;

const PAGES: [&str; 2] = ["/logs/audit.0", "/logs/audit.1"];

/// Time from the first new record to the write, so that what comes together is written together.
const SETTLE_MS: u64 = 1000;
/// Time between two writes.
const PAUSE_MS: u64 = 60_000;

/// The log and when it is written.
pub(crate) struct Audit {
    log: AuditLog,
    /// When it is to be written; `None` when there is nothing new.
    due_ms: Option<u64>,
    /// No write before that.
    rest_until_ms: u64,
}

impl Audit {
    pub(crate) const fn new() -> Self {
        Self { log: AuditLog::new(), due_ms: None, rest_until_ms: 0 }
    }
}

impl<P: Platform> Runtime<P> {
    /// Notes that something happened. Takes a lock; to be called with none but `apps` held.
    pub(crate) fn audit(&self, kind: Kind, app: Option<&AppName>, text: &str) {
        if kind == Kind::Denied {
            self.counters.call_denied();
        }
        let now = self.platform.uptime_ms();
        let mut audit = self.audit.lock();
        audit.log.push(now, kind, app, text);
        let rest_until = audit.rest_until_ms;
        audit.due_ms.get_or_insert((now + SETTLE_MS).max(rest_until));
    }

    /// Notes that an app was not installed because of what it is. What only came at the wrong time
    /// or broke off is nobody's fault.
    pub(crate) fn audit_refusal(&self, app: Option<&AppName>, error: &ApiError) {
        let kind = match error.code {
            Code::Unsigned | Code::BadSignature => Kind::Signature,
            Code::LengthMismatch | Code::DigestMismatch | Code::BadRequest => return,
            code if code.status() == 400 => Kind::Refused,
            _ => return,
        };
        self.audit(kind, app, &format!("install refused: {}", error.message));
    }

    /// Notes that firmware was not taken because of what it is. What only came at the wrong time or
    /// broke off is nobody's fault.
    pub(crate) fn audit_firmware_refusal(&self, error: &ApiError) {
        let refused = matches!(
            error.code,
            Code::BadImage
                | Code::Unsigned
                | Code::BadSignature
                | Code::NotNewer
                | Code::TooLarge
                | Code::DigestMismatch
        );
        if refused {
            self.counters.firmware_refused();
            self.audit(Kind::Firmware, None, &format!("an image was refused: {}", error.message));
        }
    }

    /// Reads what earlier boots wrote. What cannot be read costs only itself.
    pub(crate) fn read_audit(&self) {
        let pages = PAGES.map(|path| self.read_small(path, PAGE_BYTES));
        for (path, page) in PAGES.iter().zip(&pages) {
            // From now on the log takes as much of the storage as it ever will.
            if page.is_err()
                && let Err(errno) = self.replace(path, &empty_page())
            {
                self.tell_unwritten(errno);
            }
        }
        let bytes = |page: &'_ Result<_, _>| -> alloc::vec::Vec<u8> {
            page.as_ref().map_or_else(|_| empty_page(), Clone::clone)
        };
        let pages = [bytes(&pages[0]), bytes(&pages[1])];
        let mut audit = self.audit.lock();
        let earlier = AuditLog::restore([&pages[0], &pages[1]]);
        *audit = Audit { log: earlier, ..Audit::new() };
    }

    fn tell_unwritten(&self, errno: Errno) {
        let text = format!("the audit log could not be written: {errno}");
        self.platform.console(Level::Error, "akira", &text);
    }

    /// Writes what is new, if it is time to.
    pub(crate) fn tick_audit(&self, now: u64) {
        let due = self.audit.lock().due_ms.is_some_and(|due| due <= now);
        if due {
            self.write_audit(now);
        }
    }

    /// Writes what is new.
    pub(crate) fn write_audit(&self, now: u64) {
        let mut more = {
            let mut audit = self.audit.lock();
            audit.rest_until_ms = now + PAUSE_MS;
            audit.due_ms.take().is_some()
        };
        while more {
            let (page, bytes, left_over) = self.audit.lock().log.next_page();
            if let Err(errno) = self.replace(PAGES[page], &bytes) {
                self.tell_unwritten(errno);
                // The records are still in memory; the next new one has them written.
                break;
            }
            more = left_over;
        }
    }

    /// The first record from number `since` on, and how many before it are no longer kept.
    pub(crate) fn next_audit(&self, since: u32) -> Option<(view::AuditRecord, u32)> {
        let audit = self.audit.lock();
        if audit.log.next() <= since {
            return None;
        }
        let record = audit.log.since(since).next()?;
        Some((view_record(record), audit.log.dropped(since)))
    }

    /// The number that the next record will get.
    pub(crate) fn audit_end(&self) -> u32 {
        self.audit.lock().log.next()
    }

    /// The records from number `since` on.
    pub(crate) fn audit_view(&self, since: u32) -> view::Audit {
        let audit = self.audit.lock();
        let records = audit.log.since(since).map(view_record);
        view::Audit {
            records: records.collect(),
            next: audit.log.next(),
            dropped: audit.log.dropped(since),
        }
    }
}

fn view_record(record: &Record) -> view::AuditRecord {
    view::AuditRecord {
        seq: record.seq,
        boot: record.boot,
        t_ms: record.t_ms,
        kind: record.kind.name(),
        app: record.app.as_ref().map(|name| name.as_str().into()),
        count: record.count,
        text: record.text.clone(),
    }
}
