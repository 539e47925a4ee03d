// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// A bar that shows how much of something is taken.

import { percent } from "../model/format";
import { h, set } from "./dom";

export class Meter {
  private readonly fill = h("span", { class: "fill" });
  private readonly mark = h("span", { class: "mark" });
  readonly element: HTMLElement;

  constructor(label: string) {
    this.element = h(
      "div",
      { class: "meter", role: "meter", "aria-label": label, "aria-valuemin": 0 },
      this.fill,
      this.mark,
    );
  }

  /** `peak` is the most that has been taken; `text` says it all in words. */
  show(used: number, whole: number, text: string, peak = 0): void {
    const share = percent(used, whole);
    this.fill.style.width = `${share}%`;
    this.mark.hidden = peak <= 0;
    this.mark.style.left = `${percent(peak, whole)}%`;
    set(this.element, {
      "aria-valuenow": Math.min(used, whole),
      "aria-valuemax": Math.max(whole, 1),
      "aria-valuetext": text,
      "data-full": share >= 90,
    });
  }
}
