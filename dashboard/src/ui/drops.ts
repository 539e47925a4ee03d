// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Files that are dropped on the page.

/**
 * Gives files that are dropped anywhere to `take`, while `isMine`; a near miss of the zone would
 * otherwise make the browser leave the page.
 */
export function catchDrops(
  zone: HTMLElement,
  signal: AbortSignal,
  isMine: () => boolean,
  take: (files: Iterable<File>) => void,
): void {
  const catches = (event: DragEvent) =>
    isMine() && (event.dataTransfer?.types.includes("Files") ?? false);
  const over = (event: DragEvent) => {
    if (!catches(event)) return;
    event.preventDefault();
    zone.classList.add("over");
  };
  const leave = (event: DragEvent) => {
    if (!event.relatedTarget) zone.classList.remove("over");
  };
  const drop = (event: DragEvent) => {
    zone.classList.remove("over");
    if (!catches(event)) return;
    event.preventDefault();
    take([...(event.dataTransfer?.files ?? [])]);
  };
  document.addEventListener("dragover", over, { signal });
  document.addEventListener("dragleave", leave, { signal });
  document.addEventListener("drop", drop, { signal });
}

/** Whether the view of the firmware is the one in sight: files that are dropped there are images. */
export const inFirmware = () => document.getElementById("main")?.dataset["view"] === "firmware";
