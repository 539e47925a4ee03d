// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The transport router: whatever carries bytes in, they go through one kind of transfer to a sink.
//!
//! [`Runtime::transfer_begin`] opens one, [`Runtime::transfer_chunk`] hands bytes on, which the sink
//! stores at once, and [`Runtime::transfer_end`] has what came take effect, in one step. Until then
//! nothing has changed, and a transfer that is aborted or given up leaves nothing behind.
//!
//! What is at work is taken out of the table: no lock is held while a sink writes, and a second call
//! for the same transfer in the meantime is refused. An abort in the meantime takes effect when the
//! work is done.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use akira_core::audit::Kind;
use akira_core::http::{ApiError, Code, view};
use akira_core::transfer::{Refusal, Session, TRANSFERS_MAX, Transport};

use crate::files::Reader;
use crate::platform::Platform;
use crate::runtime::Runtime;
use crate::sink::Work;
pub use crate::sink::{ConfigItem, Outcome, Sink};

/// Shortest time between two events about the progress of one transfer, in milliseconds.
const PROGRESS_MS: u64 = 200;

/// Events that are kept for streams.
const EVENTS_MAX: usize = 16;

/// How a transfer begins.
#[derive(Clone, Debug)]
pub struct Begin {
    /// What carries it.
    pub transport: Transport,
    /// Where it goes.
    pub sink: Sink,
    /// How many bytes it has, if that is known.
    pub size: Option<u64>,
    /// Their SHA-256, if that is known.
    pub sha256: Option<[u8; 32]>,
}

/// The number of a transfer. No other has had it since boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferId(u32);

impl TransferId {
    /// The number, as in answers and events.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// A transfer with its sink.
struct Active<P: Platform> {
    session: Session,
    work: Work<P>,
}

enum Stage<P: Platform> {
    /// Nobody is at work on it.
    Waiting(Box<Active<P>>),
    /// Somebody is.
    AtWork,
    /// Somebody is, and it ends when that is done.
    Doomed,
}

/// A transfer in the table.
struct Entry<P: Platform> {
    view: view::Transfer,
    target: Option<String>,
    told_ms: u64,
    stage: Stage<P>,
}

/// The transfers that are under way, in and out, and what streams are told about them.
pub(crate) struct Table<P: Platform> {
    /// The files that operators read.
    pub(crate) readers: Vec<Reader>,
    entries: [Option<Entry<P>>; TRANSFERS_MAX],
    next_id: u32,
    events: VecDeque<(view::Transfer, &'static str)>,
    /// The number that the next event will get.
    next_event: u32,
}

impl<P: Platform> Table<P> {
    pub(crate) const fn new() -> Self {
        Self {
            readers: Vec::new(),
            entries: [const { None }; TRANSFERS_MAX],
            next_id: 1,
            events: VecDeque::new(),
            next_event: 0,
        }
    }

    fn find(&mut self, id: TransferId) -> Result<&mut Entry<P>, ApiError> {
        self.entries.iter_mut().flatten().find(|entry| entry.view.id == id.0).ok_or_else(gone)
    }

    /// Takes a place; which one it is.
    fn enter(&mut self, begin: &Begin, now_ms: u64) -> Result<(TransferId, usize), ApiError> {
        let target = begin.sink.target();
        let sink = begin.sink.kind();
        let same = |entry: &&Entry<P>| entry.view.sink == sink && entry.target == target;
        if target.is_some() && self.entries.iter().flatten().any(|entry| same(&entry)) {
            return Err(ApiError::new(
                Code::Busy,
                "The same is being sent to the device already. Try again when that is done.",
            ));
        }
        let place = self.entries.iter().position(Option::is_none).ok_or_else(|| {
            ApiError::new(
                Code::TooManyTransfers,
                format!("{TRANSFERS_MAX} transfers are under way, more cannot be. Try again soon."),
            )
        })?;
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1).max(1);
        let view = view::Transfer {
            id,
            transport: begin.transport.name(),
            sink,
            name: target.clone(),
            received: 0,
            size: begin.size,
        };
        self.tell(&view, "begun");
        self.entries[place] = Some(Entry { view, target, told_ms: now_ms, stage: Stage::AtWork });
        Ok((TransferId(id), place))
    }

    fn tell(&mut self, view: &view::Transfer, state: &'static str) {
        if self.events.len() == EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back((view.clone(), state));
        self.next_event = self.next_event.wrapping_add(1);
    }

    /// Takes a transfer out to work on it.
    fn take(&mut self, id: TransferId) -> Result<Box<Active<P>>, ApiError> {
        let entry = self.find(id)?;
        match core::mem::replace(&mut entry.stage, Stage::AtWork) {
            Stage::Waiting(active) => Ok(active),
            other => {
                entry.stage = other;
                Err(ApiError::new(
                    Code::Busy,
                    "This transfer is being worked on. Try again when that is done.",
                ))
            }
        }
    }

