// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The client's end of the serial link.
//!
//! Used like this: [`Client::request`], then again and again what the line gave to
//! [`Client::receive`], what [`Client::transmit`] gives to the line, and [`Client::poll`], until that
//! has something. Between two rounds wait for the line, but not longer than [`POLL_MS`].

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::frame::{Deframer, Outgoing};
use super::message::{RequestHead, ToClient, ToDevice, read};
use super::{DATA_MAX, VERSION, WINDOW};

/// Longest time between two rounds, in milliseconds.
pub const POLL_MS: u64 = 20;

/// How long nothing may be heard before the client asks again, in milliseconds; each further time in
/// a row it waits twice as long, up to [`ASK_MAX_MS`].
const ASK_MS: u64 = 250;
const ASK_MAX_MS: u64 = 2000;

/// How long it asks who is there, in milliseconds.
const HELLO_MS: u64 = 5000;

/// How long a request may be without any progress, in milliseconds. A device may need ten seconds to
/// bring an app into memory.
const PROGRESS_MS: u64 = 30_000;

/// Largest body of an answer in bytes; no device has more to say.
const BODY_MAX: usize = 64 << 20;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// Nobody answers on the line.
    Silent,
    /// The device speaks that version of the protocol.
    Version(u8),
    /// The path or a header is too long for the line.
    TooLong,
    /// The device has given the request up, or restarted. Whether it was carried out is not known.
    Gone,
    /// The line is so bad that nothing gets through any more. Whether the request was carried out is
    /// not known.
    Stuck,
    /// The answer is not what its end says, or larger than any device's.
    Damaged,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Silent => f.write_str(
                "no device answers on this line; is it the right one, and does the device have its \
                 serial link on?",
            ),
            LinkError::Version(theirs) => write!(
                f,
                "the device speaks version {theirs} of the serial link, this program version \
                 {VERSION}; use the release that the device is of"
            ),
            LinkError::TooLong => f.write_str("the path or a header is too long for the line"),
            LinkError::Gone => f.write_str(
                "the device has dropped the request or restarted; see with `akira status` and \
                 `akira apps` what became of it, then try again",
            ),
            LinkError::Stuck => f.write_str(
                "nothing gets through the line any more; look at the cable, see with `akira apps` \
                 what became of the request, then try again",
            ),
            LinkError::Damaged => f.write_str("the device's answer came in damaged; try again"),
        }
    }
}

impl core::error::Error for LinkError {}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body's media type.
    pub content_type: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// How far a request is, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Of its body, what the device has.
    pub sent: u32,
    /// Of the answer's body, what has come.
    pub received: u32,
    /// The answer's length, once that is known.
    pub expected: Option<u32>,
}

/// The client's end.
pub struct Client {
    incoming: Deframer,
    outgoing: Outgoing,
    boot: u32,
    id: u32,
    work: Option<Work>,
    result: Option<Result<Response, LinkError>>,
    /// The request whose answer has come whole, for the device to forget.
    done: Option<u32>,
    /// When something was last heard, when the client asks, and when there was progress.
    ask_at_ms: u64,
    ask_after_ms: u64,
    progress_ms: u64,
}

/// A request under way.
struct Work {
    head: Head,
    body: Vec<u8>,
    crc: u32,
    stage: Stage,
    /// What the stage begins with is to be said.
    due: bool,
    /// What the device has of the body, and what is sent next.
    acked: u32,
    next: u32,
    end_due: bool,
    response: Option<Response>,
    expected: Option<u32>,
    ack_due: bool,
    resend_due: bool,
    /// Something was lost, the device was told, and nothing new has come since.
    told: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Who is there?
    Hello,
    /// The device's word about the head is awaited.
    Head,
    /// The body is being sent.
    Body,
    /// The answer is coming.
    Answer,
}

/// A [`RequestHead`] that owns its texts.
struct Head {
    method: String,
    path: String,
    authorization: Option<String>,
    content_length: Option<u64>,
    content_type: Option<String>,
    if_none_match: Option<String>,
}

impl Head {
    fn new(head: &RequestHead<'_>) -> Self {
        Self {
            method: head.method.to_string(),
            path: head.path.to_string(),
            authorization: head.authorization.map(String::from),
            content_length: head.content_length,
            content_type: head.content_type.map(String::from),
            if_none_match: head.if_none_match.map(String::from),
        }
    }

    fn borrow(&self) -> RequestHead<'_> {
        RequestHead {
            method: &self.method,
            path: &self.path,
            authorization: self.authorization.as_deref(),
            content_length: self.content_length,
            content_type: self.content_type.as_deref(),
            if_none_match: self.if_none_match.as_deref(),
        }
    }
}

