// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's end of the serial link.
//!
//! It says only what it was asked for: what is due is kept in a few flags, so nothing piles up
//! however often a client asks.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use super::frame::{Deframer, Outgoing};
use super::message::{RequestHead, ToClient, ToDevice, read};
use super::{DATA_MAX, IDLE_MS, VERSION, WINDOW};

/// What carries requests out.
pub trait Service {
    /// A request under way. Dropping it aborts it.
    type Exchange: Exchange;

    /// Begins a request.
    fn begin(&mut self, head: &RequestHead<'_>) -> Self::Exchange;
}

/// A request under way.
pub trait Exchange {
    /// Whether its body still matters.
    fn wants_body(&self) -> bool;
    /// Takes the next bytes of the body.
    fn chunk(&mut self, bytes: &[u8]);
    /// The body is whole, or does not matter: carries the request out.
    fn finish(self) -> Answer;
}

/// What the body of an answer comes from: its pieces, never an empty one, then `None`.
pub type Pieces = Box<dyn FnMut() -> Option<Vec<u8>> + Send>;

/// The answer to a request.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body's media type.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body's length, where that is known.
    pub length: Option<u32>,
    /// The body.
    pub pieces: Pieces,
}

/// The device's end.
pub struct Device<S: Service> {
    service: S,
    boot: u32,
    incoming: Deframer,
    outgoing: Outgoing,
    /// The number of the latest request, also when it is over.
    id: Option<u32>,
    stage: Stage<S::Exchange>,
    heard_ms: u64,
    hello_due: bool,
    credit_due: bool,
    gone: Option<u32>,
}

enum Stage<E> {
    Idle,
    Body(Body<E>),
    Answer(Box<Sender>),
}

struct Body<E> {
    exchange: E,
    received: u32,
    crc: crc32fast::Hasher,
    /// Something was lost, and the client is to be told.
    resend: bool,
    /// It has been told, and nothing new has come since.
    told: bool,
}

/// An answer that is being sent.
struct Sender {
    answer: Answer,
    head_due: bool,
    /// Bytes that the client may not have yet, and where they begin.
    held: Vec<u8>,
    base: u32,
    /// What the client has, and what is sent next.
    acked: u32,
    next: u32,
    crc: crc32fast::Hasher,
    /// Nothing comes after what is held.
    ended: bool,
    end_due: bool,
}

impl Sender {
    fn new(answer: Answer) -> Self {
        Self {
            answer,
            head_due: true,
            held: Vec::new(),
            base: 0,
            acked: 0,
            next: 0,
            crc: crc32fast::Hasher::new(),
            ended: false,
            end_due: true,
        }
    }

    /// Where what is held ends.
    fn end(&self) -> u32 {
        self.base + self.held.len() as u32
    }

    /// Makes more of the body, when all that there is has been sent and the client keeps up.
    fn fill(&mut self) {
        if self.ended || self.next < self.end() || self.next - self.acked >= WINDOW {
            return;
        }
        let known = (self.acked - self.base) as usize;
        let Some(piece) = (self.answer.pieces)() else {
            self.ended = true;
            return;
        };
        self.crc.update(&piece);
        if known == self.held.len() {
            self.held = piece;
        } else {
            self.held.drain(..known);
            self.held.extend_from_slice(&piece);
        }
        self.base = self.acked;
    }

    fn ack(&mut self, received: u32, resend: bool) {
        if !(self.acked..=self.next).contains(&received) {
            return;
        }
        self.acked = received;
        if resend {
            self.next = received;
            self.end_due = true;
        }
    }
}

impl<S: Service> Device<S> {
    /// An end that has heard nothing yet. `boot` is a number that the device had in no earlier boot,
    /// such as a random one.
    pub fn new(service: S, boot: u32) -> Self {
        Self {
            service,
            boot,
            incoming: Deframer::new(),
            outgoing: Outgoing::default(),
            id: None,
            stage: Stage::Idle,
            heard_ms: 0,
            hello_due: false,
            credit_due: false,
            gone: None,
        }
    }

