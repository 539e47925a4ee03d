// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The display as it changes, buttons by mouse and by keyboard, touch, and a sensor's slider.

import assert from "node:assert/strict";

/** Where the snake's head is in the picture that the page shows. */
function head(page) {
  return page.locator("canvas").evaluate((canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    for (let at = 0; at < data.length; at += 4) {
      const near = (offset, wanted) => Math.abs(data[at + offset] - wanted) < 12;
      if (near(0, 160) && near(1, 255) && near(2, 120)) {
        return { x: (at / 4) % width, y: Math.floor(at / 4 / width) };
      }
    }
    return null;
  });
}

/** Where the head is when a game begins: it goes to the right, and the game ends at the wall. */
const BEGIN = { x: 40, y: 130 };
/** A machine that is busy may press too late. */
const ROUNDS = 6;

export default async function (visitor) {
  await visitor.api.install(visitor.apps, "snake");
  const page = await visitor.enter();
  await visitor.view("Display and inputs");
  const sent = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/v1/input")) sent.push(request.postDataJSON());
  });
  const over = visitor.log.getByText(/^game over/);
  const ended = (games) => visitor.eventually("the game's end", async () => (await over.count()) >= games);
  const buttonA = page.getByRole("button", { name: "Button A" });

  await visitor.api.must("POST", "/api/v1/apps/snake/start");
  const seen = (what, test) => visitor.eventually(what, async () => test(await head(page)));
  await seen("the picture to follow", (at) => at && at.x > BEGIN.x);
  let games = 0;
  for (;;) {
    await page.getByRole("button", { name: "Up", exact: true }).click();
    await page.keyboard.press("ArrowLeft");
    await ended((games += 1));
    const steered = await visitor
      .eventually("the snake to have gone up", async () => (await head(page))?.y < BEGIN.y, 3)
      .catch(() => false);
    if (steered) break;
    assert.ok(games < ROUNDS, "the snake did not go up");
    await buttonA.click();
  }
  await visitor.shot();

  // By the keyboard alone: the button that has the focus.
  await buttonA.focus();
  await page.keyboard.press("Enter");
  await ended(games + 1);

  const canvas = page.locator("canvas");
  await canvas.click({ position: { x: 10, y: 10 } });
  await visitor.eventually("the touch", () => sent.some(({ kind, pressed }) => kind === "touch" && !pressed));
  const buttons = sent.filter(({ kind }) => kind === "button");
  for (const name of ["up", "left", "A"]) {
    const mine = buttons.filter(({ button }) => button === name).map(({ pressed }) => pressed);
    const pairs = mine.map((_, at) => at % 2 === 0);
    assert.ok(mine.length >= 2 && mine.length % 2 === 0, `${name} is pressed and let go`);
    assert.deepEqual(mine, pairs, `${name} is pressed and let go in turn`);
  }

  const before = (await visitor.api.get("/api/v1/sensors")).sensors[0];
  const slider = page.getByRole("slider", { name: before.name });
  const still = await slider.inputValue();
  await slider.focus();
  for (let n = 0; n < 4; n++) await page.keyboard.press("ArrowRight");
  await visitor.eventually("the sensor to follow", async () => {
    const now = (await visitor.api.get("/api/v1/sensors")).sensors[0];
    return now.value > before.value;
  });
  await slider.fill(still);
  await visitor.eventually("the sensor to be as it was", async () => {
    const now = (await visitor.api.get("/api/v1/sensors")).sensors[0];
    return Math.abs(now.value - before.value) < 0.6;
  });
  await visitor.api.must("PUT", `/api/v1/sensors/${before.id}`, { value: before.value });
}
