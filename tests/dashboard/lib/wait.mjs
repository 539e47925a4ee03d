// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Waits for what must come.

const PAUSE_MS = 50;

/** Asks until the answer is true in JavaScript's sense, and returns it. The bound only ends a hang. */
export async function eventually(what, probe, seconds = 20) {
  const until = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    last = await probe();
    if (last) return last;
    if (Date.now() > until) throw new Error(`waited ${seconds} s for ${what}; last: ${last}`);
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}
