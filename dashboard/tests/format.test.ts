// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Numbers as people read them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bytes, measured, moment, percent, span, trimmed } from "../src/model/format";
import { pauseMs } from "../src/model/backoff";
import { rangeOf } from "../src/model/range";

test("bytes get the unit that suits them", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [10 * 1024, "10 KiB"],
    [131_072, "128 KiB"],
    [1024 * 1024, "1 MiB"],
    [2.5 * 1024 * 1024, "2.5 MiB"],
  ];
  for (const [count, text] of cases) assert.equal(bytes(count), text);
});

test("decimals that say nothing are left out, whole numbers stay", () => {
  assert.equal(trimmed(1.5, 2), "1.5");
  assert.equal(trimmed(2, 1), "2");
  assert.equal(trimmed(100, 0), "100");
  assert.equal(trimmed(-0.126, 2), "-0.13");
});

test("spans have two units at most", () => {
  assert.equal(span(999), "0 s");
  assert.equal(span(61_000), "1 min 1 s");
  assert.equal(span(3_600_000), "1 h 0 min");
  assert.equal(span(90_000_000), "1 d 1 h");
});

test("moments count from boot", () => {
  assert.equal(moment(0), "0:00:00.000");
  assert.equal(moment(3_661_007), "1:01:01.007");
  assert.equal(moment(100 * 3_600_000), "100:00:00.000");
});

test("a share is never outside a bar", () => {
  assert.equal(percent(1, 4), 25);
  assert.equal(percent(5, 4), 100);
  assert.equal(percent(-1, 4), 0);
  assert.equal(percent(1, 0), 0);
});

test("units are written as people write them", () => {
  assert.equal(measured(21.5, "C"), "21.5 °C");
  assert.equal(measured(9.80665, "m/s2"), "9.81 m/s²");
  assert.equal(measured(3, ""), "3");
});

test("pauses double, are bounded and a little random", () => {
  const latest = () => 0;
  assert.deepEqual([1, 2, 3, 4].map((failures) => pauseMs(failures, latest)), [500, 1000, 2000, 4000]);
  assert.equal(pauseMs(1000, latest), 15_000);
  assert.equal(pauseMs(0, latest), 500);
  assert.equal(pauseMs(3, () => 1), 1600);
});

test("a slider is wide enough for what is measured", () => {
  assert.deepEqual(rangeOf("C", 21), { least: -40, most: 85, step: 0.5 });
  assert.deepEqual(rangeOf("C", 120.5), { least: -40, most: 121, step: 0.5 });
  assert.deepEqual(rangeOf("?", -3.5), { least: -4, most: 100, step: 1 });
  assert.deepEqual(rangeOf("%", null), { least: 0, most: 100, step: 1 });
});
