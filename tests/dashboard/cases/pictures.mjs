// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The two pictures of the documentation: what a device with some apps looks like.

import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";

const APPS = ["counter", "hello", "snake", "ticker"];
const VIEWS = { light: "Apps", dark: "Display and inputs" };
const LARGEST = 150_000;
/** More of the page in fewer pixels. */
const WINDOW = { viewport: { width: 1400, height: 900 }, deviceScaleFactor: 0.75 };

export default async function (visitor) {
  for (const name of APPS) await visitor.api.install(visitor.apps, name, name !== "hello");
  for (const [colorScheme, view] of Object.entries(VIEWS)) {
    const page = await visitor.enter({ colorScheme, ...WINDOW });
    await visitor.view(view);
    // A game that has just begun is a better picture than one that is over.
    await visitor.api.must("POST", "/api/v1/apps/snake/restart");
    const began = await visitor.lines.count();
    await visitor.eventually("a few lines", async () => (await visitor.lines.count()) > began + 3);
    if (view !== VIEWS.light) await page.getByText("320 × 240 pixels").waitFor();
    await page.evaluate(() => document.activeElement.blur());
    await visitor.shot(`dashboard-${colorScheme}`);
    if (!visitor.images) continue;
    const path = join(visitor.images, `dashboard-${colorScheme}.png`);
    await page.screenshot({ path });
    const { size } = await stat(path);
    assert.ok(size < LARGEST, `${path} has ${size} bytes, more than ${LARGEST}`);
  }
}
