// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Several files at once: what asks for nothing is sent, what asks waits for an answer, and what is no
// app is refused with the device's own sentence.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default async function (visitor) {
  const page = await visitor.enter();
  const folder = await mkdtemp(join(tmpdir(), "akira-dashboard-"));
  const text = join(folder, "notes.wasm");
  await writeFile(text, "This is no WebAssembly.");
  try {
    await visitor.drop(visitor.app("hello"), text, visitor.app("snake"));
    const files = page.getByRole("list", { name: "Files to install" });
    await files.getByText("This is not a WebAssembly module").waitFor();
    const snake = files.getByRole("listitem").filter({ hasText: "snake 1.0.0" });
    await snake.getByRole("checkbox", { name: "fs_write" }).uncheck();
    await visitor.shot();
    await snake.getByRole("button", { name: "Install" }).click();
    await visitor.card("snake").getByText("fs_write (not granted)").waitFor();
    await visitor.card("hello").waitFor();
    const { capabilities, requested } = await visitor.api.app("snake");
    assert.deepEqual(capabilities.sort(), ["display", "fs_read", "input"]);
    assert.ok(requested.includes("fs_write"));

    // An update of an app that runs: stopped, updated, started.
    await visitor.card("hello").getByRole("button", { name: "Start hello", exact: true }).click();
    await visitor.api.state("hello", "running");
    await page.locator("#install-file").setInputFiles(visitor.app("hello"));
    await files.getByRole("button", { name: "Stop, update and start" }).click();
    await visitor.notice("hello 1.0.0 updated.");
    assert.equal((await visitor.api.app("hello")).state, "running");

    // Grants can be changed later, while the app rests.
    const card = visitor.card("snake");
    await card.getByText("Details and limits").click();
    await card.getByRole("checkbox", { name: "fs_write" }).check();
    await card.getByRole("button", { name: "Set grants" }).click();
    await card.getByText("fs_write (not granted)").waitFor({ state: "detached" });
    assert.ok((await visitor.api.app("snake")).capabilities.includes("fs_write"));
    await card.getByLabel("Memory quota in KiB").fill("512");
    await card.getByRole("button", { name: "Set quota" }).click();
    await visitor.eventually("the quota", async () => (await visitor.api.app("snake")).memory_quota === 524_288);
  } finally {
    await rm(folder, { recursive: true });
  }
}
