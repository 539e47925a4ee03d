// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Short sentences at the edge of the page, read out by screen readers, gone after a while.

import { button, h } from "./dom";

const GOOD_MS = 5000;
const BAD_MS = 15_000;
const MOST = 4;

export class Notices {
  /** Refusals are urgent, the rest waits for a pause. Both regions are there from the start. */
  private readonly bad = h("div", { role: "alert" });
  private readonly good = h("div", { role: "status" });
  readonly element = h("div", { class: "notices" }, this.bad, this.good);

  readonly tell = (text: string, kind: "good" | "bad" = "good"): void => {
    const region = kind === "bad" ? this.bad : this.good;
    const notice = h("div", { class: `notice ${kind}` }, h("p", {}, text));
    notice.append(button("×", () => notice.remove(), { class: "plain", "aria-label": "Dismiss" }));
    while (region.childElementCount >= MOST) region.firstElementChild?.remove();
    region.append(notice);
    window.setTimeout(() => notice.remove(), kind === "bad" ? BAD_MS : GOOD_MS);
  };
}
