// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Somebody who uses the dashboard: a browser window, and what hands do in it.

import assert from "node:assert/strict";
import { join, resolve } from "node:path";

import { eventually } from "./wait.mjs";

export class Visitor {
  constructor(browser, { url, token, apps, firmware, out, images, api, name }) {
    Object.assign(this, { url, token, apps, firmware, out, images, api, name });
    this.browser = browser;
    this.contexts = [];
    this.console = [];
    this.problems = [];
  }

  /** Opens the page in a window of its own; `options` are those of Playwright. */
  async open(options = {}) {
    this.context = await this.browser.newContext({
      viewport: { width: 1280, height: 900 },
      colorScheme: "light",
      ...options,
    });
    this.contexts.push(this.context);
    this.page = await this.context.newPage();
    this.page.setDefaultTimeout(20_000);
    this.page.on("console", (message) => {
      this.console.push(`${message.type()}: ${message.text()}`);
      // What the page's own policy forbids is a mistake of the page.
      if (/Content Security Policy|TrustedHTML|Trusted Type/i.test(message.text())) {
        this.problems.push(message.text());
      }
    });
    this.page.on("pageerror", (error) => this.problems.push(error.stack ?? String(error)));
    return this.page;
  }

  /** Opens the page and signs in. */
  async enter({ token = this.token, url = this.url, ...options } = {}) {
    await this.open(options);
    await this.page.goto(url);
    await this.signIn(token);
    await this.connected("live");
    return this.page;
  }

  async signIn(token) {
    await this.page.getByLabel("Token", { exact: true }).fill(token);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.getByRole("navigation", { name: "Views" }).waitFor();
  }

  /** Waits until the page hears of changes in that way: live, polling, connecting, lost. */
  connected(how) {
    return this.page.locator(`.connection[data-now="${how}"]`).waitFor();
  }

  view(label) {
    return this.page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: label }).click();
  }

  /** The card of an app. */
  card(name) {
    return this.page.getByRole("article", { name, exact: true });
  }

  /** What the log shows, and each of its lines. */
  get log() {
    return this.page.getByRole("log", { name: "Log" });
  }

  get lines() {
    return this.log.locator("[data-level]");
  }

  notice(text) {
    return this.page.locator(".notices").getByText(text).waitFor();
  }

  app(name) {
    return resolve(this.apps, `${name}.wasm`);
  }

  /** Whether the device can take firmware. */
  async hasSlots() {
    return (await this.api.send("GET", "/api/v1/firmware")).status === 200;
  }

  /** Drags files from outside over the page and lets them go there, as a hand does. */
  async drop(...files) {
    const session = await this.context.newCDPSession(this.page);
    const data = { items: [], files: files.map((file) => resolve(file)), dragOperationsMask: 1 };
    const { x, y, width, height } = await this.page.locator(".drop:visible").boundingBox();
    const place = { x: x + width / 2, y: y + height / 2, data };
    for (const type of ["dragEnter", "dragOver"]) {
      await session.send("Input.dispatchDragEvent", { type, ...place });
    }
    await this.page.locator(".drop.over:visible").waitFor();
    await session.send("Input.dispatchDragEvent", { type: "drop", ...place });
  }

  /** A picture, kept among the reports. */
  async shot(name = this.name, options = {}) {
    await this.page.screenshot({ path: join(this.out, `${name}.png`), ...options });
  }

  /** Whether nothing of the page leads out of the window sideways. */
  async fitsWidth(what) {
    const [wide, window] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(wide <= window, `${what} is ${wide} pixels wide in a window of ${window}`);
  }

  eventually(what, probe, seconds) {
    return eventually(what, probe, seconds);
  }

  checkConsole() {
    assert.deepEqual(this.problems, [], "the page had problems");
  }

  async tellConsole() {
    for (const line of this.console.slice(-20)) console.log(`    console ${line}`);
    await this.shot(`${this.name}-failed`).catch(() => {});
  }

  async close() {
    for (const context of this.contexts) await context.close();
  }
}
