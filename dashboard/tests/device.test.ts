// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The model: what messages and answers do to it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { refusalOf } from "../src/api/client";
import type { App, Status } from "../src/api/types";
import { Device } from "../src/model/device";

const app = (name: string, state: App["state"] = "installed") => ({ name, state }) as App;
const status = (uptime_ms: number, rest: Partial<Status> = {}) => ({ uptime_ms, ...rest }) as Status;

test("apps come, change and go", () => {
  const device = new Device();
  let changes = 0;
  device.onApps.on(() => (changes += 1));
  device.take({ type: "app", app: app("a") });
  device.take({ type: "app", app: app("a", "running") });
  assert.equal(device.apps.get("a")?.state, "running");
  device.take({ type: "removed", app: "a" });
  device.take({ type: "removed", app: "a" });
  assert.equal(device.apps.size, 0);
  assert.equal(changes, 3);
  device.setApps([app("b"), app("c")]);
  device.setApps([app("c")]);
  assert.deepEqual([...device.apps.keys()], ["c"]);
});

test("what came over the stream while an answer was on its way is newer than the answer", async () => {
  const device = new Device();
  device.setApps([app("a"), app("b")]);
  await device.change("a", async () => {
    device.take({ type: "app", app: app("b", "failed") });
    return app("a", "running");
  });
  assert.equal(device.apps.get("a")?.state, "running", "nothing was told of this one");
  await device.change("a", async () => {
    device.take({ type: "app", app: app("a", "running") });
    device.take({ type: "app", app: app("a", "stopped") });
    return app("a", "running");
  });
  assert.equal(device.apps.get("a")?.state, "stopped");
});

test("log lines reach the views once, and say when order needs a new look", () => {
  const device = new Device();
  const seen: (number | null)[] = [];
  device.onLog.on((entries) => seen.push(entries?.length ?? null));
  const line = { type: "log", app: "a", seq: 0, t_ms: 5, level: "info", text: "x" } as const;
  device.take(line);
  device.take(line);
  device.take({ ...line, app: "b", t_ms: 1 });
  assert.deepEqual(seen, [1, null]);
});

test("a boot begins the log anew, an answer that was overtaken does not", () => {
  const device = new Device();
  device.setStatus(status(60_000));
  device.take({ type: "log", app: "a", seq: 3, t_ms: 59_000, level: "info", text: "x" });
  device.setStatus(status(59_900));
  assert.equal(device.log.entries.length, 1);
  device.take({ type: "hello", device: "virtual", time_ms: 900 });
  assert.equal(device.log.entries.length, 0);
});

test("transfers are those that go on", () => {
  const device = new Device();
  const one = { id: 1, transport: "http", sink: "app", name: "a", received: 0, size: 10 };
  device.take({ type: "transfer", transfer: one, state: "begun" });
  device.take({ type: "transfer", transfer: { ...one, received: 5 }, state: "progress" });
  assert.equal(device.transfers.get(1)?.received, 5);
  device.take({ type: "transfer", transfer: one, state: "done" });
  assert.equal(device.transfers.size, 0);
  device.setStatus(status(1, { transfers: [one] }));
  device.setStatus(status(2, { transfers: [] }));
  assert.equal(device.transfers.size, 0);
});

test("an audit record that counts on is the same record", () => {
  const device = new Device();
  const record = { seq: 4, boot: 1, t_ms: 9, kind: "denied", app: "a", count: 1, text: "x" };
  device.addAudit([record, { ...record, seq: 5 }]);
  device.take({ type: "audit", record: { ...record, count: 7 } });
  assert.deepEqual(device.audit.map(({ seq, count }) => [seq, count]), [[4, 7], [5, 1]]);
});

test("what is not understood is passed over", () => {
  const device = new Device();
  device.take({ type: "tomorrow" } as never);
  assert.equal(device.status, null);
});

test("a refusal says what the device says", () => {
  const body = '{"error":{"code":"busy","message":"Wait a moment."}}';
  const refusal = refusalOf(409, body, "7");
  assert.deepEqual([refusal.code, refusal.message, refusal.retryAfterS], ["busy", "Wait a moment.", 7]);
  for (const other of ["", "<html>", "null", "{}", '{"error":{"code":1}}', "[]"]) {
    const { code, message, retryAfterS } = refusalOf(502, other, "Wed, 21 Oct 2015 07:28:00 GMT");
    assert.deepEqual([code, retryAfterS], ["http", 0]);
    assert.match(message, /502/);
  }
});
