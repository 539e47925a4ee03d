// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// A buffer of a fixed size that the device reads and writes. The small runtime of these apps never
// gives memory back: make a buffer once and use it again and again.

export class Bytes {
  private buffer: StaticArray<u8>;
  // How many of the bytes are in use.
  length: i32 = 0;

  constructor(size: i32) {
    this.buffer = new StaticArray<u8>(size);
  }

  // How many bytes there is room for.
  get size(): i32 {
    return this.buffer.length;
  }

  // Where it lies in memory.
  get start(): usize {
    return changetype<usize>(this.buffer);
  }

  clear(): Bytes {
    this.length = 0;
    return this;
  }

  // Adds a text as UTF-8; what does not fit is left out.
  text(text: string): Bytes {
    // A UTF-16 unit takes at most three bytes in UTF-8.
    const units = min<i32>(text.length, (this.size - this.length) / 3);
    const to = this.start + this.length;
    this.length += <i32>String.UTF8.encodeUnsafe(changetype<usize>(text), units, to);
    return this;
  }

  // Adds a number in decimal digits; what does not fit is left out.
  number(number: i64): Bytes {
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

  byte(byte: u8): Bytes {
    if (this.length < this.size) {
      this.buffer[this.length++] = byte;
    }
    return this;
  }

  // The byte at this place; 0 behind the last one.
  at(place: i32): u8 {
    return place >= 0 && place < this.length ? this.buffer[place] : 0;
  }

  // A little-endian number at this place.
  i32At(place: i32): i32 {
    return place >= 0 && place <= this.size - 4 ? load<i32>(this.start + place) : 0;
  }

  setI32(place: i32, value: i32): void {
    if (place >= 0 && place <= this.size - 4) {
      store<i32>(this.start + place, value);
    }
  }

  // Whether these bytes begin with this text, in ASCII.
  startsWith(text: string): bool {
    for (let place = 0; place < text.length; place++) {
      if (place >= this.length || <i32>this.buffer[place] != text.charCodeAt(place)) {
        return false;
      }
    }
    return true;
  }

  // Takes what a call returned as the new length; an error leaves nothing in use. Gives the result
  // back.
  took(result: i32): i32 {
    this.length = result > 0 ? min<i32>(result, this.size) : 0;
    return result;
  }

  // As a text. It takes new memory each time.
  toString(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }
}
