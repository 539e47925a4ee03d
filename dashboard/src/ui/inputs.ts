// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Sends what happens to inputs, in the order in which it happened.

import { sentence } from "../api/client";
import type { InputEvent } from "../api/types";
import type { Context } from "./context";

/** More than this is not kept waiting for a slow device. */
const MOST_WAITING = 32;

export class Inputs {
  private readonly waiting: InputEvent[] = [];
  private sending = false;

  constructor(private readonly context: Context) {}

  send(event: InputEvent): void {
    const last = this.waiting.at(-1);
    // Of a movement only its newest place matters.
    const moves = last && last.kind === event.kind && !(event.kind === "button") &&
      (last.kind !== "touch" || (event.kind === "touch" && last.pressed && event.pressed));
    if (moves && (last.kind !== "analog" || (event.kind === "analog" && last.channel === event.channel))) {
      this.waiting[this.waiting.length - 1] = event;
    } else if (this.waiting.length < MOST_WAITING) {
      this.waiting.push(event);
    }
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    for (let event = this.waiting.shift(); event; event = this.waiting.shift()) {
      try {
        await this.context.client.send("POST", "/api/v1/input", event);
      } catch (error) {
        this.waiting.length = 0;
        this.context.tell(sentence(error), "bad");
      }
    }
    this.sending = false;
  }
}
