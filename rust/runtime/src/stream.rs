// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The stream of events, `GET /api/v1/events`.
//!
//! A stream keeps no events: it keeps where it is in the logs, which are bounded, and what it has told
//! about each app. Whoever serves one asks [`Stream::next`] every [`STREAM_POLL_MS`] until it has
//! nothing more. A client that is too slow finds older records gone and is told how many; apps and
//! transfers it is always told as they are now. So a stream costs the same memory whatever happens,
//! and nobody waits for it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use core::sync::atomic::Ordering;

use akira_core::http::event::{Event, Topic, Wanted};
use akira_core::http::{ApiError, Code};
use akira_core::lifecycle::State;
use akira_core::name::AppName;

use crate::apps::App;
use crate::http::{Head, Reply};
use crate::platform::Platform;
use crate::runtime::Runtime;
use crate::view::json;

/// How often [`Stream::next`] is to be asked, in milliseconds.
pub const STREAM_POLL_MS: u32 = 50;

/// Most streams that are open at once.
pub const STREAMS_MAX: u32 = 4;

/// Time between two messages about the status, in milliseconds.
const STATUS_MS: u64 = 1000;
/// Shortest time between two messages about the display, in milliseconds.
const DISPLAY_MS: u64 = 100;

/// A place among the streams.
struct Place<P: Platform>(Arc<Runtime<P>>);

impl<P: Platform> Drop for Place<P> {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::AcqRel);
    }
}

/// One client's stream. Dropping it closes it.
pub struct Stream<P: Platform> {
    place: Place<P>,
    wanted: Wanted,
    greeted: bool,
    apps: Vec<Told>,
    /// When apps are looked at again; before that there is nothing new about them.
    apps_at_ms: u64,
    logs: Vec<(AppName, u32)>,
    audit: u32,
    transfers: u32,
    status_at_ms: u64,
    pictures: u32,
    display_at_ms: u64,
    lost: u32,
    /// Which tokens there were when it was opened.
    tokens: u32,
}

/// Looks whether there is something to tell about a topic.
type Look<P> = fn(&mut Stream<P>, u64) -> Option<String>;

/// What the client was told about an app.
struct Told {
    name: AppName,
    print: u64,
}

impl<P: Platform> Stream<P> {
    /// Opens a stream for whoever sends `head`, or says what the answer is instead.
    pub fn open(runtime: &Arc<Runtime<P>>, head: &Head<'_>) -> Result<Self, Reply> {
        Self::begin(runtime, head).map_err(Reply::from)
    }

    fn begin(runtime: &Arc<Runtime<P>>, head: &Head<'_>) -> Result<Self, ApiError> {
        let query = head.path.split_once('?').map_or("", |(_, query)| query);
        runtime.admit_stream(head, query)?;
        let wanted = Wanted::from_query(query)?;
        let place = take_place(runtime)?;
        Ok(Self {
            wanted,
            greeted: false,
            apps: Vec::new(),
            apps_at_ms: 0,
            logs: Vec::new(),
            audit: runtime.audit_end(),
            transfers: runtime.transfer_events_end(),
            status_at_ms: 0,
            pictures: runtime.pictures.load(Ordering::Relaxed),
            display_at_ms: 0,
            lost: 0,
            tokens: runtime.token_changes(),
            place,
        })
    }

    /// The next message; `None` when there is nothing to tell now.
    #[allow(clippy::should_implement_trait, reason = "`None` is no end")]
    pub fn next(&mut self) -> Option<String> {
        if self.is_over() {
            return None;
        }
        let now = self.place.0.platform.uptime_ms();
        if !self.greeted {
            self.greeted = true;
            return Some(self.hello(now));
        }
        if let Some(lost) = self.tell_lost() {
            return Some(lost);
        }
        // What comes often is last, so that it keeps nothing else waiting.
        let topics: [(Topic, Look<P>); 6] = [
            (Topic::App, Self::next_app),
            (Topic::Status, Self::next_status),
            (Topic::Transfer, |stream, _| stream.next_transfer()),
            (Topic::Display, Self::next_display),
            (Topic::Audit, |stream, _| stream.next_audit()),
            (Topic::Log, |stream, _| stream.next_log()),
        ];
        topics.into_iter().find_map(
            |(topic, look)| {
                if self.wanted.has(topic) { look(self, now) } else { None }
            },
        )
    }

    /// Whether the stream has nothing more to tell, ever: a token was made anew or has ended, which may
    /// be the one that it was opened with.
    pub fn is_over(&self) -> bool {
        self.tokens != self.place.0.token_changes()
    }

    fn hello(&self, now: u64) -> String {
        let runtime = &self.place.0;
        let (device, name) = (runtime.platform.device(), &runtime.device_name());
        text(&Event::Hello { device, name, time_ms: now })
    }

    /// An app that is not what the client was told.
    fn next_app(&mut self, now: u64) -> Option<String> {
        if now < self.apps_at_ms {
            return None;
        }
        let runtime = &self.place.0;
        let apps = runtime.apps.lock();
        let gone = |told: &Told| !apps.list.iter().any(|app| *name_of(app) == told.name);
        if let Some(place) = self.apps.iter().position(gone) {
            let told = self.apps.remove(place);
            return Some(text(&Event::Removed { app: told.name.as_str() }));
        }
        for app in apps.list.iter().filter(|app| self.wanted.has_app(name_of(app))) {
            let (name, print) = (name_of(app), fingerprint(app));
            match self.apps.iter_mut().find(|told| told.name == *name) {
                Some(told) if told.print == print => continue,
                Some(told) => told.print = print,
                None => self.apps.push(Told { name: name.clone(), print }),
            }
            let app = runtime.view(app);
            drop(apps);
            return Some(text(&Event::App { app: &app }));
        }
        self.apps_at_ms = now + u64::from(STREAM_POLL_MS);
        None
    }

