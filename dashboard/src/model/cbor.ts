// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Reads CBOR (RFC 8949): as much of it as manifests are made of. What is not understood is an error.

const DEEPEST = 8;

export type Cbor = number | string | boolean | null | Uint8Array | Cbor[] | Map<Cbor, Cbor>;

class Reader {
  private at = 0;

  constructor(private readonly data: Uint8Array) {}

  get done(): boolean {
    return this.at === this.data.length;
  }

  private byte(): number {
    const value = this.data[this.at++];
    if (value === undefined) throw new RangeError("the CBOR ends too early");
    return value;
  }

  private take(length: number): Uint8Array {
    if (length > this.data.length - this.at) throw new RangeError("the CBOR ends too early");
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  /** The number in a head; null for an indefinite length. */
  private argument(info: number): number | null {
    if (info < 24) return info;
    if (info === 31) return null;
    if (info > 27) throw new RangeError("a malformed CBOR head");
    let value = 0;
    for (const byte of this.take(2 ** (info - 24))) value = value * 256 + byte;
    return value;
  }

  /** Whether a break ends the indefinite item here. */
  private atBreak(): boolean {
    if (this.data[this.at] !== 0xff) return false;
    this.at += 1;
    return true;
  }

  private string(major: number, length: number | null): Uint8Array {
    if (length !== null) return this.take(length);
    const parts: number[] = [];
    while (!this.atBreak()) {
      const head = this.byte();
      const part = this.argument(head & 31);
      if (head >> 5 !== major || part === null) throw new RangeError("a malformed CBOR string");
      parts.push(...this.take(part));
    }
    return Uint8Array.from(parts);
  }

  item(depth: number): Cbor {
    if (depth > DEEPEST) throw new RangeError("the CBOR is nested too deeply");
    const head = this.byte();
    const major = head >> 5;
    if (major === 7) return this.simple(head & 31);
    const count = this.argument(head & 31);
    if (major === 2) return this.string(2, count);
    if (major === 3) return new TextDecoder("utf-8", { fatal: true }).decode(this.string(3, count));
    if (major === 4) {
      const list: Cbor[] = [];
      for (let n = 0; count === null ? !this.atBreak() : n < count; n++) list.push(this.item(depth + 1));
      return list;
    }
    if (major === 5) {
      const map = new Map<Cbor, Cbor>();
      for (let n = 0; count === null ? !this.atBreak() : n < count; n++) {
        const key = this.item(depth + 1);
        if (map.has(key)) throw new RangeError("a CBOR key is there twice");
        map.set(key, this.item(depth + 1));
      }
      return map;
    }
    if (count === null) throw new RangeError("a malformed CBOR head");
    if (major === 6) return this.item(depth + 1);
    return major === 1 ? -1 - count : count;
  }

  private simple(info: number): Cbor {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22 || info === 23) return null;
    if (info === 26 || info === 27) {
      const bytes = this.take(info === 26 ? 4 : 8);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return info === 26 ? view.getFloat32(0) : view.getFloat64(0);
    }
    throw new RangeError("a CBOR value that no manifest has");
  }
}

/** The one item that these bytes are. */
export function decode(data: Uint8Array): Cbor {
  const reader = new Reader(data);
  const item = reader.item(0);
  if (!reader.done) throw new RangeError("bytes after the CBOR");
  return item;
}