impl Client {
    /// An end that has heard nothing yet. `seed` must be another number for each client: a random one.
    pub fn new(seed: u32) -> Self {
        Self {
            incoming: Deframer::new(),
            outgoing: Outgoing::default(),
            boot: 0,
            id: seed,
            work: None,
            result: None,
            done: None,
            ask_at_ms: 0,
            ask_after_ms: ASK_MS,
            progress_ms: 0,
        }
    }

    /// Begins a request, with its whole body; one that is under way is given up. `content_length` is
    /// that of the body.
    pub fn request(&mut self, now_ms: u64, head: &RequestHead<'_>, body: Vec<u8>) {
        self.id = self.id.wrapping_add(1);
        self.result = None;
        self.work = Some(Work {
            head: Head::new(head),
            crc: crc32fast::hash(&body),
            body,
            // Each time: what a device that restarted has carried out it must not do again.
            stage: Stage::Hello,
            due: true,
            acked: 0,
            next: 0,
            end_due: true,
            response: None,
            expected: None,
            ack_due: false,
            resend_due: false,
            told: false,
        });
        self.progress(now_ms);
    }

    /// How far the request is.
    pub fn progress_now(&self) -> Progress {
        self.work.as_ref().map_or_else(Progress::default, |work| Progress {
            sent: work.acked,
            received: work.received(),
            expected: work.expected,
        })
    }

    /// The end of the request, once.
    pub fn poll(&mut self) -> Option<Result<Response, LinkError>> {
        self.result.take()
    }

    fn progress(&mut self, now_ms: u64) {
        self.progress_ms = now_ms;
        self.ask_after_ms = ASK_MS;
        self.ask_at_ms = now_ms + ASK_MS;
    }

    fn end(&mut self, result: Result<Response, LinkError>) {
        self.work = None;
        self.done = Some(self.id);
        self.result = Some(result);
    }

    /// Takes what has come in.
    pub fn receive(&mut self, now_ms: u64, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (taken, whole) = self.incoming.push(bytes);
            bytes = &bytes[taken..];
            if whole && let Some((version, message)) = self.incoming.take() {
                if version != VERSION {
                    if self.work.is_some() {
                        self.end(Err(LinkError::Version(version)));
                    }
                } else if let Some(heard) = read(&message[1..]) {
                    self.hear(now_ms, heard);
                }
                self.incoming.give_back(message);
            }
        }
    }

    fn hear(&mut self, now_ms: u64, message: ToClient<'_>) {
        let own = self.id;
        let Some(work) = &mut self.work else { return };
        // Whether it brings the request on.
        let mut news = true;
        match message {
            ToClient::Hello { boot } => {
                if work.stage == Stage::Hello {
                    self.boot = boot;
                    (work.stage, work.due) = (Stage::Head, true);
                } else if self.boot != boot {
                    return self.end(Err(LinkError::Gone));
                } else {
                    news = false;
                }
            }
            ToClient::Credit { id, received, resend } if id == own => {
                news = work.credit(received, resend);
            }
            ToClient::Gone { id } if id == own => return self.end(Err(LinkError::Gone)),
            ToClient::Reply { id, status, content_type, headers, length } if id == own => {
                if work.response.is_none() {
                    work.stage = Stage::Answer;
                    work.expected = length;
                    work.response = Some(Response {
                        status,
                        content_type: content_type.to_string(),
                        headers: headers
                            .iter()
                            .map(|(name, value)| (name.to_string(), value.to_string()))
                            .collect(),
                        body: Vec::new(),
                    });
                } else {
                    news = false;
                }
            }
            ToClient::Body { id, offset, data } if id == own => match work.take(offset, data) {
                Some(new) => news = new,
                None => return self.end(Err(LinkError::Damaged)),
            },
            ToClient::End { id, length, crc } if id == own => match work.whole(length, crc) {
                Some(true) => {
                    let response = work.response.take().unwrap_or_default();
                    return self.end(Ok(response));
                }
                Some(false) => news = false,
                None => return self.end(Err(LinkError::Damaged)),
            },
            // Of a request that is over.
            _ => return,
        }
        if news {
            self.progress(now_ms);
        }
    }

    /// Copies what is to be sent to `out`; how many bytes that are. 0 when there is nothing now.
    pub fn transmit(&mut self, now_ms: u64, out: &mut [u8]) -> usize {
        self.look_at_the_clock(now_ms);
        let mut filled = 0;
        while filled < out.len() {
            if self.outgoing.is_empty() && !self.say() {
                break;
            }
            filled += self.outgoing.take(&mut out[filled..]);
        }
        filled
    }

    fn look_at_the_clock(&mut self, now_ms: u64) {
        let Some(work) = &mut self.work else { return };
        let silent = now_ms.saturating_sub(self.progress_ms);
        let first = work.stage == Stage::Hello;
        if first && silent >= HELLO_MS {
            self.end(Err(LinkError::Silent));
        } else if silent >= PROGRESS_MS {
            self.end(Err(LinkError::Stuck));
        } else if now_ms >= self.ask_at_ms {
            work.ask();
            self.ask_after_ms = (self.ask_after_ms * 2).min(ASK_MAX_MS);
            self.ask_at_ms = now_ms + self.ask_after_ms;
        }
    }

    /// Makes the next frame, if something is due.
    fn say(&mut self) -> bool {
        let out = &mut self.outgoing;
        if let Some(id) = self.done.take() {
            return out.set(&ToDevice::Done { id });
        }
        let id = self.id;
        let Some(work) = &mut self.work else { return false };
        match work.stage {
            Stage::Hello if core::mem::take(&mut work.due) => return out.set(&ToDevice::Hello),
            Stage::Head if core::mem::take(&mut work.due) => {
                let boot = self.boot;
                if out.set(&ToDevice::Request { boot, id, head: work.head.borrow() }) {
                    return true;
                }
                self.end(Err(LinkError::TooLong));
                self.done = None;
                return false;
            }
            Stage::Hello | Stage::Head => {}
            Stage::Body => return work.say_body(out, id),
            Stage::Answer => {
                if core::mem::take(&mut work.ack_due) {
                    let resend = core::mem::take(&mut work.resend_due);
                    return out.set(&ToDevice::Ack { id, received: work.received(), resend });
                }
            }
        }
        false
    }
}

