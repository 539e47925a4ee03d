// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What the state of the firmware means, and what can be done about it.

import type { Firmware, SlotState } from "../api/types";
import { bytes, span } from "./format";

export type Action = "test" | "reboot" | "confirm" | "revert";

/** Whether something can be done now, and what it would do, or why it cannot. */
export interface Choice {
  can: boolean;
  text: string;
}

export const SLOT_STATES: Record<SlotState, string> = {
  empty: "empty",
  running: "running",
  trial: "on trial",
  receiving: "receiving",
  partial: "broke off",
  ready: "ready to be tried",
  pending: "tried at the next boot",
  previous: "not newer than what runs",
  bad: "would not be taken",
};

const can = (text: string): Choice => ({ can: true, text });
const cannot = (text: string): Choice => ({ can: false, text });

/** The versions in both slots. */
function versions({ slots: [primary, secondary] }: Firmware) {
  const name = (slot: typeof primary) => slot.image?.version ?? "the image";
  return { running: name(primary), other: name(secondary) };
}

export function choices(firmware: Firmware): Record<Action, Choice> {
  return {
    test: test(firmware),
    reboot: reboot(firmware),
    confirm: firmware.confirmed
      ? cannot("Nothing runs on trial.")
      : can(`Keeps ${versions(firmware).running} without waiting for the health check.`),
    revert: revert(firmware),
  };
}

function test(firmware: Firmware): Choice {
  const { other } = versions(firmware);
  if (firmware.swap === "revert") return cannot("Firmware runs on trial. Confirm or revert it first.");
  switch (firmware.slots[1].state) {
    case "ready":
      return can(`The next boot tries ${other}. It is kept when the health check finds it well.`);
    case "pending":
      return cannot(`The next boot tries ${other} already.`);
    case "receiving":
    case "partial":
      return cannot("The image is not all there yet.");
    case "previous":
      return cannot(`${other} is not newer than what runs. To go back to it, revert.`);
    case "bad":
      return cannot("What is in the secondary slot would not be taken.");
    default:
      return cannot("There is no image to try. Send one.");
  }
}

function reboot(firmware: Firmware): Choice {
  const { running, other } = versions(firmware);
  if (!firmware.can_reboot) return cannot("This device cannot restart itself. Switch it off and on.");
  if (firmware.upload?.active) return cannot("An upload is under way.");
  switch (firmware.swap) {
    case "test":
      return can(`The device then tries ${other}.`);
    case "permanent":
      return can(`The device then runs ${other}.`);
    case "revert":
      return firmware.slots[1].image
        ? can(`${running} is not confirmed, so the device goes back to ${other}.`)
        : can(`${running} stays on trial: there is no firmware to go back to.`);
    case "none":
      return can("The device stops its apps in order and boots the same firmware.");
  }
}

function revert(firmware: Firmware): Choice {
  const { running, other } = versions(firmware);
  const { state, image } = firmware.slots[1];
  if (firmware.upload?.active) return cannot("An upload is under way.");
  const then = firmware.can_reboot ? "The device restarts." : "Switch the device off and on then.";
  if (firmware.swap === "test" || firmware.swap === "permanent") {
    return can(`Removes ${other}, so that the next boot does not try it.`);
  }
  if (firmware.swap === "revert" && image) return can(`Goes from ${running} back to ${other}. ${then}`);
  if (state === "previous") return can(`Tries ${other} again, from before ${running}. ${then}`);
  return cannot("There is no firmware to go back to.");
}

/** The state in a sentence or two. */
export function headline(firmware: Firmware): string {
  const [primary, secondary] = firmware.slots;
  const running =
    primary.state === "empty"
      ? "The primary slot is empty."
      : primary.image === null
        ? "The primary slot holds no image that would be taken."
        : `${primary.image.version} runs${firmware.confirmed ? "" : " on trial"}.`;
  const pending = secondary.state === "pending" ? ` ${versions(firmware).other} is tried at the next boot.` : "";
  return running + pending;
}

/** What the bootloader does next. */
export function nextBoot(firmware: Firmware): string {
  const { other } = versions(firmware);
  switch (firmware.swap) {
    case "none":
      return "the same firmware";
    case "test":
      return `tries ${other}`;
    case "permanent":
      return `changes to ${other} for good`;
    case "revert":
      return firmware.slots[1].image
        ? `goes back to ${other}, unless what runs is confirmed before`
        : "the same firmware, for there is none to go back to";
  }
}

/** How this boot does; `sinceMs` is how long ago the device told it. */
export function healthText({ health }: Firmware, sinceMs: number): string {
  if (health.state === "checking") {
    return `decided in ${span(Math.max(0, (health.left_ms ?? 0) - sinceMs))} at the latest`;
  }
  return health.reason ? `${health.state}: ${health.reason}` : health.state;
}

/** What became of the last update. */
export function lastText({ last }: Firmware): string {
  if (!last) return "none";
  const verdict = last.verdict === "open" ? "not decided yet" : last.verdict;
  return `${last.version} ${verdict}${last.reason ? `: ${last.reason}` : ""}`;
}

/** How far an upload is; empty without one. */
export function uploadText({ upload }: Firmware): string {
  if (!upload) return "";
  const part = bytes(upload.offset) + (upload.size === null ? "" : ` of ${bytes(upload.size)}`);
  return upload.active ? `${part} received.` : `${part} are here. Choose the same file to send the rest.`;
}

/** From where a file is sent: the device may have its beginning. */
export function resumeAt({ upload }: Firmware, size: number, sha256: string): number {
  const same = upload && !upload.active && upload.sha256 === sha256 && upload.size === size;
  return same ? upload.offset : 0;
}

/** The version in the header of an MCUboot image; null of another file. */
export function imageVersion(file: Uint8Array): string | null {
  if (file.length < 32) return null;
  const view = new DataView(file.buffer, file.byteOffset);
  if (view.getUint32(0, true) !== 0x96f3b83d) return null;
  const build = view.getUint32(24, true);
  const version = [view.getUint8(20), view.getUint8(21), view.getUint16(22, true)].join(".");
  return build ? `${version}+${build}` : version;
}
