// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The firmware that the device runs, as far as it tells.

import { sentence } from "../api/client";
import type { Context } from "./context";
import { facts, h, say } from "./dom";
import type { View } from "./hardware";

/** A value as a word; what is deeper shows as JSON. */
const word = (value: unknown) =>
  value === null ? "none" : typeof value === "object" ? JSON.stringify(value) : String(value);

export function firmwareView({ client, device }: Context): View {
  const versions = h("div");
  const about = h("div");
  const note = h("p", { role: "status" });
  device.onStatus.on((status) => {
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
  const enter = async () => {
    try {
      const answer = await client.get<Record<string, unknown>>("/api/v1/firmware");
      about.replaceChildren(
        facts(Object.entries(answer).map(([name, value]) => [name.replaceAll("_", " "), word(value)])),
      );
      say(note, "");
    } catch (error) {
      about.replaceChildren();
      say(note, sentence(error));
    }
  };
  return {
    element: h(
      "section",
      { id: "view-firmware", "aria-labelledby": "firmware-title" },
      h("h2", { id: "firmware-title", tabindex: -1 }, "Firmware"),
      h("div", { class: "card" }, versions),
      h("div", { class: "card" }, h("h3", {}, "Update"), note, about),
    ),
    enter: () => void enter(),
  };
}
