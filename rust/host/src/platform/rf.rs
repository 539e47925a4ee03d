// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The radio: packets to every other simulated device on this machine, by UDP broadcast on loopback.
//!
//! Contract: nothing leaves the machine and nothing from outside comes in, because the socket is
//! bound to loopback's broadcast address. Whatever else arrives there (other programs may send to
//! the port) is checked and dropped; see [`frame`]. Without a port packets go nowhere.

pub mod frame;

use std::io::{self, ErrorKind, PipeReader, PipeWriter};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

use akira_abi::Errno;
use akira_runtime::platform::RfTuning;
use parking_lot::Mutex;
use rustix::event::{PollFd, PollFlags, poll};
use socket2::{Domain, Protocol, Socket, Type};

pub use frame::PACKET_MAX;
use frame::{FRAME_MAX, Frame};

/// Frequencies that it can be set to, in hertz: those of a common LoRa transceiver.
const FREQUENCIES: std::ops::RangeInclusive<u32> = 137_000_000..=1_020_000_000;
/// Powers that it can be set to, in dBm: those of a common LoRa transceiver.
const POWERS: std::ops::RangeInclusive<i8> = -4..=20;
/// What a packet loses on its way from any device to any other.
const PATH_LOSS_DB: i16 = 60;
/// Where packets go, and where they come from.
const EVERYBODY: Ipv4Addr = Ipv4Addr::new(127, 255, 255, 255);

/// The radio.
pub struct Rf {
    air: Option<Air>,
    sender: u64,
    tuning: Mutex<RfTuning>,
    /// What is never written to; that it is gone ends the wait for packets.
    open: Mutex<Option<PipeWriter>>,
    closed: PipeReader,
}

struct Air {
    socket: UdpSocket,
    everybody: SocketAddrV4,
}

impl Rf {
    /// A radio on UDP port `port` of loopback.
    pub fn open(port: Option<u16>) -> io::Result<Self> {
        let mut sender = [0; 8];
        getrandom::fill(&mut sender).map_err(io::Error::other)?;
        let (closed, open) = io::pipe()?;
        Ok(Self {
            air: port.map(Air::open).transpose()?,
            sender: u64::from_le_bytes(sender),
            tuning: Mutex::new(RfTuning::DEFAULT),
            open: Mutex::new(Some(open)),
            closed,
        })
    }

    /// Sets the radio; `EINVAL` for what it cannot do.
    pub fn tune(&self, tuning: RfTuning) -> Result<(), Errno> {
        if !FREQUENCIES.contains(&tuning.frequency_hz) || !POWERS.contains(&tuning.power_dbm) {
            return Err(Errno::EINVAL);
        }
        *self.tuning.lock() = tuning;
        Ok(())
    }

    /// Sends one packet of 1 to [`PACKET_MAX`] bytes.
    pub fn send(&self, packet: &[u8]) -> Result<(), Errno> {
        if packet.is_empty() || packet.len() > PACKET_MAX {
            return Err(Errno::EINVAL);
        }
        let Some(air) = &self.air else { return Ok(()) };
        let RfTuning { frequency_hz, power_dbm } = *self.tuning.lock();
        let frame = Frame { frequency_hz, power_dbm, sender: self.sender, packet };
        match air.socket.send_to(&frame.to_bytes(), air.everybody) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Err(Errno::EAGAIN),
            Err(_) => Err(Errno::EIO),
        }
    }

    /// Waits for a packet of another device on this radio's frequency. Returns how long it is and
    /// how strong it came in, in dBm; `None` once the radio is closed.
    pub fn receive(&self, packet: &mut [u8; PACKET_MAX]) -> Option<(usize, i16)> {
        // One byte more than the longest frame, so that longer ones are told apart.
        let mut bytes = [0; FRAME_MAX + 1];
        loop {
            let count = self.next_datagram(&mut bytes)?;
            let Some(frame) = Frame::parse(&bytes[..count]) else { continue };
            if frame.sender == self.sender || frame.frequency_hz != self.tuning.lock().frequency_hz
            {
                continue;
            }
            packet[..frame.packet.len()].copy_from_slice(frame.packet);
            let strength = i16::from(frame.power_dbm) - PATH_LOSS_DB;
            return Some((frame.packet.len(), strength));
        }
    }

    fn next_datagram(&self, bytes: &mut [u8]) -> Option<usize> {
        loop {
            let mut waited = vec![PollFd::new(&self.closed, PollFlags::IN)];
            waited.extend(self.air.iter().map(|air| PollFd::new(&air.socket, PollFlags::IN)));
            // An interrupted wait shows nothing, and begins anew.
            if poll(&mut waited, None).is_err() {
                continue;
            }
            if !waited[0].revents().is_empty() {
                return None;
            }
            // What is not there after all, and what failed, is no packet.
            if let Some(Ok((count, _))) = self.air.as_ref().map(|air| air.socket.recv_from(bytes)) {
                return Some(count);
            }
        }
    }

    /// Ends every wait for a packet.
    pub fn close(&self) {
        *self.open.lock() = None;
    }
}

