// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Asks before something that cannot be undone.

import { button, freshId, h } from "./dom";

/** Whether the operator says yes. Escape and the way out are no. */
export function confirm(title: string, text: string, yes: string): Promise<boolean> {
  const [heading, body] = [freshId("confirm"), freshId("confirm")];
  const dialog = h(
    "dialog",
    { "aria-labelledby": heading, "aria-describedby": body },
    h("h2", { id: heading }, title),
    h("p", { id: body }, text),
  );
  return new Promise((answer) => {
    const no = button("Cancel", () => dialog.close("no"));
    no.autofocus = true;
    const go = button(yes, () => dialog.close("yes"), { class: "danger" });
    dialog.append(h("div", { class: "actions end" }, no, go));
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
