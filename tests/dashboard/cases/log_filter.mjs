// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The log: by app, by level, by text, and held still.

import assert from "node:assert/strict";

export default async function (visitor) {
  await visitor.api.install(visitor.apps, "hello", true);
  await visitor.api.install(visitor.apps, "ticker", true);
  const page = await visitor.enter();
  await visitor.view("Log");
  const lines = visitor.lines;
  const apps = async () => new Set(await visitor.log.locator(".who").allTextContents());
  await visitor.eventually("lines of both", async () => (await apps()).size === 2);

  await page.getByLabel("App", { exact: true }).selectOption("ticker");
  await visitor.eventually("ticker alone", async () => [...(await apps())].join() === "ticker");
  await page.getByLabel("App", { exact: true }).selectOption("");
  await page.getByLabel("Contains").fill("LINE 3 of");
  await visitor.eventually("that line alone", async () => (await lines.count()) === 1);
  await page.getByLabel("Contains").fill("");
  await page.getByLabel("Level").selectOption("error");
  await visitor.eventually("no errors", async () => (await lines.count()) === 0);
  await page.getByLabel("Level").selectOption("debug");
  await visitor.eventually("all again", async () => (await apps()).size === 2);
  await visitor.shot();

  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText(/\d+ more since the pause/).waitFor();
  const held = await lines.count();
  await page.waitForTimeout(1500);
  assert.equal(await lines.count(), held);
  await page.getByRole("button", { name: "Go on" }).click();
  await visitor.eventually("what came meanwhile", async () => (await lines.count()) > held);
}
