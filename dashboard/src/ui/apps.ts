// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The apps, what comes in, and how full the device is.

import { bytes, percent, span } from "../model/format";
import { Card } from "./card";
import type { Context } from "./context";
import { h, say } from "./dom";
import { installView } from "./install";
import { Meter } from "./meter";

export function appsView(context: Context): HTMLElement {
  return h(
    "section",
    { id: "view-apps", "aria-labelledby": "apps-title" },
    h("h2", { id: "apps-title", tabindex: -1 }, "Apps"),
    overview(context),
    installView(context),
    transfers(context),
    list(context),
  );
}

function overview({ device }: Context): HTMLElement {
  const memory = new Meter("Memory of the device");
  const storage = new Meter("Storage of the device");
  const [memoryText, storageText, appsText, uptime] = [h("span"), h("span"), h("span"), h("span")];
  device.onStatus.on((status) => {
    const { memory: pool, storage: disk, apps } = status;
    const usedDisk = disk.total - disk.free;
    const poolText = `${bytes(pool.used)} of ${bytes(pool.total)}, at most ${bytes(pool.peak)}`;
    const diskText = `${bytes(usedDisk)} of ${bytes(disk.total)}`;
    memory.show(pool.used, pool.total, poolText, pool.peak);
    storage.show(usedDisk, disk.total, diskText);
    say(memoryText, poolText);
    say(storageText, diskText);
    say(appsText, `${apps.running} of ${apps.max_running} at once, ${apps.installed} installed`);
    say(uptime, span(status.uptime_ms));
  });
  const tile = (name: string, text: HTMLElement, meter?: Meter) =>
    h("div", { class: "tile" }, h("span", { class: "quiet small" }, name), text, meter?.element);
  return h(
    "div",
    { class: "tiles" },
    tile("Running", appsText),
    tile("Up for", uptime),
    tile("Memory", memoryText, memory),
    tile("Storage", storageText, storage),
  );
}

/** What others send to the device at this moment. */
function transfers({ device }: Context): HTMLElement {
  const rows = h("ul", { class: "plain-list transfers", "aria-label": "Transfers" });
  rows.hidden = true;
  device.onTransfers.on(() => {
    rows.replaceChildren(
      ...[...device.transfers.values()].map((one) => {
        const how = one.size
          ? `${Math.round(percent(one.received, one.size))} % of ${bytes(one.size)}`
          : bytes(one.received);
        const what = `${one.sink}${one.name ? ` ${one.name}` : ""}`;
        return h("li", { class: "quiet" }, `Coming in by ${one.transport}: ${what}, ${how}`);
      }),
    );
    rows.hidden = device.transfers.size === 0;
  });
  return rows;
}

function list(context: Context): HTMLElement {
  const { device } = context;
  const cards = new Map<string, Card>();
  const items = h("ul", { class: "plain-list cards", "aria-label": "Installed apps" });
  const none = h("p", { class: "quiet" }, "No app is installed.");
  const show = () => {
    for (const [name, card] of cards) {
      if (device.apps.has(name)) continue;
      card.element.remove();
      cards.delete(name);
    }
    for (const name of [...device.apps.keys()].sort()) {
      const app = device.apps.get(name)!;
      const card = cards.get(name);
      if (card) {
        card.show(app);
        continue;
      }
      const made = new Card(context, app);
      cards.set(name, made);
      const after = [...items.children].find(
        (other) => ((other as HTMLElement).dataset["app"] ?? "") > name,
      );
      items.insertBefore(made.element, after ?? null);
    }
    none.hidden = cards.size > 0;
  };
  device.onApps.on(show);
  device.onStatus.on(() => cards.forEach((card) => card.tick()));
  show();
  return h("div", {}, none, items);
}
