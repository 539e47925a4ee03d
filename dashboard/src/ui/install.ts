// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Takes modules by drag and drop or from a file picker, shows what they ask for, and sends them.

import { appPath, sentence } from "../api/client";
import type { App } from "../api/types";
import { upload } from "../api/upload";
import { type Preview, preview } from "../model/manifest";
import { bytes, percent } from "../model/format";
import type { Context } from "./context";
import { button, freshId, h, on, say } from "./dom";
import { catchDrops, inFirmware } from "./drops";

/** The largest module that any device takes; a larger file is not even read. */
const LARGEST = 512 * 1024;

/** One file on its way. */
class Item {
  private readonly text = h("p", { role: "status" });
  private readonly bar = h("progress", { max: 100, value: 0 });
  private readonly body = h("div");
  private readonly title = h("strong");
  readonly element: HTMLLIElement;

  constructor(
    private readonly context: Context,
    private readonly file: File,
  ) {
    say(this.title, file.name);
    const head = h("header", {}, this.title, h("span", { class: "quiet" }, bytes(file.size)));
    this.bar.setAttribute("aria-label", `Upload of ${file.name}`);
    this.bar.hidden = true;
    this.element = h("li", { class: "card upload" }, head, this.text, this.bar, this.body);
  }

  /** Looks at the file; asks when there is something to decide, and sends it otherwise. */
  async begin(): Promise<void> {
    if (this.file.size > LARGEST) {
      this.refuse(`An app has at most ${bytes(LARGEST)}. This file has ${bytes(this.file.size)}.`);
      return;
    }
    let about: Preview | null;
    try {
      about = preview(new Uint8Array(await this.file.arrayBuffer()));
    } catch {
      this.refuse("The browser cannot read this file. Choose it again.");
      return;
    }
    const running = about !== null && this.context.device.apps.get(about.name)?.state === "running";
    if (about && (about.capabilities.length || running)) this.ask(about, running);
    else void this.send(about, [], false);
  }

  private ask(about: Preview, running: boolean): void {
    say(this.title, `${about.name} ${about.version}`);
    say(this.text, about.description);
    const boxes = about.capabilities.map((name) => {
      const box = h("input", { type: "checkbox", value: name, id: freshId("ask") });
      box.checked = true;
      return { box, row: h("div", { class: "check" }, box, h("label", { for: box.id }, name)) };
    });
    const go = button(
      running ? "Stop, update and start" : "Install",
      () => {
        const denied = boxes.filter(({ box }) => !box.checked).map(({ box }) => box.value);
        void this.send(about, denied, running);
      },
      { class: "primary" },
    );
    const legend = h("legend", {}, "It asks for these. What is not ticked is not granted.");
    this.body.replaceChildren(
      boxes.length ? h("fieldset", {}, legend, ...boxes.map(({ row }) => row)) : "",
      h("div", { class: "actions" }, go, this.dismiss("Cancel")),
    );
    go.focus();
  }

  private async send(about: Preview | null, denied: string[], running: boolean): Promise<void> {
    const { client, device } = this.context;
    this.body.replaceChildren();
    this.bar.hidden = false;
    this.element.removeAttribute("data-bad");
    try {
      if (about && running) {
        say(this.text, "Stopping it…");
        await client.send("POST", appPath(about.name, "/stop"));
      }
      say(this.text, "Sending…");
      const name = about?.name ?? null;
      const { app, isNew } = await upload(client, this.file, this.file.name, name, denied, (sent, size) => {
        this.bar.value = percent(sent, size);
        if (sent === size) say(this.text, "The device checks and stores it…");
      });
      device.setApp(app);
      this.bar.value = 100;
      if (running) {
        const start = () => client.json<App>("POST", appPath(app.name, "/start"));
        await device.change(app.name, start);
      }
      this.context.tell(`${app.name} ${app.version} ${isNew ? "installed" : "updated"}.`);
      this.element.remove();
      document.querySelector<HTMLElement>(`[data-app="${app.name}"] button`)?.focus();
    } catch (error) {
      this.refuse(sentence(error));
    }
  }

  private refuse(why: string): void {
    this.bar.hidden = true;
    this.element.setAttribute("data-bad", "");
    say(this.text, why);
    this.body.replaceChildren(h("div", { class: "actions" }, this.dismiss("Dismiss")));
  }

  private dismiss(label: string): HTMLButtonElement {
    return button(label, () => {
      this.element.remove();
      document.getElementById("apps-title")?.focus();
    });
  }
}

/** Where files can be dropped, the picker, and the files on their way. */
export function installView(context: Context): HTMLElement {
  const queue = h("ul", { class: "plain-list", "aria-label": "Files to install" });
  const picker = h("input", {
    type: "file",
    accept: ".wasm,application/wasm",
    multiple: true,
    id: "install-file",
  });
  context.guard(picker);
  const label = h("label", { for: picker.id }, "Install an app");
  const hint = h("p", { class: "hint" }, "Choose .wasm files, or drop them anywhere on this page.");
  const zone = h("div", { class: "drop" }, label, picker, hint);

  const take = async (files: Iterable<File>) => {
    for (const file of files) {
      const item = new Item(context, file);
      queue.append(item.element);
      await item.begin();
    }
  };
  on(picker, {
    change: () => {
      const files = [...(picker.files ?? [])];
      picker.value = "";
      void take(files);
    },
  });
  if (context.admin) catchDrops(zone, context.ended, () => !inFirmware(), (files) => void take(files));
  return h("section", { class: "install", "aria-label": "Install" }, zone, queue);
}
