// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Builds one log line from texts and numbers in a buffer of its own. The small runtime of these
// apps never gives memory back, so a line that is logged again and again must not be a new string
// each time. What does not fit is left out.

import { log, log_error, LOG_TEXT_MAX } from "./akira";

export class Line {
  private buffer: StaticArray<u8> = new StaticArray<u8>(LOG_TEXT_MAX);
  private length: i32 = 0;

  text(text: string): Line {
    // A UTF-16 unit takes at most three bytes in UTF-8.
    const units = min<i32>(text.length, (LOG_TEXT_MAX - this.length) / 3);
    const to = changetype<usize>(this.buffer) + this.length;
    this.length += <i32>String.UTF8.encodeUnsafe(changetype<usize>(text), units, to);
    return this;
  }

  number(number: i64): Line {
    // Through unsigned, so that the smallest number has a magnitude too.
    let rest: u64 = number < 0 ? 0 - <u64>number : <u64>number;
    if (number < 0) {
      this.byte(0x2d);
    }
    let unit: u64 = 1;
    while (rest / unit >= 10) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      this.byte(0x30 + <u8>(rest / unit));
      rest %= unit;
    }
    return this;
  }

  // A part of a text in memory, such as what a device wrote into a buffer.
  bytes(start: usize, length: i32): Line {
    const taken = min<i32>(length, LOG_TEXT_MAX - this.length);
    memory.copy(changetype<usize>(this.buffer) + this.length, start, taken);
    this.length += taken;
    return this;
  }

  // Writes the line to the app's log as an error and empties it.
  error(): void {
    log_error(changetype<usize>(this.buffer), this.length);
    this.length = 0;
  }

  // Writes the line to the app's log and empties it.
  log(): void {
    log(changetype<usize>(this.buffer), this.length);
    this.length = 0;
  }

  private byte(byte: u8): void {
    if (this.length < LOG_TEXT_MAX) {
      this.buffer[this.length++] = byte;
    }
  }
}