    /// Puts a transfer back; `Some` when it was aborted in the meantime and has to end.
    fn put_back(
        &mut self,
        id: TransferId,
        active: Box<Active<P>>,
        now_ms: u64,
    ) -> Option<Box<Active<P>>> {
        let Ok(entry) = self.find(id) else { return Some(active) };
        if matches!(entry.stage, Stage::Doomed) {
            return Some(active);
        }
        entry.view.received = active.session.received();
        entry.stage = Stage::Waiting(active);
        if now_ms.saturating_sub(entry.told_ms) >= PROGRESS_MS {
            entry.told_ms = now_ms;
            let view = entry.view.clone();
            self.tell(&view, "progress");
        }
        None
    }

    /// Takes a transfer out of the table for good. Its sink has nothing on the storage any more: the
    /// next one in its place may use the same names.
    fn leave(&mut self, id: TransferId, state: &'static str) -> Option<Entry<P>> {
        let here = |entry: &&mut Option<Entry<P>>| {
            entry.as_ref().is_some_and(|entry| entry.view.id == id.0)
        };
        let entry = self.entries.iter_mut().find(here)?.take()?;
        self.tell(&entry.view, state);
        Some(entry)
    }
}

impl<P: Platform> Runtime<P> {
    /// Opens a transfer.
    pub fn transfer_begin(self: &Arc<Self>, begin: Begin) -> Result<TransferId, ApiError> {
        let now = self.platform.uptime_ms();
        let (id, place) = self.transfers.lock().enter(&begin, now)?;
        let Begin { sink, size, sha256, .. } = begin;
        let (hashing, there) = (sink.hashing(), sink.offset());
        let is_firmware = matches!(sink, Sink::Firmware { .. });
        let opened = self.open_sink(sink, size, sha256, place);
        match opened {
            Ok(work) => {
                let session = Session::resumed(there, size, sha256, hashing, now);
                let active = Box::new(Active { session, work });
                self.put_back(id, active, now).map(|()| id)
            }
            Err(error) => {
                if is_firmware {
                    self.audit_firmware_refusal(&error);
                }
                self.transfers.lock().leave(id, "failed");
                Err(error)
            }
        }
    }

    /// Hands the next bytes on, which begin at `offset` (`None`: where the last ones ended). Returns
    /// how many there are now. A wrong offset changes nothing; any other error ends the transfer.
    pub fn transfer_chunk(
        self: &Arc<Self>,
        id: TransferId,
        offset: Option<u64>,
        bytes: &[u8],
    ) -> Result<u64, ApiError> {
        let mut active = self.transfers.lock().take(id)?;
        let taken = match active.session.check(offset, bytes.len()) {
            Ok(()) => self.feed_sink(&mut active.work, bytes),
            Err(refusal @ Refusal::WrongOffset { .. }) => {
                self.put_back(id, active, self.platform.uptime_ms())?;
                return Err(refused(refusal));
            }
            Err(refusal) => Err(refused(refusal)),
        };
        if let Err(error) = taken {
            self.note_refusal(&active.work, &error);
            self.end_without_effect(id, active.work, "failed");
            return Err(error);
        }
        let now = self.platform.uptime_ms();
        active.session.took(bytes, now);
        let received = active.session.received();
        self.put_back(id, active, now).map(|()| received)
    }

    /// Puts a transfer back, or ends it if it was aborted in the meantime.
    fn put_back(
        self: &Arc<Self>,
        id: TransferId,
        active: Box<Active<P>>,
        now: u64,
    ) -> Result<(), ApiError> {
        let doomed = self.transfers.lock().put_back(id, active, now);
        match doomed {
            None => Ok(()),
            Some(active) => {
                self.end_without_effect(id, active.work, "aborted");
                Err(gone())
            }
        }
    }

    fn end_without_effect(self: &Arc<Self>, id: TransferId, work: Work<P>, state: &'static str) {
        self.abort_sink(work);
        self.transfers.lock().leave(id, state);
    }

    /// All bytes have come: has them take effect. The transfer is over, whatever this returns.
    pub fn transfer_end(self: &Arc<Self>, id: TransferId) -> Result<Outcome, ApiError> {
        let active = self.transfers.lock().take(id)?;
        let Active { session, mut work } = *active;
        let ended = self.end_sink(&session, &mut work);
        if let Err(error) = &ended {
            self.note_refusal(&work, error);
        }
        // What has taken effect is not in the way of this.
        self.abort_sink(work);
        let mut transfers = self.transfers.lock();
        if let Ok(entry) = transfers.find(id)
            && let Ok(Outcome::App(app, _)) = &ended
        {
            entry.view.name = Some(app.name.clone());
        }
        transfers.leave(id, if ended.is_ok() { "done" } else { "failed" });
        ended
    }

