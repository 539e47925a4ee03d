// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Drag and drop, start, a line in the log, stop, uninstall: the first minutes with a device.

import assert from "node:assert/strict";

export default async function (visitor) {
  const page = await visitor.enter();
  await page.getByText("No app is installed.").waitFor();
  await visitor.drop(visitor.app("hello"));
  const card = visitor.card("hello");
  await card.waitFor();
  await visitor.notice("hello 1.0.0 installed.");
  assert.equal((await visitor.api.app("hello")).state, "installed");

  await card.getByRole("button", { name: "Start hello", exact: true }).click();
  await card.locator(".state", { hasText: "running" }).waitFor();
  await visitor.log.getByText("Hello from WebAssembly").waitFor();
  await visitor.log.getByText(/^line 2 of 10/).waitFor();
  const memory = card.getByRole("meter", { name: "Memory of hello" });
  await visitor.eventually("memory in use", async () => Number(await memory.getAttribute("aria-valuenow")) > 0);
  await visitor.shot();

  await card.getByRole("button", { name: "Stop hello" }).click();
  await card.locator(".state", { hasText: "stopped" }).waitFor();
  assert.equal((await visitor.api.app("hello")).state, "stopped");

  await card.getByRole("button", { name: "Restart hello" }).click();
  await card.locator(".state", { hasText: "running" }).waitFor();

  const remove = card.getByRole("button", { name: "Uninstall hello" });
  const dialog = page.getByRole("dialog", { name: "Uninstall hello?" });
  await remove.click();
  await dialog.getByText("It runs; it is stopped first.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal((await visitor.api.app("hello")).state, "running", "Escape means no");
  await remove.click();
  await dialog.getByRole("button", { name: "Uninstall" }).click();
  await card.waitFor({ state: "detached" });
  assert.equal(await visitor.api.app("hello"), null);
}
