// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The device's display, buttons and sensors. What it does not simulate is shown but not moved.

import type { Context } from "./context";
import { h } from "./dom";
import { Inputs } from "./inputs";
import { padView } from "./pad";
import { screenView } from "./screen";
import { analogView, sensorsView } from "./sensors";

const SIMULATED = ["virtual", "native_sim"];
const SENSORS_MS = 2000;

export interface View {
  element: HTMLElement;
  /** Called when the view comes into sight. */
  enter: () => void;
}

export function hardwareView(context: Context): View {
  const { ended } = context;
  const element = h("section", { id: "view-hardware", "aria-labelledby": "hardware-title" });
  const visible = () => element.offsetParent !== null && !document.hidden;
  const inputs = new Inputs(context);
  const screen = screenView(context, inputs, visible);
  const sensors = sensorsView(context);
  const controls = h(
    "div",
    { class: "controls" },
    h("h3", {}, "Buttons"),
    padView(context, inputs),
    analogView(context, inputs),
  );
  const board = h("p", { class: "hint" }, "The inputs of a board are moved by hand, not from here.");
  context.device.onStatus.on(({ device }) => {
    // A Zephyr board is told with its qualifiers, native_sim/native/64 for one.
    const simulated = SIMULATED.includes(device.split("/")[0] ?? "");
    controls.hidden = !simulated;
    board.hidden = simulated;
  });
  element.append(
    h("h2", { id: "hardware-title", tabindex: -1 }, "Display and inputs"),
    h("div", { class: "hardware" }, screen.element, controls),
    board,
    sensors.element,
  );
  const look = () => {
    if (visible()) void sensors.refresh().catch(() => {});
  };
  const timer = window.setInterval(look, SENSORS_MS);
  ended.addEventListener("abort", () => window.clearInterval(timer));
  const enter = () => {
    look();
    void screen.refresh();
  };
  document.addEventListener("visibilitychange", enter, { signal: ended });
  return { element, enter };
}
