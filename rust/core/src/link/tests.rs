// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::cell::RefCell;

use proptest::prelude::*;

use super::frame::{Deframer, FRAME_MAX, MESSAGE_MAX, Outgoing, encode};
use super::message::{ToClient, ToDevice, read};
use super::*;

/// What a request did, in the order of their ends.
#[derive(Default)]
struct Book {
    begun: usize,
    finished: Vec<(String, Vec<u8>)>,
    aborted: usize,
}

/// Answers with what it was sent, and with as many bytes more as the path says.
struct Echo(Rc<RefCell<Book>>);

struct Echoing {
    book: Rc<RefCell<Book>>,
    path: String,
    body: Vec<u8>,
    wants: bool,
    /// Bytes of the body after which it does not want more.
    enough: usize,
    over: bool,
}

impl Service for Echo {
    type Exchange = Echoing;

    fn begin(&mut self, head: &RequestHead<'_>) -> Echoing {
        self.0.borrow_mut().begun += 1;
        Echoing {
            book: self.0.clone(),
            path: head.path.to_string(),
            body: Vec::new(),
            wants: head.method == "PUT",
            enough: if head.path.starts_with("/enough") { 5000 } else { usize::MAX },
            over: false,
        }
    }
}

impl Exchange for Echoing {
    fn wants_body(&self) -> bool {
        self.wants && self.body.len() < self.enough
    }

    fn chunk(&mut self, bytes: &[u8]) {
        self.body.extend_from_slice(bytes);
    }

    fn finish(mut self) -> Answer {
        self.over = true;
        let (path, body) = (core::mem::take(&mut self.path), core::mem::take(&mut self.body));
        let answer = answer_to(&path, &body);
        let length: usize = answer.iter().map(Vec::len).sum();
        let path_length = match path.as_str() {
            "/unsaid" => None,
            "/short" => Some(length as u32 + 1),
            _ => Some(length as u32),
        };
        let mut answer = answer.into_iter();
        self.book.borrow_mut().finished.push((path, body));
        Answer {
            status: 200,
            content_type: "text/plain",
            headers: vec![("X-Kind", "echo".into())],
            length: path_length,
            pieces: Box::new(move || answer.next()),
        }
    }
}

impl Drop for Echoing {
    fn drop(&mut self) {
        if !self.over {
            self.book.borrow_mut().aborted += 1;
        }
    }
}

/// The pieces of the answer: the body, then what the path asks for.
fn answer_to(path: &str, body: &[u8]) -> Vec<Vec<u8>> {
    let more: usize = path.rsplit('/').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let more: Vec<u8> = (0..more).map(|n| (n * 7) as u8).collect();
    let pieces = body.chunks(3000).chain(more.chunks(1700));
    pieces.map(<[u8]>::to_vec).collect()
}

/// What a line does to the bytes on it.
#[derive(Clone, Copy, Debug, Default)]
struct Noise {
    /// Of 10 000 bytes, how many are lost, changed and invented.
    lost: u32,
    changed: u32,
    invented: u32,
}

struct Line {
    seed: u64,
    noise: Noise,
    bytes: VecDeque<u8>,
}

impl Line {
    fn new(seed: u64, noise: Noise) -> Self {
        Self { seed: seed | 1, noise, bytes: VecDeque::new() }
    }

    fn random(&mut self) -> u32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed >> 16) as u32
    }

    fn send(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let [lost, changed, invented] = core::array::from_fn(|_| self.random() % 10_000);
            let mut byte = *byte;
            if changed < self.noise.changed {
                byte ^= 1 << (self.random() % 8);
            }
            if lost >= self.noise.lost {
                self.bytes.push_back(byte);
            }
            if invented < self.noise.invented {
                let byte = self.random() as u8;
                self.bytes.push_back(byte);
            }
        }
    }

    /// What has arrived, in pieces of odd sizes.
    fn receive(&mut self) -> Vec<u8> {
        let count = (self.random() % 700) as usize;
        self.bytes.drain(..count.min(self.bytes.len())).collect()
    }
}

struct Lab {
    client: Client,
    device: Device<Echo>,
    book: Rc<RefCell<Book>>,
    up: Line,
    down: Line,
    now_ms: u64,
}

impl Lab {
    fn new(seed: u64, noise: Noise) -> Self {
        let book = Rc::new(RefCell::new(Book::default()));
        Self {
            client: Client::new(seed as u32),
            device: Device::new(Echo(book.clone()), 77),
            book,
            up: Line::new(seed.wrapping_mul(3), noise),
            down: Line::new(seed.wrapping_mul(5), noise),
            now_ms: 0,
        }
    }

    fn step(&mut self) {
        self.now_ms += 5;
        let mut room = [0; 333];
        let count = self.client.transmit(self.now_ms, &mut room);
        self.up.send(&room[..count]);
        let came = self.up.receive();
        self.device.receive(self.now_ms, &came);
        self.device.tick(self.now_ms);
        let count = self.device.transmit(&mut room);
        self.down.send(&room[..count]);
        let came = self.down.receive();
        self.client.receive(self.now_ms, &came);
    }

