// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The frame around the views: the device's name, how the page hears of it, and the way around.

import type { Connection } from "../model/device";
import { appsView } from "./apps";
import { auditView } from "./audit";
import { type Context, READ_ONLY } from "./context";
import { button, h, say, set } from "./dom";
import { firmwareView } from "./firmware";
import { hardwareView } from "./hardware";
import { logView } from "./log";
import { settingsView } from "./settings";
import { themeButton } from "./theme";

const VIEWS = [
  ["apps", "Apps"],
  ["log", "Log"],
  ["hardware", "Display and inputs"],
  ["audit", "Audit"],
  ["firmware", "Firmware"],
  ["settings", "Settings"],
] as const;

const CONNECTIONS: Record<Connection, string> = {
  connecting: "connecting…",
  live: "live",
  polling: "asking every 2 s",
  lost: "no answer",
};

export function shell(context: Context, signOut: () => void): HTMLElement {
  const { device, ended } = context;
  const hardware = hardwareView(context);
  const firmware = firmwareView(context);
  const settings = settingsView(context);
  const enter: Record<string, () => void> = {
    hardware: hardware.enter,
    firmware: firmware.enter,
    settings: settings.enter,
  };
  const main = h(
    "main",
    { id: "main", tabindex: -1 },
    h("p", { id: "read-only", class: "banner", hidden: context.admin }, READ_ONLY),
    appsView(context),
    hardware.element,
    auditView(context),
    firmware.element,
    settings.element,
    logView(context),
  );
  const links = VIEWS.map(([id, label]) => h("a", { href: `#${id}` }, label));
  const skip = h("a", { href: "#main", class: "skip" }, "Skip to the content");
  skip.addEventListener("click", (event) => {
    event.preventDefault(); // the part after # names the view
    main.focus();
  });

  const show = () => {
    // No element has one of these as its id, or the browser would scroll to it.
    const wanted = location.hash.slice(1);
    const id = VIEWS.some(([name]) => name === wanted) ? wanted : "apps";
    main.dataset["view"] = id;
    for (const link of links) {
      const here = link.hash === `#${id}`;
      set(link, { "aria-current": here ? "page" : false });
      if (here) link.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    window.scrollTo(0, 0);
    enter[id]?.();
  };
  window.addEventListener("hashchange", show, { signal: ended });
  show();

  return h(
    "div",
    { class: "frame" },
    skip,
    head(context, signOut),
    h("nav", { "aria-label": "Views" }, ...links),
    main,
    h("footer", { class: "quiet small" }, footer(device)),
  );
}

function head({ device }: Context, signOut: () => void): HTMLElement {
  const name = h("h1", {}, "Akira");
  const kind = h("span", { class: "quiet" });
  const connection = h("span", { class: "connection", role: "status" });
  const showConnection = (now: Connection) => {
    say(connection, CONNECTIONS[now]);
    connection.dataset["now"] = now;
  };
  device.onConnection.on(showConnection);
  showConnection(device.connection);
  device.onStatus.on((status) => {
    const title = status.name || status.device;
    say(name, title);
    say(kind, status.name && status.name !== status.device ? status.device : "");
    document.title = `${title} – Akira`;
  });
  return h(
    "header",
    { class: "top" },
    h("div", { class: "title" }, name, kind, connection),
    h("div", { class: "actions" }, themeButton(), button("Sign out", signOut)),
  );
}

function footer(device: Context["device"]): HTMLElement {
  const text = h("p", {}, "AkiraOS in Rust");
  device.onStatus.on(({ version }) => say(text, `AkiraOS in Rust ${version}`));
  return text;
}