impl Air {
    fn open(port: u16) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        // Several devices share the port, and each gets every packet.
        socket.set_reuse_address(true)?;
        socket.set_broadcast(true)?;
        socket.set_nonblocking(true)?;
        let everybody = SocketAddrV4::new(EVERYBODY, port);
        socket.bind(&everybody.into())?;
        Ok(Self { socket: socket.into(), everybody })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A UDP port of loopback's broadcast address that nobody uses, kept while the socket lives.
    pub fn free_port() -> (UdpSocket, u16) {
        let air = Air::open(0).unwrap();
        let port = air.socket.local_addr().unwrap().port();
        (air.socket, port)
    }

    /// Waits for a packet and returns it with its strength.
    fn heard(rf: &Rf) -> (Vec<u8>, i16) {
        let mut packet = [0; PACKET_MAX];
        let (length, strength) = rf.receive(&mut packet).unwrap();
        (packet[..length].to_vec(), strength)
    }

    #[test]
    fn everybody_else_on_the_frequency_hears_a_packet() {
        let (_keep, port) = free_port();
        let [one, two, three] = [0; 3].map(|_| Rf::open(Some(port)).unwrap());
        let elsewhere = RfTuning { frequency_hz: 433_920_000, power_dbm: -4 };
        one.send(b"hello").unwrap();
        assert_eq!(heard(&two), (b"hello".to_vec(), -46));
        assert_eq!(heard(&three), (b"hello".to_vec(), -46));

        two.tune(elsewhere).unwrap();
        two.send(b"not for three").unwrap();
        one.send(&[7; PACKET_MAX]).unwrap();
        assert_eq!(heard(&three), (vec![7; PACKET_MAX], -46));
        three.tune(elsewhere).unwrap();
        three.send(b"for two").unwrap();
        assert_eq!(heard(&two), (b"for two".to_vec(), -64), "and nothing of one's before");
    }

    #[test]
    fn what_is_no_frame_is_dropped() {
        let (stranger, port) = free_port();
        let [one, two] = [0; 2].map(|_| Rf::open(Some(port)).unwrap());
        let everybody = SocketAddrV4::new(EVERYBODY, port);
        for bytes in [&b""[..], b"AKRF", &[0; 65_000], &[0xff; FRAME_MAX], &[0; FRAME_MAX + 1]] {
            stranger.send_to(bytes, everybody).unwrap();
        }
        one.send(b"x").unwrap();
        assert_eq!(heard(&two).0, b"x", "the first and only one");
    }

    #[test]
    fn what_no_radio_does_is_refused() {
        let rf = Rf::open(None).unwrap();
        assert_eq!(rf.send(b""), Err(Errno::EINVAL));
        assert_eq!(rf.send(&[0; PACKET_MAX + 1]), Err(Errno::EINVAL));
        rf.send(b"into the void").unwrap();
        let tuning = RfTuning::DEFAULT;
        for odd in [
            RfTuning { frequency_hz: 0, ..tuning },
            RfTuning { frequency_hz: u32::MAX, ..tuning },
            RfTuning { power_dbm: 21, ..tuning },
            RfTuning { power_dbm: -5, ..tuning },
        ] {
            assert_eq!(rf.tune(odd), Err(Errno::EINVAL));
        }
    }

    #[test]
    fn closing_ends_the_wait_also_without_a_port() {
        let (_keep, port) = free_port();
        for port in [None, Some(port)] {
            let rf = Rf::open(port).unwrap();
            std::thread::scope(|scope| {
                let waiter = scope.spawn(|| rf.receive(&mut [0; PACKET_MAX]));
                rf.close();
                assert_eq!(waiter.join().unwrap(), None);
            });
        }
    }
}
