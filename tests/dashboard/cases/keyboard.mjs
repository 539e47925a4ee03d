// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Everything by the keyboard alone, with a focus that can be seen, and no place that holds it.

import assert from "node:assert/strict";

const focus = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      tag: element.tagName,
      name: element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 40),
      seen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    };
  });

/** Goes on with Tab until the focus is on what is named so. */
async function tabTo(page, name, backwards = false) {
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press(backwards ? "Shift+Tab" : "Tab");
    const now = await focus(page);
    if (now.tag === "BODY") continue;
    assert.ok(now.seen, `the focus cannot be seen on ${now.tag} ${now.name}`);
    if (now.name === name) return;
  }
  assert.fail(`no ${name} by Tab`);
}

export default async function (visitor) {
  await visitor.api.install(visitor.apps, "ticker");
  const page = await visitor.open();
  await page.goto(visitor.url);
  await page.keyboard.type(visitor.token);
  await page.keyboard.press("Enter");
  await visitor.connected("live");
  await visitor.card("ticker").waitFor();

  await tabTo(page, "Start ticker");
  await page.keyboard.press("Enter");
  await visitor.api.state("ticker", "running");
  await visitor.card("ticker").locator(".state", { hasText: "running" }).waitFor();
  assert.equal((await focus(page)).name, "Stop ticker", "the focus stays where it was");
  await page.keyboard.press("Space");
  await visitor.api.state("ticker", "stopped");

  await tabTo(page, "Uninstall ticker");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  assert.equal((await focus(page)).name, "Cancel", "a careless Enter does nothing");
  await page.keyboard.press("Enter");
  assert.equal((await focus(page)).name, "Uninstall ticker", "the focus goes back");

  // Round the whole page and out of it at its end: nothing holds the focus.
  for (const view of ["Log", "Display and inputs", "Settings"]) {
    await tabTo(page, view);
    await page.keyboard.press("Enter");
    let left = false;
    for (let n = 0; n < 80 && !left; n++) {
      await page.keyboard.press("Tab");
      const now = await focus(page);
      left = now.tag === "BODY" || now.name === "Skip to the content";
      if (!left) assert.ok(now.seen, `${view}: the focus cannot be seen on ${now.tag} ${now.name}`);
    }
    assert.ok(left, `${view} holds the focus`);
  }

  await page.reload();
  await visitor.connected("live");
  await tabTo(page, "Skip to the content", true);
  await visitor.shot();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await tabTo(page, "Apps", true);
  await page.keyboard.press("Enter");
  await tabTo(page, "Uninstall ticker");
  await page.keyboard.press("Enter");
  await tabTo(page, "Uninstall");
  await page.keyboard.press("Enter");
  await visitor.card("ticker").waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "apps-title");
}
