// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Looks into a module before it is sent: who it is and what it asks for, so that its operator can
// decide. Only a preview: what cannot be read here is sent all the same, for the device to judge.

import { type Cbor, decode } from "./cbor";

export interface Preview {
  name: string;
  version: string;
  description: string;
  capabilities: string[];
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,30}$/;
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** AkiraOS's names of capabilities, and ours for them. */
const ORIGINAL: Record<string, string[]> = {
  "display.write": ["display"],
  "input.read": ["input"],
  "sensor.read": ["sensor"],
  "rf.transceive": ["rf"],
  "storage.read": ["fs_read"],
  "storage.write": ["fs_write"],
  "network.*": ["network_client", "network_server"],
  "bt.shell": [],
};

/** An unsigned LEB128 number: it and where it ends, or null. */
function leb(data: Uint8Array, from: number): [number, number] | null {
  let value = 0;
  for (let n = 0; n < 5; n++) {
    const byte = data[from + n];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * n);
    if (byte < 0x80) return [value, from + n + 1];
  }
  return null;
}

/** The bytes of a module's custom section of one of these names, and which it was. */
export function customSection(
  data: Uint8Array,
  names: readonly string[],
): { name: string; body: Uint8Array } | null {
  if (MAGIC.some((byte, at) => data[at] !== byte)) return null;
  let at = MAGIC.length;
  while (at < data.length) {
    const id = data[at];
    const length = leb(data, at + 1);
    if (!length) return null;
    const [size, start] = length;
    const end = start + size;
    if (end > data.length) return null;
    if (id === 0) {
      const head = leb(data, start);
      if (!head || head[1] + head[0] > end) return null;
      const name = new TextDecoder().decode(data.subarray(head[1], head[1] + head[0]));
      if (names.includes(name)) return { name, body: data.subarray(head[1] + head[0], end) };
    }
    at = end;
  }
  return null;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");
const texts = (value: unknown) =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

function fields(name: unknown, version: unknown, description: unknown, capabilities: string[]) {
  if (typeof name !== "string" || !NAME.test(name)) return null;
  const preview: Preview = {
    name,
    version: text(version),
    description: text(description),
    capabilities: [...new Set(capabilities)],
  };
  return preview;
}

function fromCbor(item: Cbor): Preview | null {
  if (!(item instanceof Map)) return null;
  return fields(item.get(0), item.get(1), item.get(2), texts(item.get(4)));
}

function fromJson(body: Uint8Array): Preview | null {
  const json = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown> | null;
  if (typeof json !== "object" || json === null) return null;
  const asked = texts(json["capabilities"]).flatMap((name) => ORIGINAL[name] ?? [name]);
  return fields(json["name"], json["version"], json["description"], asked);
}

/** What a module says about itself; null when it says nothing that can be read. */
export function preview(module: Uint8Array): Preview | null {
  const section = customSection(module, ["akira-manifest", ".akira.manifest"]);
  if (!section) return null;
  try {
    return section.name === "akira-manifest" ? fromCbor(decode(section.body)) : fromJson(section.body);
  } catch {
    return null;
  }
}
