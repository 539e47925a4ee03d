// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What an operator sets for an app: the capabilities that it gets and the memory that it may take.

import { appPath } from "../api/client";
import type { App } from "../api/types";
import type { Context } from "./context";
import { field, freshId, h, on } from "./dom";

const KIB = 1024;

export function limitsForm(context: Context, app: App): HTMLElement {
  const running = app.state === "running";
  const { client, device } = context;
  const path = (what: string) => appPath(app.name, `/${what}`);
  const rest = (control: HTMLElement) => {
    if (running) control.setAttribute("disabled", "");
    return context.guard(control);
  };

  const boxes = app.requested.map((name) => {
    const box = h("input", { type: "checkbox", value: name, id: freshId("grant") });
    box.checked = app.capabilities.includes(name);
    rest(box);
    return { box, row: h("div", { class: "check" }, box, h("label", { for: box.id }, name)) };
  });
  const keep = rest(h("button", { type: "submit" }, "Set grants"));
  const grants = on(
    h(
      "form",
      {},
      h("fieldset", {}, h("legend", {}, "Grants"), ...boxes.map(({ row }) => row)),
      keep,
    ),
    {
      submit: (event) => {
        event.preventDefault();
        const capabilities = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
        void context.busy(
          keep,
          async () => device.setApp(await client.json<App>("PUT", path("grants"), { capabilities })),
          `The grants of ${app.name} are set.`,
        );
      },
    },
  );

  const kib = h("input", { type: "number", min: 16, max: 4096, step: "any", inputmode: "decimal" });
  kib.value = String(app.memory_quota / KIB);
  rest(kib);
  const setQuota = rest(h("button", { type: "submit" }, "Set quota"));
  const quota = on(
    h("form", {}, field("Memory quota in KiB", kib, "Empty: as its manifest says."), setQuota),
    {
      submit: (event) => {
        event.preventDefault();
        const wanted = kib.value.trim() ? Math.round(Number(kib.value) * KIB) : null;
        void context.busy(
          setQuota,
          async () =>
            device.setApp(await client.json<App>("PUT", path("quota"), { memory_bytes: wanted })),
          `The quota of ${app.name} is set.`,
        );
      },
    },
  );
  const note = running ? h("p", { class: "hint" }, "Stop the app to change its limits.") : null;
  return h("div", { class: "limits" }, note, app.requested.length ? grants : null, quota);
}
