// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// An update that does not work, and the way back; one that works needs none.

import assert from "node:assert/strict";

import { module } from "../lib/module.mjs";

export default async function (visitor) {
  const name = "clock";
  const install = (version, fails) =>
    visitor.api.must("PUT", `/api/v1/apps/${name}`, module({ name, version, fails }));
  const page = await visitor.enter();
  await install("1.0.0", false);
  const card = visitor.card(name);
  await card.waitFor();
  const back = card.getByRole("button", { name: `Roll back ${name}` });
  assert.equal(await back.count(), 0, "there is nothing to go back to");

  await install("2.0.0", true);
  await back.waitFor();
  await card.getByText("Details and limits").click();
  await card.getByText("1.0.0, until this one has run healthily").waitFor();
  await card.getByRole("button", { name: `Start ${name}`, exact: true }).click();
  await card.locator(".state", { hasText: "failed" }).waitFor();
  await visitor.log.getByText("the version before, 1.0.0, is kept").waitFor();
  await visitor.shot();

  const dialog = page.getByRole("dialog", { name: `Roll back ${name} to 1.0.0?` });
  await back.click();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal((await visitor.api.app(name)).version, "2.0.0", "Escape means no");
  await back.click();
  await dialog.getByText("1.0.0 takes the place of 2.0.0").waitFor();
  await dialog.getByRole("button", { name: "Roll back" }).click();
  await visitor.notice(`${name} is 1.0.0 again.`);
  await back.waitFor({ state: "hidden" });
  await card.getByText("1.0.0", { exact: true }).waitFor();
  const now = await visitor.api.app(name);
  assert.deepEqual([now.version, now.previous], ["1.0.0", null]);
  const focus = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  assert.equal(focus, `Start ${name}`);

  await install("3.0.0", false);
  await back.waitFor();
  await card.getByRole("button", { name: `Start ${name}`, exact: true }).click();
  await card.locator(".state", { hasText: "stopped" }).waitFor();
  await back.waitFor({ state: "hidden" });
  assert.equal((await visitor.api.app(name)).previous, null);
}
