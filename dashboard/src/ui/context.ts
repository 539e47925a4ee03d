// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What every view needs: the device's model, a way to ask, and a way to tell the operator.

import { type Client, sentence } from "../api/client";
import type { Device } from "../model/device";
import { set } from "./dom";

export type Access = "admin" | "read";

export const READ_ONLY = "This token may only read. Sign in with the admin token to change something.";

export class Context {
  constructor(
    readonly client: Client,
    readonly device: Device,
    readonly access: Access,
    /** Shows a sentence for some seconds, and has it read out. */
    readonly tell: (text: string, kind?: "good" | "bad") => void,
    /** Aborted when the operator has left: whoever listens to the page itself stops then. */
    readonly ended: AbortSignal,
  ) {}

  get admin(): boolean {
    return this.access === "admin";
  }

  /** A control that changes something: not to be used, and saying why, where the token only reads. */
  guard<E extends HTMLElement>(control: E): E {
    if (this.admin) return control;
    set(control, { disabled: true, title: READ_ONLY, "aria-describedby": "read-only" });
    return control;
  }

  /** Does something that may be refused; the refusal is shown. Returns whether it was done. */
  async attempt(what: () => Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await what();
    } catch (error) {
      this.tell(sentence(error), "bad");
      return false;
    }
    if (done) this.tell(done, "good");
    return true;
  }

  /** The same, with the button that asks for it at rest meanwhile. */
  async busy(control: HTMLElement, what: () => Promise<unknown>, done?: string): Promise<boolean> {
    // Not `disabled`: the keyboard's focus would be lost.
    control.setAttribute("aria-disabled", "true");
    control.setAttribute("aria-busy", "true");
    try {
      return await this.attempt(what, done);
    } finally {
      control.removeAttribute("aria-disabled");
      control.removeAttribute("aria-busy");
    }
  }
}
