// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What a module says about itself before it is sent.

import assert from "node:assert/strict";
import { test } from "node:test";

import { customSection, preview } from "../src/model/manifest";

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)];
}

function custom(name: string, body: Uint8Array): number[] {
  const inside = [...leb(name.length), ...Buffer.from(name), ...body];
  return [0, ...leb(inside.length), ...inside];
}

const module = (...sections: number[][]) => Uint8Array.from([...MAGIC, ...sections.flat()]);

const CBOR = Uint8Array.from([
  0xa4,
  ...[0, 0x65, ...Buffer.from("hello")],
  ...[1, 0x65, ...Buffer.from("1.0.0")],
  ...[2, 0x62, ...Buffer.from("Hi")],
  ...[4, 0x82, 0x67, ...Buffer.from("display"), 0x65, ...Buffer.from("input")],
]);

test("a CBOR manifest is found behind other sections", () => {
  const other = custom("name", new Uint8Array(300));
  const type = [1, 1, 0];
  assert.deepEqual(preview(module(type, other, custom("akira-manifest", CBOR))), {
    name: "hello",
    version: "1.0.0",
    description: "Hi",
    capabilities: ["display", "input"],
  });
});

test("a JSON manifest of AkiraOS is translated", () => {
  const json = { name: "old", version: "1.4.0", capabilities: ["display.write", "network.*", "bt.shell"] };
  const body = Buffer.from(JSON.stringify(json));
  assert.deepEqual(preview(module(custom(".akira.manifest", body))), {
    name: "old",
    version: "1.4.0",
    description: "",
    capabilities: ["display", "network_client", "network_server"],
  });
});

test("no module, no manifest or a broken one gives nothing", () => {
  const json = (text: string) => module(custom(".akira.manifest", Buffer.from(text)));
  const whole = module(custom("akira-manifest", CBOR));
  for (const bytes of [
    new Uint8Array(),
    Uint8Array.from(Buffer.from("# a text")),
    module(),
    module([1, 200, 1, 0]),
    module([0, 0x80, 0x80, 0x80, 0x80, 0x80, 1]),
    module(custom("akira-manifest", CBOR.subarray(0, 9))),
    json("{"),
    json("null"),
    json('{"name":"../etc"}'),
    json('{"name":7}'),
    json('{"name":"Capital"}'),
  ]) {
    assert.equal(preview(bytes), null);
  }
  for (let end = 0; end < whole.length; end++) assert.equal(preview(whole.subarray(0, end)), null);
});

test("a section's name must lie inside it", () => {
  assert.equal(customSection(module([0, 2, 14, 65], custom("x", CBOR)), ["x"]), null);
  assert.equal(customSection(module(custom("x", CBOR)), ["x"])?.body.length, CBOR.length);
});