    /// Ends a transfer without effect. One that is over already is left alone.
    pub fn transfer_abort(self: &Arc<Self>, id: TransferId) {
        self.drop_transfer(id, "aborted");
    }

    fn drop_transfer(self: &Arc<Self>, id: TransferId, state: &'static str) {
        let active = {
            let mut transfers = self.transfers.lock();
            let Ok(entry) = transfers.find(id) else { return };
            match core::mem::replace(&mut entry.stage, Stage::AtWork) {
                Stage::Waiting(active) => active,
                // Whoever is at work on it ends it.
                Stage::AtWork | Stage::Doomed => {
                    entry.stage = Stage::Doomed;
                    return;
                }
            }
        };
        self.end_without_effect(id, active.work, state);
    }

    /// Gives up transfers to which nothing comes any more.
    pub(crate) fn reap_transfers(self: &Arc<Self>, now: u64) {
        let dead = self.transfers.lock().entries.iter().flatten().find_map(|entry| {
            let Stage::Waiting(active) = &entry.stage else { return None };
            active.session.is_dead(now).then(|| (TransferId(entry.view.id), entry.view.clone()))
        });
        if let Some((id, view)) = dead {
            let name = view.name.as_deref().unwrap_or("without a name");
            let text = format!(
                "a transfer of {} {name} over {} was silent for too long and is given up",
                view.sink, view.transport
            );
            self.audit(Kind::Refused, None, &text);
            self.drop_transfer(id, "failed");
        }
    }

    /// Ends the upload of firmware, if there is one.
    pub(crate) fn abort_firmware_upload(self: &Arc<Self>) {
        let own = {
            let transfers = self.transfers.lock();
            let is_firmware = |entry: &&Entry<P>| entry.view.sink == "firmware";
            transfers.entries.iter().flatten().find(is_firmware).map(|entry| entry.view.id)
        };
        if let Some(id) = own {
            self.drop_transfer(TransferId(id), "aborted");
        }
    }

    /// The transfers that are under way.
    pub(crate) fn transfer_views(&self) -> Vec<view::Transfer> {
        let transfers = self.transfers.lock();
        transfers.entries.iter().flatten().map(|entry| entry.view.clone()).collect()
    }

    /// The event with that number or the first after it that is still kept: its number and it.
    pub(crate) fn transfer_event(
        &self,
        number: u32,
    ) -> Option<(u32, view::Transfer, &'static str)> {
        let transfers = self.transfers.lock();
        let oldest = transfers.next_event.wrapping_sub(transfers.events.len() as u32);
        let number = number.max(oldest);
        let (view, state) = transfers.events.get(number.wrapping_sub(oldest) as usize)?;
        Some((number, view.clone(), state))
    }

    /// The number that the next event will get.
    pub(crate) fn transfer_events_end(&self) -> u32 {
        self.transfers.lock().next_event
    }
}

fn gone() -> ApiError {
    ApiError::new(
        Code::Timeout,
        "The transfer was silent for too long or was aborted. Send it again from the beginning.",
    )
}

/// The error that a refusal is.
pub(crate) fn refused(refusal: Refusal) -> ApiError {
    let code = match refusal {
        Refusal::WrongOffset { .. } => Code::BadRequest,
        Refusal::TooMuch { .. } | Refusal::TooLittle { .. } => Code::LengthMismatch,
        Refusal::Digest => Code::DigestMismatch,
    };
    ApiError::new(code, format!("{refusal}"))
}

/// A transfer that is aborted when it is dropped before [`Transfer::end`].
pub struct Transfer<P: Platform> {
    runtime: Arc<Runtime<P>>,
    id: Option<TransferId>,
}

impl<P: Platform> Transfer<P> {
    /// Opens a transfer.
    pub fn begin(runtime: &Arc<Runtime<P>>, begin: Begin) -> Result<Self, ApiError> {
        let id = runtime.transfer_begin(begin)?;
        Ok(Self { runtime: runtime.clone(), id: Some(id) })
    }

    /// Hands the next bytes on. After an error the transfer is over.
    pub fn chunk(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        let id = self.id.ok_or_else(gone)?;
        let taken = self.runtime.transfer_chunk(id, None, bytes);
        if taken.is_err() {
            self.runtime.transfer_abort(id);
            self.id = None;
        }
        taken.map(|_| ())
    }

    /// All bytes have come: has them take effect.
    pub fn end(mut self) -> Result<Outcome, ApiError> {
        let id = self.id.take().ok_or_else(gone)?;
        self.runtime.transfer_end(id)
    }
}

impl<P: Platform> Drop for Transfer<P> {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            self.runtime.transfer_abort(id);
        }
    }
}