    /// Takes what has come in. Requests are carried out in here.
    pub fn receive(&mut self, now_ms: u64, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (taken, whole) = self.incoming.push(bytes);
            bytes = &bytes[taken..];
            if whole && let Some((version, message)) = self.incoming.take() {
                if version != VERSION {
                    self.hello_due = true;
                } else if let Some(heard) = read(&message[1..]) {
                    self.heard_ms = now_ms;
                    self.hear(heard);
                }
                self.incoming.give_back(message);
            }
        }
    }

    fn hear(&mut self, message: ToDevice<'_>) {
        match message {
            ToDevice::Hello => self.hello_due = true,
            ToDevice::Request { boot, .. } if boot != self.boot => self.hello_due = true,
            ToDevice::Request { id, head, .. } if self.id != Some(id) => self.begin(id, &head),
            ToDevice::Request { id, .. } => match &mut self.stage {
                Stage::Idle => self.gone = Some(id),
                Stage::Body(_) => self.credit_due = true,
                Stage::Answer(sender) => sender.head_due = true,
            },
            ToDevice::Body { id, .. }
            | ToDevice::End { id, .. }
            | ToDevice::Ack { id, .. }
            | ToDevice::Done { id }
                if self.id != Some(id) =>
            {
                self.gone = Some(id);
            }
            ToDevice::Body { id, offset, data } => self.take_body(id, offset, data),
            ToDevice::End { id, length, crc } => self.end_body(id, length, crc),
            ToDevice::Ack { id, received, resend } => match &mut self.stage {
                Stage::Answer(sender) => sender.ack(received, resend),
                Stage::Body(_) => {}
                Stage::Idle => self.gone = Some(id),
            },
            ToDevice::Done { .. } => self.stage = Stage::Idle,
        }
    }

    fn begin(&mut self, id: u32, head: &RequestHead<'_>) {
        // What was under way is aborted before anything else begins.
        self.stage = Stage::Idle;
        self.id = Some(id);
        (self.gone, self.credit_due) = (None, true);
        self.stage = Stage::Body(Body {
            exchange: self.service.begin(head),
            received: 0,
            crc: crc32fast::Hasher::new(),
            resend: false,
            told: false,
        });
        self.finish_if(|body| !body.exchange.wants_body());
    }

    fn take_body(&mut self, id: u32, offset: u32, data: &[u8]) {
        match &mut self.stage {
            Stage::Idle => self.gone = Some(id),
            // The answer is on its way.
            Stage::Answer(_) => {}
            Stage::Body(body) => {
                self.credit_due = true;
                if offset > body.received {
                    body.resend |= !body.told;
                    body.told = true;
                } else if offset == body.received {
                    body.exchange.chunk(data);
                    body.crc.update(data);
                    body.received += data.len() as u32;
                    (body.resend, body.told) = (false, false);
                    self.finish_if(|body| !body.exchange.wants_body());
                }
            }
        }
    }

    fn end_body(&mut self, id: u32, length: u32, crc: u32) {
        match &mut self.stage {
            Stage::Idle => self.gone = Some(id),
            Stage::Answer(sender) => sender.head_due = true,
            Stage::Body(body) if body.received < length => {
                (body.resend, self.credit_due) = (true, true);
            }
            Stage::Body(body) => {
                if body.received == length && body.crc.clone().finalize() == crc {
                    self.finish_if(|_| true);
                } else {
                    self.stage = Stage::Idle;
                    self.gone = Some(id);
                }
            }
        }
    }

    fn finish_if(&mut self, done: impl FnOnce(&Body<S::Exchange>) -> bool) {
        let over = matches!(&self.stage, Stage::Body(body) if done(body));
        if over && let Stage::Body(body) = core::mem::replace(&mut self.stage, Stage::Idle) {
            self.credit_due = false;
            self.stage = Stage::Answer(Box::new(Sender::new(body.exchange.finish())));
        }
    }

    /// Copies what is to be sent to `out`; how many bytes that are. 0 when there is nothing now.
    pub fn transmit(&mut self, out: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < out.len() {
            if self.outgoing.is_empty() && !self.say() {
                break;
            }
            filled += self.outgoing.take(&mut out[filled..]);
        }
        filled
    }

    /// Makes the next frame, if something is due.
    fn say(&mut self) -> bool {
        let out = &mut self.outgoing;
        if core::mem::take(&mut self.hello_due) {
            return out.set(&ToClient::Hello { boot: self.boot });
        }
        if let Some(id) = self.gone.take() {
            return out.set(&ToClient::Gone { id });
        }
        let Some(id) = self.id else { return false };
        match &mut self.stage {
            Stage::Body(body) if core::mem::take(&mut self.credit_due) => {
                let resend = core::mem::take(&mut body.resend);
                out.set(&ToClient::Credit { id, received: body.received, resend })
            }
            Stage::Answer(sender) => say_answer(out, id, sender),
            _ => false,
        }
    }

    /// To be called now and then: gives up on a client that is silent in the middle of a request.
    pub fn tick(&mut self, now_ms: u64) {
        if !matches!(self.stage, Stage::Idle) && now_ms.saturating_sub(self.heard_ms) >= IDLE_MS {
            self.stage = Stage::Idle;
        }
    }

    /// Whether a request is under way.
    pub fn is_busy(&self) -> bool {
        !matches!(self.stage, Stage::Idle)
    }
}

fn say_answer(out: &mut Outgoing, id: u32, sender: &mut Sender) -> bool {
    if core::mem::take(&mut sender.head_due) {
        let Answer { status, content_type, length, headers, .. } = &sender.answer;
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        let (status, length) = (*status, *length);
        let head = ToClient::Reply { id, status, content_type, headers, length };
        // Headers that are too long for a frame are left out; the answer is not.
        return out.set(&head)
            || out.set(&ToClient::Reply { id, status, content_type, headers: Vec::new(), length });
    }
    sender.fill();
    let room = (sender.acked + WINDOW).saturating_sub(sender.next) as usize;
    let at = (sender.next - sender.base) as usize;
    let rest = sender.held.get(at..).unwrap_or_default();
    let data = &rest[..rest.len().min(room).min(DATA_MAX)];
    if !data.is_empty() {
        let offset = sender.next;
        sender.next += data.len() as u32;
        return out.set(&ToClient::Body { id, offset, data });
    }
    if sender.ended && rest.is_empty() && core::mem::take(&mut sender.end_due) {
        let crc = sender.crc.clone().finalize();
        return out.set(&ToClient::End { id, length: sender.end(), crc });
    }
    false
}
