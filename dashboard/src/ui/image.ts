// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Takes a firmware image by drag and drop or from a file picker, and sends it into the secondary
// slot; of one that broke off, the rest.

import { Refusal, sentence } from "../api/client";
import type { Firmware } from "../api/types";
import { sendImage } from "../api/upload";
import { imageVersion, resumeAt } from "../model/firmware";
import { bytes, percent } from "../model/format";
import { sha256 } from "../model/sha256";
import type { Context } from "./context";
import { button, h, on, say } from "./dom";
import { catchDrops, inFirmware } from "./drops";

/** Refusals that are not about the file. */
const GOES_ON = ["unreachable", "busy", "wrong_offset"];

/** A file that was read. */
interface Image {
  bytes: Uint8Array<ArrayBuffer>;
  sha256: string;
}

export class ImageUpload {
  private readonly title = h("strong");
  private readonly text = h("p", { role: "status" });
  private readonly bar = h("progress", { max: 100, value: 0, "aria-label": "Upload of the image" });
  private readonly buttons = h("div", { class: "actions" });
  private readonly item = h(
    "div",
    { class: "card upload", hidden: true },
    h("header", {}, this.title),
    this.text,
    this.bar,
    this.buttons,
  );
  private readonly picker = h("input", {
    type: "file",
    accept: ".bin,.signed,application/octet-stream",
    id: "image-file",
  });
  readonly element: HTMLElement;
  /** An image is on its way from here. */
  sending = false;

  constructor(
    private readonly context: Context,
    /** Asks the device for its state, and shows it. */
    private readonly ask: () => Promise<Firmware>,
    /** Told of the state with the image stored. */
    private readonly stored: (firmware: Firmware) => void,
  ) {
    context.guard(this.picker);
    const zone = h(
      "div",
      { class: "drop" },
      h("label", { for: this.picker.id }, "Send an image"),
      this.picker,
      h("p", { class: "hint" }, "Choose a signed image, or drop it anywhere on this page."),
    );
    on(this.picker, {
      change: () => {
        const files = [...(this.picker.files ?? [])];
        this.picker.value = "";
        void this.take(files);
      },
    });
    if (context.admin) catchDrops(zone, context.ended, inFirmware, (files) => void this.take([...files]));
    this.element = h("div", {}, zone, this.item);
  }

  /** Reads the file and says what sending it means. */
  private async take(files: File[]): Promise<void> {
    const file = files[0];
    if (!file) return;
    if (this.sending) {
      this.context.tell("An upload is under way. Wait for its end, or stop it.", "bad");
      return;
    }
    if (files.length > 1) {
      this.context.tell("A device takes one image. Choose one file.", "bad");
      return;
    }
    this.item.hidden = false;
    this.bar.hidden = true;
    this.item.removeAttribute("data-bad");
    this.buttons.replaceChildren();
    say(this.title, `${file.name}, ${bytes(file.size)}`);
    say(this.text, "Looking at it…");
    try {
      const firmware = await this.ask();
      const most = firmware.slots[1].image_max;
      if (file.size > most) {
        this.refuse(`The slot takes an image of ${bytes(most)}. This file has ${bytes(file.size)}.`);
        return;
      }
      const read = await file.arrayBuffer().catch(() => null);
      if (!read) {
        this.refuse("The browser cannot read this file. Choose it again.");
        return;
      }
      const content = new Uint8Array(read);
      this.offer(firmware, { bytes: content, sha256: sha256(content) });
    } catch (error) {
      this.refuse(sentence(error));
    }
  }

  private offer(firmware: Firmware, image: Image): void {
    const [, { image: there, state }] = firmware.slots;
    const offset = resumeAt(firmware, image.bytes.length, image.sha256);
    const version = imageVersion(image.bytes);
    say(
      this.text,
      (version ? `Version ${version}. ` : "") +
        (offset ? `The device has ${bytes(offset)} of it; the rest is sent. ` : "") +
        (there ? `It takes the place of ${there.version} in the secondary slot. ` : "") +
        (state === "partial" && !offset ? "The upload of another file that broke off is given up. " : "") +
        "Nothing is tried yet.",
    );
    const go = button(offset ? "Send the rest" : "Send", () => void this.send(image), { class: "primary" });
    this.buttons.replaceChildren(go, this.dismiss("Cancel"));
    go.focus();
  }

  private async send(image: Image): Promise<void> {
    this.sending = true;
    const stop = new AbortController();
    const { ended } = this.context;
    ended.addEventListener("abort", () => stop.abort(), { signal: stop.signal });
    const halt = button("Stop", () => stop.abort());
    this.item.removeAttribute("data-bad");
    this.buttons.replaceChildren(halt);
    halt.focus();
    say(this.text, "Sending…");
    try {
      const offset = resumeAt(await this.ask(), image.bytes.length, image.sha256);
      this.bar.value = percent(offset, image.bytes.length);
      this.bar.hidden = false;
      const { bytes: content, sha256: hash } = image;
      const firmware = await sendImage(
        this.context.client, content, hash, offset, stop.signal,
        (sent, size) => {
          this.bar.value = percent(sent, size);
          if (sent === size) say(this.text, "The device checks it…");
        },
      );
      this.item.hidden = true;
      this.context.tell(`${firmware.slots[1].image?.version ?? "The image"} is stored.`);
      this.stored(firmware);
    } catch (error) {
      // What did not get through can go on; what the device refused for what it is cannot.
      const again = error instanceof Refusal && GOES_ON.includes(error.code);
      const go = again ? button("Go on", () => void this.send(image), { class: "primary" }) : null;
      this.refuse(sentence(error), go);
    } finally {
      this.sending = false;
    }
  }

  private refuse(why: string, again: HTMLButtonElement | null = null): void {
    this.bar.hidden = true;
    this.item.setAttribute("data-bad", "");
    say(this.text, why);
    const dismiss = this.dismiss("Dismiss");
    this.buttons.replaceChildren(...(again ? [again] : []), dismiss);
    (again ?? dismiss).focus();
  }

  private dismiss(label: string): HTMLButtonElement {
    return button(label, () => {
      this.item.hidden = true;
      this.picker.focus();
    });
  }
}
