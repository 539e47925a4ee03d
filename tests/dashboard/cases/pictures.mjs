// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The two pictures of the documentation: what a device with some apps looks like.

import { join } from "node:path";

const APPS = ["counter", "hello", "snake", "ticker"];

export default async function (visitor) {
  for (const name of APPS) await visitor.api.install(visitor.apps, name, name !== "hello");
  for (const [colorScheme, view] of [["light", "Apps"], ["dark", "Display and inputs"]]) {
    const page = await visitor.enter({ colorScheme, viewport: { width: 1280, height: 800 } });
    await visitor.view(view);
    await visitor.log.getByText(/^tick/).nth(2).waitFor();
    if (view !== "Apps") await page.getByText("320 × 240 pixels").waitFor();
    await page.evaluate(() => document.activeElement.blur());
    await visitor.shot(`dashboard-${colorScheme}`);
    if (visitor.images) {
      await page.screenshot({ path: join(visitor.images, `dashboard-${colorScheme}.png`) });
    }
  }
}
