// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// CBOR: examples of RFC 8949, appendix A, and what is broken.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decode } from "../src/model/cbor";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

test("the examples of the standard", () => {
  const cases: [string, unknown][] = [
    ["00", 0],
    ["17", 23],
    ["1818", 24],
    ["1903e8", 1000],
    ["1a000f4240", 1_000_000],
    ["1b000000e8d4a51000", 1_000_000_000_000],
    ["3863", -100],
    ["f4", false],
    ["f5", true],
    ["f6", null],
    ["fa47c35000", 100_000],
    ["fb3ff199999999999a", 1.1],
    ["6449455446", "IETF"],
    ["62c3bc", "ü"],
    ["80", []],
    ["8301820203820405", [1, [2, 3], [4, 5]]],
    ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
    ["7f657374726561646d696e67ff", "streaming"],
    ["c074323031332d30332d32315432303a30343a30305a", "2013-03-21T20:04:00Z"],
  ];
  for (const [bytes, value] of cases) assert.deepEqual(decode(hex(bytes)), value, bytes);
  assert.deepEqual(decode(hex("a201020304")), new Map([[1, 2], [3, 4]]));
  assert.deepEqual(decode(hex("bf6161019fff02ff")), new Map<unknown, unknown>([["a", 1], [[], 2]]));
  assert.deepEqual(decode(hex("4401020304")), Uint8Array.of(1, 2, 3, 4));
});

test("every beginning of a map is refused, and so is what follows one", () => {
  const whole = hex("a3 00 65 68656c6c6f 01 65 312e302e30 04 82 61 61 61 62");
  assert.ok(decode(whole) instanceof Map);
  for (let end = 0; end < whole.length; end++) {
    assert.throws(() => decode(whole.subarray(0, end)), RangeError, `${end} bytes`);
  }
  assert.throws(() => decode(Uint8Array.of(...whole, 0)), /after/);
});

test("what is broken is refused", () => {
  for (const bytes of ["1c", "5f41ff", "ff", "f8ff", "62c328", "a20001 0002", "1f", "7f4161ff"]) {
    assert.throws(() => decode(hex(bytes)), Error, bytes);
  }
  assert.throws(() => decode(hex("81".repeat(9) + "00")), /deep/);
  assert.throws(() => decode(hex("9b ffffffffffffffff")), RangeError);
  assert.throws(() => decode(hex("5b ffffffffffffffff")), RangeError);
});
