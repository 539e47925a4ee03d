// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// A chat over the radio. To see it, run it on two virtual devices that share a radio channel:
//
//   akira sim --listen 127.0.0.1:8080 --flash a.flash --rf-port 9100
//   akira sim --listen 127.0.0.1:8081 --flash b.flash --rf-port 9100
//
// and watch `akira logs --follow chat` of both. Each device picks a name at its first start and
// keeps it. Every five seconds it says hello; pressing button A (`akira input button A`) sends a
// ping, and whoever hears a ping answers with a pong that carries the ping's number.
//
// Packets are text: "hello NAME NUMBER", "ping NAME NUMBER", "pong NAME NUMBER".

import { BUTTON_A, EAGAIN, EINTR, INPUT_BUTTON, time_ms } from "../assembly/akira";
import { Bytes } from "../assembly/bytes";
import { input, InputEvent, kv, random, rf } from "../assembly/device";
import { Line } from "../assembly/line";

const HELLO_EVERY: i64 = 5000;
// How long to listen before looking at the buttons again.
const LISTEN: i32 = 200;

const packet = new Bytes(256);
const own = new Bytes(16);
const event = new InputEvent();
const line = new Line();

// The device's name: "node-" and four hexadecimal digits, chosen once.
function introduce(): void {
  if (kv.get("name", own) > 0) {
    return;
  }
  own.clear().text("node-");
  let number = random();
  for (let digit = 0; digit < 4; digit++, number >>= 4) {
    const value = <u8>(number & 15);
    own.byte(value < 10 ? 0x30 + value : 0x57 + value);
  }
  if (kv.set("name", own) < 0) {
    line.text("cannot keep my name").error();
  }
}

function say(word: string, number: i64): void {
  packet.clear().text(word).byte(0x20);
  for (let place = 0; place < own.length; place++) {
    packet.byte(own.at(place));
  }
  packet.byte(0x20).number(number);
  const result = rf.send(packet);
  if (result < 0 && result != EAGAIN) {
    line.text("cannot send: error ").number(result).error();
  } else if (result >= 0) {
    line.text("said ").bytes(packet.start, packet.length).log();
  }
}

// The number at the end of a packet; 0 when there is none.
function lastNumber(): i64 {
  let number: i64 = 0;
  let unit: i64 = 1;
  for (let place = packet.length - 1; place >= 0 && unit < 1_000_000_000; place--, unit *= 10) {
    const digit = <i32>packet.at(place) - 0x30;
    if (digit < 0 || digit > 9) {
      break;
    }
    number += digit * unit;
  }
  return number;
}

// Listens for a while. False when the app is to end.
function listen(): bool {
  const length = rf.receive(packet, LISTEN);
  if (length == EAGAIN) {
    return true;
  }
  if (length < 0) {
    if (length != EINTR) {
      line.text("cannot listen: error ").number(length).error();
    }
    return false;
  }
  line.text("heard ").bytes(packet.start, packet.length);
  line.text(" at ").number(rf.rssi()).text(" dBm").log();
  if (packet.startsWith("ping ")) {
    say("pong", lastNumber());
  }
  return true;
}

// Whether button A was pressed since the last look.
function asked(): bool {
  let pressed = false;
  while (input.nextEvent(event, 0) == 1) {
    if (event.kind == INPUT_BUTTON && event.code == BUTTON_A && event.value == 1) {
      pressed = true;
    }
  }
  return pressed;
}

introduce();
line.text("I am ").bytes(own.start, own.length).log();
let hellos: i64 = 0;
let pings: i64 = 0;
let due = time_ms();
do {
  if (time_ms() >= due) {
    due += HELLO_EVERY;
    say("hello", ++hellos);
  }
  if (asked()) {
    say("ping", ++pings);
  }
} while (listen());
