// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The log that the page keeps.

import assert from "node:assert/strict";
import { test } from "node:test";

import { type Entry, type Filter, LogBook, matches } from "../src/model/log";

const line = (app: string, seq: number, t_ms: number, text = "x"): Entry =>
  ({ app, seq, t_ms, level: "info", text });

test("lines are kept once, in the order of time", () => {
  const book = new LogBook();
  assert.equal(book.add(line("a", 0, 10)), "end");
  assert.equal(book.add(line("a", 1, 30)), "end");
  assert.equal(book.add(line("b", 0, 20)), "between");
  assert.equal(book.add(line("a", 0, 10)), null, "told again by a new stream");
  assert.equal(book.add(line("a", 1, 30)), null);
  assert.deepEqual(book.entries.map(({ t_ms }) => t_ms), [10, 20, 30]);
});

test("lines of the same millisecond stay in their order", () => {
  const book = new LogBook();
  for (let seq = 0; seq < 5; seq++) assert.equal(book.add(line("a", seq, 7)), "end");
  assert.deepEqual(book.entries.map(({ seq }) => seq), [0, 1, 2, 3, 4]);
});

test("an app that was installed anew counts from the beginning", () => {
  const book = new LogBook();
  book.add(line("a", 9, 100));
  assert.equal(book.next("a"), 10);
  assert.equal(book.add(line("a", 0, 150)), "end");
  assert.equal(book.next("a"), 1);
  book.forget("a");
  assert.equal(book.next("a"), 0);
  assert.equal(book.entries.length, 2, "what it had logged is still to be read");
});

test("a device that booted counts from the beginning", () => {
  const book = new LogBook();
  book.add(line("a", 9, 100_000));
  book.reset();
  assert.equal(book.add(line("a", 0, 5)), "end");
  assert.equal(book.entries.length, 1);
});

test("the oldest lines make room", () => {
  const book = new LogBook(3);
  for (let seq = 0; seq < 10; seq++) book.add(line("a", seq, seq));
  assert.deepEqual(book.entries.map(({ seq }) => seq), [7, 8, 9]);
});

test("filters by app, level and text", () => {
  const all: Filter = { app: "", level: "debug", text: "" };
  const entry: Entry = { app: "snake", seq: 0, t_ms: 0, level: "info", text: "Score 12" };
  assert.ok(matches(entry, all));
  assert.ok(matches(entry, { ...all, app: "snake", level: "info", text: "score" }));
  assert.ok(matches(entry, { ...all, text: "SNAKE score" }));
  assert.ok(!matches(entry, { ...all, app: "hello" }));
  assert.ok(!matches(entry, { ...all, level: "error" }));
  assert.ok(!matches(entry, { ...all, text: "13" }));
  assert.ok(!matches({ ...entry, level: "debug" }, { ...all, level: "info" }));
});
