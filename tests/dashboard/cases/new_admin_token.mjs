// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// A new admin token: shown once, the old one ends, and the page goes on with the new one.

import assert from "node:assert/strict";

export default async function (visitor) {
  await visitor.api.install(visitor.apps, "ticker");
  const page = await visitor.enter();
  await visitor.view("Settings");
  await page.getByRole("button", { name: "New admin token" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make it" }).click();
  const shown = page.locator("code.token");
  await shown.waitFor();
  const old = visitor.api.token;
  visitor.api.token = (await shown.textContent()).trim();
  // Whoever runs the cases one by one needs it for the next.
  console.log(`token ${visitor.api.token}`);
  assert.equal((await visitor.api.send("GET", "/api/v1/status", undefined, old)).status, 401);

  // Longer than the page ever is without asking something.
  await page.waitForTimeout(2500);
  assert.ok(await shown.isVisible(), "the token can still be read");
  await visitor.view("Apps");
  await visitor.card("ticker").getByRole("button", { name: "Start ticker", exact: true }).click();
  await visitor.api.state("ticker", "running");
  await page.reload();
  await visitor.connected("live");
}