    fn next_status(&mut self, now: u64) -> Option<String> {
        if now < self.status_at_ms {
            return None;
        }
        self.status_at_ms = now + STATUS_MS;
        let status = self.place.0.status_json().ok()?;
        let status = String::from_utf8(status).ok()?;
        Some(format!(r#"{{"type":"status","status":{status}}}"#))
    }

    fn next_display(&mut self, now: u64) -> Option<String> {
        let pictures = self.place.0.pictures.load(Ordering::Relaxed);
        if pictures == self.pictures || now < self.display_at_ms {
            return None;
        }
        self.pictures = pictures;
        self.display_at_ms = now + DISPLAY_MS;
        Some(text(&Event::Display))
    }

    fn next_transfer(&mut self) -> Option<String> {
        let (number, transfer, state) = self.place.0.transfer_event(self.transfers)?;
        self.lost = self.lost.saturating_add(number - self.transfers);
        self.transfers = number + 1;
        Some(text(&Event::Transfer { transfer: &transfer, state }))
    }

    fn next_audit(&mut self) -> Option<String> {
        let (record, dropped) = self.place.0.next_audit(self.audit)?;
        self.audit = record.seq + 1;
        self.lost = self.lost.saturating_add(dropped);
        Some(text(&Event::Audit { record: &record }))
    }

    /// The oldest record that the client has not had.
    fn next_log(&mut self) -> Option<String> {
        let runtime = &self.place.0;
        let logs = runtime.logs.lock();
        self.logs.retain(|(name, _)| logs.contains_key(name));
        let mut oldest: Option<(&AppName, &akira_core::log::LogRecord)> = None;
        for (name, ring) in logs.iter().filter(|(name, _)| self.wanted.has_app(name)) {
            let at = match self.logs.iter_mut().find(|(known, _)| known == name) {
                Some((_, at)) => at,
                None => {
                    self.logs.push((name.clone(), ring.since(0).next().map_or(0, |r| r.seq)));
                    // It has just been pushed.
                    let Some((_, at)) = self.logs.last_mut() else { continue };
                    at
                }
            };
            if *at > ring.next() {
                // The app was uninstalled and is back: its records count from the beginning.
                *at = 0;
            }
            if *at == ring.next() {
                continue;
            }
            let dropped = ring.dropped(*at);
            self.lost = self.lost.saturating_add(dropped);
            *at += dropped;
            let record = ring.since(*at).next();
            if let Some(record) = record
                && oldest.is_none_or(|(_, known)| record.t_ms < known.t_ms)
            {
                oldest = Some((name, record));
            }
        }
        if self.lost > 0 {
            drop(logs);
            return self.tell_lost();
        }
        let (name, record) = oldest?;
        if let Some((_, at)) = self.logs.iter_mut().find(|(known, _)| known == name) {
            *at = record.seq + 1;
        }
        Some(text(&Event::Log {
            app: name.as_str(),
            seq: record.seq,
            t_ms: record.t_ms,
            level: record.level.name(),
            text: &record.text,
        }))
    }

    fn tell_lost(&mut self) -> Option<String> {
        let count = core::mem::take(&mut self.lost);
        (count > 0).then(|| text(&Event::Lost { count }))
    }
}

fn take_place<P: Platform>(runtime: &Arc<Runtime<P>>) -> Result<Place<P>, ApiError> {
    let more = |open: u32| (open < STREAMS_MAX).then_some(open + 1);
    match runtime.streams.fetch_update(Ordering::AcqRel, Ordering::Acquire, more) {
        Ok(_) => Ok(Place(runtime.clone())),
        Err(_) => Err(ApiError::new(
            Code::TooManyStreams,
            format!("{STREAMS_MAX} event streams are open, more cannot. Close one."),
        )),
    }
}

fn text(event: &Event<'_>) -> String {
    String::from_utf8(json(event)).unwrap_or_default()
}

fn name_of<P: Platform>(app: &App<P>) -> &AppName {
    &app.record.manifest.name
}

/// What a client is told again when it has changed: all of an app but what time alone changes.
fn fingerprint<P: Platform>(app: &App<P>) -> u64 {
    let mut hash = Fnv::default();
    let record = &app.record;
    (app.state.name(), app.context.is_some(), app.started_ms, app.ended_ms).hash(&mut hash);
    match &app.state {
        State::Failed(reason) => reason.hash(&mut hash),
        State::Stopped(code) => code.hash(&mut hash),
        _ => {}
    }
    (app.restart.due_ms, record.sha256, record.granted.bits(), record.quota).hash(&mut hash);
    record.signer.as_ref().map(|signer| signer.name.to_string()).hash(&mut hash);
    app.previous.as_ref().map(|previous| previous.sha256).hash(&mut hash);
    hash.finish()
}

/// FNV-1a with 64 bits: two states of one app do not have the same by chance.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
