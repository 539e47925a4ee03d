// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What the device denied, refused and ended.

import { span } from "../model/format";
import type { Context } from "./context";
import { field, h, on, say } from "./dom";

export function auditView({ device }: Context): HTMLElement {
  const rows = h("tbody");
  const none = h("p", { class: "quiet" }, "Nothing has been denied, refused or ended.");
  const kinds = h("select", {}, h("option", { value: "" }, "All kinds"));
  const table = h(
    "div",
    { class: "table", tabindex: 0, role: "region", "aria-label": "Records" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h("tr", {}, ...["Boot", "After", "Kind", "App", "What", "Times"].map((name) => h("th", { scope: "col" }, name))),
      ),
      rows,
    ),
  );
  const count = h("p", { class: "quiet small", role: "status" });

  const show = () => {
    const known = new Set([...kinds.options].map((option) => option.value));
    for (const { kind } of device.audit) {
      if (known.has(kind)) continue;
      known.add(kind);
      kinds.append(h("option", { value: kind }, kind));
    }
    const wanted = device.audit.filter(({ kind }) => !kinds.value || kind === kinds.value);
    rows.replaceChildren(
      ...[...wanted].reverse().map((record) =>
        h(
          "tr",
          { "data-kind": record.kind },
          h("td", {}, String(record.boot)),
          h("td", {}, span(record.t_ms)),
          h("td", {}, record.kind),
          h("td", {}, record.app ?? "–"),
          h("td", { class: "wide" }, record.text),
          h("td", {}, String(record.count)),
        ),
      ),
    );
    none.hidden = device.audit.length > 0;
    table.hidden = wanted.length === 0;
    say(count, kinds.value ? `${wanted.length} of ${device.audit.length} records` : "");
  };
  device.onAudit.on(show);
  on(kinds, { change: show });
  show();
  return h(
    "section",
    { id: "view-audit", "aria-labelledby": "audit-title" },
    h("h2", { id: "audit-title", tabindex: -1 }, "Audit log"),
    h("div", { class: "filters" }, field("Kind", kinds)),
    none,
    table,
    count,
  );
}
