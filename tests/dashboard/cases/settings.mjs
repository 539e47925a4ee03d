// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The device's name and origins, the firmware's page, the audit log.

import assert from "node:assert/strict";

export default async function (visitor) {
  const before = await visitor.api.get("/api/v1/config");
  const page = await visitor.enter();
  try {
    await visitor.view("Settings");
    const name = page.getByLabel("Name", { exact: true });
    await visitor.eventually("the name", async () => (await name.inputValue()) === before.name);
    await name.fill("kitchen");
    await page.getByLabel("Other web pages that may use it").fill("https://example.org\nhttps://example.org:8443");
    await page.getByRole("button", { name: "Save" }).click();
    await visitor.notice("The settings are saved.");
    const now = await visitor.api.get("/api/v1/config");
    assert.equal(now.name, "kitchen");
    assert.deepEqual(now.allowed_origins, ["https://example.org", "https://example.org:8443"]);
    await page.getByRole("heading", { name: "kitchen", level: 1 }).waitFor();
    await visitor.shot();

    await page.getByLabel("Other web pages that may use it").fill("everything");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".notice.bad").waitFor();
    assert.deepEqual((await visitor.api.get("/api/v1/config")).allowed_origins, now.allowed_origins);
  } finally {
    const { name, allowed_origins } = before;
    await visitor.api.must("PUT", "/api/v1/config", { name, allowed_origins });
  }

  await visitor.view("Firmware");
  const { version } = await visitor.api.get("/api/v1/status");
  await page.locator("#view-firmware").getByText(version, { exact: true }).waitFor();
  const firmware = await visitor.api.send("GET", "/api/v1/firmware");
  if (firmware.status === 501) {
    await page.locator("#view-firmware").getByText(firmware.json().error.message).waitFor();
  }

  // While the page is open: an app that asks for nothing and tries everything.
  await visitor.view("Audit");
  await visitor.api.install(visitor.apps, "probe", true);
  await page.getByRole("cell", { name: /needs fs_read, which is not granted/ }).first().waitFor();
  const denied = page.getByRole("row").filter({ has: page.getByRole("cell", { name: "denied" }) });
  await denied.filter({ has: page.getByRole("cell", { name: "probe", exact: true }) }).first().waitFor();
  await page.getByLabel("Kind").selectOption("denied");
  await page.getByText(/^\d+ of \d+ records$/).waitFor();
  assert.equal(await page.getByRole("row").count(), (await denied.count()) + 1, "and the head");
}