impl Work {
    /// Bytes of the answer's body that have come.
    fn received(&self) -> u32 {
        self.response.as_ref().map_or(0, |response| response.body.len() as u32)
    }

    /// Nothing is heard: says again what may have been lost.
    fn ask(&mut self) {
        match self.stage {
            Stage::Hello | Stage::Head => self.due = true,
            Stage::Body => {
                self.next = self.acked;
                self.end_due = true;
            }
            Stage::Answer => (self.ack_due, self.resend_due) = (true, true),
        }
    }

    /// The device has so much of the body. Whether that is news.
    fn credit(&mut self, received: u32, resend: bool) -> bool {
        let begins = self.stage == Stage::Head;
        if begins {
            self.stage = Stage::Body;
        } else if self.stage != Stage::Body || !(self.acked..=self.next).contains(&received) {
            return false;
        }
        let more = received > self.acked;
        self.acked = received.min(self.body.len() as u32);
        self.next = self.next.max(self.acked);
        if resend {
            self.next = self.acked;
            self.end_due = true;
        }
        more || begins
    }

    fn say_body(&mut self, out: &mut Outgoing, id: u32) -> bool {
        let rest = self.body.get(self.next as usize..).unwrap_or_default();
        let room = (self.acked + WINDOW).saturating_sub(self.next) as usize;
        let data = &rest[..rest.len().min(room).min(DATA_MAX)];
        if !data.is_empty() {
            let offset = self.next;
            self.next += data.len() as u32;
            return out.set(&ToDevice::Body { id, offset, data });
        }
        if rest.is_empty() && core::mem::take(&mut self.end_due) {
            let length = self.body.len() as u32;
            return out.set(&ToDevice::End { id, length, crc: self.crc });
        }
        false
    }

    /// Takes a piece of the answer's body: whether it is a new one; `None` when there is too much.
    fn take(&mut self, offset: u32, data: &[u8]) -> Option<bool> {
        let Some(response) = &mut self.response else { return Some(false) };
        self.ack_due = true;
        let received = response.body.len() as u32;
        if offset > received {
            self.resend_due |= !self.told;
            self.told = true;
        } else if offset == received {
            if response.body.len() + data.len() > BODY_MAX {
                return None;
            }
            response.body.extend_from_slice(data);
            self.told = false;
            return Some(true);
        }
        Some(false)
    }

    /// Whether the answer is whole, now that its end has come; `None` when it is damaged.
    fn whole(&mut self, length: u32, crc: u32) -> Option<bool> {
        let Some(response) = &self.response else { return Some(false) };
        let received = response.body.len() as u32;
        if received < length {
            (self.ack_due, self.resend_due) = (true, true);
            return Some(false);
        }
        // A body that ends before the length of its head is one that the device could not finish.
        let right = received == length
            && self.expected.is_none_or(|expected| expected == length)
            && crc32fast::hash(&response.body) == crc;
        right.then_some(true)
    }
}
