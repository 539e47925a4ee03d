// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What waits for the running apps: input events, radio packets and messages of other apps.
//!
//! Each slot has an inbox, open while its app runs. The device's threads and other apps put things
//! in and wake the slot; the app takes them out. Every queue is bounded, and packets and messages
//! are charged to the app that they wait for.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use akira_abi::{CapSet, Capability, Errno};
use akira_core::input::{InputEvent, InputQueue, InputState};
use akira_core::name::AppName;
use akira_engine::heap::Charge;

use crate::platform::{Platform, RfTuning, SLOTS};
use crate::runtime::Runtime;

/// Radio packets that wait for an app at most.
const PACKETS: usize = 8;

/// Messages that wait for an app at most.
const MESSAGES: usize = 16;

/// What a packet or message costs beyond its bytes.
const OVERHEAD: usize = 64;

/// What [`on_event`](Inbox::pending) is told: the kinds of things that may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An input event.
    Input = 1,
    /// A radio packet.
    Radio = 2,
    /// A message of another app.
    Message = 3,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Input, Kind::Radio, Kind::Message];
}

/// A radio packet that was received.
pub(crate) struct Packet {
    pub(crate) bytes: Vec<u8>,
    _charge: Charge,
}

/// A message of another app.
pub(crate) struct Message {
    pub(crate) sender: AppName,
    pub(crate) bytes: Vec<u8>,
    _charge: Charge,
}

/// What waits for the app in one slot.
#[derive(Default)]
pub(crate) struct Inbox {
    /// The app, while it runs.
    owner: Option<AppName>,
    granted: CapSet,
    peers: Vec<AppName>,
    pub(crate) input: InputQueue,
    /// At most [`PACKETS`]; takes no memory before the first one.
    pub(crate) packets: VecDeque<Packet>,
    pub(crate) packets_dropped: u32,
    /// At most [`MESSAGES`]; takes no memory before the first one.
    pub(crate) messages: VecDeque<Message>,
}

impl Inbox {
    fn takes(&self, capability: Capability) -> bool {
        self.owner.is_some() && self.granted.has(capability)
    }

    /// How many things of a kind wait.
    fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::Input => self.input.len(),
            Kind::Radio => self.packets.len(),
            Kind::Message => self.messages.len(),
        }
    }

    /// A kind of which something waits, and how much.
    pub(crate) fn pending(&self) -> Option<(Kind, usize)> {
        Kind::ALL.into_iter().map(|kind| (kind, self.count(kind))).find(|(_, count)| *count > 0)
    }

    /// Drops one thing of a kind if none was taken since there were `before`.
    pub(crate) fn drop_untaken(&mut self, kind: Kind, before: usize) {
        if self.count(kind) < before {
            return;
        }
        match kind {
            Kind::Input => drop(self.input.pop()),
            Kind::Radio => drop(self.packets.pop_front()),
            Kind::Message => drop(self.messages.pop_front()),
        }
    }
}

/// The inboxes of all slots, and what the device's input and radio are at.
pub(crate) struct Inboxes {
    pub(crate) input: InputState,
    pub(crate) tuning: RfTuning,
    /// Strength of the last packet in dBm; 0 when there was none.
    pub(crate) rssi_dbm: i16,
    pub(crate) slots: [Inbox; SLOTS],
}

impl Inboxes {
    pub(crate) fn new(tuning: RfTuning) -> Self {
        Self {
            input: InputState::new(),
            tuning,
            rssi_dbm: 0,
            slots: core::array::from_fn(|_| Inbox::default()),
        }
    }
}

impl<P: Platform> Runtime<P> {
    /// An app's code is about to run: its inbox is open and empty.
    pub(crate) fn open_inbox(
        &self,
        slot: usize,
        owner: &AppName,
        granted: CapSet,
        peers: &[AppName],
    ) {
        self.inboxes.lock().slots[slot] = Inbox {
            owner: Some(owner.clone()),
            granted,
            peers: peers.to_vec(),
            ..Inbox::default()
        };
    }

    /// An app has ended: what waited for it is gone, and credited.
    pub(crate) fn close_inbox(&self, slot: usize) {
        let closed = core::mem::take(&mut self.inboxes.lock().slots[slot]);
        drop(closed);
    }

    /// Input has come. For the platform, on a thread of the device's own.
    pub fn input(&self, event: InputEvent) {
        let now = self.platform.uptime_ms() as u32;
        let mut woken = [false; SLOTS];
        {
            let mut inboxes = self.inboxes.lock();
            if !inboxes.input.apply(event) {
                return;
            }
            for (inbox, woken) in inboxes.slots.iter_mut().zip(&mut woken) {
                if inbox.takes(Capability::Input) {
                    inbox.input.push(event, now);
                    *woken = true;
                }
            }
        }
        self.wake_all(woken);
    }

    /// A radio packet has come. For the platform, on a thread of the device's own. What is empty or
    /// too long is no packet and ignored.
    pub fn rf_received(&self, packet: &[u8], rssi_dbm: i16) {
        if packet.is_empty() || packet.len() > akira_abi::RF_PACKET_MAX {
            return;
        }
        let mut woken = [false; SLOTS];
        {
            let mut inboxes = self.inboxes.lock();
            inboxes.rssi_dbm = rssi_dbm;
            for (slot, inbox) in inboxes.slots.iter_mut().enumerate() {
                if inbox.takes(Capability::Rf) {
                    woken[slot] = inbox.push_packet(slot, packet);
                }
            }
        }
        self.wake_all(woken);
    }

    /// Puts a message into another app's inbox.
    pub(crate) fn send_message(
        &self,
        sender: &AppName,
        peer: &AppName,
        message: &[u8],
    ) -> Result<(), Errno> {
        let slot = {
            let mut inboxes = self.inboxes.lock();
            let found = inboxes
                .slots
                .iter_mut()
                .enumerate()
                .find(|(_, inbox)| inbox.owner.as_ref() == Some(peer));
            let (slot, inbox) = found.ok_or(Errno::ENOENT)?;
            // Who does not want to hear from the sender is, to the sender, not there.
            if !inbox.takes(Capability::Ipc) || !inbox.peers.contains(sender) {
                return Err(Errno::ENOENT);
            }
            inbox.push_message(slot, sender, message)?;
            slot
        };
        self.platform.wake(slot);
        Ok(())
    }

    fn wake_all(&self, slots: [bool; SLOTS]) {
        for slot in (0..SLOTS).filter(|slot| slots[*slot]) {
            self.platform.wake(slot);
        }
    }
}

impl Inbox {
    fn push_packet(&mut self, slot: usize, bytes: &[u8]) -> bool {
        let charge = if self.packets.len() >= PACKETS {
            None
        } else {
            Charge::on(slot, bytes.len() + OVERHEAD)
        };
        let Some(charge) = charge else {
            self.packets_dropped = self.packets_dropped.saturating_add(1);
            return false;
        };
        self.packets.push_back(Packet { bytes: bytes.to_vec(), _charge: charge });
        true
    }

    fn push_message(&mut self, slot: usize, sender: &AppName, bytes: &[u8]) -> Result<(), Errno> {
        if self.messages.len() >= MESSAGES {
            return Err(Errno::EAGAIN);
        }
        let charge = Charge::on(slot, bytes.len() + OVERHEAD).ok_or(Errno::EAGAIN)?;
        let message = Message { sender: sender.clone(), bytes: bytes.to_vec(), _charge: charge };
        self.messages.push_back(message);
        Ok(())
    }
}
