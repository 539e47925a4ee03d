// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// SHA-256, against the one of Node.js.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";

import { sha256 } from "../src/model/sha256";

const theirs = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("every length around the blocks' ends", () => {
  for (let length = 0; length < 200; length += 1) {
    const bytes = new Uint8Array(randomBytes(length));
    assert.equal(sha256(bytes), theirs(bytes), `${length} bytes`);
  }
});

test("the size of a firmware image, and a part of a buffer", () => {
  const bytes = new Uint8Array(randomBytes(433_001));
  assert.equal(sha256(bytes), theirs(bytes));
  assert.equal(sha256(bytes.subarray(77, 90_000)), theirs(bytes.subarray(77, 90_000)));
});
