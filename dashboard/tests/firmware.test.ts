// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The firmware's page: what can be done in which state, and what is said.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Firmware, Slot } from "../src/api/types";
import {
  type Action, choices, headline, healthText, imageVersion, lastText, nextBoot, resumeAt, uploadText,
} from "../src/model/firmware";

const slot = (which: Slot["slot"], state: Slot["state"], version?: string): Slot => ({
  slot: which,
  state,
  image: version ? { version, sha256: "5d", size: 60_000, security_counter: null } : null,
  reason: null,
  size: 430_080,
  image_max: 421_888,
});

const firmware = (secondary: Slot["state"], version?: string, rest: Partial<Firmware> = {}): Firmware => {
  const trial = rest.swap === "revert";
  return {
    slots: [slot("primary", trial ? "trial" : "running", "2.0.0"), slot("secondary", secondary, version)],
    swap: "none",
    confirmed: !trial,
    can_reboot: true,
    upload: null,
    health: { state: "healthy", left_ms: null, reason: null },
    boots: 0,
    safe_mode: false,
    last: null,
    keys: [],
    ...rest,
  };
};

/** The names of what can be done. */
const possible = (now: Firmware) =>
  (Object.entries(choices(now)) as [Action, { can: boolean }][])
    .filter(([, { can }]) => can)
    .map(([name]) => name)
    .join(" ");

const received = (active: boolean) => ({ sha256: "ab", size: 4096 * 4, offset: 4096, active });

test("only what makes sense can be done", () => {
  const cases: [Firmware, string][] = [
    [firmware("empty"), "reboot"],
    [firmware("ready", "3.0.0"), "test reboot"],
    [firmware("pending", "3.0.0", { swap: "test" }), "reboot revert"],
    [firmware("pending", "3.0.0", { swap: "permanent" }), "reboot revert"],
    [firmware("previous", "1.0.0", { swap: "revert" }), "reboot confirm revert"],
    // An older one on trial: what it is to go back to is newer.
    [firmware("ready", "3.0.0", { swap: "revert" }), "reboot confirm revert"],
    [firmware("bad", undefined, { swap: "revert" }), "reboot confirm"],
    [firmware("previous", "1.0.0"), "reboot revert"],
    [firmware("bad"), "reboot"],
    [firmware("partial", undefined, { upload: received(false) }), "reboot"],
    [firmware("receiving", undefined, { upload: received(true) }), ""],
    [firmware("ready", "3.0.0", { can_reboot: false }), "test"],
  ];
  for (const [now, wanted] of cases) {
    assert.equal(possible(now), wanted, `${now.slots[1].state}, ${now.swap}`);
    for (const { text } of Object.values(choices(now))) assert.match(text, /^[A-Z\d].*\.$/);
  }
});

test("what a button does is said with the versions", () => {
  const trial = choices(firmware("previous", "1.0.0", { swap: "revert" }));
  assert.match(trial.reboot.text, /2\.0\.0 is not confirmed.* back to 1\.0\.0/);
  assert.match(trial.revert.text, /from 2\.0\.0 back to 1\.0\.0\. The device restarts/);
  const first = firmware("empty", undefined, { swap: "revert" });
  assert.match(choices(first).reboot.text, /2\.0\.0 stays on trial/);
  assert.match(nextBoot(first), /^the same firmware/);
  const still = choices(firmware("previous", "1.0.0", { can_reboot: false }));
  assert.match(still.revert.text, /Switch the device off and on/);
  assert.match(still.test.text, /1\.0\.0 is not newer/);
});

test("the state is a sentence", () => {
  assert.equal(headline(firmware("empty")), "2.0.0 runs.");
  assert.equal(headline(firmware("previous", "1.0.0", { swap: "revert" })), "2.0.0 runs on trial.");
  const pending = firmware("pending", "3.0.0", { swap: "test" });
  assert.equal(headline(pending), "2.0.0 runs. 3.0.0 is tried at the next boot.");
  assert.equal(nextBoot(pending), "tries 3.0.0");
  const blank = { ...firmware("empty"), slots: [slot("primary", "empty"), slot("secondary", "empty")] };
  assert.equal(headline(blank as Firmware), "The primary slot is empty.");
});

test("the health check counts down, and says what is wrong", () => {
  const checking = firmware("empty", undefined, { health: { state: "checking", left_ms: 30_000, reason: null } });
  assert.equal(healthText(checking, 4000), "decided in 26 s at the latest");
  assert.equal(healthText(checking, 40_000), "decided in 0 s at the latest");
  const failed = firmware("empty", undefined, { health: { state: "failed", left_ms: null, reason: "app a failed" } });
  assert.equal(healthText(failed, 0), "failed: app a failed");
  assert.equal(healthText(firmware("empty"), 0), "healthy");
});

test("what became of the last update", () => {
  const last = { version: "3.0.0", sha256: "5d" };
  const told = (verdict: "open" | "reverted", reason: string | null) =>
    lastText(firmware("empty", undefined, { last: { ...last, verdict, reason } }));
  assert.equal(lastText(firmware("empty")), "none");
  assert.equal(told("open", null), "3.0.0 not decided yet");
  assert.equal(told("reverted", "app a failed"), "3.0.0 reverted: app a failed");
});

test("only the rest of the same file is sent, and only when nobody sends it", () => {
  const broken = firmware("partial", undefined, { upload: received(false) });
  assert.equal(resumeAt(broken, 4096 * 4, "ab"), 4096);
  assert.equal(resumeAt(broken, 4096 * 4, "cd"), 0);
  assert.equal(resumeAt(broken, 4096, "ab"), 0);
  assert.equal(resumeAt(firmware("receiving", undefined, { upload: received(true) }), 4096 * 4, "ab"), 0);
  assert.equal(resumeAt(firmware("empty"), 1, "ab"), 0);
  assert.equal(uploadText(broken), "4 KiB of 16 KiB are here. Choose the same file to send the rest.");
});

test("an image's header has its version", () => {
  const header = new Uint8Array(40);
  const view = new DataView(header.buffer);
  view.setUint32(8, 0x96f3b83d, true);
  header.set([9, 1, 0x02, 0x01], 28);
  assert.equal(imageVersion(header.subarray(8)), "9.1.258");
  view.setUint32(32, 7, true);
  assert.equal(imageVersion(header.subarray(8)), "9.1.258+7");
  assert.equal(imageVersion(header), null);
  assert.equal(imageVersion(header.subarray(8, 39)), null);
});
