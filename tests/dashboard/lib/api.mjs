// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The device's HTTP API, to prepare a case and to see what it did.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { eventually } from "./wait.mjs";

export class Api {
  constructor(url, token) {
    this.url = url.replace(/\/$/, "");
    this.token = token;
  }

  async send(method, path, body, token = this.token) {
    const headers = { Authorization: `Bearer ${token}` };
    const raw = body === undefined || body instanceof Uint8Array;
    if (!raw) headers["Content-Type"] = "application/json";
    const answer = await fetch(this.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, json: () => JSON.parse(text) };
  }

  /** The same, which must be done. */
  async must(method, path, body) {
    const answer = await this.send(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text ? answer.json() : null;
  }

  get(path) {
    return this.must("GET", path);
  }

  async app(name) {
    const { apps } = await this.get("/api/v1/apps");
    return apps.find((app) => app.name === name) ?? null;
  }

  async install(folder, name, start = false) {
    await this.must("PUT", `/api/v1/apps/${name}`, await readFile(join(folder, `${name}.wasm`)));
    if (start) await this.must("POST", `/api/v1/apps/${name}/start`);
  }

  state(name, ...states) {
    return eventually(`${name} to be ${states.join(" or ")}`, async () =>
      states.includes((await this.app(name))?.state),
    );
  }

  async clear() {
    for (const { name } of (await this.get("/api/v1/apps")).apps) {
      // A start by itself may come between the two.
      await eventually(`${name} to go`, async () => {
        await this.send("POST", `/api/v1/apps/${name}/stop`);
        return (await this.send("DELETE", `/api/v1/apps/${name}`)).status === 200;
      });
    }
  }
}
