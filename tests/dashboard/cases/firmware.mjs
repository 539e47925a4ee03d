// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// An update of the firmware: a file that is no image, an upload that breaks off and goes on, the test,
// the restart, and the confirmation; and the way back.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Line } from "../lib/line.mjs";

const BYTES_A_SECOND = 40_000;
const PACE = { offline: false, latency: 0, downloadThroughput: -1 };

export default async function (visitor) {
  const { status, text } = await visitor.api.send("GET", "/api/v1/firmware");
  const folder = await mkdtemp(join(tmpdir(), "akira-dashboard-"));
  const line = await Line.to(visitor.url);
  const page = await visitor.enter({ url: line.url });
  await visitor.view("Firmware");
  const view = page.locator("#view-firmware");
  try {
    if (status === 501) {
      await view.getByText(JSON.parse(text).error.message).waitFor();
      assert.equal(await view.getByRole("button").count(), 0, "there is nothing to press");
      return;
    }
    await update(visitor, view, line, folder);
  } finally {
    line.close();
    await rm(folder, { recursive: true });
  }
}

async function update(visitor, view, line, folder) {
  const { page, api } = visitor;
  const state = () => api.get("/api/v1/firmware");
  const second = view.getByRole("article", { name: "Secondary slot" });
  const button = (name) => view.getByRole("button", { name, exact: true });
  const rests = async (name) => (await button(name).getAttribute("aria-disabled")) === "true";
  const press = async (name, yes) => {
    await visitor.eventually(`${name} to be possible`, async () => !(await rests(name)));
    await button(name).click();
    await page.getByRole("dialog").getByRole("button", { name: yes }).click();
  };
  const choose = (file) => page.getByLabel("Send an image").setInputFiles(file);

  // What is no image.
  const wrong = join(folder, "notes.bin");
  await writeFile(wrong, Buffer.alloc(300_000, "notes "));
  const told = (await api.send("PUT", "/api/v1/firmware", await readFile(wrong))).json().error;
  assert.equal(told.code, "bad_image");
  await choose(wrong);
  await button("Send").click();
  await view.getByText(told.message).waitFor();
  await button("Dismiss").click();
  assert.equal((await state()).slots[1].state, "empty");
  assert.ok((await rests("Test at next boot")) && (await rests("Revert")) && (await rests("Confirm")));

  // One that breaks off: what the device has is not sent again.
  const image = join(visitor.firmware, "9.0.0.bin");
  const network = await visitor.context.newCDPSession(page);
  await network.send("Network.enable");
  const pace = (uploadThroughput) =>
    network.send("Network.emulateNetworkConditions", { ...PACE, uploadThroughput });
  await pace(BYTES_A_SECOND);
  await visitor.drop(image);
  await view.getByText("Version 9.0.0. Nothing is tried yet.").waitFor();
  await button("Send").click();
  const bar = view.getByRole("progressbar", { name: "Upload of the image" });
  await visitor.eventually("half of it", async () => (await bar.evaluate((one) => one.value)) > 50);
  line.cut();
  await view.getByText("The upload broke off.").waitFor();
  const { upload } = await visitor.eventually("the device to let go of it", async () => {
    const now = await state();
    return now.slots[1].state === "partial" && now;
  });
  const content = await readFile(image);
  assert.equal(upload.sha256, createHash("sha256").update(content).digest("hex"));
  assert.ok(upload.offset > 0 && upload.size === content.length);
  line.mend();
  await pace(-1);
  await view.getByText(/are here\. Choose the same file/).waitFor();
  await visitor.shot(`${visitor.name}-partial`);
  const asked = page.waitForRequest((request) => request.method() === "PUT");
  await button("Go on").click();
  assert.equal(new URL((await asked).url()).searchParams.get("offset"), String(upload.offset));
  await visitor.notice("9.0.0 is stored.");
  await second.getByText("ready to be tried").waitFor();

  // The test; before it is tried it can be called off.
  await press("Test at next boot", "Test it");
  await second.getByText("tried at the next boot").waitFor();
  await visitor.shot(`${visitor.name}-pending`);
  assert.equal((await state()).swap, "test");
  await press("Revert", "Revert");
  await visitor.notice("The image is removed.");
  await second.getByText("empty", { exact: true }).waitFor();
  assert.equal((await state()).swap, "none");
  const { device } = await api.get("/api/v1/status");
  // No boot would try it, and the page says so.
  if (device.startsWith("native_sim")) await view.getByText("native_sim has no bootloader").waitFor();
  // What a board boots is tested by the suite's other parts, without a page that waits for it.
  if (device !== "virtual") return;

  // From end to end.
  const bootInto = async (version) => {
    await choose(join(visitor.firmware, `${version}.bin`));
    await button("Send").click();
    await second.getByText("ready to be tried").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Test at next boot");
    await press("Test at next boot", "Test it");
    await second.getByText("tried at the next boot").waitFor();
    await press("Restart", "Restart it");
    await view.getByText(`${version} runs on trial.`).waitFor();
  };
  await bootInto("9.0.0");
  await view.getByText(/^decided in \d+ s at the latest$/).waitFor();
  await visitor.shot(`${visitor.name}-trial`);
  await view.getByText("9.0.0 runs.", { exact: true }).waitFor({ timeout: 60_000 });
  await view.getByText("9.0.0 confirmed", { exact: true }).waitFor();
  const { confirmed, last } = await state();
  assert.ok(confirmed && last.version === "9.0.0" && last.verdict === "confirmed");
  await visitor.connected("live");
  await visitor.shot();

  // The next one, kept by hand; and the way back from it.
  await bootInto("9.1.0");
  await press("Confirm", "Keep it");
  await view.getByText("9.1.0 runs.", { exact: true }).waitFor();
  await second.getByText("not newer than what runs").waitFor();
  await press("Revert", "Revert");
  await view.getByText("9.0.0 runs on trial.").waitFor();
  await press("Confirm", "Keep it");
  await view.getByText("9.0.0 runs.", { exact: true }).waitFor();
  assert.equal((await state()).slots[0].image.version, "9.0.0");
}