    fn ask(&mut self, head: &RequestHead<'_>, body: &[u8]) -> Result<Response, LinkError> {
        self.client.request(self.now_ms, head, body.to_vec());
        loop {
            self.step();
            if let Some(result) = self.client.poll() {
                return result;
            }
        }
    }
}

fn head<'a>(method: &'a str, path: &'a str) -> RequestHead<'a> {
    RequestHead { method, path, ..RequestHead::default() }
}

#[test]
fn requests_over_a_good_line() {
    let mut lab = Lab::new(1, Noise::default());
    for (method, path, body) in [
        ("GET", "/nothing", vec![]),
        ("GET", "/large/100000", vec![]),
        ("GET", "/unsaid", vec![]),
        ("PUT", "/empty", vec![]),
        ("PUT", "/echo/1", vec![0; 5000]),
        ("PUT", "/echo", (0..200_000u32).map(|n| (n * 31) as u8).collect()),
    ] {
        let response = lab.ask(&head(method, path), &body).unwrap();
        assert_eq!(response.status, 200);
        assert_eq!(response.headers, [("X-Kind".to_string(), "echo".to_string())]);
        assert!(response.body == answer_to(path, &body).concat(), "{path}");
    }
    let book = lab.book.borrow();
    assert_eq!((book.begun, book.finished.len(), book.aborted), (6, 6, 0));
}

#[test]
fn an_answer_that_the_device_could_not_finish_is_an_error() {
    let mut lab = Lab::new(7, Noise::default());
    assert_eq!(lab.ask(&head("PUT", "/short"), b"abc"), Err(LinkError::Damaged));
}

#[test]
fn an_early_answer_spares_the_rest_of_the_body() {
    let mut lab = Lab::new(2, Noise::default());
    let response = lab.ask(&head("PUT", "/enough"), &vec![7; 100_000]).unwrap();
    assert!((5000..10_000).contains(&response.body.len()));
}

#[test]
fn a_silent_line_another_version_and_a_long_path_are_told() {
    let noise = Noise { lost: 10_000, ..Noise::default() };
    assert_eq!(Lab::new(3, noise).ask(&head("GET", "/"), b""), Err(LinkError::Silent));

    let mut client = Client::new(1);
    client.request(0, &head("GET", "/"), Vec::new());
    let (mut plain, mut frame) = (vec![], vec![]);
    plain.extend_from_slice(&[9, 0, 1]);
    plain.extend(crc32fast::hash(&plain).to_le_bytes());
    frame.resize(cobs::max_encoding_length(plain.len()), 0);
    let length = cobs::encode(&plain, &mut frame);
    frame.truncate(length);
    client.receive(0, &[&frame[..], &[0]].concat());
    assert_eq!(client.poll(), Some(Err(LinkError::Version(9))));
    // To a device the same frame is a reason to say what it speaks.
    let mut device = Device::new(Echo(Rc::default()), 5);
    device.receive(0, &[&[0], &frame[..], &[0]].concat());
    let mut room = [0; 64];
    let count = device.transmit(&mut room);
    let mut deframer = Deframer::new();
    assert!(deframer.push(&room[..count]).1);
    let (version, message) = deframer.take().unwrap();
    assert_eq!(version, VERSION);
    assert_eq!(read(&message[1..]), Some(ToClient::Hello { boot: 5 }));

    let long = "x".repeat(MESSAGE_MAX);
    let mut lab = Lab::new(4, Noise::default());
    assert_eq!(lab.ask(&head("GET", &long), b""), Err(LinkError::TooLong));
    assert!(lab.ask(&head("GET", "/fine"), b"").is_ok());
}

#[test]
fn a_restart_of_the_device_is_no_second_time() {
    for steps in 1..40 {
        let mut lab = Lab::new(steps, Noise::default());
        lab.client.request(0, &head("PUT", "/once"), vec![1; 3000]);
        for _ in 0..steps {
            lab.step();
        }
        if lab.client.poll().is_some() {
            continue;
        }
        let begun = lab.book.borrow().begun;
        lab.device = Device::new(Echo(lab.book.clone()), 78);
        let result = loop {
            lab.step();
            if let Some(result) = lab.client.poll() {
                break result;
            }
        };
        let book = lab.book.borrow();
        if begun == 1 {
            assert_eq!(result, Err(LinkError::Gone));
            assert_eq!(book.begun, 1);
        } else {
            assert!(matches!(result, Ok(_) | Err(LinkError::Gone)));
        }
    }
}

#[test]
fn a_client_that_goes_leaves_nothing_and_the_next_one_is_served() {
    let mut lab = Lab::new(5, Noise::default());
    lab.client.request(0, &head("PUT", "/left"), vec![1; 50_000]);
    for _ in 0..20 {
        lab.step();
    }
    assert_eq!(lab.book.borrow().begun, 1);
    assert!(lab.device.is_busy());
    lab.device.tick(lab.now_ms + IDLE_MS);
    assert!(!lab.device.is_busy());
    assert_eq!(lab.book.borrow().aborted, 1);
    // What the old client still sends is of no effect.
    lab.client = Client::new(4711);
    assert!(lab.ask(&head("GET", "/next/10"), b"").is_ok());
    assert_eq!(lab.book.borrow().begun, 2);
}

