// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// A window of 360 pixels: nothing leads out of it sideways, and fingers find what they press.

import assert from "node:assert/strict";

const VIEWS = ["Apps", "Log", "Display and inputs", "Audit", "Firmware", "Settings"];
const SMALLEST_PX = 24;

export default async function (visitor) {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const page = await visitor.open(phone);
  await page.goto(visitor.url);
  await visitor.fitsWidth("the token's prompt");
  await visitor.signIn(visitor.token);
  await visitor.api.install(visitor.apps, "snake", true);
  await visitor.api.install(visitor.apps, "hello", true);
  await visitor.card("snake").getByText("Details and limits").click();
  for (const view of VIEWS) {
    await visitor.view(view);
    await page.waitForTimeout(300);
    await visitor.fitsWidth(view);
    for (const button of await page.getByRole("button").all()) {
      if (!(await button.isVisible())) continue;
      const { width, height } = await button.boundingBox();
      assert.ok(
        Math.min(width, height) >= SMALLEST_PX,
        `${view}: ${await button.textContent()} has ${width} x ${height} pixels`,
      );
    }
    await visitor.shot(`phone-${view.split(" ")[0].toLowerCase()}`, { fullPage: true });
  }
}
