// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The line to the device, which can be cut and mended.

import { connect, createServer } from "node:net";

export class Line {
  #ends = new Set();
  #whole = true;

  /** Lays the line; its `url` leads to the device. */
  static async to(url) {
    const line = new Line();
    const { hostname, port } = new URL(url);
    line.server = createServer((near) => line.#join(near, connect(Number(port), hostname)));
    await new Promise((done) => line.server.listen(0, "127.0.0.1", done));
    line.url = `http://127.0.0.1:${line.server.address().port}`;
    return line;
  }

  #join(...ends) {
    for (const [end, other] of [ends, [...ends].reverse()]) {
      this.#ends.add(end);
      end.on("error", () => other.destroy());
      end.on("close", () => {
        this.#ends.delete(end);
        other.destroy();
      });
      end.pipe(other);
      if (!this.#whole) end.destroy();
    }
  }

  cut() {
    this.#whole = false;
    for (const end of this.#ends) end.destroy();
  }

  mend() {
    this.#whole = true;
  }

  close() {
    this.cut();
    this.server.close();
  }
}
