// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The device's buttons: held as long as the pointer or the key is down.

import type { Context } from "./context";
import { h, on } from "./dom";
import type { Inputs } from "./inputs";

/** Their names in the API, what they show, and what they are called aloud. */
const BUTTONS = [
  ["up", "▲", "Up"],
  ["left", "◀", "Left"],
  ["right", "▶", "Right"],
  ["down", "▼", "Down"],
  ["A", "A", "Button A"],
  ["B", "B", "Button B"],
  ["C", "C", "Button C"],
  ["D", "D", "Button D"],
] as const;

/** How long a button is held that was clicked without pointer or key, by a screen reader for one. */
const CLICK_MS = 120;

const ARROWS: Record<string, string> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

export function padView(context: Context, inputs: Inputs): HTMLElement {
  const held = new Set<string>();
  const keys = new Map<string, HTMLElement>();
  const press = (name: string, pressed: boolean) => {
    if (held.has(name) === pressed) return;
    if (pressed) held.add(name);
    else held.delete(name);
    keys.get(name)?.classList.toggle("held", pressed);
    inputs.send({ kind: "button", button: name, pressed });
  };

  for (const [name, sign, spoken] of BUTTONS) {
    const key = h("button", { type: "button", "data-button": name, "aria-label": spoken }, sign);
    keys.set(name, key);
    if (!context.guard(key).disabled) listen(key, (pressed) => press(name, pressed));
  }
  const cross = h("div", { class: "cross", role: "group", "aria-label": "Directions" });
  const letters = h("div", { class: "letters", role: "group", "aria-label": "Buttons" });
  for (const [name] of BUTTONS) (name.length > 1 ? cross : letters).append(keys.get(name)!);
  const hint = h("p", { class: "hint" }, "With one of the buttons in focus, the arrow keys are the directions.");
  const pad = h("div", { class: "pad" }, cross, letters);
  if (context.admin) {
    const arrow = (event: KeyboardEvent, pressed: boolean) => {
      const name = ARROWS[event.key];
      if (!name || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      if (!event.repeat) press(name, pressed);
    };
    on(pad, {
      keydown: (event) => arrow(event, true),
      keyup: (event) => arrow(event, false),
      // Keys that are let go elsewhere are not heard here.
      focusout: () => [...held].forEach((name) => press(name, false)),
    });
  }
  return h("div", {}, pad, hint);
}

function listen(key: HTMLButtonElement, press: (pressed: boolean) => void): void {
  const isKey = (event: KeyboardEvent) => event.key === " " || event.key === "Enter";
  const up = () => press(false);
  let byHand = false;
  on(key, {
    pointerdown: (event) => {
      if (event.button !== 0) return;
      byHand = true;
      key.setPointerCapture(event.pointerId);
      press(true);
    },
    pointerup: up,
    pointercancel: up,
    lostpointercapture: up,
    contextmenu: (event) => event.preventDefault(),
    keydown: (event) => {
      if (!isKey(event)) return;
      byHand = true;
      if (!event.repeat) press(true);
    },
    keyup: (event) => {
      if (isKey(event)) up();
    },
    click: () => {
      if (!byHand) {
        press(true);
        window.setTimeout(up, CLICK_MS);
      }
      byHand = false;
    },
  });
}
