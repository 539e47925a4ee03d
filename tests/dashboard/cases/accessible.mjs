// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Every view in both colour schemes, looked at by axe-core: names, roles, landmarks, contrast.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function look(visitor, what) {
  const { page } = visitor;
  const loaded = await page.evaluate(() => "axe" in window);
  if (!loaded) await page.addScriptTag({ path: AXE });
  const found = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), RULES);
  const told = found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll("\n", " ")}`),
  );
  assert.deepEqual(told, [], what);
  assert.ok(found.passes.length > 5, `${what}: axe looked at next to nothing`);
}

export default async function (visitor) {
  await visitor.api.install(visitor.apps, "snake", true);
  await visitor.api.install(visitor.apps, "trap", true);
  await visitor.api.install(visitor.apps, "ticker");
  await visitor.api.install(visitor.apps, "probe", true);
  for (const colorScheme of ["light", "dark"]) {
    // The page's own policy keeps out foreign scripts, axe's too.
    const page = await visitor.open({ colorScheme, bypassCSP: true, reducedMotion: "reduce" });
    await page.goto(visitor.url);
    await look(visitor, `the token's prompt, ${colorScheme}`);
    await visitor.signIn(visitor.token);
    await visitor.connected("live");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), colorScheme);
    await visitor.card("trap").locator(".state", { hasText: "failed" }).waitFor();
    await visitor.card("snake").getByText("Details and limits").click();
    await page.locator("#install-file").setInputFiles([visitor.app("chat"), visitor.app("ticker")]);
    await page.getByRole("button", { name: "Install", exact: true }).waitFor();
    for (const view of ["Apps", "Log", "Display and inputs", "Audit", "Firmware", "Settings"]) {
      await visitor.view(view);
      await page.waitForTimeout(500);
      if (view === "Audit") await page.getByRole("cell", { name: "probe", exact: true }).first().waitFor();
      if (view === "Firmware" && (await visitor.hasSlots())) {
        await page.getByLabel("Send an image").setInputFiles(join(visitor.firmware, "9.0.0.bin"));
        await page.getByRole("button", { name: "Send", exact: true }).waitFor();
      }
      await look(visitor, `${view}, ${colorScheme}`);
      await visitor.shot(`${colorScheme}-${view.split(" ")[0].toLowerCase()}`);
    }
    await visitor.view("Apps");
    await visitor.card("ticker").getByRole("button", { name: "Uninstall ticker" }).click();
    await look(visitor, `a question, ${colorScheme}`);
    await page.keyboard.press("Escape");
  }
  // The other way than the system's, and kept.
  const { page } = visitor;
  await page.getByRole("button", { name: "Theme: system" }).click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
  await page.reload();
  await page.getByRole("button", { name: "Theme: light" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
}
