// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The log of all apps, as it grows.

import type { Level } from "../api/types";
import { moment } from "../model/format";
import { type Entry, type Filter, matches } from "../model/log";
import type { Context } from "./context";
import { button, field, h, on, say } from "./dom";

/** The most lines that are shown. */
const SHOWN = 500;
/** This close to its end the list stays at its end. */
const NEAR_PX = 40;

function row(entry: Entry): HTMLElement {
  return h(
    "div",
    { "data-level": entry.level },
    h("span", { class: "when" }, moment(entry.t_ms)),
    " ",
    h("span", { class: "who" }, entry.app),
    " ",
    entry.level === "info" ? null : h("span", { class: "level" }, `${entry.level} `),
    h("span", { class: "what" }, entry.text),
  );
}

export function logView(context: Context): HTMLElement {
  const { device } = context;
  const filter: Filter = { app: "", level: "debug", text: "" };
  const lines = h("div", {
    class: "log",
    role: "log",
    // A busy app would never let a screen reader come to rest.
    "aria-live": "off",
    "aria-labelledby": "log-title",
    tabindex: 0,
  });
  const count = h("p", { class: "quiet small" });
  /** The lines that there were when the log was paused. */
  let frozen: Entry[] | null = null;
  /** Lines to add at the end; null when all are to be shown anew. */
  let waiting: Entry[] | null = [];
  let sincePause = 0;
  let drawing = false;

  const draw = () => {
    drawing = false;
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < NEAR_PX;
    const source = waiting ?? frozen ?? device.log.entries;
    const rows = source.filter((entry) => matches(entry, filter)).slice(-SHOWN).map(row);
    if (waiting) lines.append(...rows);
    else lines.replaceChildren(...rows);
    while (lines.childElementCount > SHOWN) lines.firstElementChild?.remove();
    waiting = [];
    const held = sincePause ? `, ${sincePause} more since the pause` : "";
    say(count, `${lines.childElementCount} of ${device.log.entries.length} lines${held}`);
    if (atEnd) lines.scrollTop = lines.scrollHeight;
  };
  const later = () => {
    if (drawing) return;
    drawing = true;
    // Not by animation frames: those rest while the page is in the background.
    window.setTimeout(draw, 50);
  };
  const anew = () => {
    waiting = null;
    later();
  };

  device.onLog.on((fresh) => {
    if (frozen) sincePause += fresh?.length ?? 0;
    else if (fresh && waiting && waiting.length < SHOWN) waiting.push(...fresh);
    else waiting = null;
    later();
  });
  device.onLost.on((lost) =>
    context.tell(`${lost} messages were lost: this page was too slow, or the network.`, "bad"),
  );

  const apps = h("select");
  const fillApps = () => {
    const names = ["", ...[...device.apps.keys()].sort()];
    if (filter.app && !names.includes(filter.app)) names.push(filter.app);
    const key = names.join();
    if (apps.dataset["key"] === key) return;
    apps.dataset["key"] = key;
    apps.replaceChildren(...names.map((name) => h("option", { value: name }, name || "All apps")));
    apps.value = filter.app;
  };
  device.onApps.on(fillApps);
  fillApps();
  on(apps, {
    change: () => {
      filter.app = apps.value;
      anew();
    },
  });

  const levels = h(
    "select",
    {},
    h("option", { value: "debug" }, "All levels"),
    h("option", { value: "info" }, "Info and errors"),
    h("option", { value: "error" }, "Errors"),
  );
  on(levels, {
    change: () => {
      filter.level = levels.value as Level;
      anew();
    },
  });

  const text = h("input", { type: "search", placeholder: "any text", spellcheck: "false" });
  on(text, {
    input: () => {
      filter.text = text.value.trim();
      anew();
    },
  });

  const pause = button("Pause", () => {
    frozen = frozen ? null : [...device.log.entries];
    sincePause = 0;
    say(pause, frozen ? "Go on" : "Pause");
    anew();
  });

  draw();
  return h(
    "section",
    { id: "view-log", "aria-labelledby": "log-title" },
    h("h2", { id: "log-title" }, "Log"),
    h(
      "div",
      { class: "filters", role: "search", "aria-label": "Filter the log" },
      field("App", apps),
      field("Level", levels),
      field("Contains", text),
      pause,
    ),
    lines,
    count,
  );
}
