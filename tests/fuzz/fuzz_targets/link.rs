// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Both ends of the serial link against hostile lines. The input is cut at the bytes 0xff: each part
//! goes to the device or to the client, as bytes of the line or as the message of a good frame, as its
//! first byte says. Whatever comes, what an end holds and says is bounded, and a request is carried
//! out at most once.

#![no_main]

use std::cell::Cell;
use std::rc::Rc;

use akira_core::link::frame::{FRAME_MAX, encode};
use akira_core::link::{Answer, Client, Device, Exchange, RequestHead, Service};
use libfuzzer_sys::fuzz_target;
use serde::ser::{Serialize, SerializeTuple, Serializer};

/// Bytes that are written as they are.
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for byte in self.0 {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }
}

/// Begun and ended requests.
type Counts = Rc<Cell<(u32, u32)>>;

struct Counting(Counts);

struct Counted(Counts, bool);

impl Service for Counting {
    type Exchange = Counted;

    fn begin(&mut self, head: &RequestHead<'_>) -> Counted {
        let (begun, ended) = self.0.get();
        // What was under way has ended before the next one begins.
        assert_eq!(begun, ended);
        self.0.set((begun + 1, ended));
        Counted(self.0.clone(), head.method == "PUT")
    }
}

impl Exchange for Counted {
    fn wants_body(&self) -> bool {
        self.1
    }

    fn chunk(&mut self, bytes: &[u8]) {
        assert!(self.1);
        self.1 = !bytes.contains(&b'!');
    }

    fn finish(self) -> Answer {
        let mut left = 3u8;
        let pieces = Box::new(move || {
            left = left.checked_sub(1)?;
            Some(vec![left; 1500])
        });
        Answer { status: 200, content_type: "x/y", headers: Vec::new(), length: None, pieces }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let (begun, ended) = self.0.get();
        self.0.set((begun, ended + 1));
    }
}

fuzz_target!(|data: &[u8]| {
    let counts = Counts::default();
    let mut device = Device::new(Counting(counts.clone()), 1);
    let mut client = Client::new(0);
    let head = RequestHead { method: "PUT", path: "/x", ..RequestHead::default() };
    client.request(0, &head, vec![7; 3000]);
    let (mut scratch, mut frame, mut room) = (Vec::new(), Vec::new(), vec![0; 4 * FRAME_MAX]);
    for (time, part) in data.split(|byte| *byte == 0xff).enumerate() {
        let Some((&kind, bytes)) = part.split_first() else { continue };
        let now = time as u64 * u64::from(kind >> 2);
        let line = if kind & 2 == 0 {
            bytes
        } else if encode(&Raw(bytes), &mut scratch, &mut frame) {
            &frame
        } else {
            continue;
        };
        if kind & 1 == 0 {
            device.receive(now, line);
            device.tick(now);
            let _ = device.transmit(&mut room);
        } else {
            client.receive(now, line);
            let count = client.transmit(now, &mut room);
            // What the client says the device may hear.
            device.receive(now, &room[..count]);
            let count = device.transmit(&mut room);
            client.receive(now, &room[..count]);
            if let Some(Ok(response)) = client.poll() {
                assert!(response.body.len() <= data.len() + 4500);
            }
        }
    }
    drop(device);
    let (begun, ended) = counts.get();
    assert_eq!(begun, ended);
});