#[test]
fn an_answer_of_a_dropped_request_is_an_error() {
    let mut lab = Lab::new(6, Noise::default());
    lab.client.request(0, &head("PUT", "/slow"), vec![1; 50_000]);
    for _ in 0..20 {
        lab.step();
    }
    lab.device.tick(lab.now_ms + IDLE_MS);
    let result = loop {
        lab.step();
        if let Some(result) = lab.client.poll() {
            break result;
        }
    };
    assert_eq!(result, Err(LinkError::Gone));
}

#[test]
fn frames_have_their_longest_length() {
    let (mut scratch, mut frame) = (vec![], vec![]);
    let data = [1; DATA_MAX];
    let body = ToDevice::Body { id: u32::MAX, offset: u32::MAX, data: &data };
    assert!(encode(&body, &mut scratch, &mut frame));
    assert!(frame.len() <= FRAME_MAX + 2);
    let data = [1; MESSAGE_MAX];
    assert!(!Outgoing::default().set(&ToDevice::Body { id: 0, offset: 0, data: &data }));
    // After something longer than any frame, the next one is found again.
    let mut deframer = Deframer::new();
    let noise = [7; 3 * FRAME_MAX];
    assert_eq!(deframer.push(&noise), (noise.len(), false));
    assert_eq!(deframer.push(&frame), (frame.len(), true));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn over_a_bad_line_a_request_is_right_or_an_error(
        seed: u64,
        lost in 0u32..30, changed in 0u32..30, invented in 0u32..30,
        length in 0usize..20_000, more in 0usize..9000,
    ) {
        let mut lab = Lab::new(seed, Noise { lost, changed, invented });
        for round in 0..2usize {
            let body: Vec<u8> = (0..length).map(|n| (n * 13 + round) as u8).collect();
            let path = format!("/echo/{more}");
            let before = lab.book.borrow().finished.len();
            let result = lab.ask(&head("PUT", &path), &body);
            let book = lab.book.borrow();
            let done = &book.finished[before..];
            prop_assert!(done.len() <= 1);
            for (carried_out, with) in done {
                prop_assert!(*carried_out == path && *with == body);
            }
            if let Ok(response) = result {
                prop_assert_eq!(done.len(), 1);
                prop_assert!(response.body == answer_to(&path, &body).concat());
            }
        }
    }

    #[test]
    fn a_line_with_some_noise_gets_everything_through(seed: u64) {
        let mut lab = Lab::new(seed, Noise { lost: 2, changed: 2, invented: 2 });
        let body: Vec<u8> = (0..30_000u32).map(|n| (n * 13) as u8).collect();
        let response = lab.ask(&head("PUT", "/echo/4000"), &body);
        prop_assert!(response.is_ok_and(|response| response.body.len() == 34_000));
    }

    #[test]
    fn no_bytes_and_no_messages_upset_either_end(
        bytes in proptest::collection::vec(any::<u8>(), 0..3000),
        messages in proptest::collection::vec((0u8..6, 0u32..3, any::<u32>(), any::<bool>()), 0..40),
    ) {
        let mut lab = Lab::new(1, Noise::default());
        lab.device.receive(0, &bytes);
        lab.client.receive(0, &bytes);
        lab.client.request(0, &head("PUT", "/x"), vec![1; 9000]);
        let (mut scratch, mut frame, mut room) = (vec![], vec![], [0; 4000]);
        for (kind, id, number, flag) in messages {
            let small = number % 5000;
            let to_device = match kind {
                0 => ToDevice::Hello,
                1 => ToDevice::Request { boot: 77, id, head: head("PUT", "/x/5000") },
                2 => ToDevice::Body { id, offset: small, data: &bytes[..bytes.len().min(1000)] },
                3 => ToDevice::End { id, length: small, crc: number },
                4 => ToDevice::Ack { id, received: small, resend: flag },
                _ => ToDevice::Done { id },
            };
            prop_assert!(encode(&to_device, &mut scratch, &mut frame));
            lab.device.receive(0, &frame);
            prop_assert!(lab.device.transmit(&mut room) <= room.len());
            let to_client = match kind {
                0 => ToClient::Hello { boot: 77 },
                1 => ToClient::Reply {
                    id, status: 200, content_type: "x", headers: vec![], length: None,
                },
                2 => ToClient::Body { id, offset: small, data: &bytes[..bytes.len().min(1000)] },
                3 => ToClient::End { id, length: small, crc: number },
                4 => ToClient::Credit { id, received: number, resend: flag },
                _ => ToClient::Gone { id },
            };
            prop_assert!(encode(&to_client, &mut scratch, &mut frame));
            lab.client.receive(0, &frame);
            prop_assert!(lab.client.transmit(0, &mut room) <= room.len());
        }
    }
}
