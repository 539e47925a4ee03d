// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Apps of which a case needs several versions: `_start` ends at once, well or badly.

const bytes = (...values) => Uint8Array.from(values.flat());
const text = (value) => [...new TextEncoder().encode(value)];

function leb(value) {
  const out = [];
  do {
    const more = value > 0x7f;
    out.push((value & 0x7f) | (more ? 0x80 : 0));
    value >>>= 7;
  } while (value);
  return out;
}

const section = (id, content) => [id, ...leb(content.length), ...content];
const named = (name) => [...leb(text(name).length), ...text(name)];

/** A module whose manifest is in the form of AkiraOS. */
export function module({ name, version, fails = false }) {
  const body = fails ? [0, 0x00, 0x0b] : [0, 0x0b];
  return bytes(
    [0, ...text("asm"), 1, 0, 0, 0],
    section(1, [1, 0x60, 0, 0]),
    section(3, [1, 0]),
    section(7, [1, ...named("_start"), 0, 0]),
    section(10, [1, ...leb(body.length), ...body]),
    section(0, [...named(".akira.manifest"), ...text(JSON.stringify({ name, version }))]),
  );
}
