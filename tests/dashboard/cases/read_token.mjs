// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// A read token, made here: it sees all and changes nothing, and every control says why. An admin token
// that ended while the page is open asks for another.

import assert from "node:assert/strict";

const TOKEN = /^[0-9a-f]{32}$/;

export default async function (visitor) {
  await visitor.api.install(visitor.apps, "hello", true);
  let page = await visitor.enter();
  await visitor.view("Settings");
  await page.getByRole("button", { name: "New read token" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make it" }).click();
  const shown = page.locator("code.token");
  await shown.waitFor();
  const token = (await shown.textContent()).trim();
  assert.match(token, TOKEN);
  await page.getByText("There is a read token.").waitFor();

  page = await visitor.enter({ token });
  const banner = page.getByText("This token may only read.", { exact: false }).first();
  await banner.waitFor();
  const card = visitor.card("hello");
  for (const button of await card.getByRole("button").all()) {
    assert.ok(await button.isDisabled());
    assert.match(await button.getAttribute("title"), /only read/);
    assert.equal(await button.getAttribute("aria-describedby"), "read-only");
  }
  assert.ok(await page.getByLabel("Install an app").isDisabled());
  await visitor.log.getByText("Hello from WebAssembly").waitFor();
  await visitor.shot();
  await visitor.view("Display and inputs");
  assert.ok(await page.getByRole("button", { name: "Button A" }).isDisabled());
  await visitor.view("Firmware");
  if (await visitor.hasSlots()) {
    assert.ok(await page.getByLabel("Send an image").isDisabled());
    assert.ok(await page.getByRole("button", { name: "Restart", exact: true }).isDisabled());
  }
  await visitor.view("Settings");
  assert.ok(await page.getByRole("button", { name: "New admin token" }).isDisabled());

  await visitor.api.must("DELETE", "/api/v1/tokens/read");
  await page.getByText("The device no longer takes this token.").waitFor();
}
