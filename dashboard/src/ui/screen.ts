// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What the display shows, and touch on it.

import { Refusal, sentence } from "../api/client";
import type { Context } from "./context";
import { h, on, say } from "./dom";
import type { Inputs } from "./inputs";

/** Pictures are asked for at most this often. */
const PAUSE_MS = 100;

/** `visible` says whether anybody looks; pictures that nobody sees are not asked for. */
export function screenView(context: Context, inputs: Inputs, visible: () => boolean) {
  const { client, device } = context;
  const canvas = h("canvas", { width: 320, height: 240, role: "img", "aria-label": "The display" });
  const note = h("p", { class: "quiet small" });
  const element = h("div", { class: "screen" }, canvas, note);
  let there = true;
  let asking = false;
  let again = false;

  const draw = async () => {
    const answer = await client.send("GET", "/api/v1/display");
    const picture = await createImageBitmap(await answer.blob());
    const { width, height } = picture;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    canvas.getContext("2d")?.drawImage(picture, 0, 0);
    picture.close();
    canvas.dataset["drawn"] = String(Number(canvas.dataset["drawn"] ?? 0) + 1);
    say(note, `${width} × ${height} pixels`);
  };
  const refresh = async () => {
    if (!there || !visible()) return;
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      await draw();
    } catch (error) {
      say(note, sentence(error));
      if (error instanceof Refusal && error.code === "not_supported") {
        there = false;
        canvas.hidden = true;
      }
    }
    window.setTimeout(() => {
      asking = false;
      if (!again) return;
      again = false;
      void refresh();
    }, PAUSE_MS);
  };
  device.onDisplay.on(() => void refresh());
  if (context.admin) touch(canvas, inputs);
  return { element, refresh };
}

/** Pointers on the picture are touches of the panel. Buttons do the same for keyboards. */
function touch(canvas: HTMLCanvasElement, inputs: Inputs): void {
  let down = false;
  const send = (event: PointerEvent, pressed: boolean) => {
    const box = canvas.getBoundingClientRect();
    const place = (at: number, span: number, pixels: number) =>
      Math.min(pixels - 1, Math.max(0, Math.floor((at / span) * pixels)));
    const x = place(event.clientX - box.left, box.width, canvas.width);
    const y = place(event.clientY - box.top, box.height, canvas.height);
    inputs.send({ kind: "touch", x, y, pressed });
  };
  const lift = (event: PointerEvent) => {
    if (!down) return;
    down = false;
    send(event, false);
  };
  on(canvas, {
    pointerdown: (event) => {
      down = true;
      canvas.setPointerCapture(event.pointerId);
      send(event, true);
    },
    pointermove: (event) => {
      if (down) send(event, true);
    },
    pointerup: lift,
    pointercancel: lift,
  });
}
