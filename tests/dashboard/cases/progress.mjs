// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// An upload over a slow line: the bar moves, other windows see it coming in, and when the line breaks the
// page says so and nothing is installed.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Line } from "../lib/line.mjs";

const BYTES_A_SECOND = 20_000;
const PADDING = 120_000;
const FAST = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };

/** The same app with a section that nobody reads: long enough to be on its way for a while. */
async function padded(file, folder) {
  const size = PADDING + 4;
  const head = [0, (size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14, 3, ...Buffer.from("pad")];
  const path = join(folder, "snake.wasm");
  await writeFile(path, Buffer.concat([await readFile(file), Buffer.from(head), Buffer.alloc(PADDING)]));
  return path;
}

export default async function (visitor) {
  const folder = await mkdtemp(join(tmpdir(), "akira-dashboard-"));
  const line = await Line.to(visitor.url);
  try {
    await slowly(visitor, line, await padded(visitor.app("snake"), folder));
  } finally {
    line.close();
    await rm(folder, { recursive: true });
  }
}

async function slowly(visitor, line, file) {
  const other = await visitor.enter();
  const page = await visitor.enter({ url: line.url });
  const network = await visitor.context.newCDPSession(page);
  await network.send("Network.enable");
  const pace = (values) => network.send("Network.emulateNetworkConditions", { ...FAST, ...values });
  const bar = page.getByRole("progressbar", { name: "Upload of snake.wasm" });
  const install = async () => {
    await page.locator("#install-file").setInputFiles(file);
    await page.getByRole("button", { name: "Install", exact: true }).click();
  };
  const halfway = () =>
    visitor.eventually("the bar to move", async () => {
      const value = await bar.evaluate((element) => element.value);
      return value > 0 && value < 100;
    });

  await pace({ uploadThroughput: BYTES_A_SECOND });
  await install();
  await halfway();
  await other.getByRole("list", { name: "Transfers" }).getByText(/^Coming in by http: app/).waitFor();
  await visitor.shot();
  line.cut();
  await page.getByText("The connection broke off, so nothing was installed.").waitFor();
  assert.equal(await visitor.api.app("snake"), null);
  await visitor.connected("lost");
  line.mend();
  await pace({});
  await visitor.connected("live");

  await page.getByRole("button", { name: "Dismiss", exact: true }).first().click();
  await visitor.eventually("the device to have let go of it", async () => {
    const { transfers } = await visitor.api.get("/api/v1/status");
    return transfers.length === 0;
  });
  await install();
  await visitor.card("snake").waitFor();
  await bar.waitFor({ state: "detached" });
}
