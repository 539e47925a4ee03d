// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The device's firmware: what is in its slots, how it does, and the way to another one and back.

import { Refusal, sentence } from "../api/client";
import type { Firmware, Slot } from "../api/types";
import {
  type Action, SLOT_STATES, choices, headline, healthText, lastText, nextBoot, uploadText,
} from "../model/firmware";
import { bytes } from "../model/format";
import { confirm } from "./confirm";
import type { Context } from "./context";
import { button, facts, freshId, h, say, set } from "./dom";
import type { View } from "./hardware";
import { ImageUpload } from "./image";

const PATH = "/api/v1/firmware";
const LOOK_MS = 2000;
const TICK_MS = 500;
/** A device that restarts is back within that time. */
const RESTART_MS = 60_000;

/** What each button says, asks before it acts, and where it goes. */
const ACTIONS: Record<Action, { label: string; ask: string; yes: string; path: string; done: string }> = {
  test: {
    label: "Test at next boot",
    ask: "Have it tried at the next boot?",
    yes: "Test it",
    path: `${PATH}/test`,
    done: "It is tried at the next boot.",
  },
  reboot: {
    label: "Restart",
    ask: "Restart the device?",
    yes: "Restart it",
    path: "/api/v1/reboot",
    done: "The device restarts.",
  },
  confirm: {
    label: "Confirm",
    ask: "Keep the firmware that runs?",
    yes: "Keep it",
    path: `${PATH}/confirm`,
    done: "The firmware is confirmed.",
  },
  revert: {
    label: "Revert",
    ask: "Go back?",
    yes: "Revert",
    path: `${PATH}/revert`,
    done: "The device goes back.",
  },
};
const NAMES = Object.keys(ACTIONS) as Action[];

export function firmwareView(context: Context): View {
  const { client, device, ended } = context;
  const versions = h("div");
  const note = h("p", { class: "problem", role: "status" });
  const state = h("p", { role: "status" });
  const safe = h("p", { class: "problem" });
  const health = h("span");
  const about = h("div");
  const slots = h("div", { class: "slots" });
  const partial = h("p");
  const keys = h("div");
  const simulated = h("p", { class: "hint", hidden: true },
    "native_sim has no bootloader: an image is stored and marked, but no boot tries it.");
  let firmware: Firmware | null = null;
  let shown = "";
  let toldAt = 0;
  let backUntil = 0;

  const tick = () => {
    if (firmware) say(health, healthText(firmware, performance.now() - toldAt));
  };
  const show = (now: Firmware) => {
    firmware = now;
    toldAt = performance.now();
    body.hidden = false;
    say(note, "");
    tick();
    const key = JSON.stringify({ ...now, health: now.health.state });
    if (key === shown) return;
    shown = key;
    say(state, headline(now));
    say(safe, now.safe_mode ? "Safe mode: boots did not last, so no app has started by itself." : "");
    about.replaceChildren(
      facts([
        ["Health check", health],
        ["Next boot", nextBoot(now)],
        ["Boots that did not last", now.boots ? `${now.boots} in a row, with this one` : "none"],
        ["Last update", lastText(now)],
      ]),
    );
    slots.replaceChildren(...now.slots.map(slotCard));
    say(partial, uploadText(now));
    keys.replaceChildren(
      now.keys.length
        ? facts(now.keys.map(({ kind, sha256 }) => [kind, h("code", { class: "wrap" }, sha256)]))
        : "none",
    );
    showChoices(now);
  };

  const ask = async () => {
    const now = await client.get<Firmware>(PATH);
    show(now);
    return now;
  };
  const look = async () => {
    try {
      await ask();
    } catch (error) {
      const { status, code } = error instanceof Refusal ? error : { status: -1, code: "" };
      say(note, status === 0 && performance.now() < backUntil ? "The device restarts…" : sentence(error));
      if (code === "not_supported") body.hidden = true; // a device without slots
    }
  };

  const act = async (name: Action) => {
    const { ask: title, yes, path, done } = ACTIONS[name];
    if (!firmware || !(await confirm(title, choices(firmware)[name].text, yes))) return;
    const removes = name === "revert" && firmware.slots[1].state === "pending";
    await context.busy(
      controls[name].button,
      async () => {
        const answer = await client.json<Firmware | object>("POST", path);
        if ("slots" in answer) show(answer);
        if (name === "reboot" || (name === "revert" && !removes)) backUntil = performance.now() + RESTART_MS;
      },
      removes ? "The image is removed." : done,
    );
    shown = "";
    void look();
  };
  const controls = Object.fromEntries(
    NAMES.map((name) => {
      const hint = h("span", { class: "hint", id: freshId("firmware") });
      const control = context.guard(
        button(ACTIONS[name].label, () => void act(name), { "aria-describedby": hint.id }),
      );
      return [name, { button: control, hint }];
    }),
  ) as Record<Action, { button: HTMLButtonElement; hint: HTMLElement }>;
  const showChoices = (now: Firmware) => {
    for (const [name, choice] of Object.entries(choices(now)) as [Action, { can: boolean; text: string }][]) {
      const { button: control, hint } = controls[name];
      // Not `disabled`: the keyboard's focus would be lost.
      set(control, { "aria-disabled": choice.can ? false : "true" });
      say(hint, choice.text);
    }
  };

  const image = new ImageUpload(context, ask, (now) => {
    show(now);
    controls.test.button.focus();
  });
  const card = (title: string, ...parts: HTMLElement[]) =>
    h("div", { class: "card" }, h("h3", {}, title), ...parts);
  const body = h(
    "div",
    { hidden: true },
    card("Now", state, safe, about, simulated),
    slots,
    card("Update", partial, image.element,
      h("ul", { class: "plain-list steps" },
        ...NAMES.map((name) => h("li", {}, controls[name].button, controls[name].hint)))),
    card("Keys that an image may be signed by", keys),
  );
  const element = h(
    "section",
    { id: "view-firmware", "aria-labelledby": "firmware-title" },
    h("h2", { id: "firmware-title", tabindex: -1 }, "Firmware"),
    note,
    h("div", { class: "card" }, versions),
    body,
  );

  device.onStatus.on((status) => {
    simulated.hidden = !status.device.startsWith("native_sim");
    const key = [status.device, status.version, status.wamr, status.abi].join();
    if (versions.dataset["key"] === key) return;
    versions.dataset["key"] = key;
    versions.replaceChildren(
      facts([
        ["Device", status.device],
        ["Runtime", status.version],
        ["WAMR", status.wamr],
        ["Native API", `version ${status.abi}`],
      ]),
    );
  });
  const visible = () => element.offsetParent !== null && !document.hidden;
  // An upload of this page's own is a request that a small device has enough of.
  const timers = [
    window.setInterval(() => visible() && !image.sending && void look(), LOOK_MS),
    window.setInterval(() => visible() && tick(), TICK_MS),
  ];
  ended.addEventListener("abort", () => timers.forEach((timer) => window.clearInterval(timer)));
  return { element, enter: () => void look() };
}

function slotCard({ slot, state, image, reason, size, image_max }: Slot): HTMLElement {
  const title = h("h3", { id: freshId("slot") }, slot === "primary" ? "Primary slot" : "Secondary slot");
  return h(
    "article",
    { class: "card", "aria-labelledby": title.id, "data-state": state === "bad" ? "failed" : state },
    h("header", {}, title, h("span", { class: "state" }, SLOT_STATES[state])),
    reason ? h("p", { class: "problem" }, reason) : null,
    facts([
      ...(image
        ? ([
            ["Version", image.version],
            ["Size", bytes(image.size)],
            ["SHA-256", h("code", { class: "wrap" }, image.sha256)],
            ["Security counter", String(image.security_counter ?? "none")],
          ] as const)
        : []),
      ["Room", `${bytes(image_max)} of the slot's ${bytes(size)}`],
    ]),
  );
}
